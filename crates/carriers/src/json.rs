//! JSON as carriers write it.
//!
//! Always holds: a string that ends in the middle of a character (half of a UTF-16 pair, written `"\ud83d"`), as some write that cut texts by their length,
//! is read, with U+FFFD for that half (RFC 8259, 8.2, leaves it to the reader). Everything else is as `serde_json` has it.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

/// U+FFFD as an escape.
const REPLACED: &[u8] = b"\\ufffd";

/// Reads a value.
///
/// # Errors
/// It is no JSON in UTF-8, or nothing of this type.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(&whole(bytes))
}

/// The same JSON, without halves of characters.
fn whole(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut mended = Vec::new();
    let (mut place, mut kept) = (0, 0);
    while let Some(found) = bytes.get(place..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        let at = place + found;
        let after = |place: usize| bytes.get(place..).and_then(unit);
        place = match after(at) {
            // `\\`, `\"` and so on: what comes after is no escape of its own.
            None => at + 2,
            Some(0xd800..=0xdbff) if matches!(after(at + REPLACED.len()), Some(0xdc00..=0xdfff)) => {
                at + 2 * REPLACED.len()
            }
            Some(0xd800..=0xdfff) => {
                mended.extend_from_slice(bytes.get(kept..at).unwrap_or_default());
                mended.extend_from_slice(REPLACED);
                kept = at + REPLACED.len();
                kept
            }
            Some(_) => at + REPLACED.len(),
        };
    }
    if kept == 0 {
        return Cow::Borrowed(bytes);
    }
    mended.extend_from_slice(bytes.get(kept..).unwrap_or_default());
    Cow::Owned(mended)
}

/// The UTF-16 unit that an escape stands for, where one begins.
fn unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    let digits =
        core::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn half_a_character_is_a_replacement_and_the_rest_stays() {
        for (json, expected) in [
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""\uDE00""#, "\u{fffd}"),
            (r#""a\ud83d b""#, "a\u{fffd} b"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\ud83d\ude00\ud83d""#, "😀\u{fffd}"),
            (r#""\ud83d\\ude00""#, "\u{fffd}\\ude00"),
            (r#""\\ud83d""#, "\\ud83d"),
            (r#""\\\ud83d\"""#, "\\\u{fffd}\""),
            (r#""\u00e9\ud83D\uDE00""#, "é😀"),
        ] {
            assert_eq!(read::<String>(json.as_bytes()).unwrap(), expected, "{json}");
        }
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for json in [&b"\"\\ud83"[..], b"\"\\ud83d", b"\"\\u+123\"", b"\"\\", b"\\", b"\"\xff\"", b"", b"\"\\ud83d\\"] {
            assert!(read::<String>(json).is_err(), "{json:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_else_changes(text in any::<String>(), cut in any::<Vec<u8>>()) {
            let json = serde_json::to_vec(&text).unwrap();
            prop_assert_eq!(read::<String>(&json).unwrap(), text);
            let _ = read::<String>(&cut);
        }

        #[test]
        fn any_units_are_a_text(units in proptest::collection::vec(prop_oneof![any::<u16>(), 0xd7f0..0xe010_u16], 0..12)) {
            let escapes: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let read = read::<String>(format!("\"{escapes}\"").as_bytes()).unwrap();
            prop_assert_eq!(read, String::from_utf16_lossy(&units));
        }
    }
}
