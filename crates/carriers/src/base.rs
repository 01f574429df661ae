//! A provider's own address, and the requests that carry an account's secrets to it.
//!
//! Owns where a secret may go. Always holds: a secret is in a request only if its scheme, host and port are those of the account's
//! provider; that address is `https`, or one of this machine itself. Secrets are compared in a time that does not tell how far they agree.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde::Serialize;

use crate::account::{Field, Settings, SettingsError};
use crate::http::{Method, Request};

/// The field for another address of the provider.
pub(crate) const API: Field = Field {
    name: "api",
    about: "Another address of the provider's interface, for tests and proxies: https, or http on this machine.",
    required: false,
    secret: false,
};

/// The field for the pace of an account.
pub(crate) const SEGMENTS_A_SECOND: Field = Field {
    name: "segments_a_second",
    about: "How many segments the account may send in a second, where the provider agreed to another number than usual: 1 to 1000.",
    required: false,
    secret: false,
};

/// The field for the pace of one number of an account.
pub(crate) const SEGMENTS_OF_A_NUMBER: Field = Field {
    name: "segments_a_second_of_a_number",
    about: "How many segments one number may send in a second, where the provider or the networks allow it less than the account: 1 to 1000.",
    required: false,
    secret: false,
};

/// The field for who answers people who opt out or ask for help.
pub(crate) const REPLIES: Field = Field {
    name: "opt_out_replies",
    about: "Who answers STOP, START and HELP: `carrier`, as the provider does unless you changed that there (usual), or `halyard`.",
    required: false,
    secret: false,
};

/// Whether an account's carrier answers people who opt out or ask for help by itself.
///
/// # Errors
/// Another word than the two.
pub(crate) fn check_replies(settings: &Settings) -> Result<(), SettingsError> {
    match settings.plain(REPLIES.name) {
        None | Some("carrier" | "halyard") => Ok(()),
        Some(_) => Err(SettingsError::Invalid { field: REPLIES.name, why: "is `carrier` or `halyard`" }),
    }
}

/// Checks the pace of one number.
///
/// # Errors
/// It is no number that may be.
pub(crate) fn check_pace_of_a_number(settings: &Settings) -> Result<(), SettingsError> {
    let field = SEGMENTS_OF_A_NUMBER.name;
    let is_right = |text: &str| text.parse().is_ok_and(|number: u32| (1..=1000).contains(&number));
    if settings.plain(field).is_none_or(is_right) {
        Ok(())
    } else {
        Err(SettingsError::Invalid { field, why: "is a number from 1 to 1000" })
    }
}

/// Where a provider is, and how an account logs in there.
#[derive(Clone)]
pub(crate) struct Base {
    /// The address, without a slash at its end.
    url: String,
    /// The header that logs the account in.
    authorization: String,
}

impl Base {
    /// The provider at its usual address, or at the one of the settings.
    pub(crate) fn new(settings: &Settings, usual: &str, authorization: String) -> Result<Self, SettingsError> {
        let url = settings.plain(API.name).unwrap_or(usual).trim_end_matches('/');
        let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains(['?', '#', '@', '\\', '"']);
        match Origin::of(url).filter(|_| is_plain) {
            Some(origin) if origin.is_https || origin.is_here() => Ok(Self { url: url.to_owned(), authorization }),
            Some(_) => Err(SettingsError::Invalid { field: API.name, why: "has to begin with https://" }),
            None => {
                Err(SettingsError::Invalid { field: API.name, why: "is no address such as https://api.example.com" })
            }
        }
    }

    /// A request at the provider.
    pub(crate) fn get(&self, path: &str) -> Request {
        Request {
            method: Method::Get,
            url: format!("{}{path}", self.url),
            headers: vec![("authorization", self.authorization.clone()), ("accept", "application/json".to_owned())],
            body: Vec::new(),
        }
    }

    /// A request at the provider, with a body.
    pub(crate) fn post(&self, path: &str, content_type: &str, body: Vec<u8>) -> Request {
        let mut request = self.get(path);
        request.method = Method::Post;
        request.headers.push(("content-type", content_type.to_owned()));
        request.body = body;
        request
    }

    /// A request at the provider, with a body of JSON.
    pub(crate) fn post_json(&self, path: &str, body: &impl Serialize) -> Request {
        // Nothing of ours that is written fails: texts and numbers alone.
        self.post(path, "application/json; charset=utf-8", serde_json::to_vec(body).unwrap_or_default())
    }

    /// A request for a file that nobody has to log in for.
    pub(crate) fn fetch_without_login(url: &str) -> Request {
        Request { method: Method::Get, url: url.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// A request for a file: with the login where the file is at the provider, and without it anywhere else.
    pub(crate) fn fetch(&self, url: &str) -> Request {
        let mut request = Self::fetch_without_login(url);
        if Origin::of(url).is_some_and(|origin| Some(origin) == Origin::of(&self.url)) {
            request.headers.push(("authorization", self.authorization.clone()));
        }
        request
    }
}

/// The header of HTTP Basic (RFC 7617).
pub(crate) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// The header of a bearer token (RFC 6750).
pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// Whether a secret is the expected one.
pub(crate) fn is_same_secret(given: &[u8], expected: &[u8]) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, expected);
    hmac::verify(&key, given, hmac::sign(&key, expected).as_ref()).is_ok()
}

