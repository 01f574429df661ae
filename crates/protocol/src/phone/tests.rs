use super::*;
use proptest::prelude::*;

const US: CallingCode = CallingCode(1);

fn typed(text: &str, home: u16) -> Result<String, PhoneNumberError> {
    PhoneNumber::from_typed(text, CallingCode(home)).map(|number| number.to_string())
}

fn ok(number: &str) -> Result<String, PhoneNumberError> {
    Ok(number.to_owned())
}

#[test]
fn north_american_numbers_are_read_in_every_usual_form() {
    for text in [
        "6195550142",
        "16195550142",
        "1 619 555 0142",
        "(619) 555-0142",
        "(619)555-0142",
        " 619.555.0142 ",
        "619/555-0142",
        "+1 (619) 555‑0142",
        "+1-619-555-0142",
        "tel:+1-619-555-0142",
        "TEL:6195550142;phone-context=+1",
        "001 619 555 0142",
        "011 1 619 555 0142",
        "６１９−５５５−０１４２",
        "＋１（６１９）５５５０１４２",
        "619\u{a0}555\u{2013}0142",
        "\u{202a}+1 619 555 0142\u{202c}",
        "٦١٩ ٥٥٥ ٠١٤٢",
    ] {
        assert_eq!(typed(text, 1), ok("+16195550142"), "{text}");
    }
}

#[test]
fn what_is_no_number_is_refused_with_the_reason() {
    use PhoneNumberError as E;
    for (text, error) in [
        ("", E::NotANumber),
        ("Maya", E::NotANumber),
        ("Room 619 555 0142", E::NotANumber),
        ("619-555-ABC", E::NotANumber),
        ("20 people", E::NotANumber),
        ("619 Seaside", E::NotANumber),
        ("619 seaside", E::NotANumber),
        ("619 555 0142 home", E::NotANumber),
        ("2O2-555-0171", E::Letter('O')),
        ("202-555-l71o", E::Letter('l')),
        ("2O2-555", E::NotANumber),
        ("911", E::Emergency),
        (" 9-1-1 ", E::Emergency),
        ("619+5550142", E::NotANumber),
        ("++16195550142", E::NotANumber),
        ("619 555 0142 or so", E::NotANumber),
        ("$6195550142", E::NotANumber),
        ("1001", E::TooShort),
        ("555-0142", E::TooShort),
        ("619-555-014", E::TooShort),
        ("619-555-01421", E::TooLong),
        ("+1 619 555 01421", E::TooLong),
        ("+44 20 7946 00181", E::TooLong),
        ("+33 1 23 45", E::TooShort),
        ("119-555-0142", E::NoSuchNumber),
        ("(619) 055-0142", E::NoSuchNumber),
        ("+44 0000000000", E::NoSuchNumber),
        ("+210 1234 5678", E::UnknownCountry),
        ("+0 619 555 0142", E::UnknownCountry),
        ("+", E::NotANumber),
        ("+1", E::TooShort),
        ("00", E::TooShort),
        ("1234567890123456789012345678901234567890", E::TooLong),
    ] {
        assert_eq!(typed(text, 1), Err(error), "{text}");
    }
}

#[test]
fn a_word_on_the_keys_is_read_as_its_digits() {
    for text in ["1-202-JKL-0122", "(202) jkl-0122", "+1 202 JKL 0122"] {
        assert_eq!(typed(text, 1), ok("+12025550122"), "{text}");
    }
    assert_eq!(typed("1-800-FLOWERS", 1), ok("+18003569377"));
    assert_eq!(typed("619-555-ABCD", 1), ok("+16195552223"));
    assert_eq!(typed("020 7946 ABCD", 44), Err(PhoneNumberError::NotANumber));
}

#[test]
fn emergency_numbers_are_those_of_the_country() {
    let refused = |text, home| typed(text, home) == Err(PhoneNumberError::Emergency);
    for (text, home) in [("911", 1), ("112", 44), ("999", 44), ("112", 49), ("110", 49), ("000", 61), ("٩١١", 1)] {
        assert!(refused(text, home), "{text} at {home}");
    }
    for (text, home) in [("911", 44), ("999", 1), ("112", 1), ("911 555 0142", 1), ("+911", 1)] {
        assert!(!refused(text, home), "{text} at {home}");
    }
}

