//! Matching one thing against a query, by the rules of the index: for lists that have no index of their own.

use halyard_protocol::PhoneNumber;

use super::digits::pack;
use super::fold;
use super::quality::NONE;
use super::query::Query;

/// What is looked for.
#[derive(Debug)]
pub struct Matcher(Query);

impl Matcher {
    /// Reads what was typed; none if nothing is looked for.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let query = Query::read(typed);
        (!query.readings.is_empty()).then_some(Self(query))
    }

    /// Whether every word is found: as the beginning of a word of the text, or in one of the numbers.
    #[must_use]
    pub fn finds(&self, text: &str, numbers: &[PhoneNumber]) -> bool {
        let mut words: Vec<String> = Vec::new();
        fold::words(text, |word| words.push(word.to_owned()));
        let numbers: Vec<u64> = numbers.iter().map(|number| pack(*number)).collect();
        self.0.readings.iter().any(|terms| {
            terms.iter().all(|term| {
                let begins = !term.word.is_empty() && words.iter().any(|word| word.starts_with(&term.word));
                let digits = |digits: &super::digits::DigitQuery| numbers.iter().any(|n| digits.class(*n) != NONE);
                begins || term.digits.as_ref().is_some_and(digits)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(typed: &str, text: &str, number: &str) -> bool {
        Matcher::read(typed).unwrap().finds(text, &[PhoneNumber::from_e164(number).unwrap()])
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for typed in [
            "+1 202 555 0171",
            "1 202 555 0171",
            "+1 (202) 555-0171",
            "(202) 555\u{2011}0171",
            "202.555.0171",
            "\u{202a}+1 202 555 0171\u{202c}",
            "202\u{a0}555\u{2009}0171",
            "\u{ff12}\u{ff10}\u{ff12} 555 0171",
            "\u{662}\u{660}\u{662}5550171",
            "\u{968}\u{966}\u{968} 555 0171",
            "\u{e52}\u{e50}\u{e52} 555 0171",
            "20\u{ad}2\u{2060} 5\u{feff}55\u{fe0f} 01\u{200d}71",
            "202\u{3000}555\u{2009}0171",
            "0171",
        ] {
            assert!(finds(typed, "", "+12025550171"), "{typed:?}");
        }
        for typed in ["+44 (0)20 7946 0018", "020 7946 0018", "0044 20 7946 0018", "20 7946"] {
            assert!(finds(typed, "", "+442079460018"), "{typed:?}");
        }
        assert!(!finds("202 555 0172", "", "+12025550171"));
    }

    #[test]
    fn every_word_must_be_found() {
        assert!(finds("dana 0171", "Dana Whitfield", "+12025550171"));
        assert!(finds("WHIT", "Dana Whitfield", "+12025550171"));
        assert!(!finds("dana rosa", "Dana Whitfield", "+12025550171"));
        assert!(Matcher::read("  ").is_none());
    }
}
