//! Requests as the documentation has them, answers as it has them and as it has not, and webhooks that were signed by a library of
//! others and taken for right by Telnyx's own.

use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::*;
use crate::event::{Address, Inbound, Receipt, Reported};
use crate::http::Method;
use crate::refusal::Why;
use crate::testing::{self, Signed, answer, bring, number, parts, refusal, text};

const PROFILE: &str = "40017d4e-0000-4bbb-9000-0123456789ab";
const PUBLIC: &str = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
const VALUES: &[(&str, &str)] = &[("api_key", "KEY0123"), ("public_key", PUBLIC)];
const NOW: i64 = 1_705_349_767_000;

fn telnyx() -> Telnyx {
    Telnyx::new(&testing::settings(FIELDS, VALUES)).unwrap()
}

fn with_profile() -> Telnyx {
    Telnyx::new(&testing::settings(FIELDS, &[VALUES, &[("messaging_profile_id", PROFILE)]].concat())).unwrap()
}

#[test]
fn settings_are_checked() {
    let refused = |name, value| testing::refused(FIELDS, VALUES, (name, value), Telnyx::new).unwrap_or_default();
    assert_eq!(refused("api_key", ""), "the setting api_key is missing");
    assert_eq!(refused("api_key", "KEYé"), "the setting api_key has letters, digits and signs only");
    assert_eq!(refused("public_key", "AAAA"), "the setting public_key is 32 bytes in base 64: 44 characters");
    assert_eq!(refused("public_key", "?"), "the setting public_key is 32 bytes in base 64: 44 characters");
    assert_eq!(
        refused("messaging_profile_id", "main/../x"),
        "the setting messaging_profile_id is 32 digits from 0 to f with four hyphens between"
    );
    assert_eq!(refused("account_sid", "x"), "there is no setting account_sid");
}

#[test]
fn a_text_is_handed_over_as_documented() {
    let request = with_profile().submit(&text());
    let (method, url, headers, body) = parts(&request);
    assert_eq!((method, url), (Method::Post, "https://api.telnyx.com/v2/messages"));
    assert_eq!(
        headers,
        [
            ("authorization", "Bearer KEY0123"),
            ("accept", "application/json"),
            ("content-type", "application/json; charset=utf-8"),
        ]
    );
    assert_eq!(
        body,
        format!(
            r#"{{"from":"+12025550199","to":"+12025550143","text":"Grüße & 100% + 👍","messaging_profile_id":"{PROFILE}","webhook_url":"https://halyard.example/hooks/7?reference=01JD.7"}}"#
        )
    );
    let request = with_profile().submit(&testing::group());
    let (_, url, _, body) = parts(&request);
    assert_eq!(url, "https://api.telnyx.com/v2/messages/group_mms");
    assert_eq!(
        body,
        r#"{"from":"+12025550199","to":["+12025550110","+12025550120"],"media_urls":["https://halyard.example/media/1?a=b&c","https://halyard.example/media/2"]}"#
    );
    assert_eq!(telnyx().look_up(&text(), UnixMs(0)), None);
}

