//! English without a browser, for tests and for reports of developers: the app itself never calls it, and the linker leaves it out.

use std::fmt;
use std::sync::OnceLock;

use crate::{Catalog, Numbers, Text, Word};

/// Digits as they are, and "one" for 1.
struct English;

impl Numbers for English {
    fn number(&self, number: i64) -> String {
        number.to_string()
    }

    fn category(&self, number: i64) -> String {
        if number == 1 { "one" } else { "other" }.to_owned()
    }
}

/// English.
///
/// # Panics
/// When `public/words/en.txt` is not as its rules say.
#[must_use]
pub fn english() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| match Catalog::read(include_str!("../../../public/words/en.txt")) {
        Ok(catalog) => catalog,
        Err(error) => panic!("{error}"),
    })
}

impl Text {
    /// In English.
    #[must_use]
    pub fn english(&self) -> String {
        english().text(self, &English)
    }
}

impl Word {
    /// In English.
    #[must_use]
    pub fn english(self) -> &'static str {
        english().word(self)
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, english: &&str) -> bool {
        self.english() == *english
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, english: &str) -> bool {
        self.english() == english
    }
}

impl PartialEq<&str> for Word {
    fn eq(&self, english: &&str) -> bool {
        self.english() == *english
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A release has no use for the words here, and would carry them.
        if cfg!(debug_assertions) { self.english().fmt(f) } else { f.write_str("Text") }
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if cfg!(debug_assertions) { self.english().fmt(f) } else { self.0.fmt(f) }
    }
}
