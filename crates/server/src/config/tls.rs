//! The flags of TLS.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::tls::Source;

/// How to speak TLS, without a proxy in front.
#[derive(Clone, Debug, Default, Args)]
pub struct Tls {
    /// Speak TLS for this domain, with a certificate that the server gets and renews by itself (ACME, TLS-ALPN-01): the domain has to lead
    /// here, at port 443. Can be repeated.
    #[arg(long = "tls-domain", env = "HALYARD_TLS_DOMAINS", value_delimiter = ',', value_parser = domain)]
    pub domains: Vec<String>,
    /// Where whoever gives the certificates may write to.
    #[arg(long = "tls-email", env = "HALYARD_TLS_EMAIL", requires = "domains")]
    pub email: Option<String>,
    /// The directory of whoever gives the certificates (ACME); without it Let's Encrypt's.
    #[arg(long = "tls-directory", env = "HALYARD_TLS_DIRECTORY", requires = "domains", default_value = LETS_ENCRYPT, hide_default_value = true)]
    pub directory: String,
    /// The folder in which certificates and keys are kept; without it `halyard-tls` beside the SQLite file.
    #[arg(long = "tls-cache", env = "HALYARD_TLS_CACHE", requires = "domains")]
    pub cache: Option<PathBuf>,
    /// A file (PEM) with the root that vouches for the directory, where that is none of the public ones.
    #[arg(long = "tls-acme-root", env = "HALYARD_TLS_ACME_ROOT", requires = "domains")]
    pub acme_root: Option<PathBuf>,
    /// Speak TLS with the certificates in this file (PEM, the own one first), which is read again when it changes.
    #[arg(long = "tls-certificate", env = "HALYARD_TLS_CERTIFICATE", requires = "key", conflicts_with = "domains")]
    pub certificate: Option<PathBuf>,
    /// The file (PEM) with the key of `--tls-certificate`.
    #[arg(long = "tls-key", env = "HALYARD_TLS_KEY", requires = "certificate")]
    pub key: Option<PathBuf>,
    /// Answer plain HTTP at this address and port with the https address.
    #[arg(long, env = "HALYARD_HTTP_REDIRECT")]
    pub http_redirect: Option<SocketAddr>,
}

/// Let's Encrypt.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

impl Tls {
    /// Where the certificate comes from, for a server with this database; none without TLS.
    ///
    /// # Errors
    /// What is missing, in words for whoever starts the server.
    pub fn source(&self, database: &str) -> Result<Option<Source>, String> {
        if let (Some(certificate), Some(key)) = (&self.certificate, &self.key) {
            return Ok(Some(Source::Files { certificate: certificate.clone(), key: key.clone() }));
        }
        if self.domains.is_empty() {
            return Ok(None);
        }
        let beside = || {
            let file = Path::new(database.strip_prefix("sqlite:")?.trim_start_matches("//"));
            Some(file.parent().unwrap_or(Path::new("")).join("halyard-tls"))
        };
        let missing = || "say by `--tls-cache` in which folder certificates and keys are kept".to_owned();
        Ok(Some(Source::Acme {
            domains: self.domains.clone(),
            email: self.email.clone(),
            directory: self.directory.clone(),
            cache: self.cache.clone().or_else(beside).ok_or_else(missing)?,
            root: self.acme_root.clone(),
        }))
    }

    /// The address that users open, as far as it follows from the domains.
    #[must_use]
    pub fn public_url(&self) -> Option<String> {
        self.domains.first().map(|domain| format!("https://{domain}"))
    }
}

fn domain(text: &str) -> Result<String, String> {
    let text = text.to_lowercase();
    let is_name = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    if is_name && text.contains('.') && !text.starts_with('.') && !text.ends_with('.') {
        Ok(text)
    } else {
        Err("a domain looks like phone.example.com, without https:// and without a port".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        tls: Tls,
    }

    fn source(flags: &[&str], database: &str) -> Result<Option<Source>, String> {
        let flags = Flags::try_parse_from([&["serve"], flags].concat()).map_err(|error| error.to_string())?;
        flags.tls.source(database)
    }

    #[test]
    fn certificates_are_kept_beside_the_database_or_where_it_is_said() {
        assert!(source(&[], "sqlite:a.db").unwrap().is_none());
        let cache = |flags: &[&str], database| match source(flags, database) {
            Ok(Some(Source::Acme { cache, domains, .. })) => Ok((cache.display().to_string(), domains.len())),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error),
        };
        let domains = ["--tls-domain", "phone.example", "--tls-domain", "Tel.example"];
        assert_eq!(
            cache(&domains, "sqlite:/var/lib/halyard/a.db").unwrap(),
            ("/var/lib/halyard/halyard-tls".into(), 2)
        );
        assert!(cache(&domains, "postgres://a").unwrap_err().contains("--tls-cache"));
        assert_eq!(cache(&[&domains[..], &["--tls-cache", "/x"]].concat(), "postgres://a").unwrap().0, "/x");
        for wrong in [&["--tls-domain", "https://a.b"][..], &["--tls-certificate", "a"], &["--tls-email", "a@b"]] {
            assert!(source(wrong, "sqlite:a.db").is_err(), "{wrong:?}");
        }
    }
}
