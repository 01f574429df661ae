//! The headers of a message: in their order, spelled as they came, edited by name.
//!
//! Values have no folds in them: a folded line is one line with spaces. Content-Length is not among them: the writer counts the body.

use core::fmt::Display;
use core::str::FromStr;
use std::sync::Arc;

use super::error::{Bad, Fault};
use super::lex::{element_end, elements};
use super::name;

/// A line: a name and a value, each as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    name: Arc<str>,
    value: Arc<str>,
}

impl Header {
    /// A line.
    #[must_use]
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.into(), value: value.into() }
    }

    /// The name, as it was spelled.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether it has this name, in whatever spelling.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        name::same(&self.name, name)
    }
}

/// Headers in their order. A clone shares them until one of both is edited.
///
/// Every method that takes a name finds each spelling of it, also the compact form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Arc<Vec<Header>>);

impl Headers {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All lines.
    pub fn iter(&self) -> core::slice::Iter<'_, Header> {
        self.0.iter()
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of the first line with a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).map(|at| self.0[at].value())
    }

    /// Whether there is a line with a name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The values of all lines with a name, each as a whole: for headers that are no lists, as WWW-Authenticate.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> + use<'_> {
        self.lines(name).into_iter()
    }

    /// The elements of all lines with a name, for headers that are lists. One may be empty.
    pub fn elements(&self, name: &str) -> impl Iterator<Item = &str> + use<'_> {
        self.parts(name).into_iter()
    }

    /// The tokens of a list as Supported, Require or Allow; empty ones are left out.
    pub fn tokens(&self, name: &str) -> impl Iterator<Item = &str> + use<'_> {
        let mut tokens = self.parts(name);
        tokens.retain(|token| !token.is_empty());
        tokens.into_iter()
    }

    /// Whether a list as Supported has a token, without regard to case.
    #[must_use]
    pub fn lists(&self, name: &str, token: &str) -> bool {
        self.parts(name).iter().any(|element| element.eq_ignore_ascii_case(token))
    }

    /// A value that is there once or not at all.
    ///
    /// # Errors
    /// When it can't be read, or there are several.
    pub fn one<T: FromStr<Err = Bad>>(&self, name: &'static str) -> Result<Option<T>, Fault> {
        match self.sole(name)? {
            Some(value) => read(name, value).map(Some),
            None => Ok(None),
        }
    }

    /// A value that has to be there once.
    ///
    /// # Errors
    /// When it is missing, can't be read, or there are several.
    pub fn need<T: FromStr<Err = Bad>>(&self, name: &'static str) -> Result<T, Fault> {
        read(name, self.sole(name)?.ok_or(Fault::Missing(name))?)
    }

    /// The elements of a list.
    ///
    /// # Errors
    /// When one can't be read.
    pub fn list<T: FromStr<Err = Bad>>(&self, name: &'static str) -> Result<Vec<T>, Fault> {
        let mut all = Vec::new();
        for element in self.parts(name) {
            all.push(read(name, element)?);
        }
        Ok(all)
    }

    /// The first element of a list: the next Route, the last hop's Via.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn first<T: FromStr<Err = Bad>>(&self, name: &'static str) -> Result<Option<T>, Fault> {
        match self.parts(name).first() {
            Some(element) => read(name, element).map(Some),
            None => Ok(None),
        }
    }

    /// Adds a line at the end.
    pub fn push(&mut self, name: &str, value: impl Display) {
        self.insert(self.0.len(), name, value.to_string());
    }

    /// Adds a line in front of all others with its name, or in front of everything: the place of a new Via, Route or Record-Route.
    pub fn prepend(&mut self, name: &str, value: impl Display) {
        self.insert(self.find(name).unwrap_or(0), name, value.to_string());
    }

    /// Makes this the only line with its name, in the place of the first or at the end.
    pub fn set(&mut self, name: &str, value: impl Display) {
        let at = self.find(name).unwrap_or(self.0.len());
        self.remove(name);
        self.insert(at, name, value.to_string());
    }

    /// Takes all lines with a name away, and says whether there were any.
    pub fn remove(&mut self, name: &str) -> bool {
        if !self.has(name) {
            return false;
        }
        Arc::make_mut(&mut self.0).retain(|header| !header.is(name));
        true
    }

    /// Keeps the lines for which `which` holds.
    pub fn retain(&mut self, which: impl FnMut(&Header) -> bool) {
        Arc::make_mut(&mut self.0).retain(which);
    }

    /// Takes the first element of a list away, and gives it: a proxy's own Via of a response, a Route that was followed.
    pub fn pop(&mut self, name: &str) -> Option<String> {
        self.change_first(name, None)
    }

    /// Puts another in the place of the first element of a list, and gives the one before: `received` for a Via.
    pub fn replace_first(&mut self, name: &str, value: impl Display) -> Option<String> {
        self.change_first(name, Some(value.to_string()))
    }

    /// Takes all lines with a name from other headers, in their order, and adds them at the end.
    pub fn copy(&mut self, other: &Self, name: &str) {
        Arc::make_mut(&mut self.0).extend(other.iter().filter(|header| header.is(name)).cloned());
    }

    /// Adds a line as it is.
    pub fn push_header(&mut self, header: Header) {
        Arc::make_mut(&mut self.0).push(header);
    }

    // What follows has no type to be made for, so that there is one copy of it in the WebAssembly.

    fn lines(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|header| header.is(name)).map(Header::value).collect()
    }

    fn parts(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|header| header.is(name)).flat_map(|header| elements(header.value())).collect()
    }

    fn sole(&self, name: &'static str) -> Result<Option<&str>, Fault> {
        match self.lines(name)[..] {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            [_, _, ..] => Err(Fault::Repeated(name)),
        }
    }

    fn change_first(&mut self, name: &str, value: Option<String>) -> Option<String> {
        let at = self.find(name)?;
        let headers = Arc::make_mut(&mut self.0);
        let line = headers[at].value().to_owned();
        let end = element_end(&line);
        let before = line[..end].trim_matches([' ', '\t']).to_owned();
        // Behind the comma, if there is one.
        let rest = line.get(end + 1..).map(|rest| rest.trim_start_matches([' ', '\t']));
        let line = match (value, rest) {
            (None, None) => None,
            (None, Some(rest)) => Some(rest.to_owned()),
            (Some(value), None) => Some(value),
            (Some(value), Some(rest)) => Some(format!("{value}, {rest}")),
        };
        match line {
            Some(line) => headers[at].value = line.into(),
            None => {
                headers.remove(at);
            }
        }
        Some(before)
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|header| header.is(name))
    }

    fn insert(&mut self, at: usize, name: &str, value: String) {
        Arc::make_mut(&mut self.0).insert(at, Header { name: name.into(), value: value.into() });
    }
}

