//! Where carriers reach this server: for their reports, and for the files of a text.
//!
//! Always holds: an address for reports has a word in it that only the account's carrier knows; one for a file has a signature, and ends.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use halyard_carriers::Kind;
use halyard_carriers::http::REFERENCE;
use halyard_protocol::{MediaId, MediaKind, UnixMs};
use ring::hmac;

use crate::store::carrier_accounts::AccountRecord;

/// How long a carrier may fetch a file, in milliseconds.
const FILE_LIFE: i64 = 24 * 60 * 60 * 1_000;

/// Where this server is, for carriers.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// What users open, where it is known: `https://phone.example.com`.
    public: Option<String>,
    /// Where the server listens, for a carrier simulator on the same machine.
    local: Arc<Mutex<Option<String>>>,
}

impl Links {
    /// By the address that users open.
    #[must_use]
    pub fn new(public: Option<String>) -> Self {
        Self { public, local: Arc::default() }
    }

    /// The server listens there, in plain HTTP.
    pub fn listens_at(&self, address: SocketAddr) {
        let host = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        let mut local = self.local.lock().unwrap_or_else(PoisonError::into_inner);
        *local = Some(format!("http://{}", SocketAddr::new(host, address.port())));
    }

    fn base(&self, kind: Kind) -> Option<String> {
        let local = match kind {
            Kind::Simulator => self.local.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Kind::Twilio | Kind::Telnyx | Kind::Bandwidth | Kind::Smpp => None,
        };
        local.or_else(|| self.public.clone())
    }

    /// Where an account's carrier reports; `None` where the server's own address is not known.
    #[must_use]
    pub fn webhook(&self, account: &AccountRecord) -> Option<String> {
        let base = self.base(account.kind)?;
        Some(format!("{base}/webhooks/{}/{}/{}", account.kind.name(), account.id, account.webhook))
    }

    /// Where it reports on one text.
    #[must_use]
    pub fn report_to(&self, account: &AccountRecord, reference: &str) -> Option<String> {
        Some(format!("{}?{REFERENCE}={reference}", self.webhook(account)?))
    }

    /// Where an account's carrier fetches a file.
    #[must_use]
    pub fn file(&self, account: &AccountRecord, file: FileAs, now: UnixMs) -> Option<String> {
        let until = now.plus(FILE_LIFE).0;
        let signature = BASE64.encode(hmac::sign(&key(account), &signed(file, until)));
        Some(format!("{}/webhooks/files/{}/{until}/{signature}/{file}", self.base(account.kind)?, account.id))
    }
}

/// A file, as the carrier is to get it: of this kind, and of no more than so many bytes. Written `<id>.<bytes>.<end of the name>`, so that carriers
/// that go by how an address ends know the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileAs {
    /// The file.
    pub media: MediaId,
    /// Its kind at the carrier.
    pub kind: MediaKind,
    /// Bytes at most.
    pub bytes: u32,
}

impl fmt::Display for FileAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.media, self.bytes, self.kind.extension())
    }
}

impl FileAs {
    /// What is written so.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (media, bytes, end) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
        let kind = MediaKind::ALL.into_iter().find(|kind| kind.extension() == end)?;
        Some(Self { media, kind, bytes }).filter(|_| parts.next().is_none())
    }
}

/// Whether an address of [`Links::file`] is right, and has not ended.
#[must_use]
pub(crate) fn is_file_link(account: &AccountRecord, file: FileAs, until: i64, signature: &str, now: UnixMs) -> bool {
    let Ok(signature) = BASE64.decode(signature) else { return false };
    now.0 <= until && hmac::verify(&key(account), &signed(file, until), &signature).is_ok()
}

fn key(account: &AccountRecord) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, account.webhook.as_bytes())
}

fn signed(file: FileAs, until: i64) -> Vec<u8> {
    format!("file {file} {until}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use halyard_protocol::{CarrierAccountId, Ulid};

    fn account(webhook: &str) -> AccountRecord {
        AccountRecord {
            id: CarrierAccountId(Ulid::from_bits(5)),
            tenant: None,
            kind: Kind::Twilio,
            name: String::new(),
            settings: std::collections::BTreeMap::new(),
            secrets: std::collections::BTreeMap::new(),
            webhook: webhook.to_owned(),
        }
    }

    #[test]
    fn a_file_is_for_one_account_and_ends() {
        let links = Links::new(Some("https://phone.example".to_owned()));
        let (media, now) = (MediaId(Ulid::from_bits(7)), UnixMs(1_000));
        let file = FileAs { media, kind: MediaKind::Jpeg, bytes: 600_000 };
        let link = links.file(&account("word"), file, now).unwrap();
        let parts: Vec<&str> = link.rsplit('/').collect();
        assert_eq!(FileAs::read(parts[0]), Some(file));
        let (signature, until) = (parts[1], parts[2].parse::<i64>().unwrap());
        let is = |account: &AccountRecord, file, until, now| is_file_link(account, file, until, signature, now);
        assert!(is(&account("word"), file, until, UnixMs(until)));
        assert!(!is(&account("other"), file, until, now), "another account");
        let another = FileAs { media: MediaId(Ulid::from_bits(8)), ..file };
        assert!(!is(&account("word"), another, until, now), "another file");
        assert!(!is(&account("word"), FileAs { bytes: 600_001, ..file }, until, now), "larger");
        assert!(!is(&account("word"), file, until + 1, now), "another end");
        assert!(!is(&account("word"), file, until, UnixMs(until + 1)), "too late");
        for text in ["", "x.1.jpg", "01J9ZK4T6Q8Y2M0C5R7W3X1B9D.1.exe", "01J9ZK4T6Q8Y2M0C5R7W3X1B9D.1.jpg.jpg"] {
            assert_eq!(FileAs::read(text), None, "{text}");
        }
    }

    #[test]
    fn without_an_address_there_are_no_links() {
        assert!(Links::default().webhook(&account("word")).is_none());
        let local = Links::default();
        local.listens_at(SocketAddr::from(([0, 0, 0, 0], 8080)));
        assert!(local.webhook(&account("word")).is_none(), "no carrier outside reaches that");
        let simulated = AccountRecord { kind: Kind::Simulator, ..account("word") };
        let link = local.report_to(&simulated, "a.1.0").unwrap();
        assert_eq!(link, format!("http://127.0.0.1:8080/webhooks/simulator/{}/word?reference=a.1.0", simulated.id));
    }
}
