//! Requests as the documentation has them, answers as it has them and as it has not, and webhooks as it shows them.

use super::*;
use crate::event::{Address, Inbound};
use crate::http::Method;
use crate::refusal::Why;
use crate::testing::{self, answer, bring, number, parts, refusal, text};

const VALUES: &[(&str, &str)] = &[
    ("account_id", "9900000"),
    ("application_id", "93de2206-9669-4e07-948d-329f4b722ee2"),
    ("user", "api"),
    ("password", "p:ß"),
    ("callback_user", "us"),
    ("callback_password", "secret"),
];
const LOGIN: &str = "Basic YXBpOnA6w58=";
const CALLBACK: &str = "Basic dXM6c2VjcmV0";
const MESSAGES: &str = "https://messaging.bandwidth.com/api/v2/users/9900000/messages";

fn bandwidth() -> Bandwidth {
    Bandwidth::new(&testing::settings(FIELDS, VALUES)).unwrap()
}

#[test]
fn settings_are_checked() {
    let refused = |name, value| testing::refused(FIELDS, VALUES, (name, value), Bandwidth::new).unwrap_or_default();
    for name in ["account_id", "application_id", "user", "password", "callback_user", "callback_password"] {
        assert_eq!(refused(name, ""), format!("the setting {name} is missing"));
    }
    assert_eq!(refused("account_id", "1/2"), "the setting account_id has digits only");
    assert_eq!(refused("application_id", "a b"), "the setting application_id has letters, digits and hyphens only");
    assert_eq!(refused("user", "a:b"), "the setting user has no colon");
    assert_eq!(refused("callback_user", "a:b"), "the setting callback_user has no colon");
}

#[test]
fn a_text_is_handed_over_as_documented() {
    let request = bandwidth().submit(&text());
    let (method, url, headers, body) = parts(&request);
    assert_eq!((method, url), (Method::Post, MESSAGES));
    assert_eq!(
        headers,
        [("authorization", LOGIN), ("accept", "application/json"), ("content-type", "application/json; charset=utf-8")]
    );
    assert_eq!(
        body,
        r#"{"applicationId":"93de2206-9669-4e07-948d-329f4b722ee2","to":["+12025550143"],"from":"+12025550199","text":"Grüße & 100% + 👍","tag":"01JD.7"}"#
    );
    assert_eq!(
        parts(&bandwidth().submit(&testing::group())).3,
        r#"{"applicationId":"93de2206-9669-4e07-948d-329f4b722ee2","to":["+12025550110","+12025550120"],"from":"+12025550199","media":["https://halyard.example/media/1?a=b&c","https://halyard.example/media/2"],"tag":"01JD.7"}"#
    );
}

