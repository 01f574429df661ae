//! A certificate in files that somebody else renews.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use halyard_protocol::UnixMs;
use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_util::sync::CancellationToken;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Status, TlsError};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);
/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// When files were last changed.
type Changed = (Option<SystemTime>, Option<SystemTime>);

/// A certificate and its key, as they are in their files.
#[derive(Debug)]
pub(super) struct Pair {
    certificate: PathBuf,
    key: PathBuf,
    newest: RwLock<Arc<CertifiedKey>>,
}

impl Pair {
    pub(super) fn new(certificate: PathBuf, key: PathBuf) -> Result<Arc<Self>, TlsError> {
        let newest = RwLock::new(Arc::new(read(&certificate, &key)?));
        Ok(Arc::new(Self { certificate, key, newest }))
    }

    /// Reads the files again when they have changed, until `stop`. What can't be used is not taken: the one before goes on.
    pub(super) async fn follow(self: Arc<Self>, status: Arc<Status>, stop: CancellationToken) {
        let mut seen = self.changed();
        while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            let now = self.changed();
            if now != seen {
                self.take(&status);
                seen = now;
            }
        }
    }

    /// Takes what is in the files.
    pub(super) fn take(&self, status: &Status) {
        match read(&self.certificate, &self.key) {
            Ok(newest) => {
                *self.newest.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(newest);
                tracing::info!("the certificate was read again");
                status.there();
            }
            Err(error) => status.failed(error.to_string()),
        }
    }

    fn changed(&self) -> Changed {
        let changed = |path: &Path| fs::metadata(path).and_then(|about| about.modified()).ok();
        (changed(&self.certificate), changed(&self.key))
    }
}

impl ResolvesServerCert for Pair {
    fn resolve(&self, _client: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.newest.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let chain = certificates(certificate)?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| of_file(key, error))?;
    Ok(CertifiedKey::from_der(chain, secret, &super::provider())?)
}

/// The certificates of a file; there is one at least.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let all = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match all.map_err(|error| of_file(path, error))? {
        all if all.is_empty() => Err(TlsError::Pem(path.to_owned(), PemError::NoItemsFound)),
        all => Ok(all),
    }
}

fn of_file(path: &Path, error: PemError) -> TlsError {
    match error {
        PemError::Io(error) => TlsError::File(path.to_owned(), error),
        error => TlsError::Pem(path.to_owned(), error),
    }
}

/// For how many days the first certificate of a file is still valid; not even for one where it is below zero.
///
/// # Errors
/// When there is none in it.
pub fn days_left(path: &Path, now: UnixMs) -> Result<i64, TlsError> {
    let first = certificates(path)?.swap_remove(0);
    let (_, parsed) = X509Certificate::from_der(&first)
        .map_err(|_| TlsError::Unusable(rustls::Error::InvalidCertificate(rustls::CertificateError::BadEncoding)))?;
    let end = parsed.validity().not_after.timestamp().saturating_mul(1_000);
    Ok(UnixMs(end).since(now).div_euclid(DAY))
}
