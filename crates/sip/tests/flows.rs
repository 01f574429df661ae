//! Flows of RFC 3665: what is made of each message is what the RFC's next message has.

use halyard_sip::build::{ack, ack_success, cancel, respond, route_set};
use halyard_sip::digest::{Asked, Challenge, Credentials, Login, authorize};
use halyard_sip::wire::parse;
use halyard_sip::{Contact, Contacts, Fault, Method, Request, Response, Status, Via, name};

fn request(lines: &[&str]) -> Request {
    let text = format!("{}\r\n\r\n", lines.join("\r\n"));
    parse(text.as_bytes()).expect("it is right").as_request().expect("it is a request").clone()
}

fn response(lines: &[&str]) -> Response {
    let text = format!("{}\r\n\r\n", lines.join("\r\n"));
    parse(text.as_bytes()).expect("it is right").as_response().expect("it is a response").clone()
}

/// Section 3.2: an INVITE by two proxies.
fn invite() -> Request {
    request(&[
        "INVITE sip:bob@biloxi.example.com SIP/2.0",
        "Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74b43",
        "Max-Forwards: 70",
        "Route: <sip:ss1.atlanta.example.com;lr>",
        "From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl",
        "To: Bob <sip:bob@biloxi.example.com>",
        "Call-ID: 3848276298220188511@atlanta.example.com",
        "CSeq: 1 INVITE",
        "Contact: <sip:alice@client.atlanta.example.com;transport=tcp>",
    ])
}

/// The INVITE as it comes to Bob.
fn invite_at_bob() -> Request {
    let mut invite = invite();
    invite.headers.remove(name::ROUTE);
    for (via, route) in [("ss1.atlanta", "ss1.atlanta"), ("ss2.biloxi", "ss2.biloxi")] {
        invite.headers.prepend(name::VIA, format_args!("SIP/2.0/TCP {via}.example.com:5060;branch=z9hG4bK{via}"));
        invite.headers.prepend(name::RECORD_ROUTE, format_args!("<sip:{route}.example.com;lr>"));
    }
    invite
}

fn lines(bytes: Vec<u8>) -> Vec<String> {
    String::from_utf8(bytes).expect("it is text").lines().map(str::to_owned).collect()
}

#[test]
fn a_session_is_set_up_by_two_proxies() {
    let invite = invite_at_bob();
    let ok =
        respond(&invite, Status::OK, "314159").with(name::CONTACT, "<sip:bob@client.biloxi.example.com;transport=tcp>");
    assert_eq!(
        lines(ok.write().unwrap()),
        [
            "SIP/2.0 200 OK",
            "Via: SIP/2.0/TCP ss2.biloxi.example.com:5060;branch=z9hG4bKss2.biloxi",
            "Via: SIP/2.0/TCP ss1.atlanta.example.com:5060;branch=z9hG4bKss1.atlanta",
            "Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74b43",
            "From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl",
            "To: Bob <sip:bob@biloxi.example.com>;tag=314159",
            "Call-ID: 3848276298220188511@atlanta.example.com",
            "CSeq: 1 INVITE",
            "Record-Route: <sip:ss2.biloxi.example.com;lr>",
            "Record-Route: <sip:ss1.atlanta.example.com;lr>",
            "Contact: <sip:bob@client.biloxi.example.com;transport=tcp>",
            "Content-Length: 0",
            "",
        ]
    );
    let via = Via::new("TCP", "client.atlanta.example.com:5060", "z9hG4bK74b76").unwrap();
    let ack = ack_success(&self::invite(), &ok, &via).unwrap();
    assert_eq!(
        lines(ack.write().unwrap()),
        [
            "ACK sip:bob@client.biloxi.example.com;transport=tcp SIP/2.0",
            "Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74b76",
            "Max-Forwards: 70",
            "From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl",
            "Call-ID: 3848276298220188511@atlanta.example.com",
            "To: Bob <sip:bob@biloxi.example.com>;tag=314159",
            "Route: <sip:ss1.atlanta.example.com;lr>",
            "Route: <sip:ss2.biloxi.example.com;lr>",
            "CSeq: 1 ACK",
            "Content-Length: 0",
            "",
        ]
    );
}

