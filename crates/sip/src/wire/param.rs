//! Parameters behind a value: `;name=value` (RFC 3261, 25.1, `generic-param`).

use core::fmt;

use super::error::Bad;
use super::lex::{Scan, is_token, is_token_byte, quote, unquote};

/// The most parameters that a value may have: each is compared with those before it.
pub(crate) const MOST: usize = 64;

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name, as it was spelled.
    pub name: String,
    /// Its value, as it was spelled, with quotes or escapes; `None` without `=`.
    pub value: Option<String>,
}

/// Parameters in their order. Names are compared without regard to case; none is there twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(pub(crate) Vec<Param>);

/// Whether a byte may stand in a value without quotes: those of a token, and of a host.
fn is_plain(byte: u8) -> bool {
    is_token_byte(byte) || b"[]:".contains(&byte)
}

impl Params {
    /// Reads all that is left: parameters, each behind a semicolon.
    pub(crate) fn read(mut scan: Scan<'_>) -> Result<Self, Bad> {
        let mut params = Self::default();
        while scan.separator(b';') {
            let name = scan.token("a parameter has no name")?;
            let value = if !scan.separator(b'=') {
                None
            } else if scan.peek() == Some(b'"') {
                Some(scan.quoted()?)
            } else {
                let plain = scan.take(is_plain);
                if plain.is_empty() {
                    return Err(Bad("a parameter has no value"));
                }
                Some(plain)
            };
            params.add(name, value)?;
        }
        scan.end()?;
        Ok(params)
    }

    /// Adds a parameter as it is spelled.
    pub(crate) fn add(&mut self, name: &str, value: Option<&str>) -> Result<(), Bad> {
        if self.has(name) {
            return Err(Bad("a parameter is there twice"));
        }
        // A tag comes on top: a response adds one to To.
        if self.0.len() >= MOST && !name.eq_ignore_ascii_case("tag") {
            return Err(Bad("there are too many parameters"));
        }
        self.0.push(Param { name: name.to_owned(), value: value.map(str::to_owned) });
        Ok(())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Param> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one is there, with or without a value.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A value as it is spelled.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name)?.value.as_deref()
    }

    /// A value without its quotes.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(unquote)
    }

    /// Sets a value, in the place where it was or at the end; one that is no token is quoted.
    pub fn set(&mut self, name: &str, value: &str) {
        let plain = !value.is_empty() && value.bytes().all(is_plain);
        self.set_spelled(name, Some(if plain { value.to_owned() } else { quote(value) }));
    }

    /// Sets a parameter without a value.
    pub fn set_flag(&mut self, name: &str) {
        self.set_spelled(name, None);
    }

    pub(crate) fn set_spelled(&mut self, name: &str, value: Option<String>) {
        match self.0.iter_mut().find(|param| param.name.eq_ignore_ascii_case(name)) {
            Some(param) => param.value = value,
            None => self.0.push(Param { name: name.to_owned(), value }),
        }
    }

    /// Whether a parameter that the grammar gives a token has one, if it is there: `tag` and `branch`.
    pub(crate) fn is_token_or_absent(&self, name: &str) -> bool {
        self.find(name).is_none_or(|param| param.value.as_deref().is_some_and(is_token))
    }

    /// Takes one away.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|param| !param.name.eq_ignore_ascii_case(name));
    }

    fn find(&self, name: &str) -> Option<&Param> {
        self.0.iter().find(|param| param.name.eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for param in &self.0 {
            f.write_str(";")?;
            f.write_str(&param.name)?;
            if let Some(value) = &param.value {
                f.write_str("=")?;
                f.write_str(value)?;
            }
        }
        Ok(())
    }
}
