//! Opening a connection to an SMSC, with TLS or without, and why that did not work, in words for whoever set the account up.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use halyard_carriers::smpp::Options;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::tls;

/// How long one address may take to answer, and how long TLS may take to begin.
const STEP: Duration = Duration::from_secs(7);
/// Addresses of one name that are tried.
const ADDRESSES: usize = 4;

/// A connection.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection of either kind.
pub(super) type Wire = Box<dyn Stream>;

/// Opens a connection.
///
/// # Errors
/// Why there is none, as a sentence.
pub(super) async fn dial(options: &Options) -> Result<Wire, String> {
    let Options { host, port, .. } = options;
    let found = match timeout(STEP, lookup_host((host.as_str(), *port))).await {
        Ok(Ok(found)) => found.take(ADDRESSES).collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    if found.is_empty() {
        return Err(format!("There is no address for the name {host}: check it, and the server's name service."));
    }
    let stream = connect(options, &found).await?;
    let _ = stream.set_nodelay(true);
    if !options.tls {
        return Ok(Box::new(stream));
    }
    let config = tls::trusting(options.ca_file.as_deref().map(Path::new))
        .map_err(|error| format!("The setting ca_file can't be used: {error}."))?;
    let name = ServerName::try_from(host.clone()).map_err(|_| format!("{host} is no name that a certificate has."))?;
    match timeout(STEP, TlsConnector::from(config).connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(of_tls(options, &error)),
        Err(_) => Err(format!("{host}:{port} does not begin TLS: check the port, or set tls to no.")),
    }
}

async fn connect(options: &Options, found: &[SocketAddr]) -> Result<TcpStream, String> {
    let Options { host, port, .. } = options;
    let mut why = String::new();
    for address in found {
        match timeout(STEP, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => {
                why = format!(
                    "{host}:{port} refuses connections: check the port, and whether the carrier knows this server's address."
                );
            }
            Ok(Err(error)) => why = format!("{host}:{port} can't be reached: {error}."),
            Err(_) => {
                why = format!(
                    "{host}:{port} does not answer: the carrier may not know this server's address, or a firewall is between."
                );
            }
        }
    }
    Err(why)
}

fn of_tls(options: &Options, error: &std::io::Error) -> String {
    let Options { host, port, .. } = options;
    let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match cause {
        Some(rustls::Error::InvalidCertificate(problem)) => {
            format!("The certificate of {host}:{port} is not trusted ({problem}): check the name, or set ca_file.")
        }
        Some(rustls::Error::InvalidMessage(_)) => {
            format!("{host}:{port} does not speak TLS: check the port, or set tls to no.")
        }
        Some(error) => format!("TLS with {host}:{port} failed: {error}."),
        None => format!(
            "{host}:{port} closed the connection as TLS began: it may not speak TLS there, or not know this server's address."
        ),
    }
}
