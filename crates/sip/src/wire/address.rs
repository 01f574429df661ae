//! A URI with a name before it and parameters behind it (RFC 3261, 20.10): From, To, Contact, Route and more.

use core::fmt;
use core::str::FromStr;

use super::error::Bad;
use super::lex::{Scan, cut, is_token_byte, quote, trim, trim_end, unquote};
use super::param::Params;
use super::uri::Uri;

/// `name-addr` or `addr-spec` with parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The name to show, without quotes.
    pub display: Option<String>,
    /// The URI.
    pub uri: Uri,
    /// Parameters of the header, not of the URI.
    pub params: Params,
}

impl Address {
    /// An address of a URI alone.
    #[must_use]
    pub fn new(uri: Uri) -> Self {
        Self { display: None, uri, params: Params::default() }
    }

    /// With a name to show.
    #[must_use]
    pub fn named(mut self, display: &str) -> Self {
        self.display = Some(display.to_owned());
        self
    }

    /// With a tag.
    #[must_use]
    pub fn tagged(mut self, tag: &str) -> Self {
        self.params.set("tag", tag);
        self
    }

    /// The tag of From or To (RFC 3261, 19.3).
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag")
    }

    /// Whether a Route's element is a loose router (RFC 3261, 16.12).
    #[must_use]
    pub fn is_loose(&self) -> bool {
        self.uri.param("lr").is_some()
    }
}

impl FromStr for Address {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let mut scan = Scan::new(trim(text));
        let mut display = None;
        if scan.peek() == Some(b'"') {
            display = Some(unquote(scan.quoted()?));
            scan.space();
            if scan.peek() != Some(b'<') {
                return Err(Bad("a name is not followed by <"));
            }
        } else if let Some((name, _)) = cut(scan.rest(), b'<') {
            let end = name.len();
            let name = trim_end(name);
            // Letters beyond ASCII belong into quotes; they are shown without as well.
            let right =
                name.bytes().all(|byte| is_token_byte(byte) || byte == b' ' || byte == b'\t' || !byte.is_ascii());
            if !right {
                return Err(Bad("a name has a character that needs quotes"));
            }
            display = Some(name.to_owned()).filter(|name| !name.is_empty());
            scan = Scan::new(&scan.rest()[end..]);
        }
        let uri = if scan.peek() == Some(b'<') {
            let inside = scan.until(b'>').ok_or(Bad("> is missing"))?;
            inside[1..].parse()?
        } else {
            let plain = scan.take(|byte| byte != b';' && byte != b' ' && byte != b'\t');
            // RFC 3261, 20.10: such a URI stands between angle brackets.
            if plain.bytes().any(|byte| byte == b',' || byte == b'?') {
                return Err(Bad("a URI with a comma or a question mark has no brackets"));
            }
            plain.parse()?
        };
        let params = Params::read(scan)?;
        if params.is_token_or_absent("tag") {
            Ok(Self { display, uri, params })
        } else {
            Err(Bad("the tag is not a token"))
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            write!(f, "{} ", quote(display))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn names_uris_and_parameters_come_apart() {
        let read = address(r#""J Rosenberg \\\"" <sip:jdrosen@example.com>  ; tag = 98asjd8"#);
        assert_eq!(read.display.as_deref(), Some("J Rosenberg \\\""));
        assert_eq!(read.tag(), Some("98asjd8"));
        assert_eq!(read.to_string(), r#""J Rosenberg \\\"" <sip:jdrosen@example.com>;tag=98asjd8"#);
        let read = address("sip:caller@example.net;tag=1");
        assert_eq!((read.uri.to_string().as_str(), read.tag()), ("sip:caller@example.net", Some("1")));
        let read = address("caller<sip:caller@example.com;x=1>;tag=323");
        assert_eq!(read.display.as_deref(), Some("caller"));
        assert!(read.params.get("x").is_none());
        assert!(address("<sip:p1.example.com;lr>").is_loose());
    }

    #[test]
    fn broken_ones_are_refused() {
        for text in [
            "",
            "\"open <sip:a@b>",
            "Bell, Alexander <sip:a@b>",
            "< sip:a@b >",
            "<sip:a@b",
            "sip:a@b?x=y",
            "<sip:a@b>;tag=1;tag=2",
            "<sip:a@b>;tag",
            "<sip:a@b>;tag=\"1\"",
            "<sip:a@b>;tag=1:2",
            "<sip:a@b>;;;",
            "<sip:a@b> x",
            "\"name\" sip:a@b",
            "<>",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