#[test]
fn a_100_adds_nothing_and_has_the_timestamp() {
    let trying = respond(&invite_at_bob().with(name::TIMESTAMP, "54"), Status::TRYING, "unused");
    assert_eq!(trying.headers.to().unwrap().tag(), None);
    assert!(!trying.headers.has(name::RECORD_ROUTE));
    assert_eq!(trying.headers.get(name::TIMESTAMP), Some("54"));
    let busy = respond(&invite_at_bob(), Status::BUSY_HERE, "314159");
    assert!(!busy.headers.has(name::RECORD_ROUTE));
}

/// Sections 3.8 and 3.9: calling off, and the ACK of what is refused.
#[test]
fn an_invite_is_called_off() {
    let invite = invite();
    let cancel = cancel(&invite).unwrap();
    assert_eq!(
        lines(cancel.write().unwrap()),
        [
            "CANCEL sip:bob@biloxi.example.com SIP/2.0",
            "Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74b43",
            "Max-Forwards: 70",
            "Route: <sip:ss1.atlanta.example.com;lr>",
            "From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl",
            "To: Bob <sip:bob@biloxi.example.com>",
            "Call-ID: 3848276298220188511@atlanta.example.com",
            "CSeq: 1 CANCEL",
            "Content-Length: 0",
            "",
        ]
    );
    let terminated = respond(&invite, Status::REQUEST_TERMINATED, "314159");
    let ack = ack(&invite, &terminated).unwrap();
    assert_eq!(ack.headers.get(name::TO), Some("Bob <sip:bob@biloxi.example.com>;tag=314159"));
    assert_eq!(ack.headers.get(name::VIA), Some("SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74b43"));
    assert_eq!((ack.method, ack.headers.cseq().unwrap().to_string().as_str()), (Method::Ack, "1 ACK"));
}

/// Only the hop that sent the request is in the ACK, also where hops stand on one line.
#[test]
fn an_ack_has_one_hop() {
    let invite = invite_at_bob();
    let mut joined = invite.clone();
    let hops = invite.headers.elements(name::VIA).collect::<Vec<_>>().join(", ");
    joined.headers.set(name::VIA, hops);
    for invite in [invite, joined] {
        let ack = ack(&invite, &respond(&invite, Status::DECLINE, "x")).unwrap();
        assert_eq!(ack.headers.elements(name::VIA).count(), 1);
        assert_eq!(ack.headers.via(), invite.headers.via());
    }
}

#[test]
fn a_2xx_without_contact_has_no_ack() {
    let invite = invite();
    let via = Via::new("TCP", "client.atlanta.example.com", "z9hG4bK1").unwrap();
    let made = ack_success(&invite, &respond(&invite, Status::OK, "x"), &via);
    assert_eq!(made, Err(Fault::Missing("Contact")));
}

/// RFC 3261, 16.12.1.1 and 12.2.1.1: a strict router in front becomes the Request-URI.
#[test]
fn a_strict_router_takes_the_place_of_the_target() {
    let answered = response(&[
        "SIP/2.0 200 OK",
        "Via: SIP/2.0/WS x",
        "From: <sip:a@b>;tag=1",
        "To: <sip:c@d>;tag=2",
        "Call-ID: x",
        "CSeq: 1 INVITE",
        "Record-Route: <sip:p4.domain.com;lr>, <sip:p3.middle.com>",
    ]);
    let mut bye = Request::new(Method::Bye, "sip:u1@example.com".parse().unwrap());
    bye.follow(&"sip:callee@u2.domain.com".parse().unwrap(), &route_set(&answered.headers).unwrap());
    assert_eq!(bye.uri.to_string(), "sip:p3.middle.com");
    let routes: Vec<_> = bye.headers.elements(name::ROUTE).collect();
    assert_eq!(routes, ["<sip:p4.domain.com;lr>", "<sip:callee@u2.domain.com>"]);
    bye.follow(&"sip:callee@u2.domain.com".parse().unwrap(), &[]);
    assert!(!bye.headers.has(name::ROUTE));
}

