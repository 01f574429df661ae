//! The messages of RFC 5118, section 4: IPv6 in every place that it may stand in.

use halyard_sip::sdp::Sdp;
use halyard_sip::wire::parse;
use halyard_sip::{Message, Via, name};

/// A message of these lines and this body.
fn bytes(lines: &[&str], body: &str) -> Vec<u8> {
    format!("{}\r\nContent-Length: {}\r\n\r\n{body}", lines.join("\r\n"), body.len()).into_bytes()
}

fn message(lines: &[&str], body: &str) -> Message {
    let message = parse(&bytes(lines, body)).unwrap_or_else(|rejected| panic!("{lines:?}: {rejected}"));
    assert_eq!(message.check_known(), Ok(()));
    assert_eq!(parse(&message.write().expect("it can be written")), Ok(message.clone()));
    message
}

const COMMON: [&str; 6] = [
    "To: sip:user@example.com",
    "From: sip:user@example.com;tag=81x2",
    "Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111",
    "Call-ID: SSG9559905523997077@hlau_4100",
    "Contact: \"Caller\" <sip:caller@[2001:db8::1]>",
    "CSeq: 98176 REGISTER",
];

fn register(line: &str) -> Vec<u8> {
    bytes(&[&[line, "Max-Forwards: 70"], &COMMON[..]].concat(), "")
}

fn host_and_port(bytes: &[u8]) -> (String, Option<u16>) {
    let message = parse(bytes).expect("it is right");
    let uri = message.as_request().and_then(|request| request.uri.as_sip()).expect("a sip: URI");
    (uri.host.to_string(), uri.port)
}

#[test]
fn an_address_in_brackets_is_a_host() {
    let bytes = register("REGISTER sip:[2001:db8::10] SIP/2.0");
    assert_eq!(host_and_port(&bytes), ("[2001:db8::10]".to_owned(), None));
    let message = parse(&bytes).unwrap();
    assert_eq!(message.headers().via().unwrap().sent_by(), "[2001:db8::9:1]");
    let contact = message.headers().contact().unwrap().unwrap();
    assert_eq!(contact.uri.to_string(), "sip:caller@[2001:db8::1]");
}

#[test]
fn an_address_without_brackets_is_refused() {
    let rejected = parse(&register("REGISTER sip:2001:db8::10 SIP/2.0")).unwrap_err();
    assert_eq!(rejected.fault.status().code(), 400);
    assert!(rejected.answerable.is_some());
}

#[test]
fn a_port_is_what_stands_behind_the_brackets() {
    let inside = register("REGISTER sip:[2001:db8::10:5070] SIP/2.0");
    assert_eq!(host_and_port(&inside), ("[2001:db8::10:5070]".to_owned(), None));
    let behind = register("REGISTER sip:[2001:db8::10]:5070 SIP/2.0");
    assert_eq!(host_and_port(&behind), ("[2001:db8::10]".to_owned(), Some(5070)));
}

/// RFC 3261's grammar has no brackets in `received`, and some send them.
#[test]
fn received_is_read_with_and_without_brackets() {
    for received in ["[2001:db8::9:255]", "2001:db8::9:255"] {
        let via = format!("Via: SIP/2.0/UDP [2001:db8::9:1];received={received};branch=z9hG4bKas3-111");
        let message = message(
            &[
                "BYE sip:[2001:db8::10] SIP/2.0",
                "To: sip:user@example.com;tag=bd76ya",
                "From: sip:user@example.com;tag=81x2",
                &via,
                "Call-ID: SSG9559905523997077@hlau_4100",
                "Max-Forwards: 70",
                "CSeq: 321 BYE",
            ],
            "",
        );
        let via = message.headers().via().unwrap();
        assert_eq!(via.params.get("received"), Some(received));
        assert_eq!(via.branch(), Some("z9hG4bKas3-111"));
    }
}

