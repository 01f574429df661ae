//! The 49 messages of RFC 4475, section 3: what becomes of each. The verdict is the section's; where it leaves a choice, what is chosen
//! here is the strict one, and the table says so.

use halyard_sip::build::{refuse, reject, respond};
use halyard_sip::wire::{Refusal, Support, parse};
use halyard_sip::{Message, Method, Status, name};

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// It can be worked with; what comes then is above the parser.
    Taken,
    /// It can't be read and is answered with this.
    Answered(u16),
    /// It can't be read and is ignored.
    Ignored,
    /// A proxy passes it on, and a user agent that reads all headers answers this.
    AnsweredByAgent(u16),
    /// It asks for what can't be done: the status of RFC 3261, 8.2.
    Refused(u16),
}

use Verdict::{Answered, AnsweredByAgent, Ignored, Refused, Taken};

/// Name, section, verdict.
const TABLE: [(&str, &str, Verdict); 49] = [
    ("WSINV", "3.1.1.1", Taken),
    ("INTMETH", "3.1.1.2", Refused(405)),
    ("ESC01_V", "3.1.1.3", Taken),
    ("ESCNULL_V", "3.1.1.4", Taken),
    ("ESC02_V", "3.1.1.5", Refused(405)),
    ("LWSDISP_V", "3.1.1.6", Taken),
    ("LONGREQ_V", "3.1.1.7", Taken),
    ("DBLREQ", "3.1.1.8", Taken),
    ("SEMIURI_V", "3.1.1.9", Taken),
    ("TRANSPORTS_V", "3.1.1.10", Taken),
    ("MPART01", "3.1.1.11", Refused(415)),
    ("UNREASON_V", "3.1.1.12", Taken),
    ("NOREASON_V", "3.1.1.13", Taken),
    ("BADINV01_I", "3.1.2.1", Answered(400)),
    ("CLERR_I", "3.1.2.2", Answered(400)),
    ("NCL_I", "3.1.2.3", Answered(400)),
    ("SCALAR02_V", "3.1.2.4", Answered(400)),
    ("SCALARLG_V", "3.1.2.5", Ignored),
    ("QUOTBAL_I", "3.1.2.6", Answered(400)),
    ("LTGTRURI_I", "3.1.2.7", Answered(400)),
    ("LWSRURI_I", "3.1.2.8", Answered(400)),
    ("LWSSTART_V", "3.1.2.9", Answered(400)),
    ("TRWS_I", "3.1.2.10", Answered(400)),
    ("ESCRURI_V", "3.1.2.11", Answered(400)),
    // Date may also be taken for not there.
    ("BADDATE_V", "3.1.2.12", AnsweredByAgent(400)),
    ("REGBADCT_I", "3.1.2.13", AnsweredByAgent(400)),
    // White space before the URI may also be borne.
    ("BADASPEC_I", "3.1.2.14", Answered(400)),
    // A name without its quotes may also be borne.
    ("BADDN_I", "3.1.2.15", Answered(400)),
    ("BADVERS_V", "3.1.2.16", Answered(505)),
    ("MISMATCH01_V", "3.1.2.17", Answered(400)),
    ("MISMATCH02_V", "3.1.2.18", Answered(400)),
    ("BIGCODE_V", "3.1.2.19", Ignored),
    // A branch that is the cookie alone: taken, and told apart as RFC 2543 has it.
    ("BADBRANCH_V", "3.2.1", Taken),
    ("INSUF_I", "3.3.1", Answered(400)),
    ("UNKSCM_V", "3.3.2", Refused(416)),
    ("NOVELSC_V", "3.3.3", Refused(416)),
    // To and From of unknown schemes are the registrar's business: 400 or 404.
    ("UNKSM2_V", "3.3.4", Taken),
    ("BEXT01_V", "3.3.5", Refused(420)),
    ("INVUT_V", "3.3.6", Refused(415)),
    // A credential of an unknown scheme counts as none.
    ("REGAUT01_V", "3.3.7", Taken),
    ("MULTI01_I", "3.3.8", Answered(400)),
    ("MCL01_I", "3.3.9", Answered(400)),
    // 200 with another's Via: dropped by who finds no transaction.
    ("BCAST_V", "3.3.10", Taken),
    ("ZEROMF_V", "3.3.11", Taken),
    ("CPARAM01_V", "3.3.12", Taken),
    ("CPARAM02_V", "3.3.13", Taken),
    ("REGESCRT_V", "3.3.14", Taken),
    // Accept has nothing that can be given: 406 is for who makes the answer.
    ("SDP01_V", "3.3.15", Taken),
    ("INV2543_I", "3.4.1", Taken),
];

