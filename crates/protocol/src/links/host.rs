//! Hosts of links as they are shown: what could be taken for another host is shown in ASCII.
//!
//! Always holds: a label with a letter outside of ASCII is shown as it is written only if all its letters are of one script (or of
//! those that one language mixes) and it does not consist of look-alikes of Latin letters alone.

use std::borrow::Cow;

use super::punycode;
use crate::letters::{is_alphabetic, is_alphanumeric, lower, lowercase};

/// A script, as far as hosts need it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    /// Han, kana, Hangul and Bopomofo, which Chinese, Japanese and Korean mix.
    EastAsian,
    /// A block of its own, by its first code point.
    Other(u32),
}

/// Letters of Cyrillic, Greek and Armenian that look like Latin ones.
const LOOK_ALIKES: &str = "асԁеһіїјӏорԛѕԝхуъьҽпгѵѡкмтвнзбүґєοаνυκρτιαγηωχϲϳἱօսոցհեւ";

/// Whether no browser would turn this host into another one before it asks for it: signs that are mapped (full width, mathematical,
/// circled, ligatures, dots of other scripts) and codes are not.
pub(super) fn is_plain(host: &str) -> bool {
    !host.chars().any(|c| {
        matches!(c,
            '%' | '@' | '\\' | 'ª' | 'º' | '²' | '³' | '¹' | '\u{2070}'..='\u{209f}' | '\u{2100}'..='\u{218f}' | '\u{2460}'..='\u{24ff}'
            | '\u{3001}'..='\u{3004}' | '\u{3200}'..='\u{33ff}' | '\u{f900}'..='\u{faff}' | '\u{fb00}'..='\u{fb4f}'
            | '\u{fe10}'..='\u{fe6f}' | '\u{ff00}'..='\u{ffef}' | '\u{1d400}'..='\u{1d7ff}' | '\u{1f100}'..='\u{1f2ff}')
    })
}

/// The host as it is shown: each label that could deceive in its ASCII form.
pub(super) fn shown(host: &str) -> Cow<'_, str> {
    if host.is_ascii() {
        return Cow::Borrowed(host);
    }
    let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
    let top = name.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let labels = name.split('.').map(|label| if deceives(label, top) { ascii(label) } else { label.to_owned() });
    Cow::Owned([&labels.collect::<Vec<_>>().join("."), port].concat())
}

fn ascii(label: &str) -> String {
    let code = punycode::encode(&lowercase(label));
    code.map_or_else(|| label.escape_unicode().to_string(), |code| ["xn--", &code].concat())
}

fn deceives(label: &str, top: &str) -> bool {
    if label.is_ascii() {
        return false;
    }
    let mut script = None;
    for c in label.chars().map(lower).filter(|c| !matches!(c, '0'..='9' | '-')) {
        let Some(this) = script_of(c) else { return true };
        if *script.get_or_insert(this) != this {
            return true;
        }
    }
    // Under a top level of the same script nobody takes it for Latin.
    let foreign = top.chars().find_map(script_of) != script;
    let letters = || label.chars().map(lower).filter(|c| is_alphabetic(*c));
    script != Some(Script::Latin) && foreign && letters().all(|c| LOOK_ALIKES.contains(c))
}

/// The script of a letter; nothing for signs that no host needs, marks that are put on letters among them.
fn script_of(c: char) -> Option<Script> {
    if !is_alphanumeric(c) && !matches!(u32::from(c), 0x900..=0x109F | 0x1780..=0x17FF | 0x30FB..=0x30FC) {
        return None;
    }
    Some(match u32::from(c) {
        0x41..=0x5A | 0x61..=0x7A | 0xC0..=0x17F | 0x1CD..=0x217 | 0x1E00..=0x1EFF => Script::Latin,
        0x370..=0x3FF | 0x1F00..=0x1FFF => Script::Greek,
        0x400..=0x52F => Script::Cyrillic,
        0x1100..=0x11FF
        | 0x3005..=0x3007
        | 0x3040..=0x318F
        | 0x31A0..=0x31BF
        | 0x3400..=0x9FFF
        | 0xAC00..=0xD7AF
        | 0x20000..=0x3FFFF => Script::EastAsian,
        0x530..=0x58F => Script::Other(0x530),
        0x590..=0x5FF => Script::Other(0x590),
        0x600..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF => Script::Other(0x600),
        code @ (0x900..=0xEFF) => Script::Other(code & !0x7F),
        0xF00..=0xFFF => Script::Other(0xF00),
        0x1000..=0x109F => Script::Other(0x1000),
        0x10A0..=0x10FF => Script::Other(0x10A0),
        0x1200..=0x139F => Script::Other(0x1200),
        0x1780..=0x17FF => Script::Other(0x1780),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_could_deceive_is_shown_in_ascii() {
        for (host, expected) in [
            ("example.com", "example.com"),
            ("bücher.example", "bücher.example"),
            ("Bücher.Example", "Bücher.Example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("пример.com", "пример.com"),
            ("почта.рф:8080", "почта.рф:8080"),
            ("例え.jp", "例え.jp"),
            ("東京タワー.jp", "東京タワー.jp"),
            ("παράδειγμα.gr", "παράδειγμα.gr"),
            ("한국어.kr", "한국어.kr"),
            ("हिन्दी.in", "हिन्दी.in"),
            // Of two scripts.
            ("pаypal.com", "xn--pypal-4ve.com"),
            ("PАYPAL.com", "xn--pypal-4ve.com"),
            ("gοοgle.com", "xn--ggle-0nda.com"),
            ("www.exаmple.com", "www.xn--exmple-4nf.com"),
            ("例a.jp", "xn--a-kb7a.jp"),
            // All of it look-alikes.
            ("аррӏе.com", "xn--80ak6aa92e.com"),
            ("сос.рф", "сос.рф"),
            // Marks on letters, and what is no letter.
            ("e\u{301}xample.com", "xn--example-tge.com"),
            ("exa\u{2044}mple.com", "xn--example-3d7c.com"),
            ("😀.example", "xn--e28h.example"),
        ] {
            assert_eq!(shown(host), expected, "{host}");
        }
    }

    #[test]
    fn a_host_that_browsers_map_is_not_plain() {
        for host in
            ["ｅxample.com", "example。com", "exam%70le.com", "a@example.com", "a\\b", "𝐞xample.com", "①.com", "ﬁ.com"]
        {
            assert!(!is_plain(host), "{host}");
        }
        for host in ["example.com:8080", "bücher.example", "почта.рф", "東京タワー.jp"] {
            assert!(is_plain(host), "{host}");
        }
    }
}
