//! Addresses that come from outside: links of other pages and apps, shared texts, the system's shortcuts.
//!
//! Always holds: any text is read without a panic; what a phone writes is understood as RFC 5724 and RFC 3966 mean it,
//! and as phones write it (`;body=`, `&body=`, several recipients behind commas).

use crate::route::Route;

/// Recipients of one link at most.
const MOST_PEOPLE: usize = 50;
/// Words at most: more than any message may have.
const MOST_WORDS: usize = 10_000;

/// What an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkAction {
    /// Go there.
    Go(Route),
    /// Write to these people, each as the link names them; nobody for a new conversation.
    Write {
        /// Numbers or extensions.
        people: Vec<String>,
        /// What the draft is to say.
        text: String,
        /// Whether files were shared with it, which wait to be taken.
        files: bool,
    },
    /// Call this number.
    Call(String),
    /// A link of a kind that Halyard does not know.
    Unknown,
}

/// Reads an address of the app: a path and perhaps a query.
#[must_use]
pub fn parse(address: &str) -> LinkAction {
    let address = address.split('#').next().unwrap_or_default();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    match path.trim_matches('/') {
        "new" => write(Vec::new(), ""),
        // The link is the only word of the query: what follows belongs to it, also where nobody has encoded it.
        "open" => query.split_once("url=").map_or(LinkAction::Unknown, |(_, url)| parse_url(url)),
        "share" => shared(query),
        _ => LinkAction::Go(Route::parse(path)),
    }
}

/// What an address has behind `/password#`: the token of a link for a new password.
#[must_use]
pub fn password_token(address: &str) -> Option<&str> {
    address.strip_prefix("/password#").filter(|token| !token.is_empty())
}

/// Reads `sms:`, `smsto:`, `mms:`, `mmsto:` and `tel:`, encoded once more or not.
fn parse_url(url: &str) -> LinkAction {
    let decoded;
    let url = match url.find([':', '%']) {
        Some(at) if url[at..].starts_with(':') => url,
        _ => {
            decoded = decode(url);
            &decoded
        }
    };
    let Some((scheme, rest)) = url.split_once(':') else { return LinkAction::Unknown };
    let rest = rest.trim_start_matches('/');
    match scheme.trim().to_ascii_lowercase().as_str() {
        "sms" | "smsto" | "mms" | "mmsto" => message(rest),
        // A pause and what is dialled after it, an extension, a context: the number is what stands before.
        "tel" => match decode(rest.split([';', '?', ',']).next().unwrap_or_default()).trim() {
            "" => LinkAction::Unknown,
            number => LinkAction::Call(number.to_owned()),
        },
        _ => LinkAction::Unknown,
    }
}

fn message(rest: &str) -> LinkAction {
    let lower = rest.to_ascii_lowercase();
    let begin = [rest.find(['?', '&']), lower.find(";body=")].into_iter().flatten().min();
    let (to, fields) = begin.map_or((rest, ""), |at| rest.split_at(at));
    let mut people = recipients(if to == "open" { "" } else { to });
    let mut text: Option<String> = None;
    for field in fields.split(['?', '&']).flat_map(|field| field.strip_prefix(';').or(Some(field))) {
        match field.split_once('=').map(|(name, value)| (name.to_ascii_lowercase(), value)) {
            Some((name, value)) if name == "body" => text = text.or_else(|| Some(decode(value))),
            Some((name, value)) if matches!(name.as_str(), "addresses" | "to" | "cc") => {
                people.extend(recipients(value));
            }
            Some(_) => {}
            // "Fish & chips", which nobody has encoded.
            None => {
                if let Some(text) = text.as_mut().filter(|_| !field.is_empty()) {
                    text.push('&');
                    text.push_str(&decode(field));
                }
            }
        }
    }
    people.truncate(MOST_PEOPLE);
    write(people, text.as_deref().unwrap_or_default())
}

/// The people of a list; a part with `=` is a parameter of the one before.
fn recipients(list: &str) -> Vec<String> {
    let names = list.split([',', ';']).map(decode);
    let list = names.flat_map(|name| name.split([',', ';']).map(|name| name.trim().to_owned()).collect::<Vec<_>>());
    list.filter(|name| !name.is_empty() && !name.contains('=')).collect()
}

/// What another app has shared: its title, text and address, each once.
fn shared(query: &str) -> LinkAction {
    let of = |wanted: &str| {
        let fields = query.split('&').filter_map(|field| field.split_once('='));
        let value = fields.into_iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.replace('+', " "));
        decode(value.as_deref().unwrap_or_default()).trim().to_owned()
    };
    let mut text = String::new();
    for part in ["title", "text", "url"].map(of) {
        if !text.contains(&part) {
            let line = if text.is_empty() { "" } else { "\n" };
            text = [&text, line, &part].concat();
        }
    }
    match write(Vec::new(), &text) {
        LinkAction::Write { people, text, .. } => LinkAction::Write { people, text, files: !of("files").is_empty() },
        other => other,
    }
}

fn write(people: Vec<String>, text: &str) -> LinkAction {
    let text = text.replace("\r\n", "\n").chars().take(MOST_WORDS).collect();
    LinkAction::Write { people, text, files: false }
}

/// Percent encoding taken away; what is no encoding, or not of UTF-8, stays as it is.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(plain).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests;