fn read<T: FromStr<Err = Bad>>(name: &'static str, value: &str) -> Result<T, Fault> {
    value.parse().map_err(|bad| Fault::Value(name, bad))
}

impl FromIterator<Header> for Headers {
    fn from_iter<T: IntoIterator<Item = Header>>(all: T) -> Self {
        Self(Arc::new(all.into_iter().collect()))
    }
}

impl<'a> IntoIterator for &'a Headers {
    type Item = &'a Header;
    type IntoIter = core::slice::Iter<'a, Header>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Via;

    fn headers(lines: &[(&str, &str)]) -> Headers {
        lines.iter().map(|(name, value)| Header::new(name, value)).collect()
    }

    #[test]
    fn names_are_found_in_every_spelling() {
        let all = headers(&[("f", "<sip:a@b>"), ("SUPPORTED", "path, Outbound"), ("k", ",gruu")]);
        assert_eq!(all.get(name::FROM), Some("<sip:a@b>"));
        assert_eq!(all.get("from"), Some("<sip:a@b>"));
        assert!(all.lists(name::SUPPORTED, "outbound") && all.lists(name::SUPPORTED, "GRUU"));
        assert_eq!(all.tokens(name::SUPPORTED).count(), 3);
        assert!(!all.has(name::TO));
    }

    #[test]
    fn elements_are_taken_from_lists() {
        let mut all =
            headers(&[("v", "SIP/2.0/WS a;branch=z9hG4bK1 , SIP/2.0/WS b;branch=z9hG4bK2"), ("Via", "SIP/2.0/WS c")]);
        all.prepend(name::VIA, "SIP/2.0/WS z;branch=z9hG4bK0");
        assert_eq!(all.list::<Via>(name::VIA).unwrap().len(), 4);
        assert_eq!(all.pop(name::VIA).unwrap(), "SIP/2.0/WS z;branch=z9hG4bK0");
        let mut first: Via = all.first(name::VIA).unwrap().unwrap();
        first.params.set("received", "192.0.2.7");
        assert_eq!(all.replace_first(name::VIA, &first).unwrap(), "SIP/2.0/WS a;branch=z9hG4bK1");
        assert_eq!(all.pop(name::VIA).unwrap(), "SIP/2.0/WS a;branch=z9hG4bK1;received=192.0.2.7");
        assert_eq!(all.pop(name::VIA).unwrap(), "SIP/2.0/WS b;branch=z9hG4bK2");
        assert_eq!(all.pop(name::VIA).unwrap(), "SIP/2.0/WS c");
        assert_eq!(all.pop(name::VIA), None);
        assert!(all.is_empty());
    }

    #[test]
    fn a_clone_is_another_value() {
        let first = headers(&[("X", "1"), ("To", "<sip:a@b>")]);
        let mut second = first.clone();
        second.set("x", "2");
        second.remove(name::TO);
        assert_eq!((first.get("X"), first.len()), (Some("1"), 2));
        assert_eq!((second.get("X"), second.len()), (Some("2"), 1));
    }

    #[test]
    fn what_has_to_be_there_once_is() {
        let all = headers(&[("Expires", "1"), ("Expires", "2"), ("Min-Expires", "x")]);
        assert_eq!(all.one::<crate::wire::Seconds>(name::EXPIRES), Err(Fault::Repeated("Expires")));
        assert!(matches!(all.one::<crate::wire::Seconds>(name::MIN_EXPIRES), Err(Fault::Value("Min-Expires", _))));
        assert_eq!(all.need::<crate::wire::Seconds>(name::MAX_FORWARDS), Err(Fault::Missing("Max-Forwards")));
    }
}
