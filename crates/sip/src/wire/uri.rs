//! URIs (RFC 3261, 19.1): `sip:` and `sips:` in their parts, `tel:` (RFC 3966), and any other as a text.

use core::fmt;
use core::str::FromStr;

use super::error::Bad;
use super::escape::{escape, escape_user, escaped, same_letters, same_text, unescape};
use super::host::Host;
use super::lex::{Scan, cut, is_token};
use super::param::{MOST, Params};
use super::tel::TelUri;

/// A URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uri {
    /// `sip:` or `sips:`.
    Sip(SipUri),
    /// `tel:`.
    Tel(TelUri),
    /// Any other.
    Other {
        /// The scheme in small letters.
        scheme: String,
        /// What stands behind the colon.
        rest: String,
    },
}

/// A `sip:` or `sips:` URI. Its parts are as they were spelled, with their escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipUri {
    /// Whether it is `sips:`.
    pub secure: bool,
    /// The user, escaped.
    pub user: Option<String>,
    /// The password, escaped. RFC 3261, 19.1.1, advises against it.
    pub password: Option<String>,
    /// The host.
    pub host: Host,
    /// The port.
    pub port: Option<u16>,
    /// The parameters, escaped.
    pub params: Params,
    /// The headers behind `?`, escaped.
    pub headers: Vec<(String, String)>,
}

/// Parameters that have to be in both URIs or in none for them to be the same (RFC 3261, 19.1.4).
const DECISIVE: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];

impl SipUri {
    /// `sip:host`, or `sip:user@host` with the user as it is said; what needs it is escaped.
    ///
    /// # Errors
    /// When the host is none.
    pub fn new(user: Option<&str>, host: &str) -> Result<Self, Bad> {
        let (host, port) = {
            let mut scan = Scan::new(host);
            let read = Host::read(&mut scan, false)?;
            scan.end()?;
            read
        };
        Ok(Self {
            secure: false,
            user: user.map(escape_user),
            password: None,
            host,
            port,
            params: Params::default(),
            headers: Vec::new(),
        })
    }

    fn read(secure: bool, text: &str) -> Result<Self, Bad> {
        let mut scan = Scan::new(text);
        let (mut user, mut password) = (None, None);
        if text.bytes().any(|byte| byte == b'@') {
            user = Some(escaped(&mut scan, b"&=+$,;?/")?).filter(|user| !user.is_empty());
            if user.is_none() {
                return Err(Bad("the user of a URI is empty"));
            }
            if scan.peek() == Some(b':') {
                let _ = scan.until(b':');
                password = Some(escaped(&mut scan, b"&=+$,")?);
            }
            if scan.until(b'@') != Some("") {
                return Err(Bad("the user of a URI has a character that needs an escape"));
            }
        }
        let (host, port) = Host::read(&mut scan, false)?;
        let mut params = Params::default();
        while scan.peek() == Some(b';') {
            let _ = scan.until(b';');
            let name = escaped(&mut scan, b"[]/:&+$")?;
            let mut value = None;
            if scan.peek() == Some(b'=') {
                let _ = scan.until(b'=');
                // Proxies put opaque words into Record-Route that end with it.
                value = Some(escaped(&mut scan, b"[]/:&+$=")?);
            }
            if name.is_empty() || value == Some("") {
                return Err(Bad("a parameter of a URI has no name or value"));
            }
            params.add(name, value)?;
        }
        let mut headers = Vec::new();
        let mut before = b'?';
        while scan.peek() == Some(before) {
            let _ = scan.until(before);
            before = b'&';
            let name = escaped(&mut scan, b"[]/?:+$")?;
            if name.is_empty() || scan.until(b'=') != Some("") {
                return Err(Bad("a header of a URI has no name or value"));
            }
            if headers.len() == MOST {
                return Err(Bad("a URI has too many headers"));
            }
            headers.push((name.to_owned(), escaped(&mut scan, b"[]/?:+$")?.to_owned()));
        }
        if !scan.is_done() {
            return Err(Bad("a URI has a character that may not be there"));
        }
        Ok(Self {
            secure,
            user: user.map(str::to_owned),
            password: password.map(str::to_owned),
            host,
            port,
            params,
            headers,
        })
    }

    /// The user without escapes.
    #[must_use]
    pub fn user_text(&self) -> Option<String> {
        self.user.as_deref().map(unescape)
    }

