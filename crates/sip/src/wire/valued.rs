//! A word with parameters behind it: Event, Content-Type, Content-Disposition, Info-Package and others.

use core::fmt;
use core::str::FromStr;

use super::error::Bad;
use super::lex::{Scan, cut, is_token, is_word_byte, trim};
use super::param::Params;

/// A value and its parameters: `application/sdp;charset=utf-8`, `presence;id=7`, `session`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valued {
    /// The value, as it was spelled.
    pub value: String,
    /// The parameters.
    pub params: Params,
}

impl Valued {
    /// A value without parameters.
    #[must_use]
    pub fn new(value: &str) -> Self {
        Self { value: value.to_owned(), params: Params::default() }
    }

    /// Whether the value is this one, without regard to case.
    #[must_use]
    pub fn is(&self, value: &str) -> bool {
        self.value.eq_ignore_ascii_case(value)
    }

    /// Whether it is a token, as Event's package and Content-Disposition's kind have to be.
    #[must_use]
    pub fn is_token(&self) -> bool {
        is_token(&self.value)
    }

    /// Type and subtype of a media type (RFC 3261, 20.15).
    #[must_use]
    pub fn media_type(&self) -> Option<(&str, &str)> {
        let (kind, subtype) = cut(&self.value, b'/')?;
        (is_token(kind) && is_token(subtype)).then_some((kind, subtype))
    }
}

impl FromStr for Valued {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let mut scan = Scan::new(trim(text));
        let mut value = scan.take(|byte| is_word_byte(byte) || byte == b'@').to_owned();
        if value.is_empty() {
            return Err(Bad("no value"));
        }
        // White space may be around the slash of a media type.
        let slash = value.ends_with('/') || scan.separator(b'/');
        if slash {
            let kind = value.strip_suffix('/').unwrap_or(&value).to_owned();
            scan.space();
            value = format!("{kind}/{}", scan.token("no subtype")?);
        }
        Ok(Self { value, params: Params::read(scan)? })
    }
}

impl fmt::Display for Valued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.value, self.params)
    }
}
