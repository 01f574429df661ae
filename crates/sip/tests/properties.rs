//! What holds for all messages, however odd, and for all bytes.

use halyard_sip::build::{ack, ack_success, cancel, reject, respond, route_set};
use halyard_sip::digest::{Challenge, Credentials, next_nonce, strongest};
use halyard_sip::sdp::{Direction, Fragment, Sdp};
use halyard_sip::wire::{Unwritable, keep_alive, parse, quote, unquote};
use halyard_sip::{Address, Header, Message, Method, Request, Status, Uri, Via, name};
use proptest::prelude::*;

/// Lines that are right, and some that are not quite.
fn line() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("Contact"),
        Just("m"),
        Just("Route"),
        Just("Record-Route"),
        Just("Supported"),
        Just("k"),
        Just("Expires"),
        Just("X-Unknown"),
        Just("Replaces"),
        Just("Reason"),
        Just("Session-Expires"),
        Just("Refer-To"),
        Just("Date"),
        Just("Warning"),
        Just("Event"),
        Just("Subscription-State"),
        Just("WWW-Authenticate"),
        Just("Authorization"),
        Just("Content-Type"),
        Just("Retry-After"),
        Just("Authentication-Info"),
        Just("Privacy"),
        Just("Require"),
    ];
    let value = prop_oneof![
        "[ -~]{0,40}",
        "[a-zA-Z0-9;=<>\",:@.\\\\ ]{0,40}",
        Just("<sip:a@b;lr>;x=\"y\\\"z\" , <sip:c>".to_owned()),
        Just("a@b;to-tag=1;from-tag=2".to_owned()),
        Just("Digest realm=\"x\", nonce=\"y\", qop=\"auth\"".to_owned()),
        "[0-9]{1,12}(;[a-z]{1,4}=[a-z]{1,4})?",
        "\\PC{0,20}",
    ];
    (name, value, any::<bool>()).prop_map(|(name, value, fold)| {
        let value = if fold { value.replacen(' ', "\r\n ", 1) } else { value };
        format!("{name}: {value}\r\n")
    })
}

/// Messages of which most are taken.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let start = prop_oneof![
        Just("INVITE sip:bob@biloxi.example.com;transport=ws SIP/2.0".to_owned()),
        Just("INVITE tel:+12015550123 SIP/2.0".to_owned()),
        Just("SIP/2.0 200 OK".to_owned()),
        Just("SIP/2.0 180 ".to_owned()),
        "INVITE sip:[a-z0-9;%=@:.?&]{1,30} SIP/2.0",
        "INVITE [a-z]{1,5}:[!-~]{1,20} SIP/2.0",
    ];
    let top = "Via: SIP/2.0/WS [a-z]{1,9}(:[0-9]{1,4})?(;rport)?(;branch=z9hG4bK[a-z0-9]{0,9})?(, SIP/2.0/WS b)?\r\n\
        (f|From): (\"[a-z \\\\\"]{0,3}\"|[a-z]{0,5}) ?<sip:[a-z%0-9]{1,9}@[a-z.]{1,9}>(;tag=[a-z0-9]{1,9})?\r\n\
        (t|To): <sip:[a-z]{1,9}>(;tag(=[a-z0-9]{1,9})?)?\r\n\
        (i|Call-ID): [a-z0-9]{1,9}(@[a-z]{1,5})?\r\n\
        CSeq: [0-9]{1,9} INVITE\r\n";
    (start, top, prop::collection::vec(line(), 0..8), prop::collection::vec(any::<u8>(), 0..40)).prop_map(
        |(start, top, lines, body)| [format!("{start}\r\n{top}{}\r\n", lines.concat()).as_bytes(), &body].concat(),
    )
}

/// Does everything with a message that can be done with one.
fn use_all(message: &Message) {
    let headers = message.headers();
    let _ = message.check_known();
    let _ = (
        headers.contacts(),
        headers.reasons(),
        headers.replaces(),
        headers.date(),
        headers.warnings(),
        headers.event(),
    );
    let _ = (headers.session_expires(), headers.retry_after(), headers.subscription_state(), headers.privacy().count());
    let _ = (strongest(headers, name::WWW_AUTHENTICATE), next_nonce(headers), route_set(headers));
    let _ = Sdp::from_body(message.body());
    if let Ok(halyard_sip::Contacts::These(all)) = headers.contacts() {
        for contact in &all {
            let _ = (contact.q(), contact.expires(), contact.instance(), contact.pub_gruu(), contact.reg_id());
            assert!(contact.uri.same(&contact.uri), "{contact}");
        }
    }
}

/// Whether a request or response that was made can be sent and read.
fn can_be_read(message: impl Into<Message>) {
    let message = message.into();
    let written = message.write().expect("what was made can be written");
    assert_eq!(parse(&written).as_ref(), Ok(&message));
}

