//! Small and capital letters.
//!
//! The standard library has a table of each for every script there ever was: 25 kB of data that hardly compress, and
//! the app is loaded over the wire. This one has the letters of today's alphabets (Unicode 16), for both directions.
//! What is not in it (dead scripts, phonetic notation, a `ß`, a Turkish `İ`) is left as it is.

/// Capital letters in a row: the first, the last, and how far from each its small letter is. When that is 1, capital
/// and small letters take turns.
type LetterRange = (u32, u32, i32);

#[rustfmt::skip]
const RANGES: &[LetterRange] = &[
    (0xc0, 0xd6, 32), (0xd8, 0xde, 32), (0x100, 0x12e, 1), (0x132, 0x136, 1), (0x139, 0x147, 1), (0x14a, 0x176, 1),
    (0x178, 0x178, -121), (0x179, 0x17d, 1), (0x181, 0x181, 210), (0x182, 0x184, 1), (0x186, 0x186, 206),
    (0x187, 0x187, 1), (0x189, 0x18a, 205), (0x18b, 0x18b, 1), (0x18e, 0x18e, 79), (0x18f, 0x18f, 202),
    (0x190, 0x190, 203), (0x191, 0x191, 1), (0x193, 0x193, 205), (0x194, 0x194, 207), (0x196, 0x196, 211),
    (0x197, 0x197, 209), (0x198, 0x198, 1), (0x19c, 0x19c, 211), (0x19d, 0x19d, 213), (0x19f, 0x19f, 214),
    (0x1a0, 0x1a4, 1), (0x1a6, 0x1a6, 218), (0x1a7, 0x1a7, 1), (0x1a9, 0x1a9, 218), (0x1ac, 0x1ac, 1),
    (0x1ae, 0x1ae, 218), (0x1af, 0x1af, 1), (0x1b1, 0x1b2, 217), (0x1b3, 0x1b5, 1), (0x1b7, 0x1b7, 219),
    (0x1b8, 0x1b8, 1), (0x1bc, 0x1bc, 1), (0x1c4, 0x1c4, 2), (0x1c5, 0x1c5, 1), (0x1c7, 0x1c7, 2),
    (0x1c8, 0x1c8, 1), (0x1ca, 0x1ca, 2), (0x1cb, 0x1db, 1), (0x1de, 0x1ee, 1), (0x1f1, 0x1f1, 2),
    (0x1f2, 0x1f4, 1), (0x1f6, 0x1f6, -97), (0x1f7, 0x1f7, -56), (0x1f8, 0x21e, 1), (0x220, 0x220, -130),
    (0x222, 0x232, 1), (0x23a, 0x23a, 10795), (0x23b, 0x23b, 1), (0x23d, 0x23d, -163), (0x23e, 0x23e, 10792),
    (0x241, 0x241, 1), (0x243, 0x243, -195), (0x244, 0x244, 69), (0x245, 0x245, 71), (0x246, 0x24e, 1),
    (0x370, 0x372, 1), (0x376, 0x376, 1), (0x37f, 0x37f, 116), (0x386, 0x386, 38), (0x388, 0x38a, 37),
    (0x38c, 0x38c, 64), (0x38e, 0x38f, 63), (0x391, 0x3a1, 32), (0x3a3, 0x3ab, 32), (0x3cf, 0x3cf, 8),
    (0x3d8, 0x3ee, 1), (0x3f4, 0x3f4, -60), (0x3f7, 0x3f7, 1), (0x3f9, 0x3f9, -7), (0x3fa, 0x3fa, 1),
    (0x3fd, 0x3ff, -130), (0x400, 0x40f, 80), (0x410, 0x42f, 32), (0x460, 0x480, 1), (0x48a, 0x4be, 1),
    (0x4c0, 0x4c0, 15), (0x4c1, 0x4cd, 1), (0x4d0, 0x52e, 1), (0x531, 0x556, 48), (0x10a0, 0x10c5, 7264),
    (0x10c7, 0x10c7, 7264), (0x10cd, 0x10cd, 7264), (0x13a0, 0x13ef, 38864), (0x13f0, 0x13f5, 8),
    (0x1c89, 0x1c89, 1), (0x1c90, 0x1cba, -3008), (0x1cbd, 0x1cbf, -3008), (0x1e00, 0x1e94, 1), (0x1ea0, 0x1efe, 1),
    (0xff21, 0xff3a, 32), (0x104b0, 0x104d3, 40), (0x1e900, 0x1e921, 34),
];

/// The small letter of a capital one; anything else as it is.
#[must_use]
pub fn lower(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let code = u32::from(c);
    let row = RANGES.get(..RANGES.partition_point(|row| row.0 <= code)).and_then(<[LetterRange]>::last);
    row.filter(|row| is_in(row, code)).and_then(|(.., to)| char::from_u32(code.checked_add_signed(*to)?)).unwrap_or(c)
}

/// The capital letter of a small one; anything else as it is.
#[must_use]
pub fn upper(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_uppercase();
    }
    let capital = |row: &LetterRange| u32::from(c).checked_add_signed(-row.2).filter(|code| is_in(row, *code));
    RANGES.iter().find_map(capital).and_then(char::from_u32).unwrap_or(c)
}

/// A text in small letters.
#[must_use]
pub fn lowercase(text: &str) -> String {
    text.chars().map(lower).collect()
}

fn is_in((first, last, to): &LetterRange, code: u32) -> bool {
    (*first..=*last).contains(&code) && (*to != 1 || (code - first).is_multiple_of(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(mut letters: impl Iterator<Item = char>) -> Option<char> {
        letters.next().filter(|_| letters.next().is_none())
    }

    #[test]
    fn a_letter_changes_as_in_unicode_or_not_at_all() {
        for c in '\0'..=char::MAX {
            assert!(lower(c) == c || only(c.to_lowercase()) == Some(lower(c)), "{c}");
            assert!(upper(c) == c || only(c.to_uppercase()) == Some(upper(c)), "{c}");
        }
    }

    #[test]
    fn the_alphabets_of_today_are_complete() {
        let alphabets = ['\0'..='\u{24f}', '\u{370}'..='\u{3ff}', '\u{400}'..='\u{58f}', '\u{1e00}'..='\u{1eff}'];
        for c in alphabets.into_iter().flatten().filter(|c| !matches!(c, 'İ' | 'ẞ')) {
            let small = lower(c);
            assert_eq!(Some(small), only(c.to_lowercase()), "{c}");
            // Some share their small letter with the one that it belongs to.
            if only(small.to_uppercase()) == Some(c) {
                assert_eq!(upper(small), c);
            }
        }
        assert_eq!(lowercase("ÉCOLE Żółć ΑΘΗΝΑ МОСКВА Հայ"), "école żółć αθηνα москва հայ");
        let capitals: String = "école żółć αθηνα москва հայ".chars().map(upper).collect();
        assert_eq!(capitals, "ÉCOLE ŻÓŁĆ ΑΘΗΝΑ МОСКВА ՀԱՅ");
    }
}
