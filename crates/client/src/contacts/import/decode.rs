//! Bytes to text. What a file is written in is told here, or chosen by the user; the browser knows the encodings.

use crate::env::Decode;

/// What users may choose, by the names of the Encoding Standard; the commonest first.
pub const ENCODINGS: [&str; 15] = [
    "UTF-8",
    "Windows-1252",
    "Windows-1250",
    "Windows-1251",
    "Windows-1253",
    "Windows-1254",
    "Windows-1255",
    "Windows-1256",
    "Macintosh",
    "Shift_JIS",
    "EUC-KR",
    "GB18030",
    "Big5",
    UTF_16LE,
    UTF_16BE,
];
const UTF_16LE: &str = "UTF-16LE";
const UTF_16BE: &str = "UTF-16BE";

/// How a file's bytes become text.
pub(super) struct Decoder {
    pub(super) decode: Decode,
    /// What the user says that the file is written in.
    pub(super) chosen: Option<&'static str>,
    /// What the file as a whole is read as.
    pub(super) whole: &'static str,
}

impl Decoder {
    /// Whether a line can't be told before the whole is decoded.
    pub(super) fn is_wide(&self) -> bool {
        self.whole.starts_with("UTF-16")
    }

    /// A part of a file: in what is said of this part, else in the user's choice, else in UTF-8 or what it must be if it isn't.
    pub(super) fn part(&self, bytes: &[u8], charset: &str) -> String {
        let own = if charset.is_empty() { self.chosen } else { Some(charset) };
        match (own, core::str::from_utf8(bytes)) {
            (None | Some("UTF-8"), Ok(text)) => text.to_owned(),
            (own, _) => own
                .and_then(|own| (self.decode)(bytes, own))
                .or_else(|| (self.decode)(bytes, ANY_BYTES))
                .unwrap_or_default(),
        }
    }
}

/// Which every byte fits.
const ANY_BYTES: &str = "Windows-1252";

/// What a file is written in: UTF-8 or UTF-16 by its mark; UTF-16 where every other of the first bytes is zero; UTF-8 if it can be.
pub(super) fn encoding(bytes: &[u8]) -> &'static str {
    let start = &bytes[..bytes.len().min(64) / 2 * 2];
    let zeros = |at: usize| start.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
    let most = start.len() / 2 * 3 / 4;
    let (even, odd) = (zeros(0), zeros(1));
    match bytes {
        [0xff, 0xfe, ..] => UTF_16LE,
        [0xfe, 0xff, ..] => UTF_16BE,
        [_, _, _, _, _, _, _, _, ..] if odd > most && even == 0 => UTF_16LE,
        [_, _, _, _, _, _, _, _, ..] if even > most && odd == 0 => UTF_16BE,
        [0xef, 0xbb, 0xbf, ..] => ENCODINGS[0],
        _ if core::str::from_utf8(bytes).is_ok() => ENCODINGS[0],
        _ => ANY_BYTES,
    }
}