/// How many segments an account sends in a second.
pub(crate) fn segments_a_second(settings: &Settings, usual: u32) -> Result<u32, SettingsError> {
    let Some(text) = settings.plain(SEGMENTS_A_SECOND.name) else { return Ok(usual) };
    let number = text.parse().ok().filter(|number| (1..=1000).contains(number));
    number.ok_or(SettingsError::Invalid { field: SEGMENTS_A_SECOND.name, why: "is a number from 1 to 1000" })
}

/// A setting that has to be there.
pub(crate) fn required<'a>(settings: &'a Settings, field: &Field) -> Result<&'a str, SettingsError> {
    let value = if field.secret { settings.secret(field.name) } else { settings.plain(field.name) };
    value.ok_or(SettingsError::Missing(field.name))
}

/// A secret that goes into a header: printable ASCII.
pub(crate) fn printable<'a>(settings: &'a Settings, field: &Field) -> Result<&'a str, SettingsError> {
    let value = required(settings, field)?;
    let is_printable = value.bytes().all(|byte| byte.is_ascii_graphic());
    is_printable
        .then_some(value)
        .ok_or(SettingsError::Invalid { field: field.name, why: "has letters, digits and signs only" })
}

/// Scheme, host and port of an address.
#[derive(PartialEq, Eq)]
struct Origin {
    is_https: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// Of an address of http or https that names nobody before an `@`.
    fn of(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let is_https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let authority = rest.get(..end)?;
        // In brackets stand the colons of an IPv6 address.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port.parse().ok()?),
            _ => (authority, if is_https { 443 } else { 80 }),
        };
        let is_named = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        let is_ipv6 = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .is_some_and(|host| host.parse::<core::net::Ipv6Addr>().is_ok());
        (!host.is_empty() && (is_named || is_ipv6)).then(|| Self { is_https, host: host.to_ascii_lowercase(), port })
    }

    /// Whether it is this machine.
    fn is_here(&self) -> bool {
        let host = self.host.as_str();
        host == "localhost" || host == "[::1]" || host.parse().is_ok_and(|ip: core::net::Ipv4Addr| ip.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Secret;

    fn base(api: &str) -> Result<Base, SettingsError> {
        let plain = [(API.name.to_owned(), api.to_owned())].into();
        let secrets = [("token".to_owned(), Secret("t".to_owned()))].into();
        Base::new(&Settings { plain, secrets }, "https://api.example.com", bearer("t"))
    }

    #[test]
    fn an_address_is_https_or_this_machine() {
        for api in [
            "",
            "https://x.example",
            "HTTPS://x.example:8443/under/",
            "http://localhost:1",
            "http://127.0.0.9:1/",
            "http://[::1]:80",
        ] {
            assert!(base(api).is_ok(), "{api}");
        }
        for api in ["http://x.example", "http://127.0.0.1.x.example", "http://localhost.x.example", "http://10.0.0.1"] {
            assert_eq!(
                base(api).err(),
                Some(SettingsError::Invalid { field: "api", why: "has to begin with https://" }),
                "{api}"
            );
        }
        for api in [
            "x.example",
            "ftp://x.example",
            "https://",
            "https://u@x.example",
            "https://x.example?a",
            "https://x example",
            "https://x:99999",
            "https://[::1",
        ] {
            assert!(base(api).is_err(), "{api}");
        }
        assert_eq!(base("https://x.example/v/").unwrap().get("/a").url, "https://x.example/v/a");
    }

    #[test]
    fn the_login_goes_to_the_provider_alone() {
        let base = base("").unwrap();
        for own in ["https://api.example.com/a", "https://API.example.com:443/a?b", "HTTPS://api.example.com"] {
            assert_eq!(base.fetch(own).headers, [("authorization", "Bearer t".to_owned())], "{own}");
        }
        for other in [
            "http://api.example.com/a",
            "https://api.example.com:444/a",
            "https://api.example.com.evil.example/a",
            "https://evil.example/https://api.example.com/",
            "https://api.example.com@evil.example/",
            "https://evil.example#api.example.com",
            "https://evil.example\\@api.example.com/",
            "https://api.example.com\\.evil.example/",
            "//api.example.com/a",
            "",
        ] {
            let request = base.fetch(other);
            assert_eq!(request.url, other);
            // A backslash ends the host, as it does for browsers; then it is the provider's.
            assert_eq!(request.headers.is_empty(), !other.starts_with("https://api.example.com\\"), "{other}");
        }
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(is_same_secret(b"abc", b"abc"));
        for other in [&b""[..], b"ab", b"abd", b"abcd", b"ABC"] {
            assert!(!is_same_secret(other, b"abc"));
        }
    }
}
