use super::*;
use proptest::prelude::*;

/// The links of a text as they are written there.
fn found(text: &str, home: u16) -> Vec<(&str, String)> {
    find(text, CallingCode(home)).iter().map(|link| (&text[link.range.clone()], link.href(text))).collect()
}

fn only(text: &str, home: u16, written: &str, href: &str) {
    assert_eq!(found(text, home), [(written, href.to_owned())], "{text}");
}

fn nothing(texts: &[&str], home: u16) {
    for text in texts {
        assert_eq!(found(text, home), [], "{text}");
    }
}

#[test]
fn web_addresses_end_where_the_sentence_goes_on() {
    let page = "https://example.com/a";
    only("See https://example.com/a.", 1, page, page);
    only("(https://example.com/a)", 1, page, page);
    only("Really? https://example.com/a?!", 1, page, page);
    only("<https://example.com/a>", 1, page, page);
    only("HTTPS://Example.com/A", 1, "HTTPS://Example.com/A", "HTTPS://Example.com/A");
    only("http://localhost:8080", 1, "http://localhost:8080", "http://localhost:8080");
    only("https://example.com/x_(y)", 1, "https://example.com/x_(y)", "https://example.com/x_(y)");
    only(
        "https://example.com/?q=1&r=6195550142",
        1,
        "https://example.com/?q=1&r=6195550142",
        "https://example.com/?q=1&r=6195550142",
    );
    only("go to www.example.com, please", 1, "www.example.com", "https://www.example.com");
    only("https://bücher.example/ö", 1, "https://bücher.example/ö", "https://bücher.example/ö");
    nothing(
        &[
            "https://",
            "http:///",
            "www.",
            "www.example",
            "xhttp://example.com",
            "wwwww",
            "javascript:alert(1)",
            "ftp://a.b",
        ],
        1,
    );
}

#[test]
fn a_link_leads_where_it_seems_to() {
    only("https://example.com/\u{202e}moc.knab", 1, "https://example.com/", "https://example.com/");
    only("https://example.com\u{200b}.evil.example", 1, "https://example.com", "https://example.com");
    only("https://example.com\\@evil.example", 1, "https://example.com", "https://example.com");
    nothing(&["https://bank.example@evil.example/", "https://bank.example%40evil.example", "https://ｅvil.example"], 1);
    nothing(&["https://\u{202e}example.com", "maya@ｅvil.example"], 1);
    for (text, shown) in [
        ("https://pаypal.com/a?b", "https://xn--pypal-4ve.com/a?b"),
        ("www.аррӏе.com", "www.xn--80ak6aa92e.com"),
        ("maya@pаypal.com", "maya@xn--pypal-4ve.com"),
        ("https://bücher.example/ö", "https://bücher.example/ö"),
        ("HTTPS://Example.com/A", "HTTPS://Example.com/A"),
    ] {
        let links = find(text, CallingCode(1));
        assert_eq!(links.iter().map(|link| link.shown(text)).collect::<Vec<_>>(), [shown], "{text}");
    }
}

#[test]
fn email_addresses_are_found_whole() {
    only(
        "Write to maya.delgado+slip@harbor.example!",
        1,
        "maya.delgado+slip@harbor.example",
        "mailto:maya.delgado+slip@harbor.example",
    );
    only("6195550142@example.com", 1, "6195550142@example.com", "mailto:6195550142@example.com");
    only("'maya@example.com'", 1, "maya@example.com", "mailto:maya@example.com");
    nothing(&["@maya", "maya@", "maya@harbor", "maya@@example.com", "a..b@example.com", "meet @ 5.pm", "a@b.c"], 1);
}

