//! Another implementation reads the same messages: where both take one, both see the same tags, Call-ID, CSeq, branch and URIs.

use ezk_sip_types::header::typed::{CSeq, CallID, FromTo, Via};
use ezk_sip_types::msg::{MessageLine, PullParser};
use ezk_sip_types::uri::{SipUri, SipUriUserPart};
use ezk_sip_types::{Headers, Name};
use halyard_sip::wire::parse;
use halyard_sip::{Address, Message, Uri};
use proptest::prelude::*;

/// What is compared.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    start: String,
    from: (String, Option<String>),
    to: (String, Option<String>),
    call_id: String,
    number: u32,
    method: String,
    transport: String,
    branch: Option<String>,
}

/// User without escapes, host and port: the other one writes parameters in another way.
fn ours_of(uri: &Uri) -> Option<String> {
    let uri = uri.as_sip()?;
    let user = uri.user_text().unwrap_or_default();
    Some(format!("{}|{user}|{}|{:?}", uri.secure, uri.host.as_str().to_ascii_lowercase(), uri.port))
}

fn theirs_of(uri: &SipUri) -> String {
    let user = match &uri.user_part {
        SipUriUserPart::Empty => String::new(),
        SipUriUserPart::User(user) => user.to_string(),
        SipUriUserPart::UserPw(both) => both.user.to_string(),
    };
    let host = uri.host_port.host.to_string().to_ascii_lowercase();
    format!("{}|{user}|{host}|{:?}", uri.sips, uri.host_port.port)
}

fn ours(bytes: &[u8]) -> Option<Seen> {
    let message = parse(bytes).ok()?;
    let headers = message.headers();
    let address = |address: Address| Some((ours_of(&address.uri)?, address.tag().map(str::to_owned)));
    let (sequence, via) = (headers.cseq().ok()?, headers.via().ok()?);
    Some(Seen {
        start: match &message {
            Message::Request(request) => format!("{} {}", request.method, ours_of(&request.uri)?),
            Message::Response(response) => response.status.to_string(),
        },
        from: address(headers.from().ok()?)?,
        to: address(headers.to().ok()?)?,
        call_id: headers.call_id().ok()?.0,
        number: sequence.number,
        method: sequence.method.to_string(),
        transport: via.transport.clone(),
        branch: via.branch().map(str::to_owned),
    })
}

fn theirs(bytes: &[u8]) -> Option<Seen> {
    let mut lines = PullParser::new(bytes, 0);
    let start: MessageLine = std::str::from_utf8(lines.next()?.ok()?).ok()?.parse().ok()?;
    let mut headers = Headers::new();
    for line in lines {
        let (name, value) = std::str::from_utf8(line.ok()?).ok()?.split_once(':')?;
        headers.insert(Name::from(name.trim_end()), value.trim());
    }
    let address = |read: FromTo| (theirs_of(&read.uri.uri), read.tag.map(|tag| tag.to_string()));
    let sequence: CSeq = headers.get_named().ok()?;
    let via: Via = headers.get_named().ok()?;
    Some(Seen {
        start: match &start {
            MessageLine::Request(line) => format!("{} {}", line.method, theirs_of(&line.uri)),
            MessageLine::Response(line) => line.code.into_u16().to_string(),
        },
        from: address(headers.get(Name::FROM).ok()?),
        to: address(headers.get(Name::TO).ok()?),
        call_id: headers.get_named::<CallID>().ok()?.0.to_string(),
        number: sequence.cseq,
        method: sequence.method.to_string(),
        transport: via.transport.to_string(),
        branch: via.params.get_val("branch").map(|branch| branch.to_string()),
    })
}

/// Compares, and says whether both took it.
fn compare(bytes: &[u8]) -> bool {
    let (Some(ours), Some(theirs)) = (ours(bytes), theirs(bytes)) else { return false };
    assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(bytes));
    true
}

#[test]
fn the_messages_of_rfc_4475_are_seen_alike() {
    let folder = format!("{}/tests/rfc4475", env!("CARGO_MANIFEST_DIR"));
    let mut both = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        // The other one resolves %66 in its branch, which is no escape there (RFC 4475, 3.1.1.2).
        if name != "TC_INTMETH" && compare(&std::fs::read(&path).unwrap()) {
            both.push(name);
        }
    }
    both.sort();
    assert!(both.len() >= 15, "{both:?}");
}

/// A message that differs in what may differ.
fn message() -> impl Strategy<Value = String> {
    let start = prop_oneof![
        "(INVITE|ACK|BYE|REGISTER|NEWMETHOD) sips?:(([a-z0-9.]|%41){1,8}@)?[a-z]{1,9}\\.example(:[1-9][0-9]{1,3})?(;lr)?(;transport=ws)? SIP/2\\.0",
        "SIP/2\\.0 [1-6][0-9][0-9] [A-Za-z ]{1,9}",
    ];
    let address = || "(\"[a-z ,;<>]{0,9}\" ?|[a-z]{0,5} ?)<sip:([a-z0-9]{1,9}@)?(\\[2001:db8::[1-9]\\]|[a-z]{1,5}\\.example)(;x=y)?>(;tag=[a-z0-9.-]{1,9})?(;other)?";
    let via = "SIP/2\\.0/(WS|WSS|TCP) [a-z]{1,9}\\.invalid(:[1-9][0-9]{1,3})?(;rport)?(;branch=z9hG4bK[a-z0-9]{1,9})?(, SIP/2\\.0/WS second;branch=z9hG4bK2)?";
    let rest = "(i|Call-ID): [a-z0-9]{1,12}(@[a-z.]{1,5})?";
    (start, address(), address(), via, rest, 0..i32::MAX, any::<[bool; 3]>()).prop_map(
        |(start, from, to, via, rest, number, [short, fold, spaced])| {
            let method = start.split(' ').next().filter(|method| *method != "SIP/2.0").unwrap_or("INVITE");
            let (f, t, v) = if short { ("f", "t", "v") } else { ("From", "To", "Via") };
            let colon = if spaced { " : " } else { ":" };
            let fold = if fold { "\r\n " } else { " " };
            format!(
                "{start}\r\n{v}{colon}{via}\r\n{f}{colon}{from}\r\n{t}:{fold}{to}\r\n{rest}\r\nCSeq: {number} {method}\r\nContent-Length: 0\r\n\r\n"
            )
        },
    )
}

proptest! {
    #[test]
    fn messages_are_seen_alike(text in message()) {
        let both = compare(text.as_bytes());
        prop_assert!(ours(text.as_bytes()).is_some(), "ours takes it: {:?}", parse(text.as_bytes()).err());
        prop_assert!(both, "the other one takes it");
    }
}
