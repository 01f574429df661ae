//! Both ends agree, and what another one signed or sends again is refused.

use super::*;
use crate::http::Method;
use crate::testing::{self, answer, bring, number, parts, text};
use halyard_protocol::PhoneNumber;

const VALUES: &[(&str, &str)] = &[("api", "http://127.0.0.1:7070"), ("token", "secret")];
const NOW: i64 = 1_705_349_767_000;

fn simulator() -> Simulator {
    Simulator::new(&testing::settings(FIELDS, VALUES)).unwrap()
}

#[test]
fn settings_are_checked() {
    let refused = |name, value| testing::refused(FIELDS, VALUES, (name, value), Simulator::new).unwrap_or_default();
    assert_eq!(refused("api", ""), "the setting api is missing");
    assert_eq!(refused("api", "http://simulator.example"), "the setting api has to begin with https://");
    assert_eq!(refused("token", ""), "the setting token is missing");
    assert_eq!(refused("segments_a_second", "many"), "the setting segments_a_second is a number from 1 to 1000");
}

#[test]
fn a_text_is_handed_over() {
    let request = simulator().submit(&text());
    let (method, url, headers, body) = parts(&request);
    assert_eq!((method, url), (Method::Post, "http://127.0.0.1:7070/v1/messages"));
    assert_eq!(
        headers,
        [
            ("authorization", "Bearer secret"),
            ("accept", "application/json"),
            ("content-type", "application/json; charset=utf-8"),
        ]
    );
    assert_eq!(
        body,
        r#"{"reference":"01JD.7","from":"+12025550199","to":["+12025550143"],"body":"Grüße & 100% + 👍","media":[],"report_to":"https://halyard.example/hooks/7?reference=01JD.7"}"#
    );
    let read: wire::Submission = serde_json::from_slice(&simulator().submit(&testing::group()).body).unwrap();
    assert_eq!((read.to, read.media.len(), read.report_to), (testing::group().to, 2, None));
}

