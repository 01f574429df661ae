//! Addresses with their type of number (TON) and numbering plan (NPI), SMPP 3.4, 5.2.5 and 5.2.6.

use halyard_protocol::{CallingCode, PhoneNumber, SenderId};

use crate::event::Address;
use crate::smpp::options::Numbering;

const INTERNATIONAL: u8 = 1;
const NETWORK: u8 = 3;
const WORD: u8 = 5;

/// An address as it is written: a number without its plus sign. Its type and plan are those of the settings, or the usual ones.
pub(crate) fn written(address: &Address, numbering: Option<Numbering>) -> (Numbering, String) {
    let usual = |ton, npi| numbering.unwrap_or(Numbering { ton, npi });
    match address {
        Address::Number(number) => match number.short_code_digits() {
            Some(digits) => (usual(NETWORK, 0), digits),
            None => (usual(INTERNATIONAL, 1), number.value().to_string()),
        },
        // A word stays one, whatever type numbers have there.
        Address::Word(word) => (Numbering { ton: WORD, npi: 0 }, word.to_string()),
    }
}

/// Reads an address. A number without its country is one of the account's.
pub(crate) fn read(ton: u8, text: &str, home: CallingCode) -> Address {
    let text = text.trim();
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    let digits = text.strip_prefix('+').unwrap_or(text);
    if ton == WORD || !is_digits(digits) {
        return number_in(text, home).filter(|_| ton != WORD).unwrap_or_else(|| word(text));
    }
    let international = || PhoneNumber::from_e164(&["+", digits.strip_prefix("00").unwrap_or(digits)].concat()).ok();
    if ton == INTERNATIONAL || text.starts_with('+') {
        return international().map_or_else(|| short(text), Address::Number);
    }
    if let Some(code) = PhoneNumber::short_code(digits) {
        return Address::Number(code);
    }
    let national = || PhoneNumber::from_typed(digits, home).ok();
    let number = if home.0 == 1 || digits.starts_with('0') || ton == 2 {
        national().or_else(international)
    } else {
        international().or_else(national)
    };
    number.map_or_else(|| word(text), Address::Number)
}

fn number_in(text: &str, home: CallingCode) -> Option<Address> {
    let has_letters = text.chars().any(char::is_alphabetic);
    PhoneNumber::from_typed(text, home).ok().filter(|_| !has_letters).map(Address::Number)
}

fn short(text: &str) -> Address {
    PhoneNumber::short_code(text).map_or_else(|| word(text), Address::Number)
}

fn word(text: &str) -> Address {
    // A text without a sender arrives, too.
    Address::Word(SenderId::read(text).unwrap_or_else(SenderId::unnamed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(e164: &str) -> Address {
        Address::Number(PhoneNumber::from_e164(e164).unwrap())
    }

    fn short_code(digits: &str) -> Address {
        Address::Number(PhoneNumber::short_code(digits).unwrap())
    }

    fn named(word: &str) -> Address {
        Address::Word(SenderId::read(word).unwrap())
    }

    #[test]
    fn addresses_are_read() {
        let us = CallingCode(1);
        for (ton, text) in [
            (1, "16195550142"),
            (1, "+16195550142"),
            (1, "0016195550142"),
            (0, "16195550142"),
            (0, "+16195550142"),
            (2, "6195550142"),
            (0, "6195550142"),
            (0, "(619) 555-0142"),
        ] {
            assert_eq!(read(ton, text, us), number("+16195550142"), "{ton} {text}");
        }
        assert_eq!(read(0, "447700900123", CallingCode(44)), number("+447700900123"));
        assert_eq!(read(0, "07700900123", CallingCode(44)), number("+447700900123"));
        assert_eq!(read(0, "447700900123", us), number("+447700900123"));
        assert_eq!(read(3, "55555", us), short_code("55555"));
        assert_eq!(read(1, "55555", us), short_code("55555"));
        assert_eq!(read(5, "Harbour", us), named("Harbour"));
        assert_eq!(read(0, "Harbour Office 24", us), named("Harbour Off"));
        assert_eq!(read(0, "", us), named("?"));
        assert_eq!(read(1, "+", us), named("+"));
    }

    #[test]
    fn addresses_are_written() {
        assert_eq!(written(&number("+16195550142"), None), (Numbering { ton: 1, npi: 1 }, "16195550142".to_owned()));
        assert_eq!(written(&short_code("555"), None), (Numbering { ton: 3, npi: 0 }, "555".to_owned()));
        let own = Numbering { ton: 2, npi: 8 };
        assert_eq!(written(&number("+16195550142"), Some(own)).0, own);
        assert_eq!(written(&named("A"), Some(own)).0, Numbering { ton: 5, npi: 0 });
    }
}
