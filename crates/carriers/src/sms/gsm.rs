//! The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, 6.2.1), one septet in an octet, and eight in seven octets.

/// What leads to the extension table.
const ESCAPE: u8 = 0x1b;
/// The carriage return.
const RETURN: u8 = 0x0d;

/// The characters of the default alphabet in the order of their septets; the escape's place has a blank, as which it is shown alone.
const BASIC: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', ' ', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à', //
];

/// The characters of the extension table.
const EXTENSION: [(u8, char); 10] = [
    (0x0a, '\u{c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2f, '\\'),
    (0x3c, '['),
    (0x3d, '~'),
    (0x3e, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// Appends a character's septet, or the escape and its septet; false where the alphabet does not have it.
pub fn push(septets: &mut Vec<u8>, c: char) -> bool {
    if let Some((septet, _)) = EXTENSION.iter().find(|(_, known)| *known == c) {
        septets.extend([ESCAPE, *septet]);
        return true;
    }
    let place = BASIC.iter().enumerate().find(|(place, known)| **known == c && *place != usize::from(ESCAPE));
    let Some(septet) = place.and_then(|(place, _)| u8::try_from(place).ok()) else { return false };
    septets.push(septet);
    true
}

/// A text's septets, one in an octet; none where the alphabet does not have all of its characters.
#[must_use]
pub fn septets(text: &str) -> Option<Vec<u8>> {
    let mut septets = Vec::with_capacity(text.len());
    text.chars().all(|c| push(&mut septets, c)).then_some(septets)
}

/// The text of septets, one in an octet. What the extension table does not have is shown as in the default alphabet, an escape that leads
/// nowhere as a blank; an octet above 0x7f is no septet.
#[must_use]
pub fn text(septets: &[u8]) -> String {
    let mut text = String::with_capacity(septets.len());
    let mut is_escaped = false;
    for &septet in septets {
        if core::mem::take(&mut is_escaped) {
            let extended = EXTENSION.iter().find(|(known, _)| *known == septet).map(|(_, c)| *c);
            text.push(
                extended.or_else(|| BASIC.get(usize::from(septet)).copied()).unwrap_or(char::REPLACEMENT_CHARACTER),
            );
        } else if septet == ESCAPE {
            is_escaped = true;
        } else {
            text.push(BASIC.get(usize::from(septet)).copied().unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
    if is_escaped {
        text.push(' ');
    }
    text
}

/// Packs septets behind so many fill bits, which make what follows a header begin at a septet (3GPP TS 23.038, 6.1.2.1). Seven bits that
/// are left at the end are a carriage return, as in 6.1.2.3.1: of zero they would be an "@".
#[must_use]
pub fn pack(septets: &[u8], fill_bits: u8) -> Vec<u8> {
    let mut packed = Vec::with_capacity(septets.len().div_ceil(8) * 7 + 1);
    let (mut bits, mut length) = (0_u32, u32::from(fill_bits % 7));
    for &septet in septets {
        bits |= u32::from(septet & 0x7f) << length;
        length += 7;
        while length >= 8 {
            packed.push((bits & 0xff) as u8);
            bits >>= 8;
            length -= 8;
        }
    }
    if length == 1 && !septets.is_empty() {
        bits |= u32::from(RETURN) << 1;
    }
    if length > 0 {
        packed.push((bits & 0xff) as u8);
    }
    packed
}

/// Septets out of packed octets that begin with so many fill bits. As nothing says how many there are, a carriage return or seven bits of
/// zero at the very end are taken as what packing has left, not as characters.
#[must_use]
pub fn unpack(packed: &[u8], fill_bits: u8) -> Vec<u8> {
    let skipped = u32::from(fill_bits % 7);
    let mut septets = Vec::with_capacity(packed.len() * 8 / 7);
    let (mut bits, mut length, mut is_first) = (0_u32, 0_u32, true);
    for &octet in packed {
        bits |= u32::from(octet) << length;
        length += 8;
        if core::mem::take(&mut is_first) {
            bits >>= skipped;
            length -= skipped;
        }
        while length >= 7 {
            septets.push((bits & 0x7f) as u8);
            bits >>= 7;
            length -= 7;
        }
    }
    if length == 0 && matches!(septets.last(), Some(0 | &RETURN)) {
        septets.pop();
    }
    septets
}

/// Fill bits behind a header of so many octets, its length's octet among them.
#[must_use]
pub const fn fill_bits(header: usize) -> u8 {
    ((7 - header * 8 % 7) % 7) as u8
}