#[test]
fn an_extension_is_named_and_can_be_split_off() {
    for text in [
        "619-555-0142x123",
        "(619) 555-0142 x 123",
        "619-555-0142 ext. 123",
        "619-555-0142 EXT 123",
        "619 555 0142 extension 123",
        "619-555-0142, ext 123",
        "6195550142,123",
        "6195550142 #123",
        "619 555 0142 local 123",
        "619 555 0142 int. 123",
        "tel:+1-619-555-0142;ext=123",
    ] {
        assert_eq!(typed(text, 1), Err(PhoneNumberError::Extension), "{text}");
        let (number, extension) = PhoneNumber::split_extension(text);
        assert_eq!(extension, Some("123"), "{text}");
        assert_eq!(typed(number, 1), ok("+16195550142"), "{text}");
    }
    for text in ["619-555-0142", "x123", "619 555 0142 home", "619-555-0142 x", ""] {
        assert_eq!(PhoneNumber::split_extension(text), (text, None));
    }
}

#[test]
fn other_countries_have_trunk_prefixes() {
    for (text, home, number) in [
        ("020 7946 0018", 44, "+442079460018"),
        ("+44 (0)20 7946 0018", 1, "+442079460018"),
        ("+44 020 7946 0018", 1, "+442079460018"),
        ("0044 20 7946 0018", 49, "+442079460018"),
        ("00 44 (0) 20 7946 0018", 44, "+442079460018"),
        ("011 44 20 7946 0018", 1, "+442079460018"),
        ("44 20 7946 0018", 44, "+442079460018"),
        ("06 12 34 56 78", 33, "+33612345678"),
        ("030 901820", 49, "+4930901820"),
        ("+49 (0) 30 901820", 1, "+4930901820"),
        ("06 6982 1234", 39, "+390669821234"),
        ("+39 06 6982 1234", 1, "+390669821234"),
        ("8 (916) 123-45-67", 7, "+79161234567"),
        ("800 555 35 35", 7, "+78005553535"),
        ("8 10 1 619 555 0142", 7, "+16195550142"),
        ("8 017 200 12 34", 375, "+375172001234"),
        ("06 1 234 5678", 36, "+3612345678"),
        ("612 345 678", 34, "+34612345678"),
        ("0011 1 619 555 0142", 61, "+16195550142"),
        ("1300 123 456", 61, "+611300123456"),
        ("010 1 619 555 0142", 81, "+16195550142"),
        ("001 1 619 555 0142", 65, "+16195550142"),
        ("+52 1 55 1234 5678", 1, "+525512345678"),
        ("+242 06 612 3456", 1, "+242066123456"),
        ("011 15 2345-6789", 54, "+5491123456789"),
        ("0341 15 234-5678", 54, "+5493412345678"),
        ("+54 9 11 2345 6789", 1, "+5491123456789"),
    ] {
        assert_eq!(typed(text, home), ok(number), "{text} at {home}");
    }
}

#[test]
fn the_prefix_for_abroad_may_also_begin_a_number_of_home() {
    let number = PhoneNumber(71_000_000_000);
    let shown = number.display(CallingCode(7));
    assert_eq!(PhoneNumber::from_typed(&shown, CallingCode(7)), Ok(number), "{shown}");
    // What is abroad by its country's plan stays abroad.
    assert_eq!(typed("8 10 44 20 7946 0018", 7), ok("+442079460018"));
}

#[test]
fn numbers_are_shown_as_their_readers_write_them() {
    for (number, home, text) in [
        ("+16195550142", 1, "(619) 555‑0142"),
        ("+16195550142", 44, "+1 619‑555‑0142"),
        ("+442079460018", 1, "+44 20 7946 0018"),
        ("+442079460018", 44, "020 7946 0018"),
        ("+447700900123", 1, "+44 7700 900123"),
        ("+441632960123", 44, "01632 960123"),
        ("+441134960123", 44, "0113 496 0123"),
        ("+33612345678", 1, "+33 6 12 34 56 78"),
        ("+33612345678", 33, "06 12 34 56 78"),
        ("+493012345678", 49, "030 1234 5678"),
        ("+61412345678", 61, "0412 345 678"),
        ("+61298765432", 1, "+61 2 9876 5432"),
        ("+611300123456", 61, "1300 123 456"),
        ("+390669821234", 39, "06 6982 1234"),
        ("+393471234567", 39, "347 123 4567"),
        ("+5491123456789", 54, "011 15 2345 6789"),
        ("+5491123456789", 1, "+54 9 11 2345 6789"),
        ("+525512345678", 52, "55 1234 5678"),
        ("+522221234567", 1, "+52 222 123 4567"),
        ("+79161234567", 7, "8 916 123 45 67"),
        ("+919876543210", 1, "+91 98765 43210"),
        ("+35312345678", 1, "+353 1234 5678"),
        ("+2907123", 1, "+290 7123"),
        // Kept, but in no plan.
        ("+2107123456", 1, "+2107123456"),
        ("+1619555014", 1, "+1 619 555 014"),
    ] {
        let number = PhoneNumber::from_e164(number).unwrap();
        assert_eq!(number.display(CallingCode(home)), text, "{number}");
    }
}

