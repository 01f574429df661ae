//! Frames of a WebSocket (RFC 7118): what is a message, what is not, and where the limits are.

use halyard_sip::build::{reject, respond};
use halyard_sip::digest::Challenge;
use halyard_sip::wire::{KeepAlive, MAX_HEADERS, MAX_MESSAGE, keep_alive, parse};
use halyard_sip::{Address, Bad, Fault, Message, Method, Status, Uri, name};

const HEAD: &str = "Via: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK56sdasks\r\nFrom: sip:alice@example.com;tag=asdyka899\r\n\
    To: sip:bob@example.com\r\nCall-ID: asidkj3ss\r\nCSeq: 1 INVITE\r\n";

fn message(start: &str, head: &str, body: &str) -> Vec<u8> {
    format!("{start}\r\n{HEAD}{head}\r\n{body}").into_bytes()
}

fn invite(head: &str, body: &str) -> Vec<u8> {
    message("INVITE sip:bob@example.com SIP/2.0", head, body)
}

/// What is wrong, and the status of the answer if there is one.
fn rejected(bytes: &[u8]) -> (Fault, Option<u16>) {
    let rejected = parse(bytes).expect_err("it is not taken");
    (rejected.fault, reject(&rejected, "tag").map(|response| response.status.code()))
}

/// RFC 7118, 8.1.
#[test]
fn a_browser_registers() {
    let text = "REGISTER sip:proxy.example.com SIP/2.0\r\nVia: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bKasudf\r\n\
        From: sip:alice@example.com;tag=65bnmj.34asd\r\nTo: sip:alice@example.com\r\nCall-ID: aiuy7k9njasd\r\nCSeq: 1 REGISTER\r\n\
        Max-Forwards: 70\r\nSupported: path, outbound, gruu\r\nContact: <sip:alice@df7jal23ls0d.invalid;transport=ws>\r\n \
        ;reg-id=1\r\n ;+sip.instance=\"<urn:uuid:f81-7dec-14a06cf1>\"\r\n\r\n";
    let message = parse(text.as_bytes()).unwrap();
    let contact = message.headers().contact().unwrap().unwrap();
    assert_eq!(contact.uri.param("transport").as_deref(), Some("ws"));
    assert_eq!((contact.reg_id(), contact.instance().as_deref()), (Some(1), Some("urn:uuid:f81-7dec-14a06cf1")));
    assert!(message.headers().lists(name::SUPPORTED, "outbound"));
    assert_eq!(message.headers().via().unwrap().transport, "WS");
}

#[test]
fn content_length_may_be_missing() {
    let body = parse(&invite("", "all that is left")).unwrap();
    assert_eq!(body.body(), b"all that is left");
    let shorter = parse(&invite("l: 3\r\n", "all that is left")).unwrap();
    assert_eq!(shorter.body(), b"all");
    assert!(!shorter.headers().has(name::CONTENT_LENGTH));
    assert!(shorter.write_text().unwrap().ends_with("Content-Length: 3\r\n\r\nall"));
    assert!(parse(&invite("Content-Length: 3\r\nl: 03\r\n", "all")).is_ok());
    assert_eq!(rejected(&invite("l: 99\r\n", "all")), (Fault::ShortBody, Some(400)));
    for wrong in ["l: -1\r\n", "l: x\r\n", "l:\r\n", "l: 99999999999\r\n", "l: 1\r\nContent-Length: 2\r\n"] {
        assert_eq!(rejected(&invite(wrong, "all")), (Fault::ContentLength, Some(400)), "{wrong}");
    }
}

#[test]
fn line_ends_alone_keep_the_flow_alive() {
    assert_eq!(keep_alive(b"\r\n\r\n"), Some(KeepAlive::Ping));
    assert_eq!(keep_alive(b"\r\n"), Some(KeepAlive::Pong));
    assert_eq!(keep_alive(b""), None);
    let behind = [b"\r\n\r\n", &invite("", "")[..]].concat();
    assert_eq!(parse(&behind), parse(&invite("", "")));
}

#[test]
fn there_are_limits() {
    let long = invite(&format!("X: {}\r\n", "x".repeat(MAX_MESSAGE)), "");
    assert_eq!(rejected(&long), (Fault::TooLong, Some(513)));
    let long = invite("", &"x".repeat(MAX_MESSAGE));
    assert_eq!(rejected(&long), (Fault::TooLong, Some(513)));
    assert!(parse(&invite(&"X: y\r\n".repeat(MAX_HEADERS - 5), "")).is_ok());
    assert_eq!(rejected(&invite(&"X: y\r\n".repeat(MAX_HEADERS - 4), "")), (Fault::TooManyHeaders, Some(400)));
}

