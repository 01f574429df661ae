//! Alphanumeric sender IDs: the word that a business texts under in the place of a number. Nobody can answer one.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::signs::is_invisible;

/// Bytes that the longest one takes.
const SIZE: usize = 22;

/// An alphanumeric sender ID: one to eleven characters that can be seen, with no blank at either end (GSM 03.38 in 3GPP TS 23.040,
/// "9.1.2.5 Address fields", has room for eleven).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 1, max_length = 11, example = "ACME Bank"))]
pub struct SenderId(
    /// UTF-8, and zeros behind it.
    [u8; SIZE],
);

impl SenderId {
    /// How many characters one has at most.
    pub const LENGTH: usize = 11;

    /// Reads one as a carrier brings it: without characters that can't be seen, and cut to its length. `None` where nothing is left.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let seen: String = text.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
        let mut kept = seen.trim();
        let end = kept.char_indices().map(|(at, _)| at).take(Self::LENGTH + 1).take_while(|at| *at <= SIZE).last()?;
        if kept.len() > SIZE || kept.chars().count() > Self::LENGTH {
            kept = kept[..end].trim_end();
        }
        let mut bytes = [0; SIZE];
        bytes[..kept.len()].copy_from_slice(kept.as_bytes());
        Some(Self(bytes))
    }

    /// The sender of a text that names none: `?`.
    #[must_use]
    pub fn unnamed() -> Self {
        let mut bytes = [0; SIZE];
        bytes[0] = b'?';
        Self(bytes)
    }

    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(SIZE);
        // Only whole characters are in it.
        core::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }
}

impl fmt::Display for SenderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SenderId {
    /// Shows its first character only: who writes to whom doesn't belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.as_str().chars().next().unwrap_or_default())
    }
}

impl Serialize for SenderId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for SenderId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = SenderId;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word of one to eleven characters")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<SenderId, E> {
                SenderId::read(text).ok_or_else(|| E::custom("no character that can be seen"))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_cut_and_has_no_blanks_around() {
        for (text, read) in [
            ("ACME Bank", Some("ACME Bank")),
            ("  ACME Bank of Boston", Some("ACME Bank o")),
            ("ACME  Bank  of", Some("ACME  Bank")),
            ("A\u{202e}B\u{0}C", Some("ABC")),
            ("\u{200b} Á", Some("Á")),
            ("ÄÖÜÄÖÜÄÖÜÄÖÜ", Some("ÄÖÜÄÖÜÄÖÜÄÖ")),
            ("銀行銀行銀行銀行銀行銀", Some("銀行銀行銀行銀")),
            ("", None),
            (" \u{200b} ", None),
        ] {
            assert_eq!(SenderId::read(text).map(|id| id.to_string()).as_deref(), read, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_stays_as_it_is(text in any::<String>()) {
            if let Some(id) = SenderId::read(&text) {
                prop_assert_eq!(SenderId::read(id.as_str()), Some(id));
                prop_assert!(!id.as_str().is_empty() && id.as_str().chars().count() <= SenderId::LENGTH);
                let json = serde_json::to_string(&id).unwrap();
                prop_assert_eq!(serde_json::from_str::<SenderId>(&json).unwrap(), id);
            }
        }
    }
}
