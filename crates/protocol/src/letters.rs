//! Small and capital letters, and what is a letter at all.
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

/// What is no letter and no digit beyond ASCII: signs, punctuation, symbols and emoji of what people write today.
#[rustfmt::skip]
const SIGNS: &[(u32, u32)] = &[
    (0x80, 0xa9), (0xab, 0xb1), (0xb4, 0xb4), (0xb6, 0xb8), (0xbb, 0xbb), (0xbf, 0xbf), (0xd7, 0xd7), (0xf7, 0xf7), (0x2c2, 0x2c5),
    (0x2d2, 0x2df), (0x300, 0x344), (0x346, 0x362), (0x37e, 0x37e), (0x387, 0x387), (0x482, 0x489), (0x55a, 0x55f), (0x589, 0x58f),
    (0x5be, 0x5be), (0x5c0, 0x5c0), (0x5c3, 0x5c3), (0x5c6, 0x5c6), (0x5f3, 0x60f), (0x61b, 0x61f), (0x66a, 0x66d), (0x6d4, 0x6d4),
    (0x964, 0x965), (0xe3f, 0xe3f), (0xe4f, 0xe4f), (0xe5a, 0xe5b), (0x104a, 0x104f), (0x1360, 0x1368), (0x1680, 0x1680),
    (0x17d4, 0x17d6), (0x17d8, 0x17db), (0x2000, 0x206f), (0x207a, 0x207e), (0x208a, 0x208e), (0x20a0, 0x2101), (0x2103, 0x2106),
    (0x2116, 0x2118), (0x211e, 0x2123), (0x2190, 0x245f), (0x249c, 0x24b5), (0x2500, 0x2775), (0x2794, 0x2bff), (0x2e00, 0x2e2e),
    (0x2e30, 0x3004), (0x3008, 0x3020), (0x3030, 0x3030), (0x303d, 0x303f), (0x30a0, 0x30a0), (0x30fb, 0x30fb), (0xe000, 0xf8ff),
    (0xfe00, 0xfe6f), (0xfeff, 0xff0f), (0xff1a, 0xff20), (0xff3b, 0xff40), (0xff5b, 0xff65), (0xffe0, 0xffff), (0x1f000, 0x1f0ff),
    (0x1f18a, 0x1faff), (0xe0000, 0x10ffff),
];

/// The value of a decimal digit: ASCII, full-width, or of a script whose people write numbers in it.
#[must_use]
pub fn digit(c: char) -> Option<u8> {
    let zero = match c {
        '0'..='9' => '0',
        '０'..='９' => '０',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        // Devanagari, Bengali, Thai.
        '\u{966}'..='\u{96f}' => '\u{966}',
        '\u{9e6}'..='\u{9ef}' => '\u{9e6}',
        '\u{e50}'..='\u{e59}' => '\u{e50}',
        _ => return None,
    };
    u8::try_from(u32::from(c) - u32::from(zero)).ok()
}

/// Whether it is a letter or a digit of some script.
#[must_use]
pub fn is_alphanumeric(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let code = u32::from(c);
    let row = SIGNS.get(..SIGNS.partition_point(|row| row.0 <= code)).and_then(<[_]>::last);
    row.is_none_or(|(_, last)| *last < code)
}

/// Whether it is a letter of some script.
#[must_use]
pub fn is_alphabetic(c: char) -> bool {
    digit(c).is_none() && is_alphanumeric(c)
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
    fn what_unicode_calls_a_letter_or_a_number_is_one() {
        for c in '\0'..=char::MAX {
            assert!(!c.is_alphanumeric() || is_alphanumeric(c), "{:#x} {c}", u32::from(c));
            assert!(!c.is_whitespace() || !is_alphanumeric(c), "{:#x}", u32::from(c));
            assert!(!c.is_control() || !is_alphanumeric(c), "{:#x}", u32::from(c));
            assert!(!is_alphabetic(c) || is_alphanumeric(c), "{c}");
        }
        assert!(SIGNS.is_sorted() && SIGNS.iter().all(|(first, last)| first <= last));
    }

    #[test]
    fn what_people_write_between_words_is_no_letter() {
        let signs = "\u{b7}\u{d7}…“”„‚‘’«»‹›—–•€£¥₽©®™°§¶†‡¡¿،؛؟۔।॥。、「」『』【】〜・！？（）：；，．＠\u{300}\u{200b}\u{200d}\u{202e}\u{feff}\u{fe0f}";
        for c in signs.chars().chain("☎✆★♥→⇒∞≠■●😀👍🏽🇲🇽👩‍🚀🫠🀄🂡".chars())
        {
            assert!(!is_alphanumeric(c), "{:#x} {c}", u32::from(c));
        }
        for c in "٣५２".chars() {
            assert!(is_alphanumeric(c) && !is_alphabetic(c), "{c}");
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