#[test]
fn phone_numbers_are_found_in_running_text() {
    for (text, written) in [
        ("Call (619) 555-0142.", "(619) 555-0142"),
        ("Call me at 619-555-0142 after 5", "619-555-0142"),
        ("619.555.0142", "619.555.0142"),
        ("619 555 0142, please", "619 555 0142"),
        ("Tel:6195550142", "6195550142"),
        ("(6195550142)", "(6195550142)"),
        ("+1 619-555-0142 2 pm", "+1 619-555-0142"),
        ("at 14:10 1-619-555-0142", "1-619-555-0142"),
        ("619\u{2011}555\u{2011}0142x12", "619\u{2011}555\u{2011}0142"),
        ("slip 14 619-555-0142", "619-555-0142"),
        ("5 555 619-555-0142\n2", "619-555-0142"),
    ] {
        only(text, 1, written, "tel:+16195550142");
    }
    only("or +44 (0)20 7946 0018?", 1, "+44 (0)20 7946 0018", "tel:+442079460018");
    only("011 44 20 7946 0018", 1, "011 44 20 7946 0018", "tel:+442079460018");
    only("Mobil: 06 12 34 56 78.", 33, "06 12 34 56 78", "tel:+33612345678");
    only("030/901820 bitte", 49, "030/901820", "tel:+4930901820");
    assert_eq!(found("619-555-0142 619-555-0177 or (619) 555-0133", 1).len(), 3);
}

#[test]
fn other_figures_are_left_alone() {
    nothing(
        &["2026-11-22 14:10", "11/22/2026", "22.11.2026", "14:10:55", "$1,200.50", "$6195550142", "6195550142€"],
        1,
    );
    nothing(
        &[
            "Invoice 4471",
            "Invoice 6195550142",
            "order number 6195550142",
            "Order # 6195550142",
            "#6195550142",
            "ref: 6195550142",
            "6195550142.50",
            "A-6195550142",
            "6195550142-B",
            "12345678901234567890",
            "1Z6195550142",
            "the gate code is 2291",
            "4111 1111 1111 1111",
            "192.168.1.254",
            "3.1415926535",
            "1001",
            "555-0142",
            "119-555-0142",
            "619-055-0142",
            "6195550142%",
        ],
        1,
    );
    nothing(&["22.11.2026", "2026-11-22", "01.02.2026", "12 000 000", "14:10", "1.250.000,50", "12345678"], 49);
}

#[test]
fn a_text_may_have_all_of_them() {
    let text = "Maya (maya@example.com, 619-555-0142) says www.example.com is up";
    let links = found(text, 1);
    let hrefs: Vec<&str> = links.iter().map(|(_, href)| href.as_str()).collect();
    assert_eq!(hrefs, ["mailto:maya@example.com", "tel:+16195550142", "https://www.example.com"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn links_are_in_order_and_on_character_boundaries(
        text in "([+()0-9 .,\\-/]{0,12}|https?://|www\\.|[a-zé@.]{0,8}|\\PC{0,6}){0,6}", home in 0_u16..1000,
    ) {
        let mut end = 0;
        for link in find(&text, CallingCode(home)) {
            prop_assert!(link.range.start >= end && link.range.start < link.range.end);
            prop_assert!(text.get(link.range.clone()).is_some());
            prop_assert!(!link.href(&text).is_empty());
            let shown = link.shown(&text);
            prop_assert!(!shown.is_empty() && !shown.chars().any(crate::signs::is_invisible));
            let written = &text[link.range.clone()];
            prop_assert!(!written.is_ascii() || shown == written);
            end = link.range.end;
        }
    }

    #[test]
    fn a_number_is_found_as_it_is_shown(line in 0_u64..10_000, area in 200_u64..1000, word in "[a-z]{1,6}") {
        let number = PhoneNumber::from_e164(&format!("+1{area}555{line:04}")).unwrap();
        for home in [1, 44] {
            let text = format!("say {} {word}", number.display(CallingCode(home)));
            let links = find(&text, CallingCode(home));
            prop_assert_eq!(links.iter().map(|link| link.kind).collect::<Vec<_>>(), vec![LinkKind::Phone(number)]);
        }
    }
}
