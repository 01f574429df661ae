//! Hosts (RFC 3261, 25.1): names, IPv4 addresses, and IPv6 addresses in brackets (RFC 5954).

use core::fmt;
use core::net::Ipv6Addr;
use core::str::FromStr;

use super::error::Bad;
use super::lex::{Scan, number};

/// A host, as it was spelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host(String);

impl Host {
    /// As it was spelled; an IPv6 address with its brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both name the same: names without regard to case, IPv6 addresses by their bits (RFC 5954, 4.2).
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (six(&self.0), six(&other.0)) {
            (Some(one), Some(two)) => one == two,
            _ => self.0.eq_ignore_ascii_case(&other.0),
        }
    }

    /// Takes a host and, behind a colon, a port. White space may be around the colon where `spaced`, as in Via.
    pub(crate) fn read(scan: &mut Scan<'_>, spaced: bool) -> Result<(Self, Option<u16>), Bad> {
        let host = if scan.peek() == Some(b'[') {
            let inside = scan.until(b']').ok_or(Bad("an IPv6 address does not end"))?;
            Self::from_str(&format!("{inside}]"))?
        } else {
            Self::from_str(scan.take(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)))?
        };
        let colon = if spaced {
            scan.separator(b':')
        } else {
            let there = scan.peek() == Some(b':');
            there && scan.separator(b':')
        };
        if !colon {
            return Ok((host, None));
        }
        let port = number(scan.take(|byte| byte.is_ascii_digit()), u32::from(u16::MAX)).ok_or(Bad("no such port"))?;
        Ok((host, u16::try_from(port).ok()))
    }
}

/// The IPv6 address between brackets. RFC 3261's grammar lets a third colon stand before an IPv4 address at the end, which RFC 5118,
/// 4.10, wants to be borne.
fn six(text: &str) -> Option<Ipv6Addr> {
    let inside = text.strip_prefix('[')?.strip_suffix(']')?;
    Ipv6Addr::from_str(inside)
        .ok()
        .or_else(|| inside.contains(":::").then(|| Ipv6Addr::from_str(&inside.replacen(":::", "::", 1)).ok()).flatten())
}

impl FromStr for Host {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let right = if text.starts_with('[') {
            six(text).is_some()
        } else {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        };
        if right { Ok(Self(text.to_owned())) } else { Err(Bad("not a host")) }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