/// What is compared with each other is not so much that it takes long.
#[test]
fn lists_that_are_compared_have_limits() {
    let many = |count: usize, between: &str| (0..count).map(|at| format!("{between}a{at}=b")).collect::<String>();
    // A response's tag comes on top.
    let to = format!("To: <sip:b@c>{}", many(64, ";"));
    let full = String::from_utf8(invite("", "")).unwrap().replace("To: sip:bob@example.com", &to);
    let Ok(Message::Request(request)) = parse(full.as_bytes()) else { panic!("it is taken") };
    assert!(parse(&respond(&request, Status::OK, "tag").write().unwrap()).is_ok());
    for (most, right) in [(64, true), (65, false)] {
        let address = format!("<sip:a@b{}>{}", many(most, ";"), many(most, ";"));
        assert_eq!(address.parse::<Address>().is_ok(), right);
        let headers = many(most, "&").replacen('&', "?", 1);
        assert_eq!(format!("sip:a@b{headers}").parse::<Uri>().is_ok(), right);
        let challenge = format!("Digest realm=\"a\", nonce=\"b\"{}", many(most - 2, ","));
        assert_eq!(challenge.parse::<Challenge>().is_ok(), right);
    }
}

#[test]
fn what_is_broken_is_answered() {
    for (start, status) in [
        ("INVITE sip:bob@example.com SIP/3.0", 505),
        ("INVITE sip:bob@example.com SIP/2.0 ", 400),
        ("INVITE  sip:bob@example.com SIP/2.0", 400),
        ("INVITE nothing SIP/2.0", 400),
        ("INVITE sip:bob@example.com SIP/x", 400),
    ] {
        assert_eq!(rejected(&message(start, "", "")).1, Some(status), "{start}");
    }
    for head in [
        "no colon\r\n",
        " : x\r\n",
        "A B: x\r\n",
        "X: a\nb\r\n",
        "X: a\rb\r\n",
        "X: a\0b\r\n",
        "Max-Forwards: 256\r\n",
        "t: sip:x\r\n",
    ] {
        assert_eq!(rejected(&invite(head, "")).1, Some(400), "{head}");
    }
    let mut bytes = invite("X: y\r\n", "");
    let at = bytes.windows(4).position(|four| four == b"X: y").unwrap();
    bytes[at + 3] = 0xff;
    assert_eq!(rejected(&bytes), (Fault::NotText, Some(400)));
    let answer = reject(&parse(&bytes).unwrap_err(), "tag").unwrap();
    assert_eq!(answer.headers.to().unwrap().tag(), Some("tag"));
    assert_eq!(answer.headers.cseq().unwrap().method, Method::Invite);
}

/// Each header that every message needs, left out by turns.
#[test]
fn what_is_missing_is_named() {
    for (line, name) in HEAD.split_inclusive("\r\n").zip(["Via", "From", "To", "Call-ID", "CSeq"]) {
        let text = format!("INVITE sip:bob@example.com SIP/2.0\r\n{}\r\n", HEAD.replace(line, ""));
        let (fault, answer) = rejected(text.as_bytes());
        assert_eq!(fault, Fault::Missing(name));
        // Without Via nobody knows where the answer goes.
        assert_eq!(answer, (name != "Via").then_some(400));
    }
}

#[test]
fn responses_and_acks_are_ignored() {
    for start in ["SIP/2.0 99 Low", "SIP/2.0 700 High", "SIP/2.0 2000 Long", "SIP/2.0 OK", "SIP/2.0", "SIP/3.0 200 OK"]
    {
        assert_eq!(rejected(&message(start, "", "")).1, None, "{start}");
    }
    for head in ["Max-Forwards: x\r\n", "l: 5\r\n"] {
        let text = message("ACK sip:bob@example.com SIP/2.0", head, "");
        assert_eq!(rejected(&text).1, None, "{head}");
    }
    for nothing in ["", "hello", "GET / HTTP/1.1\r\n\r\n", "\r\n\r\n\r\n"] {
        assert_eq!(rejected(nothing.as_bytes()).1, None, "{nothing}");
    }
    let Fault::StartLine(Bad(what)) = rejected(b"SIP/2.0 20 OK\r\n\r\n").0 else { panic!("it is the start line") };
    assert!(what.contains("status"));
}

/// What is passed on leaves as it came: names, values, order.
#[test]
fn unknown_headers_are_passed_on() {
    let head = "x-ODD : ;;,,  \"a\r\nf2: <>\r\nRoute: <sip:p;lr> , <sip:q>\r\nX-odd:\r\n";
    let mut message = parse(&invite(head, "")).unwrap();
    message.headers_mut().prepend(name::VIA, "SIP/2.0/WS edge.example;branch=z9hG4bKe");
    let text = message.write_text().unwrap();
    let start = "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/WS edge.example;branch=z9hG4bKe\r\n";
    let end = "x-ODD: ;;,,  \"a\r\nf2: <>\r\nRoute: <sip:p;lr> , <sip:q>\r\nX-odd: \r\nContent-Length: 0\r\n\r\n";
    assert_eq!(text, format!("{start}{HEAD}{end}"));
}

#[test]
fn a_clone_shares_what_it_can() {
    let first = parse(&invite("", "body")).unwrap();
    let mut second = first.clone();
    second.headers_mut().set(name::MAX_FORWARDS, 69);
    assert!(!first.headers().has(name::MAX_FORWARDS));
    let (Message::Request(first), Message::Request(second)) = (first, second) else { panic!("they are requests") };
    assert!(std::sync::Arc::ptr_eq(&first.body, &second.body));
    assert_eq!(respond(&second, Status::OK, "x").headers, respond(&first, Status::OK, "x").headers);
}
