//! What a request may ask for, and what is answered where it can't be done (RFC 3261, 8.2 and 16.3).

use halyard_sip::wire::{Support, parse};
use halyard_sip::{Method, Request, name};

const PHONE: Support<'static> = Support {
    methods: &[Method::Invite, Method::Cancel, Method::Info],
    schemes: &["sip", "tel"],
    extensions: &["replaces", "timer"],
    media_types: &["application/sdp", "application/trickle-ice-sdpfrag"],
};

fn request(method: &str, uri: &str, head: &str, body: &str) -> Request {
    let text = format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/WS x\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 {method}\r\n\
         {head}\r\n{body}"
    );
    parse(text.as_bytes()).expect("it is right").as_request().expect("it is a request").clone()
}

/// The status, and the header that says more.
fn refused(request: &Request) -> Option<(u16, Option<(String, String)>)> {
    let refusal = PHONE.inspect(request).err()?;
    let more = refusal.headers.iter().next().map(|header| (header.name().to_owned(), header.value().to_owned()));
    Some((refusal.status.code(), more))
}

fn with(status: u16, name: &str, value: &str) -> Option<(u16, Option<(String, String)>)> {
    Some((status, Some((name.to_owned(), value.to_owned()))))
}

#[test]
fn each_thing_that_can_not_be_done_has_its_status() {
    assert_eq!(refused(&request("INVITE", "sip:c@d", "", "")), None);
    assert_eq!(refused(&request("PUBLISH", "sip:c@d", "", "")), with(405, "Allow", "INVITE, CANCEL, INFO"));
    assert_eq!(refused(&request("invite", "sip:c@d", "", "")), with(405, "Allow", "INVITE, CANCEL, INFO"));
    assert_eq!(refused(&request("INVITE", "sips:c@d", "", "")), Some((416, None)));
    assert_eq!(refused(&request("INVITE", "tel:+12015550123", "", "")), None);
    let asks = "Require: Timer, 100rel\r\nRequire: precondition\r\n";
    assert_eq!(refused(&request("INVITE", "sip:c@d", asks, "")), with(420, name::UNSUPPORTED, "100rel, precondition"));
}

/// RFC 3261, 8.2.2.3: a CANCEL asks for no extension, whatever it says.
#[test]
fn a_cancel_is_not_asked_for_extensions() {
    assert_eq!(refused(&request("CANCEL", "sip:c@d", "Require: 100rel\r\n", "")), None);
}

#[test]
fn bodies_have_to_be_known() {
    let accepted = "application/sdp, application/trickle-ice-sdpfrag";
    for (head, expected) in [
        ("Content-Type: Application / SDP ; charset=utf-8\r\n", None),
        ("c: application/trickle-ice-sdpfrag\r\n", None),
        ("c: application/isup\r\n", with(415, "Accept", accepted)),
        ("", with(415, "Accept", accepted)),
        ("c: application/isup\r\nContent-Disposition: signal;handling=optional\r\n", None),
        ("c: application/isup\r\nContent-Disposition: signal;handling=required\r\n", with(415, "Accept", accepted)),
        ("c: application/sdp\r\ne: gzip\r\n", with(415, "Accept", accepted)),
        ("c: application/sdp\r\ne: identity\r\n", None),
        ("c: ;;\r\n", Some((400, None))),
    ] {
        assert_eq!(refused(&request("INFO", "sip:c@d", head, "body")), expected, "{head}");
    }
    assert_eq!(refused(&request("INFO", "sip:c@d", "c: application/isup\r\n", "")), None);
}

/// A proxy asks for nothing but what concerns proxies.
#[test]
fn a_proxy_passes_on_what_it_does_not_know() {
    let passed = request("NEWMETHOD", "sip:c@d", "Require: 100rel\r\nc: application/isup\r\n", "body");
    assert_eq!(PHONE.inspect_at_proxy(&passed), Ok(()));
    let asked = request("INVITE", "sip:c@d", "Proxy-Require: privacy\r\n", "");
    let refusal = PHONE.inspect_at_proxy(&asked).unwrap_err();
    assert_eq!((refusal.status.code(), refusal.headers.get(name::UNSUPPORTED)), (420, Some("privacy")));
    let other = request("INVITE", "mailto:c@d", "", "");
    assert_eq!(PHONE.inspect_at_proxy(&other).unwrap_err().status.code(), 416);
}
