//! Requests as the documentation has them, answers as it has them and as it has not, and webhooks that Twilio's own library signed.

use core::time::Duration;

use serde::Deserialize;

use super::*;
use crate::event::{Address, Inbound};
use crate::http::Method;
use crate::refusal::Why;
use crate::testing::{self, Signed, answer, bring, number, parts, refusal, text};

const SID: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const VALUES: &[(&str, &str)] = &[("account_sid", SID), ("auth_token", TOKEN)];
const LOGIN: &str =
    "Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==";
const MESSAGES: &str = "https://api.twilio.com/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json";

fn twilio() -> Twilio {
    Twilio::new(&testing::settings(FIELDS, VALUES)).unwrap()
}

#[test]
fn settings_are_checked() {
    let refused = |name, value| testing::refused(FIELDS, VALUES, (name, value), Twilio::new).unwrap_or_default();
    assert_eq!(refused("account_sid", ""), "the setting account_sid is missing");
    assert_eq!(refused("auth_token", " "), "the setting auth_token is missing");
    assert_eq!(
        refused("account_sid", "SK0123456789abcdef0123456789abcdef"),
        "the setting account_sid is AC and 32 digits from 0 to f"
    );
    assert_eq!(refused("auth_token", "a\r\nb"), "the setting auth_token has letters, digits and signs only");
    assert_eq!(
        refused("messaging_service_sid", "AC1"),
        "the setting messaging_service_sid is MG and 32 digits from 0 to f"
    );
    assert_eq!(refused("api", "http://twilio.example"), "the setting api has to begin with https://");
    assert_eq!(refused("segments_a_second", "0"), "the setting segments_a_second is a number from 1 to 1000");
    assert_eq!(refused("number", "1"), "there is no setting number");
    let settings =
        testing::settings(FIELDS, &[VALUES, &[("segments_a_second", "3"), ("api", "http://127.0.0.1:9/")]].concat());
    let twilio = Twilio::new(&settings).unwrap();
    assert_eq!(twilio.capabilities().segments_a_second, 3);
    assert!(twilio.test().url.starts_with("http://127.0.0.1:9/2010-04-01/"));
}

#[test]
fn a_text_is_handed_over_as_documented() {
    let request = twilio().submit(&text());
    let (method, url, headers, body) = parts(&request);
    assert_eq!((method, url), (Method::Post, MESSAGES));
    assert_eq!(
        headers,
        [
            ("authorization", LOGIN),
            ("accept", "application/json"),
            ("content-type", "application/x-www-form-urlencoded")
        ]
    );
    assert_eq!(
        body,
        "To=%2B12025550143&From=%2B12025550199&Body=Gr%C3%BC%C3%9Fe+%26+100%25+%2B+%F0%9F%91%8D\
         &StatusCallback=https%3A%2F%2Fhalyard.example%2Fhooks%2F7%3Freference%3D01JD.7"
    );
    let service = "MG0123456789abcdef0123456789abcdef";
    let settings = testing::settings(FIELDS, &[VALUES, &[("messaging_service_sid", service)]].concat());
    let files = Outbound { to: vec![number("+12025550143")], ..testing::group() };
    assert_eq!(
        parts(&Twilio::new(&settings).unwrap().submit(&files)).3,
        "To=%2B12025550143&From=%2B12025550199&MessagingServiceSid=MG0123456789abcdef0123456789abcdef\
         &MediaUrl=https%3A%2F%2Fhalyard.example%2Fmedia%2F1%3Fa%3Db%26c&MediaUrl=https%3A%2F%2Fhalyard.example%2Fmedia%2F2"
    );
    let shown = format!("{request:?}");
    assert!(!shown.contains("Basic") && !shown.contains("Gr"), "{shown}");
}

