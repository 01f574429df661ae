//! What of a text to mark as found.

use core::ops::Range;

use halyard_protocol::letters::is_alphanumeric;

use super::fold;

/// The parts of a shown text (a name, company, address or number) that a query finds there, as ranges in bytes, in
/// order and apart from each other. Words are marked from their beginning as far as they are typed; in a number, the
/// digits. Typos mark nothing.
#[must_use]
pub fn highlight(text: &str, query: &str) -> Vec<Range<usize>> {
    let mut terms = Vec::new();
    fold::words(query, |word| terms.push(word.to_owned()));
    let mut found = words(text, &terms);
    if found.is_empty() {
        let query = fold::fold(query);
        let digits: String = query.chars().filter(char::is_ascii_digit).collect();
        let is_number = query.chars().all(|c| c.is_ascii_digit() || !is_alphanumeric(c));
        if is_number && digits.len() >= 3 {
            let digits = digits.trim_start_matches('0');
            found.extend(number(text, digits));
        }
    }
    found
}

/// Where the words of the text begin as one of the terms does.
fn words(text: &str, terms: &[String]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut folded = String::new();
    // Where each character of the word ends: in the folded word, and in the text.
    let mut ends: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    let mut close = |start: usize, folded: &mut String, ends: &mut Vec<(usize, usize)>| {
        let longest = terms.iter().filter(|term| folded.starts_with(term.as_str())).map(String::len).max();
        if let Some(longest) = longest {
            // A letter that is folded into two is marked whole.
            let end = ends.iter().find(|(at, _)| *at >= longest).map(|(_, end)| *end);
            found.extend(end.map(|end| start..end));
        }
        folded.clear();
        ends.clear();
    };
    for (at, c) in text.char_indices() {
        if fold::is_letter(c) {
            if ends.is_empty() {
                start = at;
            }
            fold::push(&mut folded, c);
            ends.push((folded.len(), at + c.len_utf8()));
        } else if !fold::is_inside_word(c) {
            close(start, &mut folded, &mut ends);
        }
    }
    close(start, &mut folded, &mut ends);
    found
}

/// Where these digits stand in the number, whatever is between them.
fn number(text: &str, digits: &str) -> Option<Range<usize>> {
    let places: Vec<usize> = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
    let all: String = text.chars().filter(char::is_ascii_digit).collect();
    let first = all.find(digits)?;
    let last = first + digits.len().checked_sub(1)?;
    Some(*places.get(first)?..*places.get(last)? + 1)
}
