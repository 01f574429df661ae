use super::*;
use proptest::prelude::*;

/// Parts, units in the last part, and its limit.
fn parts(text: &str) -> (usize, usize, usize) {
    let Segments { segments, used, limit, .. } = count(text);
    (segments, used, limit)
}

#[test]
fn the_default_alphabet_has_160_and_153() {
    assert_eq!(parts(""), (0, 0, 160));
    assert_eq!(parts("See you Friday, fair winds!"), (1, 27, 160));
    assert_eq!(parts(&"é".repeat(160)), (1, 160, 160));
    assert_eq!(parts(&"x".repeat(161)), (2, 8, 153));
    assert_eq!(parts(&"x".repeat(306)), (2, 153, 153));
    assert_eq!(parts(&"x".repeat(307)), (3, 1, 153));
    assert_eq!(count("x").remaining(), 159);
}

#[test]
fn the_default_alphabet_is_that_of_23_038() {
    let alphabet = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
        ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    // 128 places, one of them the escape.
    assert_eq!(alphabet.chars().count(), 127);
    assert_eq!(count(alphabet).encoding, Encoding::Gsm7);
    assert_eq!(count(alphabet).units, 127);
    let extension = "\u{c}^{}\\[~]|€";
    assert_eq!(count(extension).encoding, Encoding::Gsm7);
    assert_eq!(count(extension).units, 20);
    let in_alphabet = |c: &char| alphabet.contains(*c) || extension.contains(*c);
    let outside = (0..0x3000).filter_map(char::from_u32).filter(|c| !in_alphabet(c));
    for c in outside {
        assert_eq!(count(&c.to_string()).encoding, Encoding::Ucs2);
    }
}

#[test]
fn an_extension_character_stays_whole() {
    assert_eq!(parts(&"€".repeat(80)), (1, 160, 160));
    // 76 of them are 152 septets; the 153rd stays empty.
    assert_eq!(parts(&"€".repeat(81)), (2, 10, 153));
    assert_eq!(count(&"€".repeat(81)).units, 162);
    assert_eq!(parts(&format!("{}€{}", "x".repeat(152), "x".repeat(10))), (2, 12, 153));
}

#[test]
fn one_character_makes_all_of_it_ucs_2() {
    let text = format!("{}ç!🙂", "x".repeat(20));
    let segments = count(&text);
    assert_eq!(segments.encoding, Encoding::Ucs2);
    assert_eq!((segments.units, segments.limit), (24, 70));
    assert_eq!(parts(&"🙂".repeat(35)), (1, 70, 70));
    // 33 pairs are 66 units; the 67th stays empty.
    assert_eq!(parts(&"🙂".repeat(36)), (2, 6, 67));
    assert_eq!(parts(&"ж".repeat(71)), (2, 4, 67));
}

#[test]
fn typographic_characters_have_look_alikes() {
    assert_eq!(plain_look_alike("“It’s 5–6…”").as_deref(), Some("\"It's 5-6...\""));
    assert_eq!(plain_look_alike("(619)\u{a0}555\u{2011}0142").as_deref(), Some("(619) 555-0142"));
    assert_eq!(plain_look_alike("plain"), None);
    assert_eq!(plain_look_alike("It’s 🙂"), None);
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => "[a-z é]{0,40}", 3 => "[€\\[\\]^]{1,30}", 1 => "[ж🙂ç]{1,20}"];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_part_fits_and_none_is_wasted(text in text()) {
        let segments = count(&text);
        let part = segments.encoding.part(segments.segments);
        prop_assert_eq!(segments.limit, part);
        prop_assert!(segments.used <= segments.limit);
        prop_assert!(segments.units <= segments.segments * part);
        // At most one unit of each part but the last stays empty.
        let wasted = segments.segments.saturating_sub(1);
        prop_assert!(segments.units + wasted >= segments.segments.saturating_sub(1) * part + segments.used);
    }

    #[test]
    fn more_text_never_takes_fewer_parts(text in text(), more in "[a-z€🙂]") {
        prop_assert!(count(&(text.clone() + &more)).segments >= count(&text).segments);
    }

    #[test]
    fn a_look_alike_is_in_the_alphabet(text in "[a-z‘’“”–—… 🙂]{0,20}") {
        if let Some(plain) = plain_look_alike(&text) {
            prop_assert_eq!(count(&plain).encoding, Encoding::Gsm7);
            prop_assert_eq!(count(&text).encoding, Encoding::Ucs2);
        }
    }
}