    /// A parameter's value without escapes; of one without a value the empty text.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<String> {
        let param = self.params.iter().find(|param| same_letters(&param.name, name))?;
        Some(param.value.as_deref().map(unescape).unwrap_or_default())
    }

    /// Sets a parameter, escaped where it needs it; without a value, a flag as `lr`.
    pub fn set_param(&mut self, name: &str, value: Option<&str>) {
        self.params.set_spelled(name, value.map(|value| escape(value, b"[]/:&+$")));
    }

    /// A header behind `?` without escapes: Replaces of a Refer-To (RFC 3891, 4; RFC 5589, 7.3).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let (_, value) = self.headers.iter().find(|(its, _)| same_letters(its, name))?;
        Some(unescape(value))
    }

    /// Adds a header behind `?`, escaped.
    pub fn add_header(&mut self, name: &str, value: &str) {
        let escaped = |text| escape(text, b"[]/?:+$");
        self.headers.push((escaped(name), escaped(value)));
    }

    /// Whether both name the same (RFC 3261, 19.1.4).
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let both = |one: &Option<String>, two: &Option<String>| match (one, two) {
            (Some(one), Some(two)) => same_text(one, two),
            (one, two) => one.is_none() && two.is_none(),
        };
        self.secure == other.secure
            && both(&self.user, &other.user)
            && both(&self.password, &other.password)
            && self.host.same(&other.host)
            && self.port == other.port
            && self.params_match(other)
            && other.params_match(self)
            && self.headers_match(other)
            && other.headers_match(self)
    }

    /// Whether each header is in the other, too.
    fn headers_match(&self, other: &Self) -> bool {
        self.headers.iter().all(|(name, value)| {
            other.headers.iter().any(|(its, theirs)| same_letters(name, its) && same_text(value, theirs))
        })
    }

    /// Whether each parameter is the same in the other, or is none that has to be in both.
    fn params_match(&self, other: &Self) -> bool {
        self.params.iter().all(|param| {
            let theirs = other.params.iter().find(|its| same_letters(&its.name, &param.name));
            match theirs {
                Some(its) => {
                    same_letters(its.value.as_deref().unwrap_or_default(), param.value.as_deref().unwrap_or_default())
                }
                None => !DECISIVE.iter().any(|name| same_letters(name, &param.name)),
            }
        })
    }
}

impl Uri {
    /// As [`SipUri::new`].
    ///
    /// # Errors
    /// When the host is none.
    pub fn sip(user: Option<&str>, host: &str) -> Result<Self, Bad> {
        SipUri::new(user, host).map(Self::Sip)
    }

    /// The parts, if it is `sip:` or `sips:`.
    #[must_use]
    pub fn as_sip(&self) -> Option<&SipUri> {
        match self {
            Self::Sip(uri) => Some(uri),
            Self::Tel(_) | Self::Other { .. } => None,
        }
    }

    /// As [`Uri::as_sip`], to change them.
    pub fn as_sip_mut(&mut self) -> Option<&mut SipUri> {
        match self {
            Self::Sip(uri) => Some(uri),
            Self::Tel(_) | Self::Other { .. } => None,
        }
    }

    /// The scheme in small letters.
    #[must_use]
    pub fn scheme(&self) -> &str {
        match self {
            Self::Sip(SipUri { secure: false, .. }) => "sip",
            Self::Sip(SipUri { secure: true, .. }) => "sips",
            Self::Tel(_) => "tel",
            Self::Other { scheme, .. } => scheme,
        }
    }

    /// A parameter of a `sip:` URI without escapes; `None` for others.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<String> {
        self.as_sip()?.param(name)
    }

    /// Whether both name the same: RFC 3261, 19.1.4; RFC 3966, 4, for `tel:`; others by their letters.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sip(one), Self::Sip(two)) => one.same(two),
            (Self::Tel(one), Self::Tel(two)) => one.same(two),
            (one, two) => one == two,
        }
    }
}

impl FromStr for Uri {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let (scheme, rest) = cut(text, b':').ok_or(Bad("a URI has no scheme"))?;
        if !is_token(scheme) || !scheme.as_bytes()[0].is_ascii_alphabetic() {
            return Err(Bad("a URI has no scheme"));
        }
        let scheme = scheme.to_ascii_lowercase();
        match scheme.as_str() {
            "sip" => SipUri::read(false, rest).map(Self::Sip),
            "sips" => SipUri::read(true, rest).map(Self::Sip),
            "tel" => TelUri::from_str(rest).map(Self::Tel),
            _ if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"".contains(&byte)) => {
                Err(Bad("a URI has a character that may not be there"))
            }
            _ => Ok(Self::Other { scheme, rest: rest.to_owned() }),
        }
    }
}

