//! What commands have in common: flags, an environment variable for each that a service needs, and how names are written.

pub mod tls;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::BoolishValueParser;
use halyard_protocol::PhoneNumber;

use crate::app::{DAY, PER_ACCOUNT, PER_ADDRESS, Settings};
use crate::auth::limiter::Limits;
use crate::media::contents::Place;
use crate::operations::quotas::Quotas;
use crate::operations::tenants::is_domain;
use crate::permits;
use crate::store::sessions::Lifetimes;
use crate::telemetry::LogFormat;

/// Where the data is.
#[derive(Clone, Debug, Args)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://USER@HOST/NAME`.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite:halyard.db", hide_env_values = true)]
    pub database: String,
}

impl Database {
    /// The file of a SQLite database.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.database.strip_prefix("sqlite:").map(|path| Path::new(path.trim_start_matches("//")))
    }
}

/// Where contents of files are.
#[derive(Clone, Debug, Args)]
pub struct Media {
    /// Where contents of messages' files are: a folder, or `s3://BUCKET/PREFIX`, reached by what AWS_ACCESS_KEY_ID,
    /// AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT say. No two databases may share it. With SQLite the default is a folder beside the
    /// file: `halyard.media` for `halyard.db`. With PostgreSQL it has to be said, as all servers have to reach the same.
    #[arg(long, env = "HALYARD_MEDIA")]
    pub media: Option<Place>,
}

impl Media {
    /// The place that is said, or the one beside the database.
    ///
    /// # Errors
    /// In words for whoever runs the command: nothing is said, and the database is no file.
    pub fn place(&self, database: &Database) -> Result<Place, String> {
        let place = self.media.clone().or_else(|| database.file().map(Place::beside));
        place.ok_or_else(|| {
            "with PostgreSQL it has to be said where contents of files are: `--media FOLDER` (or HALYARD_MEDIA), the same for all servers, \
             or `--media s3://BUCKET/PREFIX`"
                .to_owned()
        })
    }
}

/// Where the key of secrets is.
#[derive(Clone, Debug, Args)]
pub struct SecretKey {
    /// The file of the key by which secrets of carrier accounts are sealed in the database; made when it is first needed. With SQLite the default
    /// is a file beside the database: `halyard.key` for `halyard.db`. Keep a copy of it apart from the database's.
    #[arg(long, env = "HALYARD_SECRET_KEY")]
    pub secret_key: Option<PathBuf>,
}

impl SecretKey {
    /// The file that is said, or the one beside the database.
    #[must_use]
    pub fn file(&self, database: &Database) -> Option<PathBuf> {
        self.secret_key.clone().or_else(|| database.file().map(|file| file.with_extension("key")))
    }
}

/// How to serve.
#[derive(Debug, Args)]
pub struct Serve {
    /// Address and port to listen at; port 0 takes a free one.
    #[arg(long, env = "HALYARD_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where the data is.
    #[command(flatten)]
    pub database: Database,
    /// Where contents of files are.
    #[command(flatten)]
    pub media: Media,
    /// Where the key of secrets is.
    #[command(flatten)]
    pub secret_key: SecretKey,
    /// The folder of the built app; without it the app inside of this binary, if there is one.
    #[arg(long, env = "HALYARD_APP_DIR")]
    pub app_dir: Option<PathBuf>,
    /// The address that users open, as `https://phone.example.com`. With https, cookies are for https alone.
    #[arg(long, env = "HALYARD_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// Take a client's address from the header X-Forwarded-For: only behind a proxy that writes it. Has to be said, yes or no (`=false`),
    /// with an https address where the server does not speak TLS itself: its proxy is in front, and without the clients' addresses the limits of sign-ins would take all for one.
    #[arg(long, env = "HALYARD_TRUST_PROXY", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub trust_proxy: Option<bool>,
    /// How to speak TLS.
    #[command(flatten)]
    pub tls: tls::Tls,
    /// For development: another address whose pages may do what ours may, as `http://localhost:8090`. Can be repeated.
    #[arg(long, value_parser = public_url)]
    pub allow_origin: Vec<String>,
    /// Address and port at which to answer `/metrics` (for Prometheus) and `/readyz`; not where users come.
    #[arg(long, env = "HALYARD_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// Connections at most; without it the system's limit of open files (`ulimit -Hn`), less 128 for everything else.
    #[arg(long, env = "HALYARD_MAX_CONNECTIONS", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: Option<u32>,
    /// Texts that a user may send in a minute; one to three numbers counts as three.
    #[arg(long, env = "HALYARD_TEXTS_PER_MINUTE", default_value_t = Quotas::default().user_minute)]
    pub texts_per_minute: u32,
    /// Texts that a user may send in a day (UTC).
    #[arg(long, env = "HALYARD_TEXTS_PER_DAY", default_value_t = Quotas::default().user_day)]
    pub texts_per_day: u32,
    /// Texts that all users of a tenant together may send in a minute.
    #[arg(long, env = "HALYARD_TENANT_TEXTS_PER_MINUTE", default_value_t = Quotas::default().tenant_minute)]
    pub tenant_texts_per_minute: u32,
    /// Texts that all users of a tenant together may send in a day (UTC).
    #[arg(long, env = "HALYARD_TENANT_TEXTS_PER_DAY", default_value_t = Quotas::default().tenant_day)]
    pub tenant_texts_per_day: u32,
    /// Megabytes that the files of a tenant may have.
    #[arg(long, env = "HALYARD_TENANT_MEGABYTES", default_value_t = Quotas::default().bytes / 1_000_000)]
    pub tenant_megabytes: u64,
    /// Contacts that a user may keep, and as many shared ones a tenant.
    #[arg(long, env = "HALYARD_CONTACTS", default_value_t = Quotas::default().contacts)]
    pub contacts: u32,
    /// Bring the database up to date at the start. Without it a PostgreSQL database of an earlier version is refused, as several servers
    /// may be at work on it: run `halyard-server migrate` first. A SQLite file has one server, and is always brought up to date.
    #[arg(long, env = "HALYARD_MIGRATE", value_parser = BoolishValueParser::new())]
    pub migrate: bool,
    /// How logs look. They go to standard error; RUST_LOG says how much.
    #[arg(long, env = "HALYARD_LOG", value_enum, default_value_t)]
    pub log: LogFormat,
    /// Days after which a device that was not heard of has to sign in again.
    #[arg(long, env = "HALYARD_SESSION_IDLE_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub session_idle_days: u32,
    /// Days after which every device has to sign in again.
    #[arg(long, env = "HALYARD_SESSION_MAX_DAYS", default_value_t = 180, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub session_max_days: u32,
    /// Days for which a device that was away can catch up; after that it starts from a fresh snapshot.
    #[arg(long, env = "HALYARD_KEEP_EVENTS_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub keep_events_days: u32,
    /// Sign-ins that may fail in a minute for one account from one network (an IPv4 address, or a /64 of IPv6).
    #[arg(long, env = "HALYARD_SIGN_INS_PER_ACCOUNT", default_value_t = PER_ACCOUNT)]
    pub sign_ins_per_account: NonZeroU32,
    /// Sign-ins that may fail in a minute from one network.
    #[arg(long, env = "HALYARD_SIGN_INS_PER_ADDRESS", default_value_t = PER_ADDRESS)]
    pub sign_ins_per_address: NonZeroU32,
}

