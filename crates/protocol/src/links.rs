//! Finds web addresses, e-mail addresses and phone numbers in a message's text, so that they can be clicked.
//!
//! Always holds: links come in the text's order, don't overlap, and their ranges fall on character boundaries. A web
//! address is `http`, `https` or `www.` alone, so that no link can run a script, and its host is the one that is read: it ends at
//! signs that can't be seen, names nobody before an `@`, and is shown in ASCII where it looks like another (`host`). Dates, times, prices and order
//! numbers are not taken for phone numbers as far as their shape and neighbours tell.

mod host;
mod phones;
mod punycode;

#[cfg(test)]
mod tests;

use crate::letters::{is_alphabetic, is_alphanumeric};
use core::ops::Range;

use crate::{CallingCode, PhoneNumber, signs};

/// Bytes of the part of an e-mail address before the @ (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL_PART: usize = 64;

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// A web address.
    Web,
    /// An e-mail address.
    Email,
    /// A phone number to call or text.
    Phone(PhoneNumber),
}

/// A link in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where in the text, in bytes.
    pub range: Range<usize>,
    /// What it leads to.
    pub kind: LinkKind,
}

impl Link {
    /// The address for the browser: the text itself, with `https://`, `mailto:` or `tel:` where that is missing.
    /// Empty if `text` is not the text that the link was found in.
    #[must_use]
    pub fn href(&self, text: &str) -> String {
        let Some(written) = text.get(self.range.clone()) else { return String::new() };
        match self.kind {
            LinkKind::Web if web_scheme(written).is_some() => written.to_owned(),
            LinkKind::Web => ["https://", written].concat(),
            LinkKind::Email => ["mailto:", written].concat(),
            LinkKind::Phone(number) => ["tel:", &number.to_string()].concat(),
        }
    }

    /// The link as it is shown: as it is written, but for a host that could be taken for another.
    /// Empty if `text` is not the text that the link was found in.
    #[must_use]
    pub fn shown(&self, text: &str) -> String {
        let Some(written) = text.get(self.range.clone()) else { return String::new() };
        let lead = match self.kind {
            LinkKind::Web => web_scheme(written).map_or(0, str::len),
            LinkKind::Email => written.rfind('@').map_or(0, |at| at + 1),
            LinkKind::Phone(_) => return written.to_owned(),
        };
        let (lead, rest) = written.split_at(lead);
        let (host, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        [lead, &host::shown(host), rest].concat()
    }
}

/// All links of a text. Numbers without a country are read as numbers of `home`.
#[must_use]
pub fn find(text: &str, home: CallingCode) -> Vec<Link> {
    let mut links = Vec::new();
    let mut gap = 0;
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find(['h', 'H', 'w', 'W', '@'])).map(|found| at + found)
    {
        let link = match text.as_bytes()[start] {
            b'@' => email(text, start, gap).map(|range| Link { range, kind: LinkKind::Email }),
            _ => web(text, start).map(|range| Link { range, kind: LinkKind::Web }),
        };
        let Some(link) = link else {
            at = start + 1;
            continue;
        };
        phones::find(text, gap..link.range.start, home, &mut links);
        gap = link.range.end;
        at = gap;
        links.push(link);
    }
    phones::find(text, gap..text.len(), home, &mut links);
    links
}

fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.as_bytes().get(..start.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(start.as_bytes()))
}

fn web_scheme(text: &str) -> Option<&'static str> {
    ["https://", "http://"].into_iter().find(|scheme| starts_with_ignoring_case(text, scheme))
}

fn web(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    let scheme = web_scheme(rest);
    let lead = scheme.or_else(|| starts_with_ignoring_case(rest, "www.").then_some("www."))?;
    if before(text, start).is_some_and(|c| is_alphanumeric(c) || matches!(c, '_' | '@' | '.' | '-')) {
        return None;
    }
    // Browsers read a backslash as a slash: what stands behind it is not what it seems.
    let ends = |c: char| {
        c.is_whitespace() || signs::is_invisible(c) || matches!(c, '<' | '>' | '"' | '`' | '\\' | '«' | '»' | '“' | '”')
    };
    let mut address = without_closing(&rest[..rest.find(ends).unwrap_or(rest.len())]);
    let host_end = |address: &str| address[lead.len()..].find(['/', '?', '#']).map(|at| lead.len() + at);
    if address.len() <= lead.len() {
        return None;
    }
    let mut host = &address[lead.len()..host_end(address).unwrap_or(address.len())];
    if !host.starts_with(is_alphanumeric) {
        return None;
    }
    if scheme.is_none() && !host.trim_end_matches('.').contains('.') {
        return None;
    }
    // A host has no comma or bracket; what comes from there on is the sentence's.
    if let Some(at) = host.find([',', ';', '(', ')', '!', '\'', '*', '|', '[', ']', '{', '}']) {
        address = without_closing(&address[..lead.len() + at]);
        host = &host[..at];
    }
    if !host::is_plain(host) {
        return None;
    }
    Some(start..start + address.len())
}

/// Leaves the sentence's punctuation outside: `(see www.example.com).` Brackets that were opened inside stay.
fn without_closing(address: &str) -> &str {
    let count = |bracket| address.matches(bracket).count();
    let mut surplus = [(')', count(')'), count('(')), (']', count(']'), count('[')), ('}', count('}'), count('{'))];
    let mut address = address;
    while let Some(last) = address.chars().next_back() {
        let trimmed = match surplus.iter_mut().find(|(bracket, ..)| *bracket == last) {
            Some((_, closing, opening)) if *closing > *opening => {
                *closing -= 1;
                true
            }
            Some(_) => false,
            None => matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' | '’' | '‘' | '|'),
        };
        if !trimmed {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address
}

/// An e-mail address around the @ at `at`, not reaching back before `from`.
fn email(text: &str, at: usize, from: usize) -> Option<Range<usize>> {
    let is_local = |c: char| is_alphanumeric(c) || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'' | '&');
    let local = text.get(from..at)?;
    let length = local.chars().rev().take_while(|&c| is_local(c)).map(char::len_utf8).sum::<usize>();
    let local = local[local.len() - length..].trim_start_matches(['.', '\'', '&', '-', '%', '+']);
    if local.is_empty() || local.len() > LONGEST_LOCAL_PART || local.ends_with('.') || local.contains("..") {
        return None;
    }
    if before(text, at - local.len()).is_some_and(|c| matches!(c, '@' | '/')) {
        return None;
    }
    let host = text.get(at + 1..)?;
    let is_host = |c: char| is_alphanumeric(c) || matches!(c, '.' | '-');
    let host = &host[..host.find(|c| !is_host(c)).unwrap_or(host.len())];
    let host = host.trim_end_matches(['.', '-']);
    let (name, top) = host.rsplit_once('.')?;
    let good_labels =
        name.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    let good_top = top.chars().count() >= 2 && top.chars().all(is_alphabetic);
    (good_labels && good_top && host::is_plain(host)).then(|| at - local.len()..at + 1 + host.len())
}