impl fmt::Display for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secure { "sips:" } else { "sip:" })?;
        if let Some(user) = &self.user {
            f.write_str(user)?;
            if let Some(password) = &self.password {
                write!(f, ":{password}")?;
            }
            f.write_str("@")?;
        }
        f.write_str(self.host.as_str())?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        self.params.fmt(f)?;
        for (at, (name, value)) in self.headers.iter().enumerate() {
            write!(f, "{}{name}={value}", if at == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sip(uri) => uri.fmt(f),
            Self::Tel(uri) => uri.fmt(f),
            Self::Other { scheme, rest } => write!(f, "{scheme}:{rest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// The examples of RFC 3261, 19.1.4.
    #[test]
    fn comparison_is_that_of_the_rfc() {
        let same = [
            ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
            ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
            ),
            (
                "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
            ),
            ("sip:a@[2001:DB8::1]", "sip:a@[2001:db8:0::1]"),
            ("tel:+1(201)555-0123", "tel:+12015550123"),
        ];
        for (one, two) in same {
            assert!(uri(one).same(&uri(two)), "{one} {two}");
            assert!(uri(two).same(&uri(one)), "{two} {one}");
        }
        let other = [
            ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
            ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
            ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
            ("sip:a%3Bb@x", "sip:a;b@x"),
            ("sip:a%253Bb@x", "sip:a%3Bb@x"),
            ("sip:a@x", "sips:a@x"),
            ("sip:a@x?b=1&b=1", "sip:a@x?b=1&c=2"),
            ("tel:+12015550123", "tel:2015550123"),
        ];
        for (one, two) in other {
            assert!(!uri(one).same(&uri(two)), "{one} {two}");
            assert!(!uri(two).same(&uri(one)), "{two} {one}");
        }
    }

    #[test]
    fn what_is_read_is_written_again() {
        for text in [
            "sip:alice:secret@atlanta.com:5061;transport=ws;lr?subject=project%20x&priority=urgent",
            "sips:1212@gateway.com",
            "sip:+1-212-555-1212:1234@gateway.com;user=phone",
            "sip:[2001:db8::10]:5070",
            "sip:proxy.example.com;lr;vsf=AAAAHwU=",
            "sip:user;par=u%40example.net@example.com",
            "sip:1001@acme.example;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "tel:7042;phone-context=example.com",
            "urn:service:sos",
        ] {
            assert_eq!(uri(text).to_string(), text);
        }
    }

    #[test]
    fn broken_ones_are_refused() {
        for text in [
            "",
            "sip:",
            "sip:@host",
            "sip:a b@host",
            "sip:a@",
            "sip:a@host:99999",
            "sip:a@host;;x",
            "sip:a@host;x=",
            "sip:a@[::1",
            "sip:2001:db8::10",
            "sip:a%4@host",
            "sip:a@host?x",
            "sip:a@host\r\n",
            "<sip:a@host>",
            "sip:a@b@c",
            "1:x",
            "tel:",
            "tel:12x",
        ] {
            assert!(text.parse::<Uri>().is_err(), "{text}");
        }
    }

    /// Who asks for a transfer puts the dialog to replace into the URI (RFC 5589, 7.3).
    #[test]
    fn headers_are_escaped() {
        let replaces = "592435881734450904@phone.example;to-tag=9m2n3wq;from-tag=763231";
        let mut made = uri("sip:carol@example.com");
        made.as_sip_mut().unwrap().add_header("Replaces", replaces);
        let text = made.to_string();
        assert!(text.ends_with("?Replaces=592435881734450904%40phone.example%3Bto-tag%3D9m2n3wq%3Bfrom-tag%3D763231"));
        assert_eq!(uri(&text).as_sip().unwrap().header("replaces").as_deref(), Some(replaces));
        assert_eq!(uri(&text).as_sip().unwrap().header("Require"), None);
    }

    #[test]
    fn users_are_escaped() {
        let made = Uri::sip(Some("a b@c;\u{e9}\r\n"), "example.com:5070").unwrap();
        assert_eq!(made.to_string(), "sip:a%20b%40c;%C3%A9%0D%0A@example.com:5070");
        assert_eq!(uri(&made.to_string()).as_sip().unwrap().user_text().unwrap(), "a b@c;\u{e9}\r\n");
    }
}