#[test]
fn answers_say_what_came_of_a_text() {
    let outcome = |status, body: &str| twilio().outcome(&text(), &answer(status, body));
    let message = r#"{"account_sid":"AC01","body":"Hello","date_created":"Thu, 24 Aug 2023 05:01:45 +0000","date_sent":null,"direction":"outbound-api","error_code":null,"error_message":null,"num_media":"0","sid":"SM1f","status":"queued","subresource_uris":{"media":"/x"}}"#;
    let taken = Outcome::Taken { references: vec!["SM1f".to_owned()] };
    assert_eq!(outcome(201, message), taken);
    assert_eq!(outcome(200, message), taken);
    let failed = message.replace("queued", "failed").replace(r#""error_code":null"#, r#""error_code":30007"#);
    assert_eq!(outcome(201, &failed), Outcome::Refused(refusal(Why::Blocked, "30007", "")));
    let problem = |code: u32| format!(r#"{{"code":{code},"message":"Words","more_info":"https://x","status":400}}"#);
    for (status, code, why) in [
        (400, 21211, Why::NoSuchNumber),
        (400, 21610, Why::OptedOut),
        (400, 21614, Why::NotMobile),
        (400, 21635, Why::NotMobile),
        (400, 21606, Why::SenderNotAllowed),
        (403, 21408, Why::SenderNotAllowed),
        (400, 21617, Why::TooLong),
        (400, 21620, Why::UnsupportedMedia),
        (400, 99999, Why::Other),
    ] {
        let expected = Outcome::Refused(refusal(why, &code.to_string(), "Words"));
        assert_eq!(outcome(status, &problem(code)), expected);
    }
    for (status, code) in [(401, 20003), (403, 20005), (403, 77777), (400, 21705), (402, 5)] {
        let expected = Outcome::Later(refusal(Why::AccountProblem, &code.to_string(), "Words"));
        assert_eq!(outcome(status, &problem(code)), expected, "{status} {code}");
    }
    assert_eq!(outcome(429, &problem(20429)), Outcome::Throttled { wait: None });
    assert_eq!(outcome(400, &problem(21611)), Outcome::Throttled { wait: Some(Duration::from_secs(60)) });
    assert_eq!(outcome(503, &problem(20503)), Outcome::Unknown);
    testing::holds_at_every_provider(&twilio());
}

#[test]
fn a_text_is_looked_up_among_those_between_two_numbers() {
    let twilio = twilio();
    let since = UnixMs(1_692_853_300_000);
    let request = twilio.look_up(&text(), since).unwrap();
    let (method, url, headers, body) = parts(&request);
    assert_eq!((method, body), (Method::Get, ""));
    assert_eq!(url, format!("{MESSAGES}?To=%2B12025550143&From=%2B12025550199&PageSize=1000"));
    assert_eq!(headers, [("authorization", LOGIN), ("accept", "application/json")]);
    assert_eq!(twilio.look_up(&testing::group(), since), None);
    let message = |sid: &str, body: &str, date: &str, rest: &str| {
        format!(
            r#"{{"sid":"{sid}","body":"{body}","date_created":"{date}","direction":"outbound-api","num_media":"0","status":"queued","error_code":null{rest}}}"#
        )
    };
    let now = "Thu, 24 Aug 2023 05:01:45 +0000";
    let list = [
        message("SM1", "Grüße & 100% + 👍", now, ""),
        message("SM2", "Something else", now, ""),
        message("SM3", "Sent from your trial account - Grüße & 100% +", now, r#","status":"delivered""#)
            .replace(r#""status":"queued","#, ""),
        message("SM4", "Grüße & 100% + 👍", "Thu, 24 Aug 2023 04:01:45 +0000", ""),
        message("SM5", "Grüße & 100% + 👍", now, "").replace("outbound-api", "inbound"),
        message("SM6", "", now, ""),
    ]
    .join(",");
    let looked_up = |body: &str| twilio.looked_up(&text(), since, &answer(200, body));
    let receipt = Receipt {
        reference: "SM3".to_owned(),
        ours: None,
        to: Some(number("+12025550143")),
        reported: Reported::Delivered,
    };
    let found = |reference: &str, receipts| Found { reference: reference.to_owned(), receipts };
    assert_eq!(
        looked_up(&format!(r#"{{"messages":[{list}],"next_page_uri":null}}"#)),
        LookedUp::Has(vec![found("SM1", vec![]), found("SM3", vec![receipt]), found("SM6", vec![])])
    );
    assert_eq!(looked_up(r#"{"messages":[]}"#), LookedUp::Has(vec![]));
    assert_eq!(looked_up(&format!(r#"{{"messages":[{list}],"next_page_uri":"/2010-04-01/x"}}"#)), LookedUp::Unknown);
    assert_eq!(looked_up(&format!(r#"{{"messages":[{list}"#)), LookedUp::Unknown);
}

#[test]
fn a_test_says_what_is_wrong() {
    let twilio = twilio();
    assert_eq!(twilio.test().url, "https://api.twilio.com/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef.json");
    let tested = |status, body: &str| twilio.tested(&answer(status, body));
    let account = r#"{"friendly_name":"Acme","status":"active","type":"Full"}"#;
    assert_eq!(tested(200, account), Tested::Works("Twilio knows the account “Acme”. It is active.".to_owned()));
    assert!(matches!(tested(200, &account.replace("Full", "Trial")), Tested::Works(words) if words.contains("trial")));
    assert!(
        matches!(tested(200, &account.replace("active", "suspended")), Tested::Fails(words) if words.contains("suspended"))
    );
    for (status, word) in
        [(401, "auth_token"), (403, "suspended"), (404, "account_sid"), (503, "status page"), (301, "api")]
    {
        assert!(matches!(tested(status, ""), Tested::Fails(words) if words.contains(word)), "{status}");
    }
}

/// Webhooks that Twilio's library for Python has signed and taken for right.
#[derive(Deserialize)]
struct File {
    auth_token: String,
    webhooks: Vec<Signed>,
}

fn signed() -> Vec<Signed> {
    let file: File = serde_json::from_str(include_str!("../../tests/signatures/twilio.json")).unwrap();
    assert_eq!(file.auth_token, TOKEN);
    file.webhooks
}

fn read(webhook: &Signed) -> Result<Vec<Event>, WebhookError> {
    bring(&twilio(), &webhook.url, &[("x-twilio-signature", &webhook.signature)], webhook.body.as_bytes(), 0)
}

#[test]
fn what_twilio_brings_is_read() {
    let events: Vec<_> = signed().iter().flat_map(|webhook| read(webhook).unwrap()).collect();
    let inbound = |reference: &str, from: &str, body: &str, media: &[&str]| {
        Event::Inbound(Inbound {
            reference: reference.to_owned(),
            from: Address::read(from).unwrap(),
            to: number("+12025550199"),
            others: Vec::new(),
            body: body.to_owned(),
            media: media.iter().map(|url| (*url).to_owned()).collect(),
            at: None,
        })
    };
    let receipt = |reference: &str, ours: Option<&str>, reported| {
        let ours = ours.map(str::to_owned);
        Event::Receipt(Receipt { reference: reference.to_owned(), ours, to: Some(number("+12025550143")), reported })
    };
    let media = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM3/Media/ME";
    let failed = Reported::Failed(refusal(Why::Unreachable, "30003", ""));
    assert_eq!(
        events,
        [
            inbound("SM00000000000000000000000000000001", "+12025550143", "See you at 5?", &[]),
            inbound("SM00000000000000000000000000000002", "+12025550143", "Grüße & 100% + 👍🏽\n= \"ok\"?", &[]),
            inbound("MM00000000000000000000000000000003", "24273", "", &[&format!("{media}0"), &format!("{media}1")]),
            inbound("SM00000000000000000000000000000004", "ACME Bank", "1234", &[]),
            inbound("SM00000000000000000000000000000005", "+12025550143", "b", &[]),
            receipt("SM00000000000000000000000000000006", Some("01ab.7"), failed),
            receipt("SM00000000000000000000000000000007", None, Reported::Delivered),
            receipt("SM00000000000000000000000000000008", Some("r"), Reported::Sent),
            receipt("SM00000000000000000000000000000009", None, Reported::Delivered),
        ]
    );
    assert_eq!(twilio().webhook_answer(), WebhookAnswer { content_type: "text/xml", body: "<Response/>" });
}

#[test]
fn what_another_one_brings_is_refused() {
    let bad = Err(WebhookError::BadSignature);
    for webhook in signed() {
        let name = webhook.name.clone();
        let changed = |change: &dyn Fn(&mut Signed)| {
            let Signed { name, url, timestamp, body, signature } = &webhook;
            let (name, url, timestamp) = (name.clone(), url.clone(), timestamp.clone());
            let mut other = Signed { name, url, timestamp, body: body.clone(), signature: signature.clone() };
            change(&mut other);
            read(&other)
        };
        for place in 0..webhook.body.len() {
            let change = |webhook: &mut Signed| {
                let mut body = webhook.body.clone().into_bytes();
                body[place] ^= 1;
                webhook.body = String::from_utf8_lossy(&body).into_owned();
            };
            assert_eq!(changed(&change), bad, "{name} {place}");
        }
        assert_eq!(changed(&|webhook| webhook.body.truncate(webhook.body.len() - 1)), bad, "{name}");
        assert_eq!(changed(&|webhook| webhook.body.push_str("&Body=Other")), bad, "{name}");
        assert_eq!(changed(&|webhook| webhook.body.clear()), bad, "{name}");
        assert_eq!(changed(&|webhook| webhook.url.push('x')), bad, "{name}");
        assert_eq!(changed(&|webhook| webhook.url = webhook.url.replace("halyard", "other")), bad, "{name}");
        assert_eq!(changed(&|webhook| webhook.signature.clear()), bad, "{name}");
        assert_eq!(changed(&|webhook| webhook.signature.insert(0, 'é')), bad, "{name}");
        // What is there twice counts once, with the same signature: nothing else comes of it.
        let events = read(&webhook);
        assert_eq!(changed(&|webhook| webhook.body = format!("{0}&{0}", webhook.body)), events, "{name}");
        assert_eq!(bring(&twilio(), &webhook.url, &[], webhook.body.as_bytes(), 0), Err(WebhookError::NoSignature));
    }
}

/// A webhook with this body that Twilio itself signed.
fn genuine(body: &str) -> Result<Vec<Event>, WebhookError> {
    use base64::Engine as _;
    let url = "https://halyard.example/hooks";
    let pairs: std::collections::BTreeSet<_> = form_urlencoded::parse(body.as_bytes()).collect();
    let signed: String = pairs.iter().flat_map(|(name, value)| [name.as_ref(), value.as_ref()]).collect();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
    let tag = ring::hmac::sign(&key, format!("{url}{signed}").as_bytes());
    let signature = base64::engine::general_purpose::STANDARD.encode(tag);
    bring(&twilio(), url, &[("x-twilio-signature", &signature)], body.as_bytes(), 0)
}

#[test]
fn what_can_be_taken_in_two_ways_is_not_read() {
    let malformed = |what| Err(WebhookError::Malformed(what));
    for (body, expected) in [
        ("MessageSid=SM1&From=%2B12025550143&To=%2B12025550199&Body=a&Body=b", malformed("a parameter has two values")),
        ("MessageSid=SM1&MessageSid=SM2&MessageStatus=sent", malformed("a parameter has two values")),
        ("MessageStatus=sent", malformed("it names no message")),
        ("MessageSid=a+b&MessageStatus=sent", malformed("it names no message")),
        ("MessageSid=SM1&From=1234&To=%2B12025550199&NumMedia=1", malformed("a file is missing")),
        ("MessageSid=SM1&From=1234&To=%2B12025550199&NumMedia=-1", malformed("NumMedia is no number")),
        ("MessageSid=SM1&From=1234&To=%2B12025550199&NumMedia=4000000000", malformed("NumMedia is too large")),
        ("MessageSid=SM1&From=whatsapp:%2B12025550143&To=whatsapp:%2B12025550199", Ok(vec![])),
        ("MessageSid=SM1&MessageStatus=queued", Ok(vec![])),
        ("MessageSid=SM1&MessageStatus=of+the+future", Ok(vec![])),
        ("MessageSid=SM1&SmsStatus=sent&To=%2B12025550199&From=%2B12025550143", Ok(vec![])),
    ] {
        assert_eq!(genuine(body), expected, "{body}");
    }
}

#[test]
fn the_login_goes_to_twilio_alone() {
    let own = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM3/Media/ME0";
    assert_eq!(parts(&twilio().fetch(own)).2, [("authorization", LOGIN)]);
    assert_eq!(parts(&twilio().fetch("https://mms.twiliocdn.com/x")).2, []);
}

proptest::proptest! {
    #[test]
    fn whatever_comes_is_answered_for(status: u16, body: Vec<u8>, header in "\\PC*|[A-Za-z0-9+/=]{0,90}") {
        testing::survives(&twilio(), status, &body, &header);
        testing::survives(&twilio(), status, format!(r#"{{"code":1,"sid":"{header}","messages":[{{}}]}}"#).as_bytes(), &header);
    }

    #[test]
    fn every_sender_is_read(sender in "\\+?[0-9]{3,15}|[A-Za-z][A-Za-z0-9 ]{0,20}") {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("MessageSid", "SM1").append_pair("From", &sender).append_pair("To", "+12025550199").finish();
        assert_eq!(genuine(&form).unwrap().len(), 1, "{sender}");
    }

    #[test]
    fn forms_of_all_kinds_are_read_or_refused(form in "((MessageSid|SmsStatus|MessageStatus|From|To|NumMedia|Body|ErrorCode)=[A-Za-z0-9%+]{0,12}&?){0,9}") {
        let _ = genuine(&form);
    }
}
