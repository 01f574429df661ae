//! What links say.

use proptest::prelude::*;

use super::*;

fn to(people: &[&str], text: &str) -> LinkAction {
    let people = people.iter().map(|&person| person.to_owned()).collect();
    LinkAction::Write { people, text: text.to_owned(), files: false }
}

/// As the browser hands a link of another page over: `%s` is the whole of it, encoded.
fn opened(url: &str) -> LinkAction {
    let encoded: String = url.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let link = parse(&["/open?url=", &encoded].concat());
    assert_eq!(parse(&["/open?url=", url].concat()), link, "the same without encoding: {url}");
    link
}

#[test]
fn recipients_and_body_as_phones_write_them() {
    for (url, people, text) in [
        ("sms:+15105550101", &["+15105550101"][..], ""),
        ("sms:+15105550101?body=hello%20there", &["+15105550101"], "hello there"),
        ("sms:+15105550101,+15105550102?body=hello%20there", &["+15105550101", "+15105550102"], "hello there"),
        ("SMS:+15105550101&body=Hi", &["+15105550101"], "Hi"),
        ("sms:+15105550101;body=Hi", &["+15105550101"], "Hi"),
        ("sms:+15105550101;?&body=Hi", &["+15105550101"], "Hi"),
        ("smsto:+15105550101;+15105550102?body=1%2B1%3D2", &["+15105550101", "+15105550102"], "1+1=2"),
        ("mms:619-555-0142;phone-context=+1?subject=x&body=a%26b", &["619-555-0142"], "a&b"),
        ("mmsto:(619)%20555%200142", &["(619) 555 0142"], ""),
        ("sms://+15105550101/?body=Hi", &["+15105550101/"], "Hi"),
        ("sms:/open?addresses=+15105550101,+15105550102&body=Hi", &["+15105550101", "+15105550102"], "Hi"),
        ("sms:?body=Nobody%20yet", &[], "Nobody yet"),
        ("sms:", &[], ""),
        ("sms:1002?body=Line%201%0D%0ALine%202", &["1002"], "Line 1\nLine 2"),
        ("sms:+1510?body=Fish & chips&source=x", &["+1510"], "Fish & chips"),
        ("sms:+1510?body=caf%C3%A9%20%E2%98%95%20100%", &["+1510"], "caf\u{e9} \u{2615} 100%"),
        ("sms:+1510?body=caf%E9", &["+1510"], "caf%E9"),
    ] {
        assert_eq!(opened(url), to(people, text), "{url}");
    }
}

#[test]
fn a_call_is_to_the_number_alone() {
    for (url, number) in [
        ("tel:+1-619-555-0142", "+1-619-555-0142"),
        ("tel:+16195550142;ext=12", "+16195550142"),
        ("tel:+16195550142,,12#", "+16195550142"),
        ("tel:619%20555%200142", "619 555 0142"),
        ("tel://6195550142", "6195550142"),
    ] {
        let link = parse(&["/open?url=", url].concat());
        assert_eq!(link, LinkAction::Call(number.to_owned()), "{url}");
    }
}

#[test]
fn what_is_shared_is_said_once() {
    let link = parse("/share?title=Tides&text=High+at+noon+%2B+1&url=https%3A%2F%2Fexample.com%2Ft");
    assert_eq!(link, to(&[], "Tides\nHigh at noon + 1\nhttps://example.com/t"));
    let link = parse("/share?text=See%20https%3A%2F%2Fexample.com&url=https%3A%2F%2Fexample.com&title=");
    assert_eq!(link, to(&[], "See https://example.com"));
    assert_eq!(parse("/share?files=1"), LinkAction::Write { people: Vec::new(), text: String::new(), files: true });
}

#[test]
fn a_link_for_a_new_password_has_its_token_behind_the_sign() {
    assert_eq!(password_token("/password#0a1b"), Some("0a1b"));
    for other in ["/password", "/password#", "/password?0a1b", "/settings#0a1b", "/"] {
        assert_eq!(password_token(other), None, "{other}");
    }
    assert_eq!(parse("/password"), LinkAction::Go(Route::Home));
}

#[test]
fn other_addresses_lead_where_they_say() {
    assert_eq!(parse("/contacts"), LinkAction::Go(Route::Contacts(None)));
    assert_eq!(parse("/"), LinkAction::Go(Route::Home));
    assert_eq!(parse("/new?x#y"), to(&[], ""));
    for nonsense in ["/open", "/open?", "/open?url=", "/open?url=javascript:alert(1)", "/open?url=tel:", "/open?url=%"]
    {
        assert_eq!(parse(nonsense), LinkAction::Unknown, "{nonsense}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read(path in prop_oneof![Just("/open?url="), Just("/open?url=sms:"), Just("/share?text="), Just("")], text in ".{0,60}") {
        let _ = parse(&[path, &text].concat());
    }
}
