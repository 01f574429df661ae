//! A listener that speaks TLS with a certificate from files.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use halyard_protocol::UnixMs;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::*;
use crate::app::Settings;
use crate::connections::{self, Entrance};
use crate::permits::Limits;
use crate::testing::bench::Bench;

const DOMAIN: &str = "phone.example";

/// Files with a certificate, in a folder that goes away.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(crate::testing::folder("halyard-tls-"));
        files.renew();
        files
    }

    fn certificate(&self) -> PathBuf {
        self.0.path().join("certificate.pem")
    }

    fn key(&self) -> PathBuf {
        self.0.path().join("key.pem")
    }

    /// Writes another certificate with another key.
    fn renew(&self) {
        let made = rcgen::generate_simple_self_signed([DOMAIN.to_owned()]).unwrap();
        std::fs::write(self.certificate(), made.cert.pem()).unwrap();
        std::fs::write(self.key(), made.key_pair.serialize_pem()).unwrap();
    }

    fn connector(&self) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(first(&self.certificate())).unwrap();
        let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
        TlsConnector::from(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
    }
}

fn first(path: &Path) -> CertificateDer<'static> {
    files::certificates(path).unwrap().swap_remove(0)
}

/// Serves one word over TLS, as the server does.
async fn listen(bench: &Bench, pair: Arc<files::Pair>) -> (std::net::SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let entrance = Entrance { listener, tls: Some(TlsAcceptor::from(config(pair, false))) };
    let (app, router) = (Arc::clone(&bench.app), Router::new().route("/", get(async || "hello")));
    let task = tokio::spawn(async move { connections::serve(&app, router, entrance, app.stop.clone()).await });
    (address, task)
}

/// An answer over TLS, from a server with the certificate of these files.
async fn ask(address: std::net::SocketAddr, files: &Files) -> io::Result<String> {
    let stream = TcpStream::connect(address).await?;
    let mut stream = files.connector().connect(ServerName::try_from(DOMAIN).unwrap(), stream).await?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: phone.example\r\nconnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    Ok(String::from_utf8(answer).unwrap())
}

fn limits(all: usize) -> Settings {
    let head_time = Duration::from_millis(300);
    Settings { connections: Limits { all, per_network: all, head_time }, ..Settings::default() }
}

#[tokio::test]
async fn a_certificate_that_was_renewed_is_taken_and_one_of_no_use_is_not() {
    let bench = Bench::with(limits(10)).await;
    let files = Files::new();
    let pair = files::Pair::new(files.certificate(), files.key()).unwrap();
    let (address, task) = listen(&bench, Arc::clone(&pair)).await;
    assert!(ask(address, &files).await.unwrap().ends_with("hello"));
    let old = std::fs::read(files.certificate()).unwrap();
    files.renew();
    assert!(ask(address, &files).await.is_err(), "it has the one before");
    let status = Status::default();
    pair.take(&status);
    assert!(ask(address, &files).await.unwrap().ends_with("hello"));
    assert_eq!((status.missing(), status.warning()), (None, None));
    // A certificate whose key is another's.
    let new = std::fs::read(files.certificate()).unwrap();
    std::fs::write(files.certificate(), &old).unwrap();
    pair.take(&status);
    assert!(status.missing().is_none() && status.warning().is_some());
    std::fs::write(files.certificate(), &new).unwrap();
    assert!(ask(address, &files).await.unwrap().ends_with("hello"), "the one before goes on");
    pair.take(&status);
    assert_eq!(status.warning(), None);
    task.abort();
}

#[tokio::test]
async fn a_handshake_that_stalls_is_a_connection_and_is_ended() {
    let bench = Bench::with(limits(1)).await;
    let files = Files::new();
    let pair = files::Pair::new(files.certificate(), files.key()).unwrap();
    let (address, task) = listen(&bench, pair).await;
    for beginning in [&b""[..], b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\nhost: phone.example\r\n\r\n"] {
        let mut stalls = TcpStream::connect(address).await.unwrap();
        stalls.write_all(beginning).await.unwrap();
        while !bench.app.permits.are_used_up() && !beginning.starts_with(b"GET") {
            tokio::task::yield_now().await;
        }
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), stalls.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "the server ends it");
        assert!(!String::from_utf8_lossy(&rest).contains("HTTP/1.1"), "nothing is said in the clear");
        drop(stalls);
        while bench.app.permits.are_used_up() {
            tokio::task::yield_now().await;
        }
    }
    assert!(ask(address, &files).await.unwrap().ends_with("hello"));
    task.abort();
}

#[test]
fn says_how_long_a_certificate_is_valid_and_what_is_wrong_with_files() {
    let files = Files::new();
    // Those that are made here end in the year 4096.
    assert!(days_left(&files.certificate(), UnixMs(0)).unwrap() > 365_000);
    assert!(days_left(&files.certificate(), UnixMs(i64::MAX / 4)).unwrap() < 0);
    let missing = files.0.path().join("missing.pem");
    assert!(files::Pair::new(missing, files.key()).unwrap_err().to_string().contains("missing.pem"));
    std::fs::write(files.key(), "no key").unwrap();
    let error = files::Pair::new(files.certificate(), files.key()).unwrap_err();
    assert!(matches!(error, TlsError::Pem(..)) && !error.to_string().contains("no key"), "{error}");
}

#[test]
fn what_is_wrong_is_said_until_there_is_a_certificate() {
    let status = Status::default();
    assert_eq!((status.missing(), status.warning()), (None, None), "nobody waits for one");
    status.awaited();
    assert_eq!(status.missing().as_deref(), Some("there is no certificate yet"));
    status.failed("nobody answers".to_owned());
    assert_eq!(status.missing().as_deref(), Some("there is no certificate yet: nobody answers"));
    status.there();
    status.failed("nobody answers".to_owned());
    assert_eq!((status.missing(), status.warning().as_deref()), (None, Some("nobody answers")));
}
