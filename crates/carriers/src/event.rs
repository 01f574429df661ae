//! What a carrier brings by itself: texts that come in, and reports on those that went out.

use halyard_protocol::{PhoneNumber, SenderId, UnixMs};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// One thing that a carrier brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A text came in.
    Inbound(Inbound),
    /// A report on a text that went out.
    Receipt(Receipt),
}

/// Who writes: a phone or a short code, or a business under a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Address {
    /// A phone number, or a short code.
    Number(PhoneNumber),
    /// A word, which nobody can answer.
    Word(SenderId),
}

impl core::fmt::Display for Address {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Number(number) => f.write_str(&number.to_carrier()),
            Self::Word(word) => word.fmt(f),
        }
    }
}

impl Address {
    /// Reads who writes, as carriers name senders: E.164, the digits of a short code with or without a plus sign, or a word. A word is
    /// cut to eleven characters, and signs that can't be seen are left out. None for nothing, and for an address of another channel (`whatsapp:…`).
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(number) = PhoneNumber::from_carrier(text) {
            return Some(Self::Number(number));
        }
        if text.contains(':') { None } else { SenderId::read(text).map(Self::Word) }
    }
}

/// A text that came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    /// The carrier's reference: the same text that is brought again has it again.
    pub reference: String,
    /// Who wrote it.
    pub from: Address,
    /// The own number that it came to.
    pub to: PhoneNumber,
    /// Of a group MMS: the other recipients.
    pub others: Vec<PhoneNumber>,
    /// The text; may be empty where there are files.
    pub body: String,
    /// Where its files are to be fetched, in their order.
    pub media: Vec<String>,
    /// When the carrier got it, where it says so.
    pub at: Option<UnixMs>,
}

/// A report on a text that went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The carrier's reference; empty where the report names only ours.
    pub reference: String,
    /// Our reference, where the carrier repeats it.
    pub ours: Option<String>,
    /// The recipient; none where the carrier does not say, then it is of all recipients of that reference.
    pub to: Option<PhoneNumber>,
    /// What is reported.
    pub reported: Reported,
}

/// How far a text got, as a carrier reports it. "Accepted" by the next network is [`Reported::Sent`], not delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reported {
    /// On its way.
    Sent,
    /// The phone has it.
    Delivered,
    /// It will not arrive.
    Failed(Refusal),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_are_read_as_carriers_name_them() {
        let number = |text| Some(Address::Number(PhoneNumber::from_e164(text).unwrap()));
        let short = |text| Some(Address::Number(PhoneNumber::short_code(text).unwrap()));
        let word = |text| Some(Address::Word(SenderId::read(text).unwrap()));
        for (text, expected) in [
            ("+12025550143", number("+12025550143")),
            (" +12025550143 ", number("+12025550143")),
            ("24273", short("24273")),
            ("+24273", short("24273")),
            ("911", short("911")),
            ("ACME Bank", word("ACME Bank")),
            ("ACME Bank of Boston", word("ACME Bank o")),
            ("A\u{202e}B", word("AB")),
            ("12", word("12")),
            ("2025550143", word("2025550143")),
            ("whatsapp:+12025550143", None),
            ("", None),
            (" \u{200b} ", None),
        ] {
            assert_eq!(Address::read(text), expected, "{text:?}");
        }
    }
}
