//! Words by which people say that they want no more texts from a number, want them again, or want to know who writes.
//!
//! The words of opting out are those that the FCC's rule on consent names (47 CFR 64.1200(a)(10)), with the usual "STOP ALL", and the French
//! one that Canada's short codes have to know (Canadian Common Short Code Application Guidelines); those of help are these rules', too.
//!
//! Always holds: only a whole message counts, so "stop by later" is a text like any other. A question mark is part of what was said:
//! "Stop?" asks somebody, and opts nobody out.

#[cfg(test)]
mod tests;

use halyard_protocol::phone::is_invisible;

/// What a whole message says beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keyword {
    /// No more texts from this number.
    Stop,
    /// Texts from this number again. It means that only after [`Keyword::Stop`]: "Yes" is an answer otherwise.
    Start,
    /// Who is this?
    Help,
}

/// The words, as [`folded`] gives them.
const WORDS: &[(&str, Keyword)] = &[
    ("STOP", Keyword::Stop),
    ("STOPALL", Keyword::Stop),
    ("STOP ALL", Keyword::Stop),
    ("UNSUBSCRIBE", Keyword::Stop),
    ("CANCEL", Keyword::Stop),
    ("END", Keyword::Stop),
    ("QUIT", Keyword::Stop),
    ("REVOKE", Keyword::Stop),
    ("OPTOUT", Keyword::Stop),
    ("OPT OUT", Keyword::Stop),
    ("ARRET", Keyword::Stop),
    ("START", Keyword::Start),
    ("YES", Keyword::Start),
    ("UNSTOP", Keyword::Start),
    ("OPTIN", Keyword::Start),
    ("OPT IN", Keyword::Start),
    ("HELP", Keyword::Help),
    ("INFO", Keyword::Help),
    ("AIDE", Keyword::Help),
    ("AYUDA", Keyword::Help),
];

/// Characters of the longest word; a longer message is none.
const LONGEST: usize = 11;

/// The keyword that a message is, in any case and with whatever stands around it: blanks, quotes, a full stop.
#[must_use]
pub fn keyword(body: &str) -> Option<Keyword> {
    let word = folded(body)?;
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, keyword)| *keyword)
}

/// A message in capitals, with one blank between its words and without what stands around it or is not seen; none where it is longer than
/// any word.
fn folded(body: &str) -> Option<String> {
    let body = body.trim_matches(|c: char| !c.is_alphanumeric() && !is_question(c));
    let (mut folded, mut length, mut is_gap) = (String::new(), 0, false);
    for c in body.chars() {
        if is_unseen(c) {
            continue;
        }
        if c.is_whitespace() || is_hyphen(c) {
            is_gap = true;
            continue;
        }
        if core::mem::take(&mut is_gap) {
            folded.push(' ');
            length += 1;
        }
        for upper in c.to_uppercase() {
            folded.push(if upper == 'Ê' { 'E' } else { upper });
            length += 1;
        }
        if length > LONGEST {
            return None;
        }
    }
    Some(folded)
}

/// Zero width, a mark of direction, or the accent of "arrêt" as a character of its own.
const fn is_unseen(c: char) -> bool {
    is_invisible(c) || c == '\u{302}'
}

const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

const fn is_question(c: char) -> bool {
    matches!(c, '?' | '¿' | '？' | '؟')
}