fn bytes(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/rfc4475/TC_{name}.dat", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn message(name: &str) -> Message {
    parse(&bytes(name)).unwrap_or_else(|rejected| panic!("{name}: {rejected}"))
}

const SUPPORT: Support<'static> = Support {
    methods: &[
        Method::Invite,
        Method::Ack,
        Method::Bye,
        Method::Cancel,
        Method::Options,
        Method::Register,
        Method::Message,
    ],
    schemes: &["sip", "sips"],
    extensions: &["path"],
    media_types: &["application/sdp", "text/plain"],
};

fn verdict(bytes: &[u8]) -> Verdict {
    let message = match parse(bytes) {
        Ok(message) => message,
        Err(rejected) => {
            return match reject(&rejected, "tag") {
                Some(response) => Answered(response.status.code()),
                None => Ignored,
            };
        }
    };
    if let Err(fault) = message.check_known() {
        return AnsweredByAgent(fault.status().code());
    }
    match message.as_request().map(|request| SUPPORT.inspect(request)) {
        Some(Err(Refusal { status, .. })) => Refused(status.code()),
        Some(Ok(())) | None => Taken,
    }
}

#[test]
fn each_message_gets_its_verdict() {
    let wrong: Vec<_> = TABLE
        .iter()
        .map(|(name, section, expected)| (name, section, expected, verdict(&bytes(name)), parse(&bytes(name)).err()))
        .filter(|(_, _, expected, got, _)| *expected != got)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn none_is_left_out() {
    let folder = format!("{}/tests/rfc4475", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| Some(name.strip_prefix("TC_")?.strip_suffix(".dat")?.to_owned()))
        .collect();
    files.sort();
    let mut table: Vec<_> = TABLE.iter().map(|(name, ..)| (*name).to_owned()).collect();
    table.sort();
    assert_eq!(files, table);
}

/// One file lacks the empty line behind the headers; its fault of the RFC stands by itself, too.
#[test]
fn a_name_without_quotes_is_what_is_refused() {
    let mut whole = bytes("BADDN_I");
    whole.extend_from_slice(b"\r\n");
    let rejected = parse(&whole).unwrap_err();
    assert!(rejected.to_string().contains("needs quotes"), "{rejected}");
}

#[test]
fn what_is_taken_is_written_and_read_again() {
    for (name, ..) in TABLE {
        let Ok(message) = parse(&bytes(name)) else { continue };
        let written = message.write().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(parse(&written).as_ref(), Ok(&message), "{name}");
    }
}

/// 3.1.1.1: all white space, folding and compact forms.
#[test]
fn the_tortuous_invite_is_understood() {
    let message = message("WSINV");
    let headers = message.headers();
    let from = headers.from().unwrap();
    assert_eq!((from.display.as_deref(), from.tag()), (Some("J Rosenberg \\\""), Some("98asjd8")));
    assert_eq!(headers.to().unwrap().tag(), Some("1918181833n"));
    assert_eq!(headers.max_forwards(), Ok(Some(68)));
    assert_eq!(headers.cseq().unwrap().to_string(), "9 INVITE");
    let hops: Vec<_> = headers.list::<halyard_sip::Via>(name::VIA).unwrap();
    let branches: Vec<_> = hops.iter().map(|via| via.branch().unwrap()).collect();
    assert_eq!(branches, ["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"]);
    assert_eq!(headers.get("subject"), Some(""));
    assert_eq!(headers.get("NewFangledHeader"), Some("newfangled value continued newfangled value"));
    assert_eq!(headers.get("UnknownHeaderWithUnusualValue"), Some(";;,,;;,;"));
    let contact = headers.contact().unwrap().unwrap();
    assert_eq!((contact.display.as_deref(), contact.q()), (Some("Quoted string \"\""), 330));
    assert_eq!(contact.params.get("newparam"), Some("newvalue"));
    assert_eq!(message.body().len(), 150);
}

/// 3.1.1.3: escapes are resolved where a URI is read, and left where it is passed on.
#[test]
fn escapes_stay_and_are_understood() {
    let message = message("ESC01_V");
    let uri = &message.as_request().unwrap().uri;
    assert_eq!(uri.to_string(), "sip:sips%3Auser%40example.com@example.net");
    assert_eq!(uri.as_sip().unwrap().user_text().unwrap(), "sips:user@example.com");
    let contact = message.headers().contact().unwrap().unwrap();
    assert_eq!(contact.uri.param("lr").unwrap(), "");
    assert_eq!(contact.uri.param("name").unwrap(), "value%41");
    let to = message.headers().to().unwrap();
    assert!(to.uri.same(&"sip:user@example.com".parse().unwrap()));
}

/// 3.1.1.8: what stands behind the body is cut off.
#[test]
fn a_second_request_is_cut_off() {
    let message = message("DBLREQ");
    assert_eq!(message.as_request().unwrap().method, Method::Register);
    assert!(message.body().is_empty());
}

/// 3.1.1.2 and 3.1.1.12: UTF-8 where it may be, and control characters behind a backslash.
#[test]
fn unusual_letters_are_kept() {
    let unusual = message("INTMETH");
    assert!(unusual.headers().to().unwrap().display.unwrap().starts_with("BEL:\u{7} NUL:\0 DEL:\u{7f}"));
    let response = message("UNREASON_V");
    assert!(response.as_response().unwrap().reason.contains('\u{43f}'));
    assert_eq!(&*message("NOREASON_V").as_response().unwrap().reason, "");
}

/// 3.3.5: all that is not known is told.
#[test]
fn unknown_extensions_are_told() {
    let message = message("BEXT01_V");
    let request = message.as_request().unwrap();
    let refusal = SUPPORT.inspect(request).unwrap_err();
    assert_eq!(refusal.headers.get(name::UNSUPPORTED), Some("nothingSupportsThis, nothingSupportsThisEither"));
    let response = refuse(request, &refusal, "tag");
    assert!(response.headers.lists(name::UNSUPPORTED, "nothingSupportsThisEither"));
    assert_eq!(response.status.code(), 420);
    let refusal = SUPPORT.inspect_at_proxy(request).unwrap_err();
    assert_eq!(refusal.status, Status::BAD_EXTENSION);
}

/// What is refused is answered with the headers that were there, and the answer can be read.
#[test]
fn answers_can_be_read() {
    for (name, ..) in TABLE {
        let response = match parse(&bytes(name)) {
            Ok(Message::Request(request)) => respond(&request, Status::RINGING, "tag"),
            Ok(Message::Response(_)) => continue,
            Err(rejected) => match reject(&rejected, "tag") {
                Some(response) => response,
                None => continue,
            },
        };
        let written = response.write().unwrap_or_else(|error| panic!("{name}: {error}"));
        let text = String::from_utf8_lossy(&written);
        assert!(text.starts_with("SIP/2.0 "), "{name}");
        // A reader as ours ignores it where the copied headers are what is wrong.
        if let Ok(read) = parse(&written) {
            assert_eq!(read.as_response(), Some(&response), "{name}");
        }
    }
}
