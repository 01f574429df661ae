//! Hosts (RFC 3261, 25.1): names, IPv4 addresses, and IPv6 addresses in brackets (RFC 5954).

use core::fmt;
use core::str::FromStr;

use super::error::Bad;
use super::lex::{Scan, cut, number};

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

/// The IPv6 address between brackets (RFC 4291, 2.2). RFC 3261's grammar lets a third colon stand before an IPv4 address at the end, which
/// RFC 5118, 4.10, wants to be borne.
fn six(text: &str) -> Option<[u16; 8]> {
    let inside = text.strip_prefix('[')?.strip_suffix(']')?;
    let gap = inside.as_bytes().windows(2).position(|two| two == b"::");
    let mut address = [0; 8];
    let Some(gap) = gap else {
        return (groups(inside, &mut address)? == 8).then_some(address);
    };
    let (before, behind) = (&inside[..gap], &inside[gap + 2..]);
    let behind = behind.strip_prefix(':').filter(|rest| four(rest).is_some()).unwrap_or(behind);
    let mut end = [0; 8];
    let first = groups(before, &mut address).filter(|_| !before.bytes().any(|byte| byte == b'.'))?;
    let last = groups(behind, &mut end)?;
    if first + last > 7 {
        return None;
    }
    address[8 - last..].copy_from_slice(&end[..last]);
    Some(address)
}

/// Groups with colons between, of which the last two may be an IPv4 address; how many there are.
fn groups(text: &str, into: &mut [u16; 8]) -> Option<usize> {
    let mut count = 0;
    let mut rest = (!text.is_empty()).then_some(text);
    while let Some(text) = rest {
        let (group, behind) = cut(text, b':').map_or((text, None), |(group, behind)| (group, Some(behind)));
        rest = behind;
        if let (None, Some([high, low])) = (rest, four(group)) {
            *into.get_mut(count)? = high;
            *into.get_mut(count + 1)? = low;
            count += 2;
        } else {
            *into.get_mut(count)? = hex(group)?;
            count += 1;
        }
    }
    Some(count)
}

fn hex(group: &str) -> Option<u16> {
    let right = (1..=4).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_hexdigit());
    if right { u16::from_str_radix(group, 16).ok() } else { None }
}

/// An IPv4 address as two groups.
fn four(text: &str) -> Option<[u16; 2]> {
    let mut bytes = [0; 4];
    let mut rest = Some(text);
    for byte in &mut bytes {
        let (part, behind) = cut(rest?, b'.').map_or((rest?, None), |(part, behind)| (part, Some(behind)));
        *byte = u16::try_from(number(part, 255).filter(|_| part.len() <= 3)?).ok()?;
        rest = behind;
    }
    let [a, b, c, d] = bytes;
    rest.is_none().then_some([a << 8 | b, c << 8 | d])
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Held against the standard library's reader, which is larger in the WebAssembly.
    #[test]
    fn addresses_are_read_as_by_the_standard_library() {
        for text in [
            "::",
            "::1",
            "1::",
            "2001:db8::10",
            "2001:db8::10:5070",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "::ffff:192.0.2.10",
            "1:2:3:4:5:6:192.0.2.1",
            "2001:db8::192.0.2.1",
            "fe80::1:192.0.2.1",
            "1:2:3:4:5::192.0.2.1",
            "",
            ":",
            ":::",
            "1",
            "1:2",
            "1:2:3:4:5:6:7:8:9",
            "1::2::3",
            "12345::",
            "g::",
            "::1.2.3",
            "::1.2.3.4.5",
            "::256.0.0.1",
            "1:2:3:4:5:6:7:1.2.3.4",
            "1.2.3.4::",
            "::1.2.3.4:5",
            "1:2:3:4:5:6:7:8::",
            ":1::",
            "1:::2",
            "::+1",
            "::0001.2.3.4",
            "1:",
        ] {
            let expected: Option<core::net::Ipv6Addr> = text.parse().ok();
            assert_eq!(six(&format!("[{text}]")), expected.map(|address| address.segments()), "{text}");
        }
        assert_eq!(six("[2001:db8:::192.0.2.1]"), six("[2001:db8::192.0.2.1]"));
    }
}