impl Serve {
    /// The settings that these flags make, for a server that may have so many files open.
    ///
    /// # Errors
    /// What is missing, in words for whoever starts the server.
    pub fn settings(&self, files: u64) -> Result<Settings, String> {
        let days = |days: u32| i64::from(days) * DAY;
        let tls = self.tls.source(&self.database.database)?;
        let public_url = self.public_url.clone().or_else(|| self.tls.public_url());
        let is_https = public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
        if self.tls.http_redirect.is_some() && !is_https {
            return Err("to which https address? Say `--public-url`".to_owned());
        }
        let secure = is_https || tls.is_some();
        if secure && tls.is_none() && self.trust_proxy.is_none() {
            let missing = "an https address means a proxy in front: say `--trust-proxy` if it writes the header X-Forwarded-For, \
                `--trust-proxy=false` if it does not";
            return Err(missing.to_owned());
        }
        let mut connections = permits::Limits::of_files(files, self.trust_proxy.unwrap_or_default());
        if let Some(most) = self.max_connections {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            connections.all = connections.all.min(most);
            connections.per_network = connections.per_network.min(most);
        }
        let quotas = Quotas {
            user_minute: self.texts_per_minute,
            user_day: self.texts_per_day,
            tenant_minute: self.tenant_texts_per_minute,
            tenant_day: self.tenant_texts_per_day,
            bytes: self.tenant_megabytes.saturating_mul(1_000_000),
            contacts: self.contacts,
        };
        Ok(Settings {
            metrics_listen: self.metrics_listen,
            migrate: self.migrate || self.database.database.starts_with("sqlite:"),
            quotas,
            connections,
            lifetimes: Lifetimes { idle: days(self.session_idle_days), absolute: days(self.session_max_days) },
            keep_events: days(self.keep_events_days),
            secure,
            public_url,
            secret_key: self.secret_key.file(&self.database),
            tls,
            http_redirect: self.tls.http_redirect,
            allowed_origins: self.allow_origin.clone(),
            trust_proxy: self.trust_proxy.unwrap_or_default(),
            sign_ins: Limits { per_account: self.sign_ins_per_account, per_address: self.sign_ins_per_address },
            ..Settings::default()
        })
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host.map(|host| host.trim_end_matches('/')) {
        Some(host) if !host.is_empty() && !host.contains(['/', ' ', '"', ';', ',', '\'']) => {
            Ok(text.trim_end_matches('/').to_lowercase())
        }
        _ => Err("an address looks like https://phone.example.com, without a path".to_owned()),
    }
}

/// Reads a phone number of a command line.
///
/// # Errors
/// A sentence, for anything but the form `+16195550142`.
pub fn phone_number(text: &str) -> Result<PhoneNumber, String> {
    PhoneNumber::from_e164(text).map_err(|error| format!("{error} Write it as +16195550142."))
}

/// A log-in: extension and domain.
#[derive(Clone, Debug)]
pub struct Login {
    /// The extension: 2 to 8 digits.
    pub extension: String,
    /// The tenant's domain.
    pub domain: String,
}

impl std::fmt::Display for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.extension, self.domain)
    }
}

