//! What stands behind the scheme: `name=value`, separated by commas (RFC 3261, 25.1, `auth-param`).

use crate::wire::{Bad, cut, cut_at_space, elements, trim, unquote};

/// The most that are taken: each is compared with those before it.
const MOST: usize = 64;

/// Parameters in their order, without quotes.
#[derive(Debug)]
pub(crate) struct AuthParams(Vec<(String, String)>);

impl AuthParams {
    /// Reads those of the scheme Digest.
    pub(crate) fn read_digest(text: &str) -> Result<Self, Bad> {
        let (scheme, rest) = cut_at_space(trim(text)).ok_or(Bad("no parameters"))?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return Err(Bad("not the scheme Digest"));
        }
        Self::read(rest)
    }

    /// Reads parameters; empty elements are passed over.
    pub(crate) fn read(text: &str) -> Result<Self, Bad> {
        let mut params = Self(Vec::new());
        for element in elements(text).filter(|element| !element.is_empty()) {
            let (name, value) = cut(element, b'=').ok_or(Bad("a parameter has no value"))?;
            let (name, value) = (trim(name), trim(value));
            let ends = value.starts_with('"') == (value.len() > 1 && value.ends_with('"'));
            if name.is_empty() || !ends {
                return Err(Bad("a quoted string does not end"));
            }
            if params.get(name).is_some() {
                return Err(Bad("a parameter is there twice"));
            }
            if params.0.len() == MOST {
                return Err(Bad("there are too many parameters"));
            }
            params.0.push((name.to_owned(), unquote(value)));
        }
        Ok(params)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(its, _)| its.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn need(&self, name: &str) -> Result<String, Bad> {
        self.get(name).map(str::to_owned).ok_or(Bad("a parameter is missing"))
    }
}
