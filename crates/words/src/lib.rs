//! What Halyard says to its users.
//!
//! A text is an id and its arguments; the words come from one file for each language, `public/words/<language>.txt`, which the app
//! loads at its start. The client names texts and never has the words. `en.txt` decides which texts there are: the build writes
//! a constant or a function for each of its lines. A language is one more file, with the same keys in the same order.
//!
//! Always holds: every language has every text, with the same arguments and all plural categories of its own (a test reads them all).

#[cfg(test)]
mod arguments;
mod catalog;
mod english;
mod pattern;
#[cfg(test)]
mod tests;

pub use self::catalog::{Catalog, Numbers};
pub use self::english::english;

/// A text without arguments, by its id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(u16);

/// A text for the user.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Text {
    /// One without arguments.
    Word(Word),
    /// One with arguments, by their names.
    Filled(Word, Vec<(&'static str, Argument)>),
    /// What people wrote: names, numbers, what a server says in its own words. The same in each language.
    AsIs(String),
    /// Several, with this between them.
    Joined(Vec<Text>, &'static str),
}

/// What stands in for an argument.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Argument {
    /// A number, written as the language writes numbers; plurals choose by it.
    Number(i64),
    /// A text.
    Text(Text),
}

impl Text {
    /// What people wrote.
    pub fn as_is(text: impl Into<String>) -> Self {
        Self::AsIs(text.into())
    }

    /// Several, with a separator between them.
    #[must_use]
    pub fn joined(texts: Vec<Self>, separator: &'static str) -> Self {
        match <[Self; 1]>::try_from(texts) {
            Ok([only]) => only,
            Err(texts) => Self::Joined(texts, separator),
        }
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::AsIs(text) => text.is_empty(),
            Self::Joined(texts, _) => texts.iter().all(Self::is_empty),
            Self::Word(_) | Self::Filled(..) => false,
        }
    }

    /// What people wrote of it; empty for words of the language.
    #[must_use]
    pub fn as_written(&self) -> &str {
        match self {
            Self::AsIs(text) => text,
            Self::Joined(texts, _) => texts.first().map_or("", Self::as_written),
            Self::Word(_) | Self::Filled(..) => "",
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::AsIs(String::new())
    }
}

impl From<Word> for Text {
    fn from(word: Word) -> Self {
        Self::Word(word)
    }
}

impl From<Text> for Argument {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<&Text> for Argument {
    fn from(text: &Text) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Word> for Argument {
    fn from(word: Word) -> Self {
        Self::Text(Text::Word(word))
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(Text::AsIs(text))
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(Text::AsIs(text.clone()))
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(Text::AsIs(text.to_owned()))
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl From<$number> for Argument {
            fn from(number: $number) -> Self {
                Self::Number(number as i64)
            }
        })*
    };
}

numbers!(i64, i32, u32, u16, u8, usize);

include!(concat!(env!("OUT_DIR"), "/words.rs"));
