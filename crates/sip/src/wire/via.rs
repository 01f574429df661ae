//! Via (RFC 3261, 20.42): which way a request came, and its transaction.

use core::fmt;
use core::str::FromStr;

use super::error::Bad;
use super::host::Host;
use super::lex::{Scan, trim};
use super::param::Params;

/// What begins a branch that is unique (RFC 3261, 8.1.1.7).
pub(crate) const COOKIE: &str = "z9hG4bK";

/// One hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// The transport, as it was spelled: `WS`, `WSS`, `UDP` and so on.
    pub transport: String,
    /// Who sent it.
    pub host: Host,
    /// The port, if it was said.
    pub port: Option<u16>,
    /// `branch`, `received`, `rport` and others.
    pub params: Params,
}

impl Via {
    /// A hop with a branch.
    ///
    /// # Errors
    /// When the host is none.
    pub fn new(transport: &str, host: &str, branch: &str) -> Result<Self, Bad> {
        let mut scan = Scan::new(host);
        let (host, port) = Host::read(&mut scan, false)?;
        scan.end()?;
        let mut params = Params::default();
        params.set("branch", branch);
        Ok(Self { transport: transport.to_owned(), host, port, params })
    }

    /// The branch.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch")
    }

    /// The branch, if it names a transaction by itself: it begins with the cookie of RFC 3261, 8.1.1.7, and has something behind it.
    #[must_use]
    pub fn unique_branch(&self) -> Option<&str> {
        let branch = self.branch()?;
        let cookie = branch.get(..COOKIE.len())?;
        (cookie.eq_ignore_ascii_case(COOKIE) && branch.len() > COOKIE.len()).then_some(branch)
    }

    /// `host` or `host:port`.
    #[must_use]
    pub fn sent_by(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.to_string(),
        }
    }

    /// Whether it was sent by the same host and port (RFC 3261, 17.1.3 and 17.2.3).
    #[must_use]
    pub fn same_sender(&self, other: &Self) -> bool {
        self.host.same(&other.host) && self.port == other.port
    }
}

impl FromStr for Via {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let mut scan = Scan::new(trim(text));
        let protocol = scan.token("no protocol")?;
        let first = scan.separator(b'/');
        let version = scan.token("no version")?;
        let second = scan.separator(b'/');
        if !first || !second || !protocol.eq_ignore_ascii_case("SIP") || version != "2.0" {
            return Err(Bad("the protocol is not SIP/2.0"));
        }
        let transport = scan.token("no transport")?.to_owned();
        let before = scan.rest();
        scan.space();
        if scan.rest() == before {
            return Err(Bad("no space before the host"));
        }
        let (host, port) = Host::read(&mut scan, true)?;
        let params = Params::read(scan)?;
        if !params.is_token_or_absent("branch") {
            return Err(Bad("the branch is not a token"));
        }
        Ok(Self { transport, host, port, params })
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}{}", self.transport, self.sent_by(), self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hop_comes_apart() {
        let via: Via = "SIP  / 2.0  / TCP     spindle.example.com   ;  branch  =   z9hG4bK9ikj8".parse().unwrap();
        assert_eq!(via.to_string(), "SIP/2.0/TCP spindle.example.com;branch=z9hG4bK9ikj8");
        let via: Via =
            "SIP/2.0/WS [2001:db8::9:1] : 5070;received=2001:db8::9:255;rport;branch=z9hG4bKas3".parse().unwrap();
        assert_eq!((via.port, via.params.get("received")), (Some(5070), Some("2001:db8::9:255")));
        assert!(via.params.has("rport"));
        assert_eq!(via.unique_branch(), Some("z9hG4bKas3"));
    }

    #[test]
    fn a_bare_cookie_is_no_branch() {
        let via: Via = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK".parse().unwrap();
        assert_eq!(via.unique_branch(), None);
    }

    #[test]
    fn broken_ones_are_refused() {
        for text in [
            "",
            "SIP/2.0/UDP",
            "SIP/2.0/UDPhost",
            "SIP/3.0/UDP host",
            "SIP/2.0/UDP 192.0.2.15;;",
            "SIP/2.0/UDP 192.0.2.15;branch",
            "SIP/2.0/UDP 192.0.2.15;branch=\"x\"",
            "HTTP/2.0/UDP h",
            "SIP/2.0/WS h:x",
        ] {
            assert!(text.parse::<Via>().is_err(), "{text}");
        }
    }
}