#[test]
fn a_description_has_addresses_of_both_kinds() {
    let body = "v=0\r\no=assistant 971731711378798081 0 IN IP6 2001:db8::20\r\ns=Live video feed for today's meeting\r\n\
        c=IN IP6 2001:db8::1\r\nt=3338481189 3370017201\r\nm=audio 6000 RTP/AVP 2\r\na=rtpmap:2 G726-32/8000\r\n\
        m=video 6024 RTP/AVP 107\r\nc=IN IP4 192.0.2.1\r\na=rtpmap:107 H263-1998/90000\r\n";
    let message = message(
        &[
            "INVITE sip:user@[2001:db8::10] SIP/2.0",
            "To: sip:user@[2001:db8::10]",
            "From: sip:user@example.com;tag=81x2",
            "Via: SIP/2.0/UDP [2001:db8::20];branch=z9hG4bKas3-111",
            "Call-ID: SSG9559905523997077@hlau_4100",
            "Contact: \"Caller\" <sip:caller@[2001:db8::20]>",
            "CSeq: 8612 INVITE",
            "Max-Forwards: 70",
            "Content-Type: application/sdp",
        ],
        body,
    );
    let sdp = Sdp::from_body(message.body()).unwrap();
    assert_eq!(sdp.origin().place, "IN IP6 2001:db8::20");
    assert_eq!((sdp.len(), sdp.to_string().as_str()), (2, body));
}

#[test]
fn hops_have_addresses_of_both_kinds() {
    let message = message(
        &[
            "BYE sip:user@host.example.net SIP/2.0",
            "Via: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111",
            "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144",
            "Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200",
            "Call-ID: 997077@lau_4100",
            "Max-Forwards: 70",
            "CSeq: 89187 BYE",
            "To: sip:user@example.net;tag=9817--94",
            "From: sip:user@example.com;tag=81x2",
        ],
        "",
    );
    let hops: Vec<Via> = message.headers().list(name::VIA).unwrap();
    let hosts: Vec<String> = hops.iter().map(Via::sent_by).collect();
    assert_eq!(hosts, ["[2001:db8::9:1]:6050", "192.0.2.1", "[2001:db8::9:255]"]);
}

#[test]
fn ipv4_is_written_within_ipv6() {
    let body = "v=0\r\no=bob 2890844526 2890844526 IN IP6 ::ffff:192.0.2.2\r\ns=-\r\nc=IN IP6 ::ffff:192.0.2.2\r\nt=0 0\r\n\
        m=audio 10000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
    let message = message(
        &[
            "INVITE sip:user@example.com SIP/2.0",
            "To: sip:user@example.com",
            "From: sip:user@east.example.com;tag=81x2",
            "Via: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19",
            "Via: SIP/2.0/UDP [::ffff:192.0.2.2];branch=z9hG4bKas3-111",
            "Call-ID: SSG9559905523997077@hlau_4100",
            "Contact: \"T. desk phone\" <sip:ted@[::ffff:192.0.2.2]>",
            "CSeq: 612 INVITE",
            "Max-Forwards: 70",
            "Content-Type: application/sdp",
        ],
        body,
    );
    assert_eq!(message.headers().via().unwrap().port, Some(19823));
    assert!(Sdp::from_body(message.body()).is_ok());
}

/// RFC 3261's grammar lets a third colon stand there, and RFC 5118 wants both to be borne.
#[test]
fn a_third_colon_is_borne() {
    let uri = |host: &str| {
        let line = format!("OPTIONS sip:user@{host} SIP/2.0");
        let to = format!("To: sip:user@{host}");
        let message = message(
            &[
                &line,
                &to,
                "From: sip:user@example.com;tag=810x2",
                "Via: SIP/2.0/UDP lab1.east.example.com;branch=z9hG4bKas3-111",
                "Call-ID: G9559905523997077@hlau_4100",
                "CSeq: 689 OPTIONS",
                "Max-Forwards: 70",
            ],
            "",
        );
        message.as_request().unwrap().uri.clone()
    };
    assert!(uri("[2001:db8:::192.0.2.1]").same(&uri("[2001:db8::192.0.2.1]")));
}
