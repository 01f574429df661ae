//! Letters that are written as two signs, a plain letter and a mark, put together (a part of Unicode's NFC).
//!
//! Always holds: the result reads the same (it is canonically equivalent), has no more units than the text, and composing twice is
//! composing once.
//!
//! A table rather than the browser's `normalize`: segments are counted in the client's machine, which has no browser, and by tests
//! without one. It has the letters of Latin (with Vietnamese), Greek and Cyrillic that keyboards and systems write in two signs; what
//! it does not have stays as it is.

use std::borrow::Cow;

/// Letters with a mark behind them, and what both are together: the mark, then pairs of letter and letter with mark.
const MARKED: [(char, &str); 16] = [
    ('\u{300}', "AÀEÈIÌOÒUÙYỲaàeèiìoòuùyỳÂẦÊỀÔỒâầêềôồĂẰăằƠỜơờƯỪưừ"),
    (
        '\u{301}',
        "AÁCĆEÉIÍLĹNŃOÓRŔSŚUÚYÝZŹaácćeéiílĺnńoórŕsśuúyýzźÂẤÊẾÔỐâấêếôốĂẮăắƠỚơớƯỨưứΑΆΕΈΗΉΙΊΟΌΥΎΩΏαάεέηήιίοόυύωώϊΐϋΰ",
    ),
    ('\u{302}', "AÂCĈEÊGĜHĤIÎJĴOÔSŜUÛWŴYŶaâcĉeêgĝhĥiîjĵoôsŝuûwŵyŷẠẬạậẸỆẹệỌỘọộ"),
    ('\u{303}', "AÃEẼIĨNÑOÕUŨYỸaãeẽiĩnñoõuũyỹÂẪÊỄÔỖâẫêễôỗĂẴăẵƠỠơỡƯỮưữ"),
    ('\u{304}', "AĀEĒIĪOŌUŪaāeēiīoōuū"),
    ('\u{306}', "AĂEĔGĞIĬOŎUŬaăeĕgğiĭoŏuŭИЙУЎийуўẠẶạặ"),
    ('\u{307}', "CĊEĖGĠIİZŻcċeėgġzż"),
    ('\u{308}', "AÄEËIÏOÖUÜYŸaäeëiïoöuüyÿΙΪΥΫιϊυϋІЇЕЁеёії"),
    ('\u{309}', "AẢEẺIỈOỎUỦYỶaảeẻiỉoỏuủyỷÂẨÊỂÔỔâẩêểôổĂẲăẳƠỞơởƯỬưử"),
    ('\u{30a}', "AÅUŮaåuů"),
    ('\u{30b}', "OŐUŰoőuű"),
    ('\u{30c}', "CČDĎEĚLĽNŇRŘSŠTŤZŽcčdďeělľnňrřsštťzž"),
    ('\u{31b}', "OƠUƯoơuưÒỜÓỚÕỠÙỪÚỨòờóớõỡùừúứŨỮũữỌỢọợỎỞỏởỤỰụựỦỬủử"),
    ('\u{323}', "AẠEẸIỊOỌUỤYỴaạeẹiịoọuụyỵÂẬÊỆÔỘâậêệôộĂẶăặƠỢơợƯỰưự"),
    ('\u{327}', "CÇGĢKĶLĻNŅRŖSŞTŢcçgģkķlļnņrŗsştţ"),
    ('\u{328}', "AĄEĘIĮUŲaąeęiįuų"),
];

/// The text with each letter and its marks as one sign, where there is one.
#[must_use]
pub fn composed(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| MARKED.iter().any(|(mark, _)| *mark == c)) {
        return Cow::Borrowed(text);
    }
    let mut composed = String::with_capacity(text.len());
    for c in text.chars() {
        match composed.chars().next_back().and_then(|letter| together(letter, c)) {
            Some(both) => {
                composed.pop();
                composed.push(both);
            }
            None => composed.push(c),
        }
    }
    Cow::Owned(composed)
}

fn together(letter: char, mark: char) -> Option<char> {
    let (_, pairs) = MARKED.iter().find(|(known, _)| *known == mark)?;
    let mut letters = pairs.chars();
    while let (Some(plain), Some(both)) = (letters.next(), letters.next()) {
        if plain == letter {
            return Some(both);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn nfc(text: &str) -> String {
        text.nfc().collect()
    }

    #[test]
    fn letters_and_marks_are_one_sign() {
        for (text, expected) in [
            ("e\u{301}", "\u{e9}"),
            ("cafe\u{301} cre\u{300}me", "caf\u{e9} cr\u{e8}me"),
            ("e\u{302}\u{323}", "\u{1ec7}"),
            ("e\u{323}\u{302}", "\u{1ec7}"),
            ("\u{438}\u{306}", "\u{439}"),
            ("\u{3c5}\u{308}\u{301}", "\u{3b0}"),
            ("\u{301}e", "\u{301}e"),
            ("x\u{301}", "x\u{301}"),
            ("e\u{301}\u{301}", "\u{e9}\u{301}"),
            ("plain", "plain"),
        ] {
            assert_eq!(composed(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_table_says_what_unicode_says() {
        for (mark, pairs) in MARKED {
            let letters: Vec<char> = pairs.chars().collect();
            for pair in letters.chunks(2) {
                assert_eq!(nfc(&[pair[0], mark].iter().collect::<String>()), pair[1].to_string());
            }
        }
        // Every letter of the GSM alphabet that has a mark, and every one of Latin-1 and Latin Extended-A.
        for letter in ('\u{c0}'..='\u{17f}').map(String::from) {
            let apart: String = letter.nfd().collect();
            assert_eq!(composed(&apart), letter);
        }
    }

    proptest! {
        #[test]
        fn the_text_stays_the_same_to_its_reader(text in "([a-zA-Z\u{e0}-\u{ff}\u{1ea0}-\u{1ef9}\u{430}-\u{44f}]|[\u{300}-\u{30c}\u{323}\u{327}]|\\PC){0,20}") {
            let composed = composed(&text);
            prop_assert_eq!(nfc(&composed), nfc(&text));
            prop_assert!(composed.chars().count() <= text.chars().count());
            prop_assert_eq!(super::composed(&composed), composed.as_ref());
        }
    }
}
