//! Signs that make a text dear: which they are, and the plain ones that look alike.
//!
//! Always holds: letters and pictures are never replaced, and what stands for a sign is in the GSM alphabet.

use super::{composed, gsm7_septets};
use crate::signs::{self, UnseenSign};

/// A sign of a text that is not in the GSM alphabet: one is enough to make the whole text UCS-2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Costly {
    /// The sign: a character, or the characters of one emoji.
    pub sign: String,
    /// How often it is in the text.
    pub count: usize,
    /// Which kind of sign it is, if it can't be seen.
    pub unseen: Option<UnseenSign>,
    /// What can stand for it; empty for a sign that shows nothing.
    pub plain: Option<&'static str>,
}

/// The signs that make a text UCS-2, each once, in the order in which they come.
#[must_use]
pub fn costly(text: &str) -> Vec<Costly> {
    let mut found: Vec<Costly> = Vec::new();
    let text = composed(text);
    let mut rest = &*text;
    while let Some(c) = rest.chars().next() {
        let emoji = emoji_length(rest);
        let (sign, after) = rest.split_at(emoji.unwrap_or(c.len_utf8()));
        rest = after;
        let (unseen, plain) = match emoji {
            Some(_) => (None, None),
            None if gsm7_septets(c).is_some() => continue,
            None => (signs::unseen(c), look_alike(c)),
        };
        match found.iter_mut().find(|known| known.sign == sign) {
            Some(known) => known.count += 1,
            None => found.push(Costly { sign: sign.to_owned(), count: 1, unseen, plain }),
        }
    }
    found
}

