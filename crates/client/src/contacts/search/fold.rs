//! Folding: one spelling for what a searcher takes for the same. Case, accents, ligatures and full-width forms go;
//! Latin, Greek and Cyrillic letters stay in their own script.

use halyard_protocol::letters::{is_alphanumeric, lower};
use halyard_protocol::{digit, is_invisible};

/// What a character becomes.
enum Folded {
    One(char),
    Two(&'static str),
    Nothing,
}

/// U+00C0 to U+017F; a dot where there is no plain letter.
const LATIN: &[u8; 192] = b"aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y\
    aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkkllllllllllnnnnnnnnnoooooo..\
    rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
/// U+0180 to U+024F.
const LATIN_B: &[u8; 208] = b"bbbbbboccdddd.eeeffg...ikkl.mnnooo..pp.....ttttuu.vyyzz......................\
    aaiioouuuuuuuuuueaaaa..ggggkkoooo..j...gg..nnaa....aaaaeeeeiiiioooorrrruuuusstt..hhnd..zzaaeeooooooooyylntj..\
    accltsz..buveejjqqrryy";
/// U+1E00 to U+1EFF: Vietnamese, Welsh and others.
const LATIN_MORE: &[u8; 256] = b"aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnn\
    oooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyasss..\
    aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyl.v.yy";

/// The text in lower case, without accents: `Élodie Ångström` becomes `elodie angstrom`. For comparing and sorting,
/// not for reading.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        push(&mut folded, c);
    }
    folded
}

/// Calls `each` with every folded word of a text. An apostrophe is no end of a word: `O'Brien` is `obrien`.
pub(super) fn words(text: &str, mut each: impl FnMut(&str)) {
    let mut word = String::new();
    for c in text.chars() {
        if is_letter(c) {
            push(&mut word, c);
        } else if !is_inside_word(c) && !word.is_empty() {
            each(&word);
            word.clear();
        }
    }
    if !word.is_empty() {
        each(&word);
    }
}

/// A letter or digit: part of a word.
pub(super) fn is_letter(c: char) -> bool {
    is_alphanumeric(c)
}

/// What leaves a word whole although it is no letter.
pub(super) fn is_inside_word(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '`' | '\u{300}'..='\u{36f}') || is_invisible(c)
}

/// Adds the folded form of a character.
pub(super) fn push(text: &mut String, c: char) {
    match fold_char(c) {
        Folded::One(c) => text.push(c),
        Folded::Two(letters) => text.push_str(letters),
        Folded::Nothing => {}
    }
}

fn fold_char(c: char) -> Folded {
    if c.is_ascii() {
        return Folded::One(c.to_ascii_lowercase());
    }
    let folded = match c {
        'Æ' | 'æ' | 'Ǽ' | 'ǽ' => return Folded::Two("ae"),
        'Œ' | 'œ' => return Folded::Two("oe"),
        'ß' | 'ẞ' => return Folded::Two("ss"),
        'Þ' | 'þ' => return Folded::Two("th"),
        'Ĳ' | 'ĳ' => return Folded::Two("ij"),
        '\u{300}'..='\u{36f}' => return Folded::Nothing,
        c if is_invisible(c) => return Folded::Nothing,
        '’' | 'ʼ' => '\'',
        c if c.is_whitespace() => ' ',
        '\u{c0}'..='\u{17f}' => latin(c, '\u{c0}', LATIN),
        '\u{180}'..='\u{24f}' => latin(c, '\u{180}', LATIN_B),
        '\u{1e00}'..='\u{1eff}' => latin(c, '\u{1e00}', LATIN_MORE),
        '\u{370}'..='\u{3ff}' => greek(c),
        '\u{1f00}'..='\u{1fff}' => greek_extended(c),
        '\u{400}'..='\u{4ff}' => cyrillic(c),
        // Full-width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => ascii(u32::from(c) - 0xfee0),
        // Digits of other scripts, as `protocol` reads them in numbers.
        c => digit(c).map_or_else(|| lower(c), |value| char::from(b'0' + value)),
    };
    // The small letter may be one with an accent itself.
    if folded == c { Folded::One(c) } else { fold_char(folded) }
}

fn ascii(code: u32) -> char {
    u8::try_from(code).map_or('?', |byte| char::from(byte.to_ascii_lowercase()))
}

fn latin(c: char, first: char, letters: &[u8]) -> char {
    match letters.get((u32::from(c) - u32::from(first)) as usize) {
        Some(b'.') | None => lower(c),
        Some(&letter) => char::from(letter),
    }
}

fn greek(c: char) -> char {
    match lower(c) {
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        c => c,
    }
}

fn greek_extended(c: char) -> char {
    match u32::from(c) & 0xff {
        0x00..=0x0f | 0x70 | 0x71 | 0x80..=0x8f | 0xb0..=0xbc => 'α',
        0x10..=0x1f | 0x72 | 0x73 | 0xc8 | 0xc9 => 'ε',
        0x20..=0x2f | 0x74 | 0x75 | 0x90..=0x9f | 0xc2..=0xc7 | 0xca..=0xcc => 'η',
        0x30..=0x3f | 0x76 | 0x77 | 0xd0..=0xdb => 'ι',
        0x40..=0x4f | 0x78 | 0x79 | 0xf8 | 0xf9 => 'ο',
        0xe4 | 0xe5 | 0xec => 'ρ',
        0x50..=0x5f | 0x7a | 0x7b | 0xe0..=0xeb => 'υ',
        0x60..=0x6f | 0x7c | 0x7d | 0xa0..=0xaf | 0xf2..=0xf7 | 0xfa..=0xfc => 'ω',
        _ => c,
    }
}

fn cyrillic(c: char) -> char {
    match lower(c) {
        'ё' | 'ѐ' => 'е',
        'й' | 'ѝ' => 'и',
        'ї' => 'і',
        'ў' => 'у',
        'ѓ' | 'ґ' => 'г',
        'ќ' => 'к',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_go() {
        for (text, folded) in [
            ("Élodie Ångström", "elodie angstrom"),
            ("E\u{301}lodie", "elodie"),
            ("Łukasz Żółć", "lukasz zolc"),
            ("STRAẞE straße", "strasse strasse"),
            ("Æther œuvre Þór", "aether oeuvre thor"),
            ("Nguyễn Thị Hường", "nguyen thi huong"),
            ("İstanbul ığdır", "istanbul igdir"),
            ("Ștefan Țară", "stefan tara"),
            ("ΑΘΗΝΆ Ὀδυσσεύς", "αθηνα οδυσσευσ"),
            ("ЁЛКА Київ", "елка киів"),
            ("Ｈａｌｙａｒｄ", "halyard"),
            ("山田", "山田"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn words_are_letters_and_digits() {
        let of = |text| {
            let mut all = Vec::new();
            words(text, |word| all.push(word.to_owned()));
            all
        };
        assert_eq!(of("Seán O’Brien-Smith"), ["sean", "obrien", "smith"]);
        assert_eq!(of("maya.delgado+x@harbor.example"), ["maya", "delgado", "x", "harbor", "example"]);
        assert_eq!(of("  24 Hour & Co. "), ["24", "hour", "co"]);
        assert_eq!(of("--"), [""; 0]);
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for c in ('\0'..='\u{2200}').chain('\u{ff00}'..='\u{ffff}') {
            let once = fold(c.encode_utf8(&mut [0; 4]));
            assert_eq!(fold(&once), once, "{c:?}");
        }
    }
}
