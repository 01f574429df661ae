//! Identifiers: 128 bits, written as 26 characters of Crockford's base 32 (the ULID format).
//!
//! Always holds: an id is `Copy`, its text form sorts as its value does, and parsing accepts exactly what
//! `Display` writes (upper case; lower case is accepted too).

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::time::UnixMs;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Length of an id's text form, in characters.
pub const ID_LENGTH: usize = 26;

/// A universally unique, lexicographically sortable identifier (<https://github.com/ulid/spec>).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ulid(u128);

/// A text that is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id has 26 characters of 0-9 and A-Z without I, L, O, U")]
pub struct InvalidId;

impl Ulid {
    /// An id of this moment: 48 bits of time, then the low 80 bits of `entropy`.
    #[must_use]
    pub const fn new(at: UnixMs, entropy: u128) -> Self {
        let time = (at.0 as u128) & 0xFFFF_FFFF_FFFF;
        Self((time << 80) | (entropy & ((1 << 80) - 1)))
    }

    /// The id with exactly these bits.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The id's bits.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }

    fn write(self) -> [u8; ID_LENGTH] {
        let mut text = [b'0'; ID_LENGTH];
        let mut rest = self.0;
        for slot in text.iter_mut().rev() {
            *slot = ALPHABET[(rest & 31) as usize];
            rest >>= 5;
        }
        text
    }
}

impl FromStr for Ulid {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        // 26 characters carry 130 bits: the first may use only its lower three.
        if text.len() != ID_LENGTH || !matches!(text.as_bytes()[0], b'0'..=b'7') {
            return Err(InvalidId);
        }
        text.bytes()
            .try_fold(0u128, |bits, byte| {
                let digit = ALPHABET.iter().position(|known| *known == byte.to_ascii_uppercase()).ok_or(InvalidId)?;
                Ok((bits << 5) | digit as u128)
            })
            .map(Self)
    }
}

impl fmt::Display for Ulid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.write();
        f.write_str(core::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Ulid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Ulid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.write();
        serializer.serialize_str(core::str::from_utf8(&text).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Ulid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Ulid;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id of 26 characters")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Ulid, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 26, max_length = 26,
            pattern = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$", example = "01J9ZK4T6Q8Y2M0C5R7W3X1B9D"))]
        #[serde(transparent)]
        pub struct $name(pub Ulid);

        impl $name {
            /// An id of this moment: 48 bits of time, then the low 80 bits of `entropy`.
            #[must_use]
            pub const fn new(at: UnixMs, entropy: u128) -> Self {
                Self(Ulid::new(at, entropy))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A business on this system.
    TenantId
);
id!(
    /// A user: somebody with an extension.
    UserId
);
id!(
    /// A saved contact, personal or shared. Chosen by whoever creates it, so that creating is idempotent.
    ContactId
);
id!(
    /// A conversation. Not chosen but derived from who takes part: see [`crate::ConversationKey::id`].
    ConversationId
);
id!(
    /// A message. Chosen by the author's device at the moment of Enter, and the same ever after.
    MessageId
);
id!(
    /// An entry of a timeline. A message's is the message's.
    EntryId
);

impl From<MessageId> for EntryId {
    fn from(id: MessageId) -> Self {
        Self(id.0)
    }
}

id!(
    /// A file in a message. Chosen by the author's device, so that giving it to the server is idempotent.
    MediaId
);
id!(
    /// A contact's photo. Not chosen but derived from its content, so the same photo has the same id and an id never another content.
    PhotoId
);
id!(
    /// A signed-in browser: one session.
    DeviceId
);
id!(
    /// An account at a carrier.
    CarrierAccountId
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn new_puts_the_time_in_front() {
        let early = Ulid::new(UnixMs(1_700_000_000_000), u128::MAX);
        let late = Ulid::new(UnixMs(1_700_000_000_001), 0);
        assert!(early < late);
        assert!(early.to_string() < late.to_string());
    }

    #[test]
    fn refuses_what_is_no_id() {
        for text in
            ["", "01J9", "81J9ZK4T6Q8Y2M0C5R7W3X1B9D", "01J9ZK4T6Q8Y2M0C5R7W3X1B9U", "01J9ZK4T6Q8Y2M0C5R7W3X1B9é"]
        {
            assert_eq!(text.parse::<Ulid>(), Err(InvalidId), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_and_value_are_the_same(a: u128, b: u128) {
            let (a, b) = (Ulid::from_bits(a), Ulid::from_bits(b));
            prop_assert_eq!(a.to_string().parse(), Ok(a));
            prop_assert_eq!(a.to_string().to_lowercase().parse(), Ok(a));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn any_text_is_refused_or_read_without_panic(text in ".{0,40}") {
            let _ = text.parse::<Ulid>();
        }
    }
}