/// The bytes of the emoji that a text begins with, if it is one of several characters (UTS #51, section 1.4): with a variation
/// selector, a skin tone, tags, others joined to it, two letters that are a flag, or a keycap.
fn emoji_length(text: &str) -> Option<usize> {
    const JOINER: char = '\u{200d}';
    const SELECTOR: char = '\u{fe0f}';
    const KEYCAP: char = '\u{20e3}';
    let mut characters = text.chars().peekable();
    let first = characters.next()?;
    let mut length = first.len_utf8();
    let mut take = |c: Option<char>| length += c.map_or(0, char::len_utf8);
    if matches!(first, '0'..='9' | '#' | '*') {
        take(characters.next_if_eq(&SELECTOR));
        take(Some(characters.next_if_eq(&KEYCAP)?));
        return Some(length);
    }
    let is_letter = |c: &char| matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
    if is_letter(&first) {
        take(Some(characters.next_if(is_letter)?));
        return Some(length);
    }
    if !is_picture(first) {
        return None;
    }
    loop {
        while let Some(c) =
            characters.next_if(|c| matches!(c, &SELECTOR | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}'))
        {
            take(Some(c));
        }
        if characters.next_if_eq(&JOINER).is_none() {
            break;
        }
        take(Some(JOINER));
        take(characters.next_if(|c| is_picture(*c)));
    }
    (length > first.len_utf8()).then_some(length)
}

/// Whether it is in one of the blocks of pictures and symbols that emoji come from.
const fn is_picture(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// The same text with typographic quotes, dashes, dots and blanks as the GSM alphabet has them, and without what can't be seen;
/// `None` unless that makes a UCS-2 text fit the alphabet. Letters and pictures are never changed.
#[must_use]
pub fn plain_look_alike(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    for c in composed(text).chars() {
        if gsm7_septets(c).is_some() {
            plain.push(c);
        } else {
            plain.push_str(look_alike(c)?);
        }
    }
    (plain != text).then_some(plain)
}

fn look_alike(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}'..='\u{201b}'
        | '\u{2032}'
        | '\u{2035}'
        | '\u{2b9}'..='\u{2bc}'
        | '\u{b4}'
        | '`'
        | '\u{2039}'
        | '\u{203a}' => "'",
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{2036}' | '«' | '»' | '\u{301d}'..='\u{301f}' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '•' | '·' => "-",
        '…' => "...",
        '\u{2024}' => ".",
        '\u{2044}' | '\u{2215}' => "/",
        '\u{2028}' | '\u{2029}' | '\u{85}' => "\n",
        '\t' => " ",
        _ if signs::is_blank(c) => " ",
        _ if signs::is_invisible(c) => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Encoding, count};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_costly_sign_is_found_once() {
        let text = "It\u{2019}s\u{a0}Zoe\u{308}\u{2019}s \u{1f600}\u{200b}, cafe\u{301}";
        let expected = [
            ('\u{2019}', 2, None, Some("'")),
            ('\u{a0}', 1, Some(UnseenSign::NoBreakSpace), Some(" ")),
            ('\u{eb}', 1, None, None),
            ('\u{1f600}', 1, None, None),
            ('\u{200b}', 1, Some(UnseenSign::ZeroWidthSpace), Some("")),
        ];
        let expected =
            expected.map(|(sign, count, unseen, plain)| Costly { sign: String::from(sign), count, unseen, plain });
        assert_eq!(costly(text), expected);
        assert_eq!(costly("plain {text}"), []);
    }

    #[test]
    fn an_emoji_of_several_characters_is_one_sign() {
        let emoji = [
            "\u{2764}\u{fe0f}",
            "\u{1f44d}\u{1f3fd}",
            "\u{1f3f3}\u{fe0f}\u{200d}\u{1f308}",
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
            "\u{1f1ea}\u{1f1f8}",
            "1\u{fe0f}\u{20e3}",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}",
            "\u{1f600}",
        ];
        let found = costly(&emoji.map(|emoji| [emoji, " 1#", emoji].concat()).concat());
        let found: Vec<_> = found.iter().map(|sign| (&*sign.sign, sign.count, sign.unseen, sign.plain)).collect();
        assert_eq!(found, emoji.map(|emoji| (emoji, 2, None, None)));
    }

    #[test]
    fn what_only_begins_like_an_emoji_is_taken_apart() {
        for (text, signs) in [
            ("a\u{fe0f}", &["\u{fe0f}"][..]),
            ("1\u{fe0f}2", &["\u{fe0f}"]),
            ("\u{1f1ea} x", &["\u{1f1ea}"]),
            ("\u{639}\u{200d}\u{639}", &["\u{639}", "\u{200d}"]),
            ("\u{2026}\u{200d}", &["\u{2026}", "\u{200d}"]),
        ] {
            let found = costly(text);
            assert_eq!(found.iter().map(|sign| &*sign.sign).collect::<Vec<_>>(), signs, "{text:?}");
        }
    }

    #[test]
    fn plain_signs_keep_the_alphabet() {
        for (text, plain) in [
            ("\u{201c}Well\u{201d} \u{2013} it\u{2019}s 5\u{2032}\u{2026}", Some("\"Well\" - it's 5'...")),
            ("a\u{a0}b\u{202f}c\td\u{3000}e\u{feff}\u{200d}", Some("a b c d e")),
            ("one\u{2028}two", Some("one\ntwo")),
            ("cafe\u{301}\u{2019}s", Some("caf\u{e9}'s")),
            ("e\u{301}", Some("\u{e9}")),
            ("\u{2019} \u{1f600}", None),
            ("na\u{ef}ve\u{2019}", None),
            ("plain", None),
            ("", None),
        ] {
            assert_eq!(plain_look_alike(text).as_deref(), plain, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_plain_fits_and_costs_no_more(text in "([a-z \u{2018}-\u{201f}\u{2010}-\u{2015}\u{a0}\u{2026}\u{200b}]|e\u{301}|\\PC){0,200}") {
            let dear = costly(&text);
            prop_assert_eq!(dear.is_empty(), count(&composed(&text)).encoding == Encoding::Gsm7);
            match plain_look_alike(&text) {
                Some(plain) => {
                    prop_assert_eq!(count(&plain).encoding, Encoding::Gsm7);
                    prop_assert!(dear.iter().all(|sign| sign.plain.is_some()));
                }
                None => prop_assert!(dear.is_empty() || dear.iter().any(|sign| sign.plain.is_none())),
            }
            for Costly { plain, .. } in dear {
                prop_assert!(plain.unwrap_or_default().chars().all(|c| gsm7_septets(c).is_some()));
            }
        }
    }
}
