//! The lines that a description or a fragment consists of, and what may be wrong with it.

use thiserror::Error;

use crate::wire::cut;

/// The most lines that are taken.
pub const MAX_LINES: usize = 2000;
/// The most `m=` that are taken.
pub const MAX_MEDIA: usize = 64;

/// Why a description was not taken. An offer like that is answered 400 or 488, an answer like that ends the attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SdpError {
    /// It is not UTF-8.
    #[error("the description is not UTF-8")]
    NotText,
    /// It does not begin with `v=0`.
    #[error("the description does not begin with v=0")]
    Version,
    /// A line is not a letter, `=` and a value.
    #[error("a line of the description is not a letter, = and a value")]
    Line,
    /// There are too many lines, or too many `m=`.
    #[error("the description is too long")]
    TooLong,
    /// `o=` is missing, there twice or not readable.
    #[error("o= is not right")]
    Origin,
    /// An `m=` can't be read.
    #[error("m= is not right")]
    Media,
    /// A direction, or two that differ in one part.
    #[error("a direction is not right")]
    Direction,
    /// An `a=fingerprint` can't be read.
    #[error("a=fingerprint is not right")]
    Fingerprint,
    /// A line of a fragment is not what may be there.
    #[error("the fragment has a line that may not be there")]
    Fragment,
}

/// A line: its letter and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) kind: char,
    pub(crate) value: String,
}

/// The lines of a text; the last may lack its end, and LF alone ends a line as well (RFC 8866, 5).
pub(crate) fn lines(text: &str) -> Result<Vec<Line>, SdpError> {
    let mut lines = Vec::new();
    let mut media = 0;
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let (kind, value) = cut(line, b'=').ok_or(SdpError::Line)?;
        let mut letters = kind.chars();
        let (Some(kind @ 'a'..='z'), None) = (letters.next(), letters.next()) else { return Err(SdpError::Line) };
        if value.bytes().any(|byte| byte == b'\r' || byte == 0) {
            return Err(SdpError::Line);
        }
        media += usize::from(kind == 'm');
        if lines.len() == MAX_LINES || media > MAX_MEDIA {
            return Err(SdpError::TooLong);
        }
        lines.push(Line { kind, value: value.to_owned() });
    }
    Ok(lines)
}

/// The value of an attribute, if a line is that.
pub(crate) fn attribute<'a>(line: &'a Line, name: &str) -> Option<&'a str> {
    let rest = (line.kind == 'a').then(|| line.value.strip_prefix(name)).flatten()?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(':') }
}

/// A value without what would end its line.
pub(crate) fn clean(value: &str) -> String {
    value.chars().map(|letter| if matches!(letter, '\r' | '\n' | '\0') { ' ' } else { letter }).collect()
}