#[test]
fn answers_say_what_came_of_a_text() {
    let outcome = |status, body: &str| simulator().outcome(&text(), &answer(status, body));
    assert_eq!(outcome(202, r#"{"id":"s1"}"#), Outcome::Taken { references: vec!["s1".to_owned()] });
    for why in Why::ALL {
        let body =
            serde_json::to_string(&wire::Problem { code: why.name().to_owned(), message: "Words".to_owned() }).unwrap();
        let refusal = testing::refusal(why, why.name(), "Words");
        let expected = if why == Why::AccountProblem { Outcome::Later(refusal) } else { Outcome::Refused(refusal) };
        assert_eq!(outcome(422, &body), expected);
        assert_eq!(outcome(500, &body), Outcome::Unknown);
    }
    assert_eq!(outcome(422, r#"{"code":"new"}"#), Outcome::Refused(testing::refusal(Why::Other, "new", "")));
    testing::holds_at_every_provider(&simulator());
}

#[test]
fn a_look_up_is_exact() {
    let request = simulator().look_up(&text(), UnixMs(0)).unwrap();
    assert_eq!(parts(&request).1, "http://127.0.0.1:7070/v1/messages?reference=01JD.7");
    let state = |state, code: &str| wire::StateOf {
        to: number("+12025550143"),
        state,
        code: code.to_owned(),
        message: String::new(),
    };
    let listed = wire::Listed {
        id: "s1".to_owned(),
        states: vec![state(wire::State::Queued, ""), state(wire::State::Failed, "blocked")],
    };
    let body = serde_json::to_vec(&wire::Messages { messages: vec![listed] }).unwrap();
    let LookedUp::Has(found) = simulator().looked_up(&text(), UnixMs(0), &answer(200, body)) else { panic!() };
    let failed = Reported::Failed(testing::refusal(Why::Blocked, "blocked", ""));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].receipts.iter().map(|receipt| &receipt.reported).collect::<Vec<_>>(), [&failed]);
    let empty = simulator().looked_up(&text(), UnixMs(0), &answer(200, r#"{"messages":[]}"#));
    assert_eq!(empty, LookedUp::Has(vec![]));
}

#[test]
fn a_test_says_what_is_wrong() {
    assert_eq!(simulator().test().url, "http://127.0.0.1:7070/v1/account");
    let works = Tested::Works("The simulator “here” answers.".to_owned());
    assert_eq!(simulator().tested(&answer(200, r#"{"name":"here"}"#)), works);
    assert!(matches!(simulator().tested(&answer(401, "")), Tested::Fails(words) if words.contains("token")));
}

fn read(signature: &str, body: &[u8], now: i64) -> Result<Vec<Event>, WebhookError> {
    bring(&simulator(), "http://127.0.0.1/hooks", &[(SIGNATURE, signature)], body, now)
}

fn events() -> Vec<u8> {
    let inbound = wire::Inbound {
        id: "i1".to_owned(),
        from: "24273".to_owned(),
        to: number("+12025550199"),
        others: vec![number("+12025550110")],
        body: "Grüße".to_owned(),
        media: vec!["http://127.0.0.1:7070/media/1".to_owned()],
    };
    let receipt = wire::Receipt {
        id: "s1".to_owned(),
        reference: Some("01JD.7".to_owned()),
        to: Some(number("+12025550143")),
        state: wire::State::Delivered,
        code: String::new(),
        message: String::new(),
    };
    let queued = wire::Receipt { state: wire::State::Queued, ..receipt.clone() };
    let events = vec![wire::Event::Inbound(inbound), wire::Event::Receipt(receipt), wire::Event::Receipt(queued)];
    serde_json::to_vec(&wire::Events { events }).unwrap()
}

#[test]
fn what_the_simulator_brings_is_read() {
    let inbound = Inbound {
        reference: "i1".to_owned(),
        from: Address::Number(PhoneNumber::short_code("24273").unwrap()),
        to: number("+12025550199"),
        others: vec![number("+12025550110")],
        body: "Grüße".to_owned(),
        media: vec!["http://127.0.0.1:7070/media/1".to_owned()],
        at: None,
    };
    let receipt = Receipt {
        reference: "s1".to_owned(),
        ours: Some("01JD.7".to_owned()),
        to: Some(number("+12025550143")),
        reported: Reported::Delivered,
    };
    let body = events();
    let signature = sign("secret", UnixMs(NOW), &body);
    assert_eq!(read(&signature, &body, NOW), Ok(vec![Event::Inbound(inbound), Event::Receipt(receipt)]));
    let newer = br#"{"events":[{"type":"typing","from":"1"},{"type":"receipt","id":"s1","state":"read"}],"more":1}"#;
    assert_eq!(read(&sign("secret", UnixMs(NOW), newer), newer, NOW), Ok(vec![]));
    // Computed by another implementation.
    let known = "t=1705349767000,v1=0ce798ec6e165db087c1e36a46727113a9a2378d35120e777301b7e8a59aa4f3";
    assert_eq!(sign("secret", UnixMs(NOW), b"{\"events\":[]}"), known);
}

#[test]
fn what_another_one_brings_is_refused() {
    let body = events();
    let signature = sign("secret", UnixMs(NOW), &body);
    let bad = Err(WebhookError::BadSignature);
    for place in 0..body.len() {
        let mut changed = body.clone();
        changed[place] ^= 1;
        assert_eq!(read(&signature, &changed, NOW), bad);
    }
    for place in 0..signature.len() {
        let mut changed = signature.clone().into_bytes();
        changed[place] ^= 1;
        assert_eq!(read(core::str::from_utf8(&changed).unwrap(), &body, NOW), bad, "{place}");
        assert_eq!(read(&signature[..place], &body, NOW), bad, "{place}");
    }
    assert_eq!(read(&sign("other", UnixMs(NOW), &body), &body, NOW), bad);
    assert_eq!(read(&format!("{signature},v1=00"), &body, NOW), bad);
    assert_eq!(bring(&simulator(), "", &[], &body, NOW), Err(WebhookError::NoSignature));
    for (now, is_stale) in
        [(NOW + 300_000, false), (NOW - 300_000, false), (NOW + 300_001, true), (NOW - 300_001, true)]
    {
        assert_eq!(read(&signature, &body, now).err(), is_stale.then_some(WebhookError::Stale));
    }
    for body in testing::strange() {
        assert!(matches!(read(&sign("secret", UnixMs(NOW), &body), &body, NOW), Err(WebhookError::Malformed(_))));
    }
}

proptest::proptest! {
    #[test]
    fn whatever_comes_is_answered_for(status: u16, body: Vec<u8>, header in "\\PC*|t=[0-9]{1,25},v1=[0-9a-fé]{0,70}") {
        testing::survives(&simulator(), status, &body, &header);
        let _ = read(&sign("secret", UnixMs(NOW), &body), &body, NOW);
    }
}
