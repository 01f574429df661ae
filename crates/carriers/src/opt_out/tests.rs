use super::*;
use proptest::prelude::*;

#[test]
fn each_word_counts_in_any_case() {
    for (word, keyword) in WORDS {
        for written in [(*word).to_owned(), word.to_lowercase(), format!("{}{}", &word[..1], word[1..].to_lowercase())]
        {
            assert_eq!(super::keyword(&written), Some(*keyword), "{written}");
        }
        assert!(word.chars().count() <= LONGEST);
    }
}

#[test]
fn what_stands_around_does_not_count() {
    for body in [
        " stop ",
        "Stop.",
        "STOP!!!",
        "\"Stop\"",
        "“stop”",
        "«stop»",
        "\nstop\r\n",
        "(stop)",
        "\u{200b}st\u{200d}op\u{feff}",
        "s\u{ad}top",
        "stop 🛑",
        "stop\u{a0}",
        "...stop...",
        "Stop ✋🏽",
    ] {
        assert_eq!(keyword(body), Some(Keyword::Stop), "{body:?}");
    }
    assert_eq!(keyword("opt-out"), Some(Keyword::Stop));
    assert_eq!(keyword("Opt   out."), Some(Keyword::Stop));
    assert_eq!(keyword("stop\nall"), Some(Keyword::Stop));
}

#[test]
fn french_is_known_with_its_accent_and_without() {
    for body in ["arret", "ARRÊT", "Arrêt.", "arre\u{302}t"] {
        assert_eq!(keyword(body), Some(Keyword::Stop), "{body:?}");
    }
    assert_eq!(keyword("aide"), Some(Keyword::Help));
}

#[test]
fn a_longer_message_is_none() {
    for body in [
        "stop by later",
        "Please stop",
        "stop it",
        "don't stop",
        "end of the day",
        "cancel friday",
        "st op",
        "stop.now",
        "stopped",
        "yes please",
        "",
        "   ",
        "...",
        "🛑",
        "s",
        "stop stop",
        "unsubscribe me",
        "STOP2",
        "help me",
    ] {
        assert_eq!(keyword(body), None, "{body:?}");
    }
}

#[test]
fn a_question_is_none() {
    for body in ["Stop?", "end ?", "¿Stop?", "Help?!"] {
        assert_eq!(keyword(body), None, "{body:?}");
    }
}

fn around() -> impl Strategy<Value = String> {
    prop::string::string_regex("[ .!,;:'\"“”\u{200b}\u{200d}\u{a0}\n()*-]{0,12}").expect("a pattern")
}

proptest! {
    #[test]
    fn nothing_around_a_word_hides_it(before in around(), after in around(), place in 0..WORDS.len(), mask in any::<u16>()) {
        let (word, keyword) = WORDS[place];
        let mixed: String = word.chars().enumerate().map(|(i, c)| if mask & (1 << i) == 0 { c } else { c.to_ascii_lowercase() }).collect();
        prop_assert_eq!(super::keyword(&format!("{before}{mixed}{after}")), Some(keyword));
    }

    #[test]
    fn another_word_beside_it_does(word in "[a-z]{1,12}", place in 0..WORDS.len()) {
        let (known, _) = WORDS[place];
        let both = format!("{known} {word}");
        prop_assume!(!WORDS.iter().any(|(known, _)| known.eq_ignore_ascii_case(&both)));
        prop_assert_eq!(keyword(&both), None);
        prop_assert_eq!(keyword(&format!("{word} of {known}")), None);
    }

    #[test]
    fn any_text_is_read(body in any::<String>()) {
        let _ = keyword(&body);
    }
}