proptest! {
    #[test]
    fn what_was_read_is_written_and_read_again(bytes in bytes()) {
        if let Ok(message) = parse(&bytes) {
            can_be_read(message.clone());
            use_all(&message);
        }
    }

    #[test]
    fn what_is_made_of_a_request_can_be_read(bytes in bytes(), code in 100_u16..700) {
        let status = Status::new(code).unwrap();
        match parse(&bytes) {
            Ok(Message::Request(invite)) => {
                let response = respond(&invite, status, "sometag");
                can_be_read(response.clone());
                prop_assert_eq!(response.headers.to().unwrap().tag().is_some(), code != 100 || invite.headers.to().unwrap().tag().is_some());
                let made = ack(&invite, &response).unwrap();
                prop_assert_eq!(made.headers.to(), response.headers.to());
                can_be_read(made);
                can_be_read(cancel(&invite).unwrap());
                let via = Via::new("WS", "x.invalid", "z9hG4bKnew").unwrap();
                let response = response.with(name::CONTACT, "<sip:bob@192.0.2.4>");
                if let Ok(made) = ack_success(&invite, &response, &via) {
                    can_be_read(made);
                }
            }
            Ok(Message::Response(_)) => {}
            Err(rejected) => {
                if let Some(response) = reject(&rejected, "sometag") {
                    prop_assert!(response.write().is_ok());
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_borne(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,80}") {
        for bytes in [&bytes, text.as_bytes()] {
            let _ = (parse(bytes), keep_alive(bytes), Sdp::from_body(bytes), Fragment::from_body(bytes));
        }
        let _ = (text.parse::<Address>(), text.parse::<Uri>(), text.parse::<Via>(), text.parse::<halyard_sip::Contact>());
        let _ = (text.parse::<Challenge>(), text.parse::<Credentials>());
    }

    #[test]
    fn a_message_that_was_damaged_is_borne(
        bytes in bytes(), cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4)
    ) {
        let mut bytes = bytes;
        for (place, byte) in cuts {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(message) = parse(&bytes) {
            can_be_read(message.clone());
            use_all(&message);
        }
    }

    #[test]
    fn no_value_leaves_its_line(value in "[a-z \r\n\0\\\\]{0,12}", reason in "[a-z\r\n]{0,5}") {
        let mut request = Request::new(Method::Options, "sip:a".parse().unwrap());
        request.headers.push_header(Header::new("X", &value));
        match request.write() {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).unwrap();
                prop_assert_eq!(text.matches("\r\n").count(), 5, "{}", text);
                prop_assert_eq!(text.matches('\n').count(), 5);
            }
            Err(error) => prop_assert_eq!(error, Unwritable::Value("X".to_owned())),
        }
        let response = respond(&request, Status::OK, "t").saying(&reason);
        prop_assert_eq!(response.write().is_err(), reason.contains(['\r', '\n']));
    }

    #[test]
    fn names_to_show_come_back(display in "\\PC{0,20}", user in "\\PC{1,10}") {
        prop_assert_eq!(unquote(&quote(&display)), display.clone());
        let uri = Uri::sip(Some(&user), "example.com").unwrap();
        let address = Address::new(uri).named(&display).tagged("x-y");
        let read: Address = address.to_string().parse().unwrap();
        prop_assert_eq!(&read, &address);
        prop_assert_eq!(read.uri.as_sip().unwrap().user_text(), Some(user));
        prop_assert_eq!(read.tag(), Some("x-y"));
    }

    #[test]
    fn uris_come_back(text in "(sips?|tel|x):[a-z0-9;%=@:.?&\\[\\]+-]{1,30}") {
        if let Ok(uri) = text.parse::<Uri>() {
            prop_assert_eq!(uri.to_string(), text);
            prop_assert!(uri.same(&uri));
        }
    }

    #[test]
    fn comparing_has_no_direction(
        one in "(sip|SIP|sips):(a|%61|%41|A)?@?[xX](:1)?(;(user|lr|gr)(=[aA%61])?){0,2}([?]b=(1|%31))?",
        two in "(sip|sips):(a|%61)?@?[xX](:1)?(;(user|lr)(=[a])?){0,2}([?]b=1)?(&c=2)?",
    ) {
        if let (Ok(one), Ok(two)) = (one.parse::<Uri>(), two.parse::<Uri>()) {
            prop_assert_eq!(one.same(&two), two.same(&one));
            prop_assert!(one != two || one.same(&two));
        }
    }

    #[test]
    fn descriptions_come_back(text in "v=0\r\no=- 1 1 IN IP4 h\r\n((m=audio [0-9]{1,5} RTP/AVP 0|[a-z]=[ -~]{0,9}|a=(sendonly|inactive|candidate:x))\r\n){0,9}") {
        if let Ok(mut sdp) = Sdp::parse(&text) {
            prop_assert_eq!(sdp.to_string(), text);
            sdp.set_direction(Direction::RecvOnly);
            sdp.set_version(9);
            sdp.set_port(0, 7);
            sdp.add_attribute(Some(3), "candidate", "a\nb");
            for index in 0..4 {
                let _ = (sdp.fingerprints(index), sdp.ice(index), sdp.candidates(index).count());
            }
            prop_assert!((0..sdp.len()).all(|index| sdp.direction(index) == Direction::RecvOnly));
            let again = Sdp::parse(&sdp.to_string()).unwrap();
            prop_assert_eq!(again, sdp);
        }
    }

    #[test]
    fn fragments_come_back(text in "((m=audio 9 RTP/AVP 0|a=(candidate:x|mid:0|end-of-candidates|ice-ufrag:a|ice-pwd:b))\r\n){0,9}") {
        if let Ok(fragment) = Fragment::parse(&text) {
            prop_assert_eq!(Fragment::parse(&fragment.to_string()), Ok(fragment));
        }
    }
}
