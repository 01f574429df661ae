//! A text on its way out: cut into parts as `halyard_protocol::segments` counts them, each in octets with what says which part it is.
//!
//! Always holds: a text has as many parts as are counted and paid for, except that a header of sixteen bits leaves 152 septets or 66
//! units to a part instead of 153 or 67, and that an SMSC whose default alphabet lacks a character of the text gets UCS-2. A character of
//! the extension table and a surrogate pair are never cut apart. The same text with the same reference is cut the same at every try, so
//! a part that was not taken can be handed over again alone.

use halyard_protocol::segments::{self, Encoding};

use crate::sms::coding::Alphabet;
use crate::sms::gsm;
use crate::sms::header::Concat;

/// `data_coding` of the SMSC's default alphabet.
const DEFAULT: u8 = 0;
/// `data_coding` of UCS-2.
const UCS2: u8 = 8;

/// Octets of a `message_payload`, beside which a message's other fields have to have room.
const MOST_PAYLOAD: usize = 64_000;

/// How parts say which they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Concatenation {
    /// By a header with a reference of eight bits.
    #[default]
    Header8,
    /// By a header with a reference of sixteen bits.
    Header16,
    /// By the parameters `sar_…` of SMPP.
    Sar,
    /// Not at all: the text goes as a whole in `message_payload`, and the SMSC cuts it.
    Payload,
}

/// How one part travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Travels {
    /// As the whole message.
    Alone,
    /// Behind a header, which stands in front of its octets.
    Header,
    /// Beside the parameters `sar_…`.
    Sar(Concat),
    /// In `message_payload`.
    Payload,
}

/// One part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its octets, the header among them.
    pub octets: Vec<u8>,
    /// How it travels.
    pub travels: Travels,
}

/// A text in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How the characters are octets, as SMPP says it.
    pub data_coding: u8,
    /// The parts in their order.
    pub parts: Vec<Part>,
}

/// Why a text can't be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CutError {
    /// There is nothing to send.
    #[error("the text is empty")]
    Empty,
    /// It has more than 255 parts, or more than fits into one message.
    #[error("the text has too many parts")]
    TooLong,
}

/// Octets of characters, by how they are written.
#[derive(Clone, Copy)]
enum Written {
    Septets,
    Packed,
    /// One octet for each character, but as many septets on the radio.
    Octets,
    Ucs2,
}

/// Cuts a text for an SMSC with this default alphabet. The reference should be another one for each text between the same two numbers; one
/// of eight bits is its lower half.
///
/// # Errors
/// [`CutError`].
pub fn cut(text: &str, alphabet: Alphabet, concatenation: Concatenation, reference: u16) -> Result<Cut, CutError> {
    let counted = segments::count(text).encoding;
    let written = match (counted, alphabet) {
        (Encoding::Gsm7, Alphabet::Gsm) => Written::Septets,
        (Encoding::Gsm7, Alphabet::GsmPacked) => Written::Packed,
        (Encoding::Gsm7, Alphabet::Latin1) if text.chars().all(|c| c <= '\u{ff}') => Written::Octets,
        (Encoding::Gsm7, Alphabet::Ascii) if text.is_ascii() => Written::Octets,
        _ => Written::Ucs2,
    };
    let (encoding, data_coding) = match written {
        Written::Ucs2 => (Encoding::Ucs2, UCS2),
        Written::Septets | Written::Packed | Written::Octets => (Encoding::Gsm7, DEFAULT),
    };
    let limit = match concatenation {
        // A seventh octet of the header takes another septet, or half of a unit.
        Concatenation::Header16 => encoding.part(2) - 1,
        Concatenation::Header8 | Concatenation::Sar | Concatenation::Payload => encoding.part(2),
    };
    let texts = pieces(text, encoding, limit);
    let parts = match (texts.as_slice(), concatenation) {
        ([], _) => return Err(CutError::Empty),
        ([only], _) => vec![Part { octets: octets(only, written, 0), travels: Travels::Alone }],
        (_, Concatenation::Payload) => {
            let octets = octets(text, written, 0);
            if octets.len() > MOST_PAYLOAD {
                return Err(CutError::TooLong);
            }
            vec![Part { octets, travels: Travels::Payload }]
        }
        (texts, _) => {
            let total = u8::try_from(texts.len()).map_err(|_| CutError::TooLong)?;
            (1..=total)
                .zip(texts)
                .map(|(part, text)| one(text, written, concatenation, Concat { reference, total, part }))
                .collect()
        }
    };
    Ok(Cut { data_coding, parts })
}

fn one(text: &str, written: Written, concatenation: Concatenation, concat: Concat) -> Part {
    let behind = |header: &[u8]| {
        let octets = [header, &octets(text, written, header.len())].concat();
        Part { octets, travels: Travels::Header }
    };
    match concatenation {
        Concatenation::Header8 => behind(&concat.header_8()),
        Concatenation::Header16 => behind(&concat.header_16()),
        Concatenation::Sar | Concatenation::Payload => {
            Part { octets: octets(text, written, 0), travels: Travels::Sar(concat) }
        }
    }
}

/// Octets behind a header of so many.
fn octets(text: &str, written: Written, header: usize) -> Vec<u8> {
    match written {
        Written::Septets => gsm::septets(text).unwrap_or_default(),
        Written::Packed => gsm::pack(&gsm::septets(text).unwrap_or_default(), gsm::fill_bits(header)),
        Written::Octets => text.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect(),
        Written::Ucs2 => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    }
}

/// The text of each part: one, where it fits into one message, else as much as fits into each.
fn pieces(text: &str, encoding: Encoding, limit: usize) -> Vec<&str> {
    let units = |c: char| match encoding {
        Encoding::Gsm7 => segments::count(c.encode_utf8(&mut [0; 4])).units,
        Encoding::Ucs2 => c.len_utf16(),
    };
    if text.is_empty() {
        return Vec::new();
    }
    if text.chars().map(units).sum::<usize>() <= encoding.part(1) {
        return vec![text];
    }
    let (mut pieces, mut start, mut used) = (Vec::new(), 0, 0);
    for (place, c) in text.char_indices() {
        let units = units(c);
        if used + units > limit {
            pieces.push(&text[start..place]);
            (start, used) = (place, 0);
        }
        used += units;
    }
    pieces.push(&text[start..]);
    pieces
}
