//! Escapes of URIs (RFC 3261, 19.1.2 and 19.1.4): `%` and two hexadecimal digits.

use super::error::Bad;
use super::lex::Scan;

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte)
}

/// Takes a text that has unreserved bytes, escapes and some more bytes in it.
pub(crate) fn escaped<'a>(scan: &mut Scan<'a>, more: &[u8]) -> Result<&'a str, Bad> {
    let taken = scan.take(|byte| is_unreserved(byte) || byte == b'%' || more.contains(&byte));
    let right = taken.split('%').skip(1).all(|behind| {
        let bytes = behind.as_bytes();
        bytes.len() >= 2 && bytes[..2].iter().all(u8::is_ascii_hexdigit)
    });
    if right { Ok(taken) } else { Err(Bad("an escape in a URI is not two hexadecimal digits")) }
}

fn hex(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        _ => byte.wrapping_sub(b'A').wrapping_add(10),
    }
}

/// The bytes of a text, its escapes resolved where `which` says so for the byte that they stand for; the others in capitals.
fn resolve(text: &str, which: impl Fn(u8) -> bool) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut resolved = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if let (b'%', Some([high, low])) = (byte, bytes.get(at + 1..at + 3))
            && high.is_ascii_hexdigit()
            && low.is_ascii_hexdigit()
        {
            let stands_for = hex(*high) << 4 | hex(*low);
            if which(stands_for) {
                resolved.push(stands_for);
            } else {
                resolved.extend([b'%', high.to_ascii_uppercase(), low.to_ascii_uppercase()]);
            }
            at += 3;
        } else {
            resolved.push(byte);
            at += 1;
        }
    }
    resolved
}

/// A text without its escapes. What is no UTF-8 then is replaced.
#[must_use]
pub fn unescape(text: &str) -> String {
    String::from_utf8_lossy(&resolve(text, |_| true)).into_owned()
}

/// A text with escapes, so that it can stand as the user of a URI.
#[must_use]
pub fn escape_user(text: &str) -> String {
    escape(text, b"&=+$,;?/")
}

pub(crate) fn escape(text: &str, more: &[u8]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_unreserved(byte) || more.contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value & 15)]);
            escaped.extend(['%', digit(byte >> 4), digit(byte)]);
        }
    }
    escaped
}

/// As [`resolve`] for comparing: what an escape stands for is the same as without it unless it is reserved (RFC 3261, 19.1.4).
fn canonical(text: &str) -> Vec<u8> {
    resolve(text, |byte| !b";/?:@&=+$,%".contains(&byte))
}

pub(crate) fn same_text(one: &str, two: &str) -> bool {
    canonical(one) == canonical(two)
}

pub(crate) fn same_letters(one: &str, two: &str) -> bool {
    canonical(one).eq_ignore_ascii_case(&canonical(two))
}