#[test]
fn typing_takes_shape_without_getting_in_the_way() {
    for (text, shaped) in [
        ("6", "6"),
        ("1001", "1001"),
        ("61955", "61955"),
        ("619555", "619-555"),
        ("6195550", "619-5550"),
        ("61955501", "(619) 555-01"),
        ("(619) 555-0142", "(619) 555-0142"),
        ("6195550142", "(619) 555-0142"),
        ("16195550142", "1 (619) 555-0142"),
        ("1619555", "1 619-555"),
        ("61955501423", "61955501423"),
        ("+1", "+1"),
        ("+1 ", "+1 "),
        ("+16", "+1 6"),
        ("+16195550142", "+1 619-555-0142"),
        ("+44 20", "+44 20"),
        ("011442079460018", "011442079460018"),
        ("Maya 619555", "Maya 619555"),
        ("", ""),
    ] {
        assert_eq!(format_partial(text, US), shaped, "{text}");
    }
    assert_eq!(format_partial("6195550142", CallingCode(44)), "6195550142");
}

#[test]
fn a_number_knows_its_country() {
    let code = |text| PhoneNumber::from_e164(text).unwrap().calling_code();
    assert_eq!(code("+16195550142"), Some(US));
    assert_eq!(code("+442079460018"), Some(CallingCode(44)));
    assert_eq!(code("+2107123456"), None);
}

fn home() -> impl Strategy<Value = CallingCode> {
    prop_oneof![
        Just(US),
        (1_u16..1000).prop_map(CallingCode),
        prop::sample::select(vec![7, 33, 36, 39, 44, 61, 375]).prop_map(CallingCode)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_refused_or_read_without_panic(text in "[+0-9 x().\\-٠é/,;#]{0,30}|\\PC{0,20}", home in home()) {
        if let Ok(number) = PhoneNumber::from_typed(&text, home) {
            prop_assert_eq!(PhoneNumber::from_e164(&number.to_string()), Ok(number));
        }
        let _ = PhoneNumber::split_extension(&text);
        let _ = format_partial(&text, home);
    }

    #[test]
    fn what_is_shown_reads_back(text in "\\+?[0-9]{7,15}", home in home()) {
        if let Ok(number) = PhoneNumber::from_typed(&text, home) {
            let shown = number.display(home);
            prop_assert_eq!(PhoneNumber::from_typed(&shown, home), Ok(number), "{}", shown);
            let abroad = number.display(CallingCode(0));
            prop_assert_eq!(PhoneNumber::from_typed(&abroad, home), Ok(number), "{}", abroad);
        }
    }

    #[test]
    fn what_is_shown_at_home_reads_back(national in "(0|1|10|00|01)?[0-9]{6,11}", home in home()) {
        if let Ok(number) = PhoneNumber::from_typed(&["+", &home.0.to_string(), &national].concat(), home) {
            let shown = number.display(home);
            prop_assert_eq!(PhoneNumber::from_typed(&shown, home), Ok(number), "{}", shown);
        }
    }

    #[test]
    fn any_kept_number_can_be_shown(value in 1_000_000_u64..1_000_000_000_000_000, home in home()) {
        let shown = PhoneNumber(value).display(home);
        let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
        prop_assert!(digits.ends_with(&value.to_string()[3.min(value.to_string().len())..]), "{}", shown);
    }

    #[test]
    fn shaping_keeps_the_digits_and_rests(text in "(\\+1 ?)?[0-9 ()-]{0,16}") {
        let shaped = format_partial(&text, US);
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        prop_assert_eq!(digits(&shaped), digits(&text));
        prop_assert_eq!(format_partial(&shaped, US), shaped.clone());
    }

    #[test]
    fn a_deleted_character_stays_deleted(digits in "[2-9][0-9]{5,9}") {
        let shaped = format_partial(&digits, US);
        let mut shorter = shaped.clone();
        shorter.pop();
        prop_assert!(format_partial(&shorter, US).chars().count() < shaped.chars().count());
    }
}
