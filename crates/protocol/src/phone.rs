//! Phone numbers, kept as E.164; read in any usual way of writing them, and written as people are used to. Short codes are among them.
//!
//! Always holds: a number has 7 to 15 digits, its country code first, and is `Copy`. What [`PhoneNumber::from_typed`]
//! reads can exist by its country's numbering plan, and [`PhoneNumber::display`] writes it so that it reads the same.

mod format;
mod plan;
mod short;
mod typed;
mod zone;

#[cfg(test)]
mod tests;

pub use crate::letters::digit;
pub use format::format_partial;
pub use typed::is_invisible;
pub(crate) use typed::is_separator;

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A country calling code (ITU-T E.164): 1 to 3 digits. `1` for North America.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = u16, minimum = 1, maximum = 999))]
#[serde(transparent)]
pub struct CallingCode(pub u16);

/// A phone number as E.164: country code and national number, 7 to 15 digits in all. Written `+16195550142`. A short code has no such
/// form, and is written `+9990` and its digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^\\+[1-9][0-9]{6,14}$", example = "+16195550142"))]
pub struct PhoneNumber(u64);

/// Why a text is no phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneNumberError {
    /// Neither digits nor what people write between them.
    #[error("This isn't a phone number.")]
    NotANumber,
    /// Too few digits.
    #[error("This phone number is too short.")]
    TooShort,
    /// Too many digits.
    #[error("This phone number is too long.")]
    TooLong,
    /// No country has this calling code.
    #[error("No country has this calling code.")]
    UnknownCountry,
    /// Right in length, but no such number can be given out.
    #[error("This phone number doesn't exist. Check its digits.")]
    NoSuchNumber,
    /// A letter stands where a digit was meant: `2O2`.
    #[error("\u{201c}{0}\u{201d} is a letter, not a digit. Please check the number.")]
    Letter(char),
    /// The number of the emergency services.
    #[error("Emergency services can't be reached by text here. Call them with a phone.")]
    Emergency,
    /// An extension follows the number.
    #[error("Leave out the extension behind the number.")]
    Extension,
}

impl PhoneNumber {
    /// Reads the form that is kept and sent: a plus sign and 7 to 15 digits.
    ///
    /// # Errors
    /// [`PhoneNumberError`] for anything else.
    pub fn from_e164(text: &str) -> Result<Self, PhoneNumberError> {
        let digits = text.strip_prefix('+').ok_or(PhoneNumberError::NotANumber)?;
        if digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneNumberError::NotANumber);
        }
        match digits.len() {
            0..7 => Err(PhoneNumberError::TooShort),
            7..=15 => digits.parse().map(Self).map_err(|_| PhoneNumberError::NotANumber),
            _ => Err(PhoneNumberError::TooLong),
        }
    }

    /// The digits as a number, country code first.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }
}

impl core::str::FromStr for PhoneNumber {
    type Err = PhoneNumberError;

    /// Reads what `Display` writes: see [`PhoneNumber::from_e164`].
    fn from_str(text: &str) -> Result<Self, PhoneNumberError> {
        Self::from_e164(text)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl fmt::Debug for PhoneNumber {
    /// Shows the last two digits only: numbers don't belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+…{:02}", self.0 % 100)
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = PhoneNumber;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a phone number such as +16195550142")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<PhoneNumber, E> {
                PhoneNumber::from_e164(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}