/// Reads a log-in.
///
/// # Errors
/// A sentence, for anything but the form `1001@harbor`.
pub fn login(text: &str) -> Result<Login, String> {
    let (extension, domain) = text.split_once('@').unwrap_or((text, ""));
    if !(2..=8).contains(&extension.len()) || !extension.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("a log-in looks like 1001@harbor: an extension of 2 to 8 digits, then the tenant's domain".into());
    }
    Ok(Login { extension: extension.to_owned(), domain: self::domain(domain)? })
}

/// Reads a tenant's domain.
///
/// # Errors
/// A sentence, for anything but lower-case letters, digits, hyphens and dots.
pub fn domain(text: &str) -> Result<String, String> {
    let text = text.to_lowercase();
    if is_domain(&text) {
        Ok(text)
    } else {
        Err("a domain has letters, digits, hyphens and dots, as harbor".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn reads_log_ins() {
        assert_eq!(login("1001@Harbor").unwrap().to_string(), "1001@harbor");
        for text in ["harbor", "1@harbor", "1001", "1001@", "10x1@harbor", "1001@har bor"] {
            assert!(login(text).is_err(), "{text}");
        }
    }

    fn serve(flags: &[&str]) -> Result<Settings, String> {
        #[derive(Parser)]
        struct Flags {
            #[command(flatten)]
            serve: Serve,
        }
        Flags::parse_from([&["serve"], flags].concat()).serve.settings(1_024)
    }

    #[test]
    fn behind_a_proxy_it_has_to_be_said_whose_address_counts() {
        let https = ["--public-url", "https://phone.example"];
        assert!(serve(&https).unwrap_err().contains("--trust-proxy"));
        for (flag, trusts) in [("--trust-proxy", true), ("--trust-proxy=1", true), ("--trust-proxy=no", false)] {
            assert_eq!(serve(&[&https[..], &[flag]].concat()).unwrap().trust_proxy, trusts, "{flag}");
        }
        assert!(!serve(&["--public-url", "http://phone.example"]).unwrap().trust_proxy);
    }

    #[test]
    fn a_server_that_speaks_tls_needs_no_proxy() {
        let settings = serve(&["--tls-domain", "Phone.example"]).unwrap();
        assert_eq!(settings.public_url.as_deref(), Some("https://phone.example"));
        assert!(settings.secure && !settings.trust_proxy && settings.tls.is_some());
        let files = ["--tls-certificate", "a.pem", "--tls-key", "b.pem"];
        assert!(serve(&files).unwrap().secure);
        let redirect = ["--http-redirect", "127.0.0.1:80"];
        assert!(serve(&[&files[..], &redirect].concat()).unwrap_err().contains("--public-url"));
        assert!(serve(&[&["--tls-domain", "phone.example"][..], &redirect].concat()).unwrap().http_redirect.is_some());
    }

    #[test]
    fn connections_are_limited_by_files_and_by_what_is_said() {
        assert_eq!(serve(&[]).unwrap().connections.all, 896);
        assert_eq!(serve(&["--max-connections", "100"]).unwrap().connections.per_network, 100);
        assert_eq!(serve(&["--max-connections", "10000"]).unwrap().connections.all, 896);
    }

    #[test]
    fn contents_are_beside_a_file_or_where_it_is_said() {
        let place = |database: &str, media: Option<&str>| {
            let database = Database { database: database.to_owned() };
            let media = Media { media: media.map(|media| media.parse().unwrap()) };
            media.place(&database).map(|place| place.to_string())
        };
        assert_eq!(place("sqlite:halyard.db", None).unwrap(), "halyard.media");
        assert_eq!(place("sqlite:///var/lib/halyard/halyard.db", None).unwrap(), "/var/lib/halyard/halyard.media");
        assert_eq!(place("sqlite:/data/phones", None).unwrap(), "/data/phones.media");
        assert_eq!(place("sqlite:halyard.db", Some("/media")).unwrap(), "/media");
        assert!(place("postgres://db/halyard", None).unwrap_err().contains("--media"));
        assert_eq!(place("postgres://db/halyard", Some("s3://phones/files/")).unwrap(), "s3://phones/files");
        assert_eq!("s3://phones".parse::<Place>().unwrap().to_string(), "s3://phones");
        for text in ["", "s3://", "s3:///files", "s3://phones/a//b", "gs://phones"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }

    #[test]
    fn https_makes_cookies_secure() {
        let settings = serve(&["--public-url", "https://Phone.example/", "--trust-proxy"]).unwrap();
        assert!(settings.secure && settings.trust_proxy);
        assert_eq!(settings.public_url.unwrap(), "https://phone.example");
        assert!(public_url("phone.example").is_err() && public_url("https://a/b").is_err());
    }
}
