//! The server gets a certificate by itself, from an ACME server of the test's own (pebble).

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::site::Site;

const DOMAIN: &str = "phone.example.test";
/// Long enough for anything that works.
const SOON: Duration = Duration::from_secs(60);

/// A process that ends with the test.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Self {
        let hint = "it is not installed, and this test needs it: run `cargo xtask test`, which installs it";
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self(child.unwrap_or_else(|error| panic!("{command:?}: {error}; {hint}")))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that nobody has at this moment.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// An ACME server, the name server that it asks, and the file with its own certificate.
struct Acme {
    port: u16,
    management: u16,
    names: u16,
    certificate: std::path::PathBuf,
}

impl Acme {
    fn new(site: &Site) -> Self {
        let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let certificate = site.path("acme.pem");
        std::fs::write(&certificate, own.cert.pem()).unwrap();
        std::fs::write(site.path("acme-key.pem"), own.key_pair.serialize_pem()).unwrap();
        Self { port: free_port(), management: free_port(), names: free_port(), certificate }
    }

    /// Starts both; domains are checked at a port.
    fn start(&self, site: &Site, checked_at: u16) -> [Running; 2] {
        let config = serde_json::json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{}", self.port),
            "managementListenAddress": format!("127.0.0.1:{}", self.management),
            "certificate": self.certificate, "privateKey": site.path("acme-key.pem"),
            "httpPort": 1, "tlsPort": checked_at, "ocspResponderURL": "", "externalAccountBindingRequired": false,
        } });
        std::fs::write(site.path("acme.json"), config.to_string()).unwrap();
        let names = format!("127.0.0.1:{}", self.names);
        let mut resolver = Command::new("pebble-challtestsrv");
        resolver.args([
            "-defaultIPv4",
            "127.0.0.1",
            "-defaultIPv6",
            "",
            "-dns01",
            &names,
            "-management",
            "127.0.0.1:0",
        ]);
        resolver.args(["-http01", "", "-https01", "", "-tlsalpn01", ""]);
        let mut acme = Command::new("pebble");
        acme.arg("-config").arg(site.path("acme.json")).args(["-dnsserver", &names]);
        acme.env("PEBBLE_VA_NOSLEEP", "1").env("PEBBLE_WFE_NONCEREJECT", "0");
        [Running::start(&mut resolver), Running::start(&mut acme)]
    }

    /// The root that vouches for what it gives.
    fn root(&self) -> Option<CertificateDer<'static>> {
        let own = CertificateDer::from_pem_file(&self.certificate).unwrap();
        let answer = get(([127, 0, 0, 1], self.management).into(), "127.0.0.1", "/roots/0", own).ok()?;
        CertificateDer::from_pem_slice(answer.split_once("\r\n\r\n")?.1.as_bytes()).ok()
    }
}

/// An answer over TLS, from a server that has to be the one of a name.
fn get(address: SocketAddr, name: &str, path: &str, root: CertificateDer<'static>) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let name_of = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut stream = StreamOwned::new(ClientConnection::new(config, name_of).unwrap(), stream);
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: {name}\r\nconnection: close\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if answer.is_empty() => Err(error),
        // Not everybody says good-bye.
        _ => Ok(String::from_utf8(answer).unwrap()),
    }
}

/// Tries until it succeeds.
fn soon<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + SOON;
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// An answer in the clear.
fn plain(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_certificate_is_given_kept_and_taken_again() {
    let site = Site::new();
    let acme = Acme::new(&site);
    let (metrics, redirect) = (free_port(), free_port());
    let flags = format!(
        "--tls-domain {DOMAIN} --tls-email a@example.test --tls-directory https://127.0.0.1:{}/dir --tls-acme-root {}",
        acme.port,
        acme.certificate.display()
    );
    let more = format!("{flags} --metrics-listen 127.0.0.1:{metrics} --http-redirect 127.0.0.1:{redirect}");
    let server = site.serve_with(&more);
    // Nobody gives one yet: the server runs, and says what is wrong.
    let missing =
        soon("what is wrong is said", || plain(metrics, "/readyz").filter(|it| it.contains("certificate yet: ")));
    assert!(missing.starts_with("HTTP/1.1 503"), "{missing}");
    assert!(site.says(&format!("doctor {flags}")).contains("there is none for phone.example.test yet"));
    let leads = plain(redirect, "/a?b=c").unwrap();
    assert!(
        leads.starts_with("HTTP/1.1 308") && leads.contains("location: https://phone.example.test/a?b=c"),
        "{leads}"
    );

    let running = acme.start(&site, server.address().port());
    let root = soon("the ACME server starts", || acme.root());
    let ask = |address| get(address, DOMAIN, "/api/v1/session", root.clone());
    let answer = soon("the certificate comes", || ask(server.address()).ok());
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("strict-transport-security"), "{answer}");
    soon("all is well", || plain(metrics, "/readyz").filter(|it| it.starts_with("HTTP/1.1 200")));
    assert_eq!(mode(&site.path("halyard-tls")), 0o700);
    let kept = || site.path("halyard-tls").read_dir().unwrap().count();
    soon("account and certificate are kept", || (kept() == 2).then_some(()));
    assert!(site.says(&format!("doctor {flags}")).contains("is valid for"));
    assert!(server.stop());

    // The next start needs nobody.
    drop(running);
    let server = site.serve_with(&more);
    soon("the certificate was kept", || ask(server.address()).ok());
    assert!(server.stop());
}