#[test]
fn answers_say_what_came_of_a_text() {
    let outcome = |status, body: &str| telnyx().outcome(&text(), &answer(status, body));
    let message = r#"{"data":{"record_type":"message","direction":"outbound","id":"40385f64-5717-4562-b3fc-2c963f66afa6","type":"SMS","from":{"phone_number":"+12025550199","carrier":"TELNYX","line_type":"VoIP"},"to":[{"phone_number":"+12025550143","status":"queued","carrier":"","line_type":""}],"text":"Hello","errors":[]}}"#;
    let taken = Outcome::Taken { references: vec!["40385f64-5717-4562-b3fc-2c963f66afa6".to_owned()] };
    assert_eq!(outcome(200, message), taken);
    assert_eq!(outcome(202, message), taken);
    let problem = |code: &str| {
        format!(
            r#"{{"errors":[{{"code":{code},"title":"Title","detail":"Detail.","source":{{"pointer":"/to"}}}},{{"code":"1","title":""}}]}}"#
        )
    };
    for (status, code, why) in [
        (400, "40300", Why::OptedOut),
        (400, "40310", Why::NoSuchNumber),
        (422, "40305", Why::SenderNotAllowed),
        (403, "10039", Why::SenderNotAllowed),
        (400, "40302", Why::TooLarge),
        (400, "40322", Why::Blocked),
        (422, "10004", Why::Other),
    ] {
        let expected = Outcome::Refused(refusal(why, code, "Title: Detail."));
        assert_eq!(outcome(status, &problem(&format!("\"{code}\""))), expected);
        assert_eq!(outcome(status, &problem(code)), expected);
    }
    for (status, code) in [(401, "10009"), (403, "10010"), (402, "20100"), (400, "40312"), (403, "12345")] {
        let expected = Outcome::Later(refusal(Why::AccountProblem, code, "Title: Detail."));
        assert_eq!(outcome(status, &problem(&format!("\"{code}\""))), expected);
    }
    assert_eq!(outcome(400, &problem("\"40318\"")), Outcome::Throttled { wait: None });
    assert_eq!(outcome(500, &problem("\"10007\"")), Outcome::Unknown);
    assert_eq!(outcome(400, r#"{"errors":[]}"#), Outcome::Unknown);
    testing::holds_at_every_provider(&telnyx());
    testing::holds_at_every_provider(&with_profile());
}

#[test]
fn a_test_says_what_is_wrong() {
    assert_eq!(telnyx().test().url, "https://api.telnyx.com/v2/messaging_profiles?page%5Bsize%5D=1");
    assert_eq!(with_profile().test().url, format!("https://api.telnyx.com/v2/messaging_profiles/{PROFILE}"));
    let works = Tested::Works("Telnyx knows the key and the messaging profile “Acme”.".to_owned());
    let profile = r#"{"id":"x","name":"Acme","enabled":true}"#;
    assert_eq!(with_profile().tested(&answer(200, format!(r#"{{"data":{profile}}}"#))), works);
    assert_eq!(telnyx().tested(&answer(200, format!(r#"{{"data":[{profile}],"meta":{{}}}}"#))), works);
    let off = format!(r#"{{"data":{}}}"#, profile.replace("true", "false"));
    assert!(matches!(with_profile().tested(&answer(200, off)), Tested::Fails(words) if words.contains("switched off")));
    let fails = |status, body: &str| match telnyx().tested(&answer(status, body)) {
        Tested::Fails(words) => words,
        Tested::Works(words) => panic!("{words}"),
    };
    assert!(fails(200, r#"{"data":[]}"#).contains("no messaging profile"));
    assert!(fails(401, "").contains("api_key"));
    assert!(
        fails(403, r#"{"errors":[{"code":"10010","title":"Authorization failed"}]}"#)
            .contains("(Authorization failed)")
    );
    assert!(fails(404, "").contains("Check api"));
    assert!(
        matches!(with_profile().tested(&answer(404, "")), Tested::Fails(words) if words.contains("messaging_profile_id"))
    );
}

/// Webhooks, with the key that they were signed by.
#[derive(Deserialize)]
struct File {
    public_key: String,
    webhooks: Vec<Signed>,
}

fn signed() -> Vec<Signed> {
    let file: File = serde_json::from_str(include_str!("../../tests/signatures/telnyx.json")).unwrap();
    assert_eq!(file.public_key, PUBLIC);
    file.webhooks
}

fn read(signature: &str, time: &str, body: &[u8], now: i64) -> Result<Vec<Event>, WebhookError> {
    let headers = [("telnyx-signature-ed25519", signature), ("telnyx-timestamp", time)];
    bring(&telnyx(), "https://halyard.example/hooks/7?reference=01JD.7", &headers, body, now)
}

#[test]
fn what_telnyx_brings_is_read() {
    let webhooks = signed();
    let events: Vec<_> = webhooks
        .iter()
        .flat_map(|webhook| read(&webhook.signature, &webhook.timestamp, webhook.body.as_bytes(), NOW).unwrap())
        .collect();
    let inbound = Inbound {
        reference: "84cca175-9755-4859-b67f-4730d7f58aa3".to_owned(),
        from: Address::Number(number("+12025550143")),
        to: number("+12025550199"),
        others: vec![],
        body: "Grüße 👍🏽".to_owned(),
        media: vec![],
        at: Some(UnixMs(1_705_349_767_503)),
    };
    let group = Inbound {
        reference: "84cca175-0000-4859-b67f-4730d7f58aa3".to_owned(),
        others: vec![number("+12025550110"), number("+12025550120")],
        body: String::new(),
        media: vec!["https://us-central-1.telnyxstorage.com/x/1.png".to_owned()],
        ..inbound.clone()
    };
    let receipt = |to, reported| {
        Event::Receipt(Receipt {
            reference: "834f3d53-8a3c-4aa0-a733-7f2d682a72df".to_owned(),
            ours: Some("01JD.7".to_owned()),
            to: Some(number(to)),
            reported,
        })
    };
    let words = "Undeliverable: The recipient carrier did not accept the message.";
    assert_eq!(
        events,
        [
            Event::Inbound(inbound),
            Event::Inbound(group),
            receipt("+12025550110", Reported::Delivered),
            receipt("+12025550120", Reported::Failed(refusal(Why::Other, "40008", words))),
        ]
    );
}

#[test]
fn what_another_one_brings_is_refused() {
    let bad = Err(WebhookError::BadSignature);
    for Signed { signature, timestamp, body, name, .. } in signed() {
        let bytes = body.as_bytes();
        for place in 0..bytes.len() {
            let mut changed = bytes.to_vec();
            changed[place] ^= 1;
            assert_eq!(read(&signature, &timestamp, &changed, NOW), bad, "{name} {place}");
        }
        assert_eq!(read(&signature, &timestamp, &bytes[..bytes.len() - 1], NOW), bad);
        assert_eq!(read(&signature, "1705349768", bytes, NOW), bad);
        assert_eq!(read(&signature, &format!(" {timestamp}"), bytes, NOW), bad);
        assert_eq!(read("", &timestamp, bytes, NOW), bad);
        assert_eq!(read("é", &timestamp, bytes, NOW), bad);
        assert_eq!(read(&signature[4..], &timestamp, bytes, NOW), bad);
        for (now, is_stale) in
            [(NOW + 300_000, false), (NOW - 300_000, false), (NOW + 300_001, true), (NOW - 300_001, true)]
        {
            let expected = if is_stale { Err(WebhookError::Stale) } else { read(&signature, &timestamp, bytes, NOW) };
            assert_eq!(read(&signature, &timestamp, bytes, now), expected);
        }
        assert_eq!(read(&signature, &timestamp, bytes, i64::MIN), Err(WebhookError::Stale));
        for headers in
            [vec![], vec![("telnyx-timestamp", timestamp.as_str())], vec![("telnyx-signature-ed25519", &signature)]]
        {
            assert_eq!(bring(&telnyx(), "", &headers, bytes, NOW), Err(WebhookError::NoSignature));
        }
    }
}

/// A webhook with this body that Telnyx itself signed.
fn genuine(time: &str, body: &[u8]) -> Result<Vec<Event>, WebhookError> {
    let seed: Vec<u8> = (0..32).collect();
    let key = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    assert_eq!(STANDARD.encode(key.public_key()), PUBLIC);
    let signature = STANDARD.encode(key.sign(&[time.as_bytes(), b"|", body].concat()));
    read(&signature, time, body, NOW)
}

#[test]
fn what_is_signed_and_strange_is_refused_or_of_no_interest() {
    let time = "1705349767";
    for body in testing::strange() {
        assert!(matches!(genuine(time, &body), Err(WebhookError::Malformed(_))));
    }
    assert_eq!(genuine("soon", b"{}"), Err(WebhookError::BadSignature));
    assert_eq!(genuine("9223372036854775807", b"{}"), Err(WebhookError::Stale));
    let event = |kind: &str, payload: &str| {
        genuine(time, format!(r#"{{"data":{{"event_type":"{kind}","payload":{payload}}}}}"#).as_bytes())
    };
    assert_eq!(event("10dlc.campaign.update", "7"), Ok(vec![]));
    assert_eq!(event("message.received", "{}"), Err(WebhookError::Malformed("it is no event of Telnyx")));
    assert_eq!(event("message.received", r#"{"id":""}"#), Err(WebhookError::Malformed("it names no message")));
    assert_eq!(event("message.received", r#"{"id":"1","from":null,"to":[]}"#), Ok(vec![]));
    assert_eq!(event("message.finalized", r#"{"id":"1","to":[{"phone_number":"x","status":"sent"},{}]}"#), Ok(vec![]));
    let to = r#""to":[{"phone_number":"+12025550143","status":"#;
    let reported = |status: &str, rest: &str| match event(
        "message.finalized",
        &format!(r#"{{"id":"1",{to}"{status}"}}]{rest}}}"#),
    )
    .unwrap()
    .pop()
    {
        Some(Event::Receipt(receipt)) => Some(receipt.reported),
        _ => None,
    };
    assert_eq!(reported("delivered", r#","type":"MMS""#), Some(Reported::Sent));
    assert_eq!(reported("delivery_unconfirmed", ""), Some(Reported::Sent));
    assert_eq!(reported("sending_failed", r#","errors":null"#), Some(Reported::Failed(refusal(Why::Other, "", ""))));
    let errors =
        r#","errors":[{"code":"40001","title":"A","source":{"pointer":"/to/7"}},{"code":"40010","title":"B"}]"#;
    assert_eq!(reported("delivery_failed", errors), Some(Reported::Failed(refusal(Why::Unregistered, "40010", "B"))));
    assert_eq!(reported("queued", ""), None);
    assert_eq!(reported("of the future", ""), None);
}

#[test]
fn the_login_goes_to_nobody_who_stores_files() {
    for url in ["https://us-central-1.telnyxstorage.com/x", "https://api.telnyx.com/v2/x"] {
        assert_eq!(parts(&telnyx().fetch(url)).2, []);
    }
}

proptest::proptest! {
    #[test]
    fn whatever_comes_is_answered_for(status: u16, body: Vec<u8>, header in "\\PC*|[A-Za-z0-9+/=]{0,90}|[0-9]{10}") {
        testing::survives(&telnyx(), status, &body, &header);
        let _ = genuine("1705349767", &body);
    }

    #[test]
    fn every_sender_is_read(sender in "\\+?[0-9]{3,15}|[A-Za-z][A-Za-z0-9 ]{0,20}") {
        let body = format!(r#"{{"data":{{"event_type":"message.received","payload":{{"id":"1","from":{{"phone_number":"{sender}"}},"to":[{{"phone_number":"+12025550199"}}]}}}}}}"#);
        assert_eq!(genuine("1705349767", body.as_bytes()).unwrap().len(), 1);
    }
}
