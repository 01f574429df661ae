//! SMS segments: how a text is cut into what the radio carries (3GPP TS 23.038 and 23.040), as one pays for it.
//!
//! A text whose characters are all in the GSM 7-bit default alphabet takes 160 septets in one message, or 153 in each
//! part of several; characters of the extension table take two and are never cut apart. One character outside makes
//! the whole text UCS-2: 70 UTF-16 units, or 67 in each part, and a surrogate pair is never cut apart.

mod composed;
mod plain;
#[cfg(test)]
mod tests;

pub use composed::composed;
pub use plain::{Costly, costly, plain_look_alike};

/// Characters that a text or group MMS may have (the carriers' common ceiling).
pub const SMS_TEXT_LENGTH: usize = 1_600;

/// How the characters of a text travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// The GSM 7-bit default alphabet with its extension table; a unit is a septet.
    Gsm7,
    /// UCS-2; a unit is one of UTF-16.
    Ucs2,
}

impl Encoding {
    /// Units of a message in so many parts: a part of several carries six octets of header less.
    #[must_use]
    pub const fn part(self, parts: usize) -> usize {
        match (self, parts > 1) {
            (Self::Gsm7, false) => 160,
            (Self::Gsm7, true) => 153,
            (Self::Ucs2, false) => 70,
            (Self::Ucs2, true) => 67,
        }
    }

    fn units(self, c: char) -> usize {
        match self {
            Self::Gsm7 => gsm7_septets(c).unwrap_or(1),
            Self::Ucs2 => c.len_utf16(),
        }
    }
}

/// How a text is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segments {
    /// How its characters travel.
    pub encoding: Encoding,
    /// Units of the whole text.
    pub units: usize,
    /// Parts that are sent and paid for; 0 for an empty text.
    pub segments: usize,
    /// Units in the last part: the 27 of "27 / 160".
    pub used: usize,
    /// Units that fit into the last part: the 160 of "27 / 160".
    pub limit: usize,
}

impl Segments {
    /// Units left in the last part.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.limit - self.used
    }
}

/// Counts what a text takes.
#[must_use]
pub fn count(text: &str) -> Segments {
    let is_gsm7 = text.chars().all(|c| gsm7_septets(c).is_some());
    let encoding = if is_gsm7 { Encoding::Gsm7 } else { Encoding::Ucs2 };
    let units = text.chars().map(|c| encoding.units(c)).sum();
    let single = encoding.part(1);
    if units <= single {
        return Segments { encoding, units, segments: usize::from(units > 0), used: units, limit: single };
    }
    let limit = encoding.part(2);
    let (mut segments, mut used) = (1, 0);
    for c in text.chars() {
        let units = encoding.units(c);
        if used + units > limit {
            segments += 1;
            used = 0;
        }
        used += units;
    }
    Segments { encoding, units, segments, used, limit }
}

/// Septets of a character: 1 in the default alphabet, 2 in the extension table, `None` in neither.
const fn gsm7_septets(c: char) -> Option<usize> {
    match c {
        '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '€' | '\u{c}' => Some(2),
        '`' => None,
        ' '..='~' | '\n' | '\r' => Some(1),
        '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' => Some(1),
        'Δ' | 'Φ' | 'Γ' | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' => Some(1),
        'Æ' | 'æ' | 'ß' | 'É' | '¤' | '¡' | '§' | '¿' => Some(1),
        'Ä' | 'Ö' | 'Ñ' | 'Ü' | 'ä' | 'ö' | 'ñ' | 'ü' | 'à' => Some(1),
        _ => None,
    }
}
