//! The words of one language.

use crate::pattern::{Part, entries, parts};
use crate::{Argument, COUNT, DIRECTION, Text, Word};

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_DIRECTIONAL_ISOLATE: char = '\u{2069}';

/// How a language writes numbers, and which plural category (CLDR: zero, one, two, few, many, other) a number has there.
pub trait Numbers {
    /// A number as the language writes it.
    fn number(&self, number: i64) -> String;
    /// Its category.
    fn category(&self, number: i64) -> String;
}

/// The words of one language.
#[derive(Debug)]
pub struct Catalog {
    pub(crate) texts: Vec<&'static str>,
    /// Whether the language is written from right to left. What stands in for an argument may run the other way, so it is isolated from
    /// the words around it (UAX #9, sections 2.4 and 6.3).
    isolates: bool,
}

impl Catalog {
    /// Reads a language's file.
    ///
    /// # Errors
    /// When it is none, or one of another release: it has not as many texts as there are ids.
    pub fn read(source: &'static str) -> Result<Self, &'static str> {
        let texts: Vec<_> = entries(source).flatten().map(|(_, text)| text).collect();
        match texts.len() == COUNT {
            true => Ok(Self::of(texts)),
            false => Err("this file of words belongs to another release"),
        }
    }

    pub(crate) fn of(texts: Vec<&'static str>) -> Self {
        let mut catalog = Self { texts, isolates: false };
        catalog.isolates = catalog.word(DIRECTION) == "rtl";
        catalog
    }

    /// The words of a text without arguments.
    #[must_use]
    pub fn word(&self, word: Word) -> &'static str {
        self.texts.get(usize::from(word.0)).copied().unwrap_or_default()
    }

    /// The words of a text.
    #[must_use]
    pub fn text(&self, text: &Text, numbers: &dyn Numbers) -> String {
        match text {
            Text::AsIs(text) => text.clone(),
            Text::Joined(texts, separator) => {
                let texts: Vec<_> = texts.iter().map(|text| self.text(text, numbers)).collect();
                texts.join(separator)
            }
            Text::Word(word) => self.word(*word).to_owned(),
            Text::Filled(word, arguments) => {
                let mut out = String::new();
                self.fill(self.word(*word), arguments, None, numbers, &mut out);
                out
            }
        }
    }

    fn fill(
        &self,
        pattern: &str,
        arguments: &[(&'static str, Argument)],
        chosen: Option<i64>,
        numbers: &dyn Numbers,
        out: &mut String,
    ) {
        let find = |name: &str| arguments.iter().find(|(known, _)| *known == name).map(|(_, argument)| argument);
        // A test reads all patterns: here they are well-formed.
        for part in parts(pattern, chosen.is_some()).unwrap_or_default() {
            match part {
                Part::Plain(plain) => out.push_str(plain),
                Part::Number => out.push_str(&chosen.map(|number| numbers.number(number)).unwrap_or_default()),
                Part::Argument(name) => match find(name) {
                    Some(Argument::Text(text)) if self.isolates => {
                        out.push(FIRST_STRONG_ISOLATE);
                        out.push_str(&self.text(text, numbers));
                        out.push(POP_DIRECTIONAL_ISOLATE);
                    }
                    Some(Argument::Text(text)) => out.push_str(&self.text(text, numbers)),
                    Some(Argument::Number(number)) => out.push_str(&numbers.number(*number)),
                    None => {}
                },
                Part::Plural(name, choices) => {
                    let Some(Argument::Number(number)) = find(name) else { continue };
                    let category = numbers.category(*number);
                    let of = |wanted: &str| choices.iter().find(|(category, _)| *category == wanted);
                    if let Some((_, text)) = of(&category).or_else(|| of("other")) {
                        self.fill(text, arguments, Some(*number), numbers, out);
                    }
                }
            }
        }
    }
}
