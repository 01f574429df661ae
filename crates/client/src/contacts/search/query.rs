//! What is looked for: the words of a query, all of which must be found.

use super::digits::DigitQuery;
use super::fold;
use super::typo::Mistyped;

/// Words of a query that count. More are no search but a pasted text.
const MOST_WORDS: usize = 12;

/// One thing that must be found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// The beginning of a word, folded; empty where only a number is meant.
    pub(super) word: String,
    /// The same for typos, where they are allowed.
    pub(super) mistyped: Option<Box<Mistyped>>,
    /// The digits of a number.
    pub(super) digits: Option<DigitQuery>,
}

impl Term {
    fn word(word: &str) -> Self {
        let is_figure = word.bytes().all(|byte| byte.is_ascii_digit());
        let mistyped = if is_figure { None } else { Mistyped::new(word).map(Box::new) };
        Self { word: word.to_owned(), mistyped, digits: DigitQuery::read(word) }
    }
}

/// A query, in the one or two ways in which it can be meant: `619 555` as two words, or as the digits of one number.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) readings: Vec<Vec<Term>>,
}

impl Query {
    pub(super) fn read(text: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        fold::words(text, |word| {
            if words.len() < MOST_WORDS {
                words.push(word.to_owned());
            }
        });
        let is_figure = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
        let mut joined = Vec::new();
        let mut has_number = false;
        for chunk in words.chunk_by(|a, b| is_figure(a) && is_figure(b)) {
            if chunk.len() == 1 {
                joined.push(Term::word(&chunk[0]));
                continue;
            }
            // "+44 (0)20 7946 0018": the 0 is for callers at home.
            let (first, rest) = chunk.split_at(1);
            let digits: String = first.iter().chain(rest.iter().filter(|word| *word != "0")).cloned().collect();
            has_number = true;
            joined.push(Term { word: String::new(), mistyped: None, digits: DigitQuery::read(&digits) });
        }
        let mut readings = Vec::new();
        if !words.is_empty() {
            readings.push(words.iter().map(|word| Term::word(word)).collect());
        }
        if has_number {
            readings.push(joined);
        }
        Self { readings }
    }

    pub(super) fn may_have_typos(&self) -> bool {
        self.readings.iter().flatten().any(|term| term.mistyped.is_some())
    }
}
