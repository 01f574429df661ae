//! Digits of numbers, four bits each, for searching many numbers fast.

use halyard_protocol::PhoneNumber;

use super::quality::{EXACT, INSIDE, NONE, PREFIX};

/// Digits of the longest number (E.164).
const MOST: usize = 15;
/// Fewer digits than this would find everybody.
const FEWEST: usize = 3;
/// From so many digits on they may stand anywhere in a number.
const FEWEST_INSIDE: usize = 4;

/// A number: its first digit in the highest four bits, then `F`; in the lowest four the length of its country code.
pub(super) fn pack(number: PhoneNumber) -> u64 {
    let code = match number.calling_code() {
        Some(code) if code.0 > 99 => 3,
        Some(code) if code.0 > 9 => 2,
        Some(_) => 1,
        None => 0,
    };
    let mut packed = u64::MAX;
    let mut rest = number.value();
    while rest > 0 {
        packed = packed >> 4 | (rest % 10) << 60;
        rest /= 10;
    }
    packed & !15 | code
}

/// Digits that are looked for, with `F` behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Digits {
    packed: u64,
    length: usize,
}

impl Digits {
    fn read(digits: &str) -> Option<Self> {
        let length = digits.len();
        if !(1..=MOST).contains(&length) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let packed = digits.bytes().rev().fold(u64::MAX, |packed, byte| packed >> 4 | u64::from(byte & 15) << 60);
        Some(Self { packed, length })
    }

    /// How well this is the beginning of a number; [`NONE`] if it isn't.
    #[inline]
    const fn beginning(self, number: u64) -> u8 {
        let differs = number ^ self.packed;
        if differs >> (64 - 4 * self.length) != 0 {
            NONE
        } else if differs == 0 {
            EXACT
        } else {
            PREFIX
        }
    }

    /// Whether they stand anywhere in a number. Looks at all places at once: a bit for each place where what came so
    /// far ends.
    #[inline]
    fn inside(self, number: u64) -> bool {
        const ONES: u64 = 0x1111_1111_1111_1111;
        let (mut found, mut wanted) = (ONES, self.packed);
        for place in 0..self.length {
            let differs = number ^ ((wanted >> 60) * ONES);
            let some = differs | differs >> 2;
            found &= (!(some | some >> 1) & ONES) << (4 * place);
            if found == 0 {
                return false;
            }
            wanted <<= 4;
        }
        true
    }
}

/// Digits as somebody types them who looks for a number: from its first digit on, with or without country code or
/// trunk prefix, or from the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DigitQuery {
    typed: Digits,
    /// Without the trunk prefix.
    national: Option<Digits>,
    /// Without the prefix for abroad.
    international: Option<Digits>,
}

impl DigitQuery {
    /// Reads three digits or more.
    pub(super) fn read(digits: &str) -> Option<Self> {
        if digits.len() < FEWEST {
            return None;
        }
        let abroad = digits.strip_prefix("011").or_else(|| digits.strip_prefix("00"));
        let trunk = digits.strip_prefix('0').filter(|rest| !rest.starts_with('0'));
        Some(Self {
            typed: Digits::read(digits)?,
            national: trunk.and_then(Digits::read),
            international: abroad.and_then(Digits::read),
        })
    }

    /// How well they match a packed number; [`NONE`] if not at all.
    #[inline]
    pub(super) fn class(&self, packed: u64) -> u8 {
        let code = (packed & 15) as u32 * 4;
        let international = packed | 15;
        let national = international << code | ((1 << code) - 1);
        let mut found = self.typed.beginning(national).min(self.typed.beginning(international));
        if let Some(digits) = self.national {
            found = found.min(digits.beginning(national));
        }
        if let Some(digits) = self.international {
            found = found.min(digits.beginning(international));
        }
        if found == NONE && self.typed.length >= FEWEST_INSIDE && self.typed.inside(international) {
            return INSIDE;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn class(number: &str, digits: &str) -> Option<u8> {
        let class = DigitQuery::read(digits)?.class(pack(PhoneNumber::from_e164(number).unwrap()));
        (class != NONE).then_some(class)
    }

    #[test]
    fn numbers_are_found_by_any_of_their_forms() {
        for (number, digits, found) in [
            ("+16195550142", "619", Some(PREFIX)),
            ("+16195550142", "61", None),
            ("+16195550142", "1619", Some(PREFIX)),
            ("+16195550142", "6195550142", Some(EXACT)),
            ("+16195550142", "16195550142", Some(EXACT)),
            ("+16195550142", "0142", Some(INSIDE)),
            ("+16195550142", "142", None),
            ("+16195550142", "55501", Some(INSIDE)),
            ("+16195550142", "01116195", Some(PREFIX)),
            ("+442079460018", "020794", Some(PREFIX)),
            ("+442079460018", "00442079", Some(PREFIX)),
            ("+442079460018", "02079460018", Some(EXACT)),
            ("+442079460018", "20794600181", None),
            ("+881612345678123", "612345678123", Some(EXACT)),
            ("+881612345678123", "6123456781233", None),
        ] {
            assert_eq!(class(number, digits), found, "{digits} in {number}");
        }
    }

    proptest! {
        #[test]
        fn inside_is_what_the_text_contains(number in 1_000_000_u64..1_000_000_000_000_000, digits in "[0-9]{4,6}") {
            let text = number.to_string();
            let found = class(&format!("+{text}"), &digits);
            if text.contains(&digits) {
                prop_assert!(found.is_some());
            } else {
                prop_assert!(found.is_none() || digits.starts_with('0'));
            }
        }
    }
}
