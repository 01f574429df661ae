//! TLS: where the certificate comes from, and what is wrong with it.
//!
//! Always holds: the listener takes the certificate that is newest at each handshake, so none has to be started anew for another. Keys are in
//! memory and in files that only the server's user reads, and in no log. What is wrong is kept in words, for who watches the server.

mod acme;
mod files;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::crypto::CryptoProvider;
use rustls::server::ResolvesServerCert;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_util::sync::CancellationToken;

pub use files::days_left;

/// Where the certificate comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Files, which somebody else renews.
    Files {
        /// The certificates, the own one first (PEM).
        certificate: PathBuf,
        /// Its key (PEM).
        key: PathBuf,
    },
    /// Whoever gives certificates by ACME.
    Acme {
        /// For which domains.
        domains: Vec<String>,
        /// Where they may write to.
        email: Option<String>,
        /// Their directory's address.
        directory: String,
        /// The folder in which certificates and keys are kept.
        cache: PathBuf,
        /// The root that vouches for the directory; the public ones without it (PEM).
        root: Option<PathBuf>,
    },
}

/// Why TLS can't be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read, or written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// A file holds no certificate, or no key.
    #[error("{0} holds nothing of the kind (PEM): {1}")]
    Pem(PathBuf, rustls::pki_types::pem::Error),
    /// The certificate and the key are of no use.
    #[error("the certificate or its key is of no use: {0}")]
    Unusable(#[from] rustls::Error),
}

/// What is known of the certificate.
#[derive(Debug, Default)]
pub struct Status(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    is_missing: bool,
    problem: Option<String>,
}

impl Status {
    /// What keeps users out: there is no certificate, and why, as far as that is known.
    #[must_use]
    pub fn missing(&self) -> Option<String> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let why = state.problem.as_ref().map(|problem| format!(": {problem}")).unwrap_or_default();
        state.is_missing.then(|| format!("there is no certificate yet{why}"))
    }

    /// What is wrong while there is a certificate: it can't be renewed.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.problem.clone().filter(|_| !state.is_missing)
    }

    fn awaited(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_missing = true;
    }

    fn there(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    fn failed(&self, problem: String) {
        tracing::error!(%problem, "the certificate could not be had or renewed");
        self.0.lock().unwrap_or_else(PoisonError::into_inner).problem = Some(problem);
    }
}

/// The protocol of the connections by which a domain is checked (RFC 8737).
pub(crate) const CHALLENGE: &[u8] = b"acme-tls/1";

/// Begins to have a certificate, and to renew it until `stop`. How connections are spoken with.
///
/// # Errors
/// [`TlsError`]: files that can't be used. That nobody gives a certificate is no error here: it is tried again, and `status` says why.
pub fn start(source: Source, status: &Arc<Status>, stop: CancellationToken) -> Result<Arc<ServerConfig>, TlsError> {
    match source {
        Source::Files { certificate, key } => {
            let pair = files::Pair::new(certificate, key)?;
            tokio::spawn(Arc::clone(&pair).follow(Arc::clone(status), stop));
            Ok(config(pair, false))
        }
        Source::Acme { domains, email, directory, cache, root } => {
            let account = acme::Account { domains, email, directory, cache, root };
            let state = account.begin()?;
            let config = config(state.resolver(), true);
            status.awaited();
            tokio::spawn(acme::follow(state, Arc::clone(status), stop));
            Ok(config)
        }
    }
}

/// How others are spoken to, whose certificates those of a file (PEM) vouch for; the public ones without it.
///
/// # Errors
/// [`TlsError`]: a file that can't be used.
pub fn trusting(root: Option<&Path>) -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    match root {
        Some(root) => {
            for certificate in files::certificates(root)? {
                roots.add(certificate)?;
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn config(certificates: Arc<dyn ResolvesServerCert>, is_checked: bool) -> Arc<ServerConfig> {
    let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    // The provider has ciphers for the default versions: it comes with them.
    let builder = builder.unwrap_or_else(|error| panic!("TLS without versions: {error}"));
    let mut config = builder.with_no_client_auth().with_cert_resolver(certificates);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    if is_checked {
        config.alpn_protocols.push(CHALLENGE.to_vec());
    }
    Arc::new(config)
}
