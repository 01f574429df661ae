//! Headers in front of the text of a part (3GPP TS 23.040, 9.2.3.24): which part of which text it is.
//!
//! Always holds: a header that says that it is longer than what came is none, and all is text; elements that are unknown, cut or make no
//! sense are passed over. Of repeated elements the last counts.

/// Element: a part, by a reference of eight bits.
const PART_8: u8 = 0x00;
/// Element: a part, by a reference of sixteen bits.
const PART_16: u8 = 0x08;

/// Which part of a text something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Concat {
    /// What the parts of one text share.
    pub reference: u16,
    /// How many they are: 1 to 255.
    pub total: u8,
    /// Which this is: 1 to the total.
    pub part: u8,
}

impl Concat {
    /// A part, where the numbers make sense.
    #[must_use]
    pub const fn new(reference: u16, total: u8, part: u8) -> Option<Self> {
        if total == 0 || part == 0 || part > total { None } else { Some(Self { reference, total, part }) }
    }

    /// The header with a reference of eight bits; six octets.
    #[must_use]
    pub const fn header_8(self) -> [u8; 6] {
        [5, PART_8, 3, (self.reference & 0xff) as u8, self.total, self.part]
    }

    /// The header with a reference of sixteen bits; seven octets.
    #[must_use]
    pub const fn header_16(self) -> [u8; 7] {
        let [high, low] = self.reference.to_be_bytes();
        [6, PART_16, 4, high, low, self.total, self.part]
    }
}

/// The header of what came, and where the text begins; none, and all of it is text, where it can't be a header.
#[must_use]
pub fn split(octets: &[u8]) -> (Option<Concat>, usize) {
    let Some((&length, rest)) = octets.split_first() else { return (None, 0) };
    let Some(elements) = rest.get(..usize::from(length)) else { return (None, 0) };
    (concat(elements), usize::from(length) + 1)
}

fn concat(mut elements: &[u8]) -> Option<Concat> {
    let mut found = None;
    while let [kind, length, rest @ ..] = elements {
        let Some((value, others)) = rest.split_at_checked(usize::from(*length)) else { break };
        elements = others;
        let part = match (*kind, value) {
            (PART_8, [reference, total, part]) => Concat::new(u16::from(*reference), *total, *part),
            (PART_16, [high, low, total, part]) => Concat::new(u16::from_be_bytes([*high, *low]), *total, *part),
            _ => None,
        };
        found = part.or(found);
    }
    found
}
