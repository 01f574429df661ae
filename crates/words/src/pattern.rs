//! How a text with arguments is written: a small part of ICU's MessageFormat. `{name}` is an argument;
//! `{count, plural, one {# message} other {# messages}}` chooses by a number, which `#` writes.

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// As it stands.
    Plain(&'a str),
    /// An argument.
    Argument(&'a str),
    /// A choice by a number: its argument, and the texts by their categories.
    Plural(&'a str, Vec<(&'a str, &'a str)>),
    /// The number of the choice around.
    Number,
}

/// The keys and texts of a language's file, in their order; `Err` names a line that is neither an entry nor a comment.
pub(crate) fn entries(source: &str) -> impl Iterator<Item = Result<(&str, &str), usize>> {
    source.lines().enumerate().filter_map(|(line, text)| {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            return None;
        }
        // The build leaves the keys out of what it ships.
        let entry = text.split_once("= ").map(|(key, text)| (key.trim_end(), text));
        Some(entry.ok_or(line + 1))
    })
}

/// The parts of a text; `choice` says whether it is one of a plural's.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parts(text: &str, choice: bool) -> Result<Vec<Part<'_>>, &'static str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c| matches!(c, '{' | '}') || (choice && c == '#')) {
        let (plain, from) = rest.split_at(at);
        if !plain.is_empty() {
            parts.push(Part::Plain(plain));
        }
        if let Some(after) = from.strip_prefix('#') {
            parts.push(Part::Number);
            rest = after;
            continue;
        }
        let (inner, after) = braced(from)?;
        parts.push(match inner.split_once(", plural,") {
            Some((name, choices)) => Part::Plural(name.trim(), categories(choices)?),
            None if inner.contains(['{', '}', ' ', ',']) => return Err("an argument is {name} or {name, plural, ...}"),
            None => Part::Argument(inner),
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Plain(rest));
    }
    Ok(parts)
}

/// What stands in the braces that a text begins with, and what follows.
fn braced(text: &str) -> Result<(&str, &str), &'static str> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let inner = text.get(1..at).ok_or("a brace closes that none has opened")?;
            return Ok((inner, &text[at + 1..]));
        }
    }
    Err("a brace is not closed")
}

fn categories(choices: &str) -> Result<Vec<(&str, &str)>, &'static str> {
    let mut all = Vec::new();
    let mut rest = choices.trim();
    while !rest.is_empty() {
        let at = rest.find('{').ok_or("a category has no text in braces")?;
        let (category, from) = rest.split_at(at);
        let (text, after) = braced(from)?;
        all.push((category.trim(), text));
        rest = after.trim_start();
    }
    match all.iter().any(|(category, _)| *category == "other") {
        true => Ok(all),
        false => Err("a plural needs the category `other`"),
    }
}
