//! The smallest parts of the grammar (RFC 3261, 25.1): tokens, white space, quoted strings, lists.

use super::error::Bad;

/// Whether a byte may stand in a token.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// Whether a text is a token.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Whether a byte may stand in a `word`, as Call-ID and Replaces have it.
pub(crate) fn is_word_byte(byte: u8) -> bool {
    is_token_byte(byte) || b"()<>:\\\"/[]?{}".contains(&byte)
}

/// Whether a value stays on its line: no CR or LF, and NUL only behind a backslash, as a quoted string may have it.
pub(crate) fn stays_on_line(value: &str) -> bool {
    let mut escaped = false;
    value.bytes().all(|byte| {
        let right = byte != b'\r' && byte != b'\n' && (byte != 0 || escaped);
        escaped = byte == b'\\' && !escaped;
        right
    })
}

/// A number in decimal digits, leading zeros allowed, up to a limit.
pub(crate) fn number(text: &str, most: u32) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    let value = text.bytes().try_fold(0_u32, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })?;
    (value <= most).then_some(value)
}

/// A text without the white space around it. As the other small steps here it is one function, where the standard library's patterns are
/// a copy of the code for each use in the WebAssembly.
pub(crate) fn trim(text: &str) -> &str {
    let mut scan = Scan::new(text);
    scan.space();
    trim_end(scan.rest)
}

/// A text without the white space behind it.
pub(crate) fn trim_end(text: &str) -> &str {
    let space = text.bytes().rev().take_while(|byte| is_space(*byte)).count();
    &text[..text.len() - space]
}

/// What stands before and behind the first of an ASCII byte.
pub(crate) fn cut(text: &str, byte: u8) -> Option<(&str, &str)> {
    let mut scan = Scan::new(text);
    let before = scan.until(byte)?;
    Some((before, scan.rest))
}

/// What stands before and behind the first white space.
pub(crate) fn cut_at_space(text: &str) -> Option<(&str, &str)> {
    let at = text.bytes().position(is_space)?;
    Some((&text[..at], &text[at + 1..]))
}

/// The first line of a text, and what stands behind its end.
pub(crate) fn cut_line(text: &str) -> (&str, &str) {
    match text.as_bytes().windows(2).position(|two| two == b"\r\n") {
        Some(at) => (&text[..at], &text[at + 2..]),
        None => (text, ""),
    }
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// Reads a value from its front.
#[derive(Clone, Copy)]
pub(crate) struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Passes over white space; folded lines are spaces already.
    pub(crate) fn space(&mut self) {
        self.take(is_space);
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.bytes().next()
    }

    /// Takes a separator with the white space around it.
    pub(crate) fn separator(&mut self, byte: u8) -> bool {
        let mut ahead = *self;
        ahead.space();
        if ahead.peek() != Some(byte) {
            return false;
        }
        // A separator is ASCII, so the next byte begins a character.
        ahead.rest = &ahead.rest[1..];
        ahead.space();
        *self = ahead;
        true
    }

    /// Takes the bytes for which `which` holds; they have to be ASCII.
    pub(crate) fn take(&mut self, which: impl Fn(u8) -> bool) -> &'a str {
        let end = self.rest.bytes().position(|byte| !byte.is_ascii() || !which(byte)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    pub(crate) fn token(&mut self, what: &'static str) -> Result<&'a str, Bad> {
        let taken = self.take(is_token_byte);
        if taken.is_empty() { Err(Bad(what)) } else { Ok(taken) }
    }

    /// Takes everything up to the first of a byte, without it.
    pub(crate) fn until(&mut self, byte: u8) -> Option<&'a str> {
        let end = self.rest.bytes().position(|one| one == byte)?;
        let (taken, rest) = self.rest.split_at(end);
        self.rest = &rest[1..];
        Some(taken)
    }

    /// Takes a quoted string, with its quotes.
    pub(crate) fn quoted(&mut self) -> Result<&'a str, Bad> {
        let length = quoted_length(self.rest).ok_or(Bad("a quoted string does not end"))?;
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(taken)
    }

    /// Says that nothing is left.
    pub(crate) fn end(mut self) -> Result<(), Bad> {
        self.space();
        if self.is_done() { Ok(()) } else { Err(Bad("something is left behind the value")) }
    }
}

/// How long the quoted string is that a text begins with.
fn quoted_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    let mut bytes = text.bytes().enumerate();
    if bytes.next()?.1 != b'"' {
        return None;
    }
    for (at, byte) in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// What a quoted string says; a text without quotes says itself.
#[must_use]
pub fn unquote(text: &str) -> String {
    let Some(inside) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return text.to_owned() };
    let mut said = String::with_capacity(inside.len());
    let mut escaped = false;
    for letter in inside.chars() {
        if letter == '\\' && !escaped {
            escaped = true;
        } else {
            escaped = false;
            said.push(letter);
        }
    }
    said
}

/// A text as a quoted string. CR and LF, which could end the line, become spaces; other control characters stand behind a backslash.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\r' | '\n' => quoted.push(' '),
            letter if letter.is_ascii_control() && letter != '\t' => quoted.extend(['\\', letter]),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// The elements of a list that commas separate (RFC 3261, 7.3.1). Commas in quoted strings and between angle brackets separate nothing.
/// An element may be empty.
pub fn elements(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    core::iter::from_fn(move || {
        let text = rest?;
        let end = element_end(text);
        rest = text.get(end + 1..);
        Some(trim(&text[..end]))
    })
}

/// Where the first element of a list ends: at a comma, or at the end of the text.
pub(crate) fn element_end(text: &str) -> usize {
    let (mut quoted, mut escaped, mut angled) = (false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if !angled => quoted = !quoted,
            b'<' if !quoted => angled = true,
            b'>' if !quoted => angled = false,
            b',' if !quoted && !angled => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_at_commas_that_separate() {
        let list = r#""a, \"b" <sip:x@y;z=1,2>;q=1 , <sip:c>,,d"#;
        let cut: Vec<_> = elements(list).collect();
        assert_eq!(cut, [r#""a, \"b" <sip:x@y;z=1,2>;q=1"#, "<sip:c>", "", "d"]);
        assert_eq!(elements("").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn quoting_goes_there_and_back() {
        for text in ["", "plain", "with \"quotes\" and \\", "\u{442}\u{435}\u{441}\u{442}", "\u{1}\0\u{7f}\t"] {
            assert_eq!(unquote(&quote(text)), text);
        }
        assert_eq!(quote("a\r\nb\0"), "\"a  b\\\0\"");
    }

    #[test]
    fn numbers_have_a_limit() {
        assert_eq!(number("0068", 255), Some(68));
        assert_eq!(number("256", 255), None);
        assert_eq!(number("4294967296", u32::MAX), None);
        assert_eq!(number("-1", 255), None);
        assert_eq!(number("", 255), None);
    }

    #[test]
    fn nul_stands_only_behind_a_backslash() {
        assert!(stays_on_line("\"\\\0\""));
        assert!(!stays_on_line("\"\\\\\0\""));
        assert!(!stays_on_line("a\nb"));
        assert!(!stays_on_line("\"\\\r\""));
    }
}
