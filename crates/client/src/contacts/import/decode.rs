//! Bytes to text: UTF-8 and UTF-16 by their marks or by what they look like, else Windows-1252, which every byte fits.

/// What the bytes 0x80 to 0x9F are in Windows-1252; a space where there is nothing.
const WINDOWS: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’', '“', '”', '•', '–',
    '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];

/// What a file is written in; none for UTF-8.
pub(super) fn encoding(bytes: &[u8]) -> Option<&'static str> {
    if is_wide(bytes) {
        Some("UTF-16")
    } else if core::str::from_utf8(bytes).is_ok() {
        None
    } else {
        Some("Windows-1252")
    }
}

/// The text of a file, without its mark.
pub(super) fn text(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        return narrow(rest);
    }
    if !is_wide(bytes) {
        return narrow(bytes);
    }
    let big = bytes.starts_with(&[0xfe, 0xff]) || (bytes[0] == 0 && !bytes.starts_with(&[0xff, 0xfe]));
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).filter(|c| *c != '\u{feff}').collect()
}

/// Whether it is UTF-16: by its mark, or because every other of its first bytes is zero.
pub(super) fn is_wide(bytes: &[u8]) -> bool {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return true;
    }
    let start = &bytes[..bytes.len().min(64) / 2 * 2];
    let zeros = |at: usize| start.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
    let most = start.len() / 2 * 3 / 4;
    start.len() >= 8 && ((zeros(1) > most && zeros(0) == 0) || (zeros(0) > most && zeros(1) == 0))
}

/// UTF-8, or what it must be if it isn't.
pub(super) fn narrow(bytes: &[u8]) -> String {
    core::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|&byte| windows(byte)).collect(), str::to_owned)
}

fn windows(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}