/// Sections 2.1 to 2.4: registering with a password, and cancelling it.
#[test]
fn a_phone_registers() {
    let register = request(&[
        "REGISTER sips:ss2.biloxi.example.com SIP/2.0",
        "Via: SIP/2.0/TLS client.biloxi.example.com:5061;branch=z9hG4bKnashds7",
        "Max-Forwards: 70",
        "From: Bob <sips:bob@biloxi.example.com>;tag=a73kszlfl",
        "To: Bob <sips:bob@biloxi.example.com>",
        "Call-ID: 1j9FpLxk3uxtm8tn@biloxi.example.com",
        "CSeq: 1 REGISTER",
        "Contact: <sips:bob@client.biloxi.example.com>",
        "Content-Length: 0",
    ]);
    let challenge = Challenge {
        realm: "atlanta.example.com".to_owned(),
        nonce: "ea9c8e88df84f1cec4341ae6cbe5a359".to_owned(),
        opaque: Some(String::new()),
        algorithm: halyard_sip::digest::Algorithm::Md5,
        qop: Some(halyard_sip::digest::Qop::Auth),
        stale: false,
    };
    let unauthorized = respond(&register, Status::UNAUTHORIZED, "1410948204").with(name::WWW_AUTHENTICATE, &challenge);
    let login = Login { user: "bob".to_owned(), password: "zanzibar".to_owned() };
    let mut again = register.numbered(2);
    assert_eq!(authorize(&mut again, &unauthorized, &login, "a word"), Some(challenge.clone()));
    let credentials: Credentials = again.headers.need(name::AUTHORIZATION).unwrap();
    assert!(credentials.is_made_with("zanzibar", &Method::Register, b""));
    assert_eq!(credentials.uri, "sips:ss2.biloxi.example.com");
    let asked = Asked { method: &Method::Register, uri: &credentials.uri, body: b"", cnonce: "a word", count: 1 };
    assert_eq!(challenge.answer(&login, &asked), credentials);

    let cancelled = again.with(name::EXPIRES, 0);
    assert_eq!(cancelled.headers.seconds(name::EXPIRES), Ok(Some(0)));
    let mut all = cancelled;
    all.headers.set(name::CONTACT, "*");
    assert_eq!(all.headers.contacts(), Ok(Contacts::Any));
}

/// Section 2.2: bindings are told together, on one line or on several.
#[test]
fn bindings_are_read_from_lists() {
    let told = response(&[
        "SIP/2.0 200 OK",
        "Via: SIP/2.0/TLS client.biloxi.example.com:5061;branch=z9hG4bKnashd92;received=192.0.2.201",
        "From: Bob <sips:bob@biloxi.example.com>;tag=ja743ks76zlflH",
        "To: Bob <sips:bob@biloxi.example.com>;tag=37GkEhwl6",
        "Call-ID: 1j9FpLxk3uxtm8tn@biloxi.example.com",
        "CSeq: 2 REGISTER",
        "Contact: <sips:bob@client.biloxi.example.com>;expires=3600, <mailto:bob@biloxi.example.com>;expires=4294967295",
        "m: \"Bob, at home\" <sip:bob@192.0.2.9>;q=0.2",
    ]);
    let Ok(Contacts::These(all)) = told.headers.contacts() else { panic!("they can be read") };
    let expires: Vec<_> = all.iter().map(Contact::expires).collect();
    assert_eq!(expires, [Some(3600), Some(u32::MAX), None]);
    assert_eq!((all[1].uri.scheme(), all[2].q()), ("mailto", 200));
    assert_eq!(all[2].display.as_deref(), Some("Bob, at home"));
}
