//! Short codes: the three to eight digits under which a business texts, and which only the networks of its country know.
//!
//! Always holds: a short code has no form in E.164, so it is kept and sent as a number of the calling code 999, which ITU-T keeps
//! unassigned ("List of ITU-T Recommendation E.164 assigned country codes"): `+9990` and its digits. So whatever goes by phone numbers
//! (conversations, contacts, deliveries) takes a short code, too, also in an app that knows of none; and a carrier is told its digits alone.

use super::{CallingCode, PhoneNumber, PhoneNumberError};

/// What stands in front of the digits of a short code.
const PREFIX: u64 = 9990;
/// How many digits a short code has.
const LENGTHS: core::ops::RangeInclusive<usize> = 3..=8;
/// How many digits a short code has that somebody types: with fewer it may be an extension, with more a number without its area.
const TYPED_LENGTHS: core::ops::RangeInclusive<usize> = 5..=6;

impl PhoneNumber {
    /// The short code with these three to eight digits; `None` for anything else.
    #[must_use]
    pub fn short_code(digits: &str) -> Option<Self> {
        let is_code = LENGTHS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let value: u64 = digits.parse().ok().filter(|_| is_code)?;
        Some(Self(PREFIX * 10_u64.pow(digits.len() as u32) + value))
    }

    /// How many digits it has, if it is a short code.
    fn short_code_length(self) -> Option<usize> {
        LENGTHS.into_iter().find(|length| self.0 / 10_u64.pow(*length as u32) == PREFIX)
    }

    /// Whether it is a short code: nobody can call it, and it is in no group.
    #[must_use]
    pub fn is_short_code(self) -> bool {
        self.short_code_length().is_some()
    }

    /// The digits of a short code, as they are dialed and as carriers are told them; `None` for other numbers.
    #[must_use]
    pub fn short_code_digits(self) -> Option<String> {
        let length = self.short_code_length()?;
        Some(self.0.to_string().split_off(self.0.to_string().len() - length))
    }

    /// Reads a number as carriers write one: E.164, or the digits of a short code.
    ///
    /// # Errors
    /// [`PhoneNumberError`] for anything else.
    pub fn from_carrier(text: &str) -> Result<Self, PhoneNumberError> {
        Self::from_e164(text).or_else(|error| Self::short_code(text.strip_prefix('+').unwrap_or(text)).ok_or(error))
    }

    /// The number as carriers write it: E.164, or the digits of a short code.
    #[must_use]
    pub fn to_carrier(self) -> String {
        self.short_code_digits().unwrap_or_else(|| self.to_string())
    }

    /// Reads the digits of a short code as people type them, with nothing between them. They have five or six: fewer may be an extension, and
    /// more a number without its area code.
    #[must_use]
    pub fn short_code_typed(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::short_code(text).filter(|_| TYPED_LENGTHS.contains(&text.len()))
    }

    /// Reads whom a text goes to, as people type it: a phone number ([`PhoneNumber::from_typed`]), or else a short code.
    ///
    /// # Errors
    /// Why it is no phone number, where it is no short code either.
    pub fn from_typed_recipient(text: &str, home: CallingCode) -> Result<Self, PhoneNumberError> {
        Self::from_typed(text, home).or_else(|error| Self::short_code_typed(text).ok_or(error))
    }

    /// Whether it is the number of the emergency services of some country, as a short code: nobody there reads texts from here.
    #[must_use]
    pub fn is_emergency(self) -> bool {
        const EMERGENCY: [&str; 10] = ["000", "110", "111", "112", "117", "119", "133", "144", "911", "999"];
        self.short_code_digits().is_some_and(|digits| EMERGENCY.contains(&digits.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_other_text_is_a_short_code() {
        for text in ["", "12", "123456789", "24 273", "+24273", "2427a", "２４２７３"] {
            assert_eq!(PhoneNumber::short_code(text), None, "{text}");
        }
        for (text, typed) in
            [("5555", false), ("24273", true), (" 242733 ", true), ("5550142", false), ("242-73", false)]
        {
            assert_eq!(PhoneNumber::short_code_typed(text).is_some(), typed, "{text}");
        }
    }

    #[test]
    fn it_is_written_with_its_digits_alone() {
        let code = PhoneNumber::short_code("024273").unwrap();
        assert_eq!((code.to_string().as_str(), code.to_carrier().as_str()), ("+9990024273", "024273"));
        assert_eq!(code.display(CallingCode(1)), "024273");
        assert_eq!(code.calling_code(), None);
        assert!(!code.is_emergency() && PhoneNumber::short_code("911").unwrap().is_emergency());
        let number = PhoneNumber::from_e164("+16195550142").unwrap();
        assert_eq!((number.is_short_code(), number.to_carrier().as_str()), (false, "+16195550142"));
        assert!(!PhoneNumber::from_e164("+99901234567890").unwrap().is_short_code());
    }

    proptest! {
        #[test]
        fn every_short_code_is_kept_and_read_again(digits in "[0-9]{3,8}") {
            let code = PhoneNumber::short_code(&digits).unwrap();
            prop_assert_eq!(code.short_code_digits(), Some(digits.clone()));
            prop_assert_eq!(PhoneNumber::from_e164(&code.to_string()), Ok(code));
            prop_assert_eq!(PhoneNumber::from_carrier(&digits), Ok(code));
            if let Some(typed) = PhoneNumber::short_code_typed(&digits) {
                prop_assert_eq!(typed, code);
            }
        }

        #[test]
        fn no_number_of_a_country_is_a_short_code(value in 1_000_000_u64..1_000_000_000_000_000) {
            let number = PhoneNumber::from_e164(&format!("+{value}")).unwrap();
            prop_assert!(number.calling_code().is_none() || !number.is_short_code());
        }
    }
}
