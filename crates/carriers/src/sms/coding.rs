//! How characters are octets: what `data_coding` says (SMPP 3.4, 5.2.19; 3GPP TS 23.038, 4), and texts out of octets.

use crate::sms::gsm;

/// What an SMSC means by `data_coding` 0, its default alphabet: every one has its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Alphabet {
    /// The GSM alphabet, one septet in an octet.
    #[default]
    Gsm,
    /// The GSM alphabet, eight septets in seven octets.
    GsmPacked,
    /// ISO 8859-1.
    Latin1,
    /// ASCII.
    Ascii,
}

/// How characters are octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// The GSM alphabet, one septet in an octet.
    Gsm,
    /// The GSM alphabet, eight septets in seven octets.
    GsmPacked,
    /// ASCII.
    Ascii,
    /// ISO 8859-1.
    Latin1,
    /// ISO 8859-5.
    Cyrillic,
    /// ISO 8859-8.
    Hebrew,
    /// UTF-16, the high octet first.
    Ucs2,
    /// Octets of which nobody says what they are.
    Octets,
    /// One that is not read here: of it ASCII can be read.
    Other,
}

impl Coding {
    const ALL: [Self; 9] = [
        Self::Gsm,
        Self::GsmPacked,
        Self::Ascii,
        Self::Latin1,
        Self::Cyrillic,
        Self::Hebrew,
        Self::Ucs2,
        Self::Octets,
        Self::Other,
    ];

    /// What a `data_coding` means at an SMSC with this default alphabet.
    #[must_use]
    pub const fn of(data_coding: u8, alphabet: Alphabet) -> Self {
        match (data_coding, data_coding & 0x0c) {
            (1, _) => Self::Ascii,
            (2 | 4, _) => Self::Octets,
            (3, _) => Self::Latin1,
            (6, _) => Self::Cyrillic,
            (7, _) => Self::Hebrew,
            (8, _) => Self::Ucs2,
            (0x09..=0x0f, _) | (0x05, _) => Self::Other,
            // Text with a class, as GSM's own schemes have it, which some SMSCs pass on: octets or UCS-2 by two bits.
            (0x10..=0x1f, 0x04) | (0xf0..=0xff, 0x04 | 0x0c) => Self::Octets,
            (0x10..=0x1f, 0x08) | (0xe0..=0xef, _) => Self::Ucs2,
            (0x20..=0xbf, _) => Self::Other,
            (0 | 0x10..=0x1f | 0xc0..=0xff, _) => match alphabet {
                Alphabet::Gsm => Self::Gsm,
                Alphabet::GsmPacked => Self::GsmPacked,
                Alphabet::Latin1 => Self::Latin1,
                Alphabet::Ascii => Self::Ascii,
            },
        }
    }

    /// The text of octets. What can't be read is U+FFFD, and U+0000 is left out.
    #[must_use]
    pub fn text(self, octets: &[u8]) -> String {
        let text = match self {
            Self::Gsm => gsm::text(octets),
            Self::GsmPacked => gsm::text(&gsm::unpack(octets, 0)),
            // Some call the GSM alphabet so. Its characters that are no letters show that: no text has such control characters.
            Self::Ascii if octets.iter().any(|octet| matches!(octet, 0x01..=0x08 | 0x0b | 0x0c | 0x0e..=0x1f)) => {
                gsm::text(octets)
            }
            Self::Ascii | Self::Other => mapped(octets, ascii),
            Self::Latin1 => mapped(octets, char::from),
            Self::Cyrillic => mapped(octets, cyrillic),
            Self::Hebrew => mapped(octets, hebrew),
            Self::Ucs2 => ucs2(octets),
            Self::Octets => match core::str::from_utf8(octets) {
                Ok(text) => text.to_owned(),
                Err(_) => mapped(octets, char::from),
            },
        };
        if text.contains('\0') { text.replace('\0', "") } else { text }
    }
}

/// The octets of one part that came, without its header: what is kept until the other parts are there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Piece {
    /// How its characters are octets; never packed.
    pub coding: Coding,
    /// Its octets.
    pub octets: Vec<u8>,
}

impl Piece {
    /// What follows a header of so many octets; 0 where there is none.
    #[must_use]
    pub fn new(coding: Coding, octets: &[u8], header: usize) -> Self {
        let behind = octets.get(header..).unwrap_or_default();
        match coding {
            Coding::GsmPacked => Self { coding: Coding::Gsm, octets: gsm::unpack(behind, gsm::fill_bits(header)) },
            _ => Self { coding, octets: behind.to_vec() },
        }
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> String {
        self.coding.text(&self.octets)
    }

    /// As a database keeps it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let number =
            Coding::ALL.iter().position(|coding| *coding == self.coding).and_then(|place| u8::try_from(place).ok());
        let mut bytes = Vec::with_capacity(self.octets.len() + 1);
        bytes.push(number.unwrap_or_default());
        bytes.extend_from_slice(&self.octets);
        bytes
    }

    /// Out of a database; none of what [`Self::to_bytes`] did not write.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (number, octets) = bytes.split_first()?;
        let coding = *Coding::ALL.get(usize::from(*number))?;
        Some(Self { coding, octets: octets.to_vec() })
    }
}

fn mapped(octets: &[u8], read: impl Fn(u8) -> char) -> String {
    octets.iter().map(|octet| read(*octet)).collect()
}

const fn ascii(octet: u8) -> char {
    if octet.is_ascii() { octet as char } else { char::REPLACEMENT_CHARACTER }
}

fn cyrillic(octet: u8) -> char {
    match octet {
        0xad => '\u{ad}',
        0xf0 => '№',
        0xfd => '§',
        0xa1..=0xff => char::from_u32(0x401 + u32::from(octet) - 0xa1).unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => char::from(octet),
    }
}

fn hebrew(octet: u8) -> char {
    match octet {
        0xaa => '×',
        0xba => '÷',
        0xdf => '‗',
        0xe0..=0xfa => char::from_u32(0x5d0 + u32::from(octet) - 0xe0).unwrap_or(char::REPLACEMENT_CHARACTER),
        0xfd => '\u{200e}',
        0xfe => '\u{200f}',
        0xa1 | 0xbf..=0xde | 0xfb | 0xfc | 0xff => char::REPLACEMENT_CHARACTER,
        _ => char::from(octet),
    }
}

/// UTF-16 with the high octet first, or as a byte order mark in front of it says.
fn ucs2(octets: &[u8]) -> String {
    let (pairs, rest) = octets.as_chunks::<2>();
    let is_reversed = pairs.first() == Some(&[0xff, 0xfe]);
    let units =
        pairs.iter().map(|pair| if is_reversed { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) });
    let units = units.enumerate().filter(|(place, unit)| *place > 0 || *unit != 0xfeff).map(|(_, unit)| unit);
    let mut text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}
