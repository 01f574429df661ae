//! A certificate that is given, and renewed, by ACME (RFC 8555): the domain is checked by a connection to this server (TLS-ALPN-01).

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::StreamExt as _;
use rustls_acme::caches::DirCache;
use rustls_acme::{AcmeConfig, AcmeState, EventOk};
use tokio_util::sync::CancellationToken;

use super::{Status, TlsError};

/// Only the server's user may read what is in there.
const PRIVATE: u32 = 0o700;

/// Whom a certificate is asked of, and for what.
pub(super) struct Account {
    pub(super) domains: Vec<String>,
    pub(super) email: Option<String>,
    pub(super) directory: String,
    pub(super) cache: PathBuf,
    pub(super) root: Option<PathBuf>,
}

impl Account {
    /// Everything that it takes; nothing is asked yet.
    pub(super) fn begin(self) -> Result<AcmeState<io::Error>, TlsError> {
        make_private(&self.cache).map_err(|error| TlsError::File(self.cache.clone(), error))?;
        let config = match &self.root {
            Some(root) => AcmeConfig::new_with_client_config(&self.domains, super::trusting(Some(root))?),
            None => AcmeConfig::new(&self.domains),
        };
        let contact = self.email.iter().map(|email| format!("mailto:{email}"));
        Ok(config.contact(contact).directory(&self.directory).cache(DirCache::new(self.cache)).state())
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(PRIVATE).create(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(PRIVATE))
}

/// Gets the certificate and renews it, until `stop`. It is tried again for as long as that does not succeed, with growing pauses.
pub(super) async fn follow(mut state: AcmeState<io::Error>, status: Arc<Status>, stop: CancellationToken) {
    while let Some(Some(event)) = stop.run_until_cancelled(state.next()).await {
        match event {
            Ok(EventOk::DeployedCachedCert | EventOk::DeployedNewCert) => {
                tracing::info!("there is a certificate");
                status.there();
            }
            Ok(EventOk::CertCacheStore | EventOk::AccountCacheStore) => {}
            Err(error) => status.failed(error.to_string()),
        }
    }
}
