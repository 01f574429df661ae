//! Finds phone numbers in running text.

use crate::letters::{is_alphabetic, is_alphanumeric};
use core::ops::Range;

use super::{Link, LinkKind};
use crate::phone::is_separator;
use crate::{CallingCode, PhoneNumber};

/// Groups of digits that one number is written in at most: `+33 6 12 34 56 78` has six, and `(0)` is one more.
const MOST_GROUPS: usize = 8;
/// Words before a number without separators that say it is none.
const NO_PHONE: [&str; 16] = [
    "order",
    "invoice",
    "ticket",
    "case",
    "ref",
    "reference",
    "tracking",
    "account",
    "acct",
    "no",
    "nr",
    "code",
    "id",
    "confirmation",
    "booking",
    "serial",
];

/// Adds the phone numbers within a range of the text to `links`.
pub(super) fn find(text: &str, within: Range<usize>, home: CallingCode, links: &mut Vec<Link>) {
    let mut at = within.start;
    while let Some(found) = text.get(at..within.end).and_then(|rest| rest.find(|c: char| c.is_ascii_digit())) {
        let groups = groups(text, at + found, within.end);
        let longest = (1..=groups.len()).rev().find_map(|count| phone(text, &groups[..count], within.start, home));
        at = match longest {
            Some(link) => {
                let end = link.range.end;
                links.push(link);
                end
            }
            None => groups.first().map_or(within.end, |group| group.end),
        };
    }
}

/// The groups of digits from `start` on that could belong to one number.
fn groups(text: &str, start: usize, end: usize) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let mut at = start;
    while groups.len() < MOST_GROUPS {
        let Some(rest) = text.get(at..end) else { break };
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits == 0 {
            break;
        }
        groups.push(at..at + digits);
        let between: &str = &rest[digits..];
        let length = between.find(|c: char| !is_separator(c) || matches!(c, '\n' | '\r')).unwrap_or(between.len());
        // At most ") " or " - " between two groups.
        if length == 0 || between[..length].chars().count() > 3 {
            break;
        }
        at += digits + length;
    }
    groups
}

/// The number written in these groups, if that is one.
fn phone(text: &str, groups: &[Range<usize>], floor: usize, home: CallingCode) -> Option<Link> {
    let (first, last) = (groups.first()?, groups.last()?);
    let mut start = first.start;
    if text[floor..start].ends_with('(') {
        start -= 1;
    }
    let plus = text[floor..start].ends_with('+');
    if plus {
        start -= 1;
    }
    let mut end = last.end;
    if text[start..end].matches('(').count() > text[start..end].matches(')').count() && text[end..].starts_with(')') {
        end += 1;
    }
    let written = text.get(start..end)?;
    let abroad = plus || (home.0 == 1 && written.starts_with("011")) || written.starts_with("00");
    if !stands_alone(text, start, end) || (!abroad && !looks_national(text, groups, home)) {
        return None;
    }
    if !abroad && groups.len() == 1 && follows_a_word_for_something_else(text, start) {
        return None;
    }
    let number = PhoneNumber::from_typed(written, home).ok()?;
    Some(Link { range: start..end, kind: LinkKind::Phone(number) })
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let mut preceding = text[..start].chars().rev();
    let clear_before = match (preceding.next(), preceding.next()) {
        (Some('#' | '$' | '€' | '£' | '¥' | '₹' | '=' | '@' | '/' | '_' | '.' | '+' | '&' | '%' | '*'), _) => {
            false
        }
        (Some('-' | ':' | ','), Some(c)) => !is_alphanumeric(c) || is_alphabetic(c) && text[..start].ends_with(':'),
        (Some(c), _) => !is_alphanumeric(c),
        (None, _) => true,
    };
    let mut following = text[end..].chars();
    let clear_after = match (following.next(), following.next()) {
        (Some('%' | '_' | '@' | '€' | '£' | '$' | '=' | '*' | '°'), _) => false,
        (Some('-' | '.' | ',' | ':' | '/' | '\''), Some(c)) => !is_alphanumeric(c),
        (Some('x' | 'X'), Some(c)) => c.is_ascii_digit(),
        (Some(c), _) => !is_alphanumeric(c),
        (None, _) => true,
    };
    clear_before && clear_after
}

/// Whether groups without a country have the shape of a number at home.
fn looks_national(text: &str, groups: &[Range<usize>], home: CallingCode) -> bool {
    let mut sizes = [0; MOST_GROUPS];
    for (size, group) in sizes.iter_mut().zip(groups) {
        *size = group.len();
    }
    let sizes = &sizes[..groups.len()];
    if home.0 == 1 {
        let one = text[groups[0].clone()] == *"1";
        return matches!(sizes, [10] | [3, 7] | [3, 3, 4])
            || (one && matches!(sizes, [1, 10] | [1, 3, 7] | [1, 3, 3, 4]))
            || (sizes == [11] && text[groups[0].clone()].starts_with('1'));
    }
    let digits: usize = sizes.iter().sum();
    let is_date = matches!(sizes, [1 | 2, 1 | 2, 2 | 4] | [4, 1 | 2, 1 | 2]);
    // Where there is no trunk prefix, a number is told from an amount by its groups.
    let begins_like_one = text[groups[0].start..].starts_with('0') || sizes.len() > 1;
    let is_thousands = !text[groups[0].start..].starts_with('0')
        && sizes.len() > 1
        && sizes[1..].iter().all(|&size| size == 3)
        && !text[groups[0].end..].starts_with('-');
    (8..=13).contains(&digits) && begins_like_one && !is_date && (!is_thousands || sizes == [3, 3, 3])
}

/// `Invoice: 6195550142`, `order number 6195550142`, `Order # 6195550142`.
fn follows_a_word_for_something_else(text: &str, start: usize) -> bool {
    let line = text[..start].trim_end_matches([' ', ':', '.']);
    let mut words = line.rsplit(|c: char| !is_alphabetic(c)).filter(|word| !word.is_empty());
    let is_one_of = |word: Option<&str>, known: &[&str]| {
        word.is_some_and(|word| known.iter().any(|known| known.eq_ignore_ascii_case(word)))
    };
    let last = words.next();
    line.ends_with('#')
        || is_one_of(last, &NO_PHONE)
        || (is_one_of(last, &["number", "is"]) && is_one_of(words.next(), &NO_PHONE))
}