#[test]
fn answers_say_what_came_of_a_text() {
    let outcome = |status, body: &str| bandwidth().outcome(&text(), &answer(status, body));
    let message = r#"{"id":"1589228074636lm4k2je7j7jklbn2","owner":"+12025550199","applicationId":"93de2206","time":"2024-12-02T20:15:57.278Z","segmentCount":1,"direction":"out","to":["+12025550143"],"from":"+12025550199","text":"Hello","tag":"01JD.7"}"#;
    let taken = Outcome::Taken { references: vec!["1589228074636lm4k2je7j7jklbn2".to_owned()] };
    assert_eq!(outcome(202, message), taken);
    let problem = |field: &str| {
        format!(
            r#"{{"type":"request-validation","description":"Your request could not be accepted","fieldErrors":[{{"fieldName":"{field}","description":"Words"}}]}}"#
        )
    };
    for (field, why) in [
        ("to", Why::NoSuchNumber),
        ("to[0]", Why::NoSuchNumber),
        ("from", Why::SenderNotAllowed),
        ("text", Why::TooLong),
        ("media[1]", Why::UnsupportedMedia),
        ("", Why::Other),
    ] {
        assert_eq!(
            outcome(400, &problem(field)),
            Outcome::Refused(refusal(why, "request-validation", "Words")),
            "{field}"
        );
    }
    let account = refusal(Why::AccountProblem, "request-validation", "Words");
    assert_eq!(outcome(400, &problem("applicationId")), Outcome::Later(account));
    let plain = |kind: &str| format!(r#"{{"type":"{kind}","description":"Words"}}"#);
    assert_eq!(
        outcome(400, &plain("request-validation")),
        Outcome::Refused(refusal(Why::Other, "request-validation", "Words"))
    );
    assert_eq!(
        outcome(401, &plain("unauthorized")),
        Outcome::Later(refusal(Why::AccountProblem, "unauthorized", "Words"))
    );
    assert_eq!(outcome(403, &plain("forbidden")), Outcome::Later(refusal(Why::AccountProblem, "forbidden", "Words")));
    assert_eq!(
        outcome(415, &plain("unsupported-content-type")),
        Outcome::Refused(refusal(Why::Other, "unsupported-content-type", "Words"))
    );
    assert_eq!(outcome(429, &plain("max-message-queue-size-exceeded")), Outcome::Throttled { wait: None });
    assert_eq!(outcome(500, &plain("internal")), Outcome::Unknown);
    testing::holds_at_every_provider(&bandwidth());
}

#[test]
fn a_text_is_looked_up_by_numbers_and_time() {
    let bandwidth = bandwidth();
    let since = UnixMs(1_593_110_676_979);
    let request = bandwidth.look_up(&text(), since).unwrap();
    let (method, url, headers, body) = parts(&request);
    assert_eq!((method, body), (Method::Get, ""));
    assert_eq!(
        url,
        format!(
            "{MESSAGES}?sourceTn=%2B12025550199&destinationTn=%2B12025550143&messageDirection=OUTBOUND\
             &fromDateTime=2020-06-25T18%3A42%3A36.979Z&limit=100"
        )
    );
    assert_eq!(headers, [("authorization", LOGIN), ("accept", "application/json")]);
    let group = bandwidth.look_up(&testing::group(), since).unwrap().url;
    assert!(group.contains("destinationTn=%2B12025550110%2C%2B12025550120&"), "{group}");
    let item = |id: &str, to: &str, status: &str, rest: &str| {
        format!(
            r#"{{"messageId":"{id}","accountId":"9900000","sourceTn":"+12025550199","destinationTn":"{to}","messageStatus":"{status}","messageDirection":"OUTBOUND","messageType":"sms","receiveTime":"2020-04-07T14:03:07.000Z"{rest}}}"#
        )
    };
    let receipt = |reference: &str, to, reported| Receipt {
        reference: reference.to_owned(),
        ours: None,
        to: Some(number(to)),
        reported,
    };
    let found = |reference: &str, receipts| Found { reference: reference.to_owned(), receipts };
    let (one, two) = ("+12025550110", "+12025550120");
    let list = [
        item("a", "+12025550143", "DELIVERED", r#","recipientCount":1"#),
        item("b", "+12025550143", "QUEUED", r#","recipientCount":null"#),
        item("c", "+12025550143", "FAILED", r#","errorCode":4720"#),
        item("d", "+12025550143", "UNDELIVERED", r#","errorCode":9902"#),
        item("e", one, "SENT", r#","recipientCount":2"#),
        item("e", two, "DELIVERED", r#","recipientCount":2"#),
    ]
    .join(",");
    let body = format!(r#"{{"totalCount":6,"pageInfo":{{"prevPage":"","nextPageToken":""}},"messages":[{list}]}}"#);
    let to = "+12025550143";
    let failed = Reported::Failed(refusal(Why::NoSuchNumber, "4720", ""));
    assert_eq!(
        bandwidth.looked_up(&text(), since, &answer(200, &body)),
        LookedUp::Has(vec![
            found("a", vec![receipt("a", to, Reported::Delivered)]),
            found("b", vec![]),
            found("c", vec![receipt("c", to, failed)]),
            found("d", vec![receipt("d", to, Reported::Sent)]),
        ])
    );
    let LookedUp::Has(of_group) = bandwidth.looked_up(&testing::group(), since, &answer(200, &body)) else { panic!() };
    let receipts = vec![receipt("e", one, Reported::Sent), receipt("e", two, Reported::Delivered)];
    assert!(of_group.contains(&found("e", receipts)), "{of_group:?}");
    let goes_on = body.replace(r#""nextPageToken":"""#, r#""nextPageToken":"GL83""#);
    for body in [goes_on.as_str(), r#"{"totalCount":0,"messages":[]}"#, &body[..body.len() - 2]] {
        assert_eq!(bandwidth.looked_up(&text(), since, &answer(200, body)), LookedUp::Unknown);
    }
}

#[test]
fn a_test_says_what_is_wrong() {
    let bandwidth = bandwidth();
    assert_eq!(bandwidth.test().url, format!("{MESSAGES}?messageDirection=OUTBOUND&limit=1"));
    let tested = |status, body: &str| bandwidth.tested(&answer(status, body));
    assert!(matches!(tested(200, r#"{"totalCount":0,"messages":[]}"#), Tested::Works(_)));
    for (status, word) in [
        (401, "password"),
        (403, "role"),
        (404, "account_id"),
        (429, "five minutes"),
        (500, "status page"),
        (302, "api"),
    ] {
        assert!(matches!(tested(status, ""), Tested::Fails(words) if words.contains(word)), "{status}");
    }
}

fn genuine(body: &[u8]) -> Result<Vec<Event>, WebhookError> {
    bring(&bandwidth(), "https://halyard.example/hooks/7", &[("authorization", CALLBACK)], body, 0)
}

const INBOUND: &str = r#"[{"type":"message-received","time":"2016-09-14T18:20:16Z","description":"Incoming message received","to":"+12025550199","message":{"id":"14762070468292kw2fuqty55yp2b2","time":"2016-09-14T18:20:16Z","to":["+12025550199","+12025550120","+12025550110"],"from":"+12025550143","text":"Grüße","applicationId":"93de2206","media":["https://messaging.bandwidth.com/api/v2/users/9900000/media/14762070468292kw2fuqty55yp2b2/0/bw.png"],"owner":"+12025550199","direction":"in","segmentCount":1}}]"#;

/// An event about a text to two.
fn event(kind: &str, description: &str, rest: &str) -> String {
    format!(
        r#"{{"type":"{kind}","time":"2016-09-14T18:20:16Z","description":"{description}"{rest},"message":{{"id":"1","time":"2016-09-14T18:20:16Z","to":["+12025550110","+12025550120"],"from":"+12025550199","text":"","applicationId":"93de2206","owner":"+12025550199","direction":"out","segmentCount":1,"tag":"01JD.7"}}}}"#
    )
}

#[test]
fn what_bandwidth_brings_is_read() {
    let inbound = Inbound {
        reference: "14762070468292kw2fuqty55yp2b2".to_owned(),
        from: Address::Number(number("+12025550143")),
        to: number("+12025550199"),
        others: vec![number("+12025550110"), number("+12025550120")],
        body: "Grüße".to_owned(),
        media: vec![
            "https://messaging.bandwidth.com/api/v2/users/9900000/media/14762070468292kw2fuqty55yp2b2/0/bw.png"
                .to_owned(),
        ],
        at: Some(UnixMs(1_473_877_216_000)),
    };
    assert_eq!(genuine(INBOUND.as_bytes()), Ok(vec![Event::Inbound(inbound)]));
    let to = r#","to":"+12025550110""#;
    let list = [
        event("message-sending", "Message is sending to carrier", to),
        event("message-sent", "Message sent to carrier", to),
        event("message-delivered", "Message delivered to carrier", to),
        event("message-delivered", "Message delivered to handset.", to),
        event("message-delivered", "ok", to),
        event("message-failed", "forbidden to country", &format!(r#"{to},"errorCode":4432"#)),
        event("message-failed", "no receipt", &format!(r#"{to},"errorCode":9902"#)),
        event("message-delivered", "ok", ""),
        event("of-the-future", "", to),
    ]
    .join(",");
    let reported: Vec<_> = genuine(format!("[{list}]").as_bytes())
        .unwrap()
        .into_iter()
        .map(|event| match event {
            Event::Receipt(Receipt { reference, ours: Some(ours), to: Some(to), reported }) => {
                assert_eq!((reference.as_str(), ours.as_str(), to), ("1", "01JD.7", number("+12025550110")));
                reported
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let failed = Reported::Failed(refusal(Why::SenderNotAllowed, "4432", "forbidden to country"));
    let (sent, delivered) = (Reported::Sent, Reported::Delivered);
    assert_eq!(reported, [sent.clone(), sent.clone(), delivered.clone(), delivered, failed, sent]);
}

#[test]
fn an_event_is_read_alone_as_it_is_in_a_list() {
    let alone = INBOUND.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap();
    let events = genuine(INBOUND.as_bytes()).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(genuine(alone.as_bytes()), Ok(events.clone()));
    assert_eq!(genuine(format!("\n {alone}").as_bytes()), Ok(events));
    assert!(matches!(genuine(format!("{alone},{alone}").as_bytes()), Err(WebhookError::Malformed(_))));
}

#[test]
fn what_another_one_brings_is_refused() {
    let read = |headers: &[(&str, &str)]| bring(&bandwidth(), "", headers, INBOUND.as_bytes(), 0);
    assert_eq!(read(&[]), Err(WebhookError::NoSignature));
    for other in [
        "",
        "Basic",
        "Basic ",
        "basic dXM6c2VjcmV0",
        LOGIN,
        "Bearer dXM6c2VjcmV0",
        "Basic dXM6c2VjcmV",
        "Basic dXM6c2VjcmV0=",
        "Basic dXM6c2VjcmVu",
    ] {
        assert_eq!(read(&[("authorization", other)]), Err(WebhookError::BadSignature), "{other}");
    }
    assert_eq!(read(&[("authorization", CALLBACK), ("authorization", LOGIN)]).unwrap().len(), 1);
}

#[test]
fn what_is_strange_is_refused_whole() {
    for body in testing::strange().into_iter().filter(|body| body != b"[]") {
        assert!(matches!(genuine(&body), Err(WebhookError::Malformed(_))), "{:?}", body.get(..9));
    }
    let no_message = Err(WebhookError::Malformed("it names no message"));
    assert_eq!(genuine(br#"[{"type":"message-received"}]"#), no_message);
    assert_eq!(genuine(br#"[{"type":"message-failed","message":{"id":""}}]"#), no_message);
    let mixed =
        format!(r#"[{},{{"type":"message-received","message":{{"id":"a b"}}}}]"#, &INBOUND[1..INBOUND.len() - 1]);
    assert_eq!(genuine(mixed.as_bytes()), no_message);
    for end in 0..INBOUND.len() {
        assert!(genuine(&INBOUND.as_bytes()[..end]).is_err());
    }
    assert_eq!(
        genuine(br#"[{"type":"message-received","message":{"id":"1","from":"+12025550143","owner":"24273"}}]"#),
        Ok(vec![])
    );
}

#[test]
fn the_login_goes_to_bandwidth_alone() {
    let own = "https://messaging.bandwidth.com/api/v2/users/9900000/media/1/0/bw.png";
    assert_eq!(parts(&bandwidth().fetch(own)).2, [("authorization", LOGIN)]);
    assert_eq!(parts(&bandwidth().fetch("https://messaging.bandwidth.com.example/x")).2, []);
}

proptest::proptest! {
    #[test]
    fn whatever_comes_is_answered_for(status: u16, body: Vec<u8>, header in "\\PC*") {
        testing::survives(&bandwidth(), status, &body, &header);
        let _ = genuine(&body);
    }

    #[test]
    fn a_changed_byte_is_read_or_refused(place in 0..INBOUND.len(), byte: u8) {
        let mut body = INBOUND.as_bytes().to_vec();
        body[place] = byte;
        let _ = genuine(&body);
    }

    #[test]
    fn every_sender_is_read(sender in "\\+?[0-9]{3,15}|[A-Za-z][A-Za-z0-9 ]{0,20}") {
        let body = INBOUND.replace(r#""from":"+12025550143""#, &format!(r#""from":"{sender}""#));
        assert_eq!(genuine(body.as_bytes()).unwrap().len(), 1);
    }
}
