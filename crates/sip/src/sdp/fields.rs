//! The parts of a description that have parts themselves.

use core::fmt;
use core::str::FromStr;

use super::lines::SdpError;
use crate::wire::{cut, trim};

/// Which way media flow, seen from who wrote it (RFC 8866, 6.7; RFC 3264, 8.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    SendRecv,
    /// To the other end only: it is on hold.
    SendOnly,
    /// From the other end only.
    RecvOnly,
    /// Neither way.
    Inactive,
}

impl Direction {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive].into_iter().find(|one| one.as_str() == name)
    }

    /// Whether who wrote it sends.
    #[must_use]
    pub const fn sends(self) -> bool {
        match self {
            Self::SendRecv | Self::SendOnly => true,
            Self::RecvOnly | Self::Inactive => false,
        }
    }

    /// Whether who wrote it receives.
    #[must_use]
    pub const fn receives(self) -> bool {
        match self {
            Self::SendRecv | Self::RecvOnly => true,
            Self::SendOnly | Self::Inactive => false,
        }
    }

    /// From which ways who wrote it uses.
    #[must_use]
    pub const fn of(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// The answer to this offer by who would use these ways (RFC 3264, 6.1): each only if the offer has the other end of it.
    #[must_use]
    pub const fn answer(self, sends: bool, receives: bool) -> Self {
        Self::of(sends && self.receives(), receives && self.sends())
    }
}

/// `o=` (RFC 8866, 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The user, or `-`.
    pub user: String,
    /// Which session it is; with user, kind and host, for as long as there are sessions.
    pub session: String,
    /// Which version of the description.
    pub version: u64,
    /// Net type, address type and address, as they were spelled.
    pub place: String,
}

impl Origin {
    /// Whether both are descriptions of the same session.
    #[must_use]
    pub fn same_session(&self, other: &Self) -> bool {
        self.user == other.user && self.session == other.session && self.place == other.place
    }
}

impl FromStr for Origin {
    type Err = SdpError;

    fn from_str(text: &str) -> Result<Self, SdpError> {
        let parts: Vec<&str> = text.split(' ').collect();
        let [user, session, version, net, kind, host] = parts[..] else { return Err(SdpError::Origin) };
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if user.is_empty()
            || net.is_empty()
            || kind.is_empty()
            || host.is_empty()
            || !digits(session)
            || !digits(version)
        {
            return Err(SdpError::Origin);
        }
        let version = version.parse().map_err(|_| SdpError::Origin)?;
        Ok(Self { user: user.to_owned(), session: session.to_owned(), version, place: format!("{net} {kind} {host}") })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.user, self.session, self.version, self.place)
    }
}

/// `m=` (RFC 8866, 5.14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// `audio`, `video` or another.
    pub kind: String,
    /// The port; 0 where it was refused or has ended (RFC 3264, 6 and 8.2).
    pub port: u16,
    /// How many ports, as it was said behind a slash.
    pub ports: Option<u32>,
    /// `UDP/TLS/RTP/SAVPF` and so on.
    pub protocol: String,
    /// The formats, in the order of preference.
    pub formats: Vec<String>,
}

impl FromStr for Media {
    type Err = SdpError;

    fn from_str(text: &str) -> Result<Self, SdpError> {
        let mut parts = text.split(' ').filter(|part| !part.is_empty());
        let (Some(kind), Some(port), Some(protocol)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(SdpError::Media);
        };
        let (port, ports) = match cut(port, b'/') {
            Some((port, ports)) => (port, Some(ports.parse().map_err(|_| SdpError::Media)?)),
            None => (port, None),
        };
        let port = if port.starts_with('+') { None } else { port.parse().ok() }.ok_or(SdpError::Media)?;
        let formats: Vec<String> = parts.map(str::to_owned).collect();
        if formats.is_empty() {
            return Err(SdpError::Media);
        }
        Ok(Self { kind: kind.to_owned(), port, ports, protocol: protocol.to_owned(), formats })
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.port)?;
        if let Some(ports) = self.ports {
            write!(f, "/{ports}")?;
        }
        write!(f, " {} {}", self.protocol, self.formats.join(" "))
    }
}

/// `a=fingerprint` (RFC 8122, 5): of which certificate the other end is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// The hash function, in small letters.
    pub hash: String,
    /// The bytes in hexadecimal, in capitals, with colons between.
    pub value: String,
}

impl FromStr for Fingerprint {
    type Err = SdpError;

    fn from_str(text: &str) -> Result<Self, SdpError> {
        let (hash, value) = cut(trim(text), b' ').ok_or(SdpError::Fingerprint)?;
        let right = value.split(':').all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if hash.is_empty() || !right {
            return Err(SdpError::Fingerprint);
        }
        Ok(Self { hash: hash.to_ascii_lowercase(), value: value.to_ascii_uppercase() })
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.hash, self.value)
    }
}
