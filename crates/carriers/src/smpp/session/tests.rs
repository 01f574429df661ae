use halyard_protocol::PhoneNumber;
use proptest::prelude::*;

use super::*;
use crate::account::{Secret, Settings};
use crate::event::Address;
use crate::smpp::outgoing::submissions;
use crate::smpp::pdu::{Pdu, tag};

const BIND_RESP: u32 = command::ANSWER | command::BIND_TRANSCEIVER;
const SUBMIT_RESP: u32 = command::ANSWER | command::SUBMIT_SM;
const DELIVER_RESP: u32 = command::ANSWER | command::DELIVER_SM;

fn options(more: &[(&str, &str)]) -> Options {
    let mut settings = Settings::default();
    for (name, value) in [("host", "smsc.test"), ("port", "2775"), ("system_id", "halyard")].iter().chain(more) {
        settings.plain.insert((*name).to_owned(), (*value).to_owned());
    }
    settings.secrets.insert("password".to_owned(), Secret("fairwind".to_owned()));
    Options::read(&settings).unwrap()
}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn number(text: &str) -> Address {
    Address::Number(PhoneNumber::from_e164(text).unwrap())
}

fn submission(id: &str) -> Submission {
    let parts = submissions(id, &number("+16195550142"), &number("+16195550199"), "Fair winds", 7, &options(&[]));
    parts.unwrap().remove(0)
}

fn pdu(command: u32, status: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    Writer::new(command, status, sequence).octets(body).finish()
}

fn message(sequence: u32, text: &[u8], parameters: &[(u16, &[u8])]) -> Vec<u8> {
    with_class(sequence, 0, text, parameters)
}

fn with_class(sequence: u32, class: u8, text: &[u8], parameters: &[(u16, &[u8])]) -> Vec<u8> {
    let mut writer = Writer::new(command::DELIVER_SM, 0, sequence).text("").octets(&[1, 1]).text("16195550199");
    writer = writer.octets(&[1, 1]).text("16195550142").octets(&[class, 0, 0]).text("").text("");
    writer = writer.octets(&[0, 0, 3, 0, text.len() as u8]).octets(text);
    for (tag, value) in parameters {
        writer = writer.parameter(*tag, value);
    }
    writer.finish()
}

/// The units among what is to be written.
fn written(outputs: &[Output]) -> Vec<Pdu> {
    let mut frames = Frames::default();
    for output in outputs {
        if let Output::Write(bytes) = output {
            frames.push(bytes);
        }
    }
    core::iter::from_fn(|| frames.next().unwrap()).collect()
}

fn commands(outputs: &[Output]) -> Vec<(u32, u32, u32)> {
    written(outputs).iter().map(|pdu| (pdu.command, pdu.status, pdu.sequence)).collect()
}

fn outcomes(outputs: &[Output]) -> Vec<(&str, &Outcome)> {
    let submitted = outputs.iter().filter_map(|output| match output {
        Output::Submitted { id, outcome, .. } => Some((id.as_str(), outcome)),
        _ => None,
    });
    submitted.collect()
}

fn has_state(outputs: &[Output], state: &State) -> bool {
    outputs.iter().any(|output| matches!(output, Output::State(found) if found == state))
}

fn wakes_at(outputs: &[Output]) -> Option<Duration> {
    outputs.iter().rev().find_map(|output| if let Output::WakeAt(time) = output { Some(*time) } else { None })
}

fn is_closed(outputs: &[Output]) -> bool {
    let close = outputs.iter().position(|output| *output == Output::Close);
    close.is_some_and(|close| !outputs[close..].iter().any(|output| matches!(output, Output::Write(_))))
}

/// A session that is bound at second 0.
fn bound(more: &[(&str, &str)]) -> Session {
    let mut session = Session::new(options(more), Role::Transceiver);
    session.connected(at(0));
    let outputs = session.received(&pdu(BIND_RESP, 0, 1, b"SMSC\0"), at(0));
    assert!(has_state(&outputs, &State::Bound));
    session
}

/// Submits and gives the unit's number.
fn submit(session: &mut Session, id: &str, now: Duration) -> u32 {
    let outputs = session.submit(submission(id), now);
    assert_eq!(outcomes(&outputs), []);
    written(&outputs)[0].sequence
}

#[test]
fn the_login_is_what_the_standard_says() {
    let mut session = Session::new(options(&[("system_type", "vms")]), Role::Transceiver);
    let outputs = session.connected(at(5));
    let pdus = written(&outputs);
    assert_eq!(pdus[0].command, command::BIND_TRANSCEIVER);
    assert_eq!(pdus[0].body, b"halyard\0fairwind\0vms\0\x34\0\0\0");
    assert!(has_state(&outputs, &State::Connecting));
    assert_eq!(wakes_at(&outputs), Some(at(15)));
    assert_eq!(session.room(at(5)), 0);
    for (role, command) in [(Role::Transmitter, command::BIND_TRANSMITTER), (Role::Receiver, command::BIND_RECEIVER)] {
        assert_eq!(written(&Session::new(options(&[]), role).connected(at(0)))[0].command, command);
    }
    // No answer.
    let outputs = session.tick(at(15));
    assert!(is_closed(&outputs) && matches!(outputs[1], Output::State(State::Lost(_))));
    assert_eq!(session.closed(at(15)), []);
}

#[test]
fn a_refused_login_says_why() {
    for (status, words) in
        [(0x0e, "password"), (0x0f, "system_id"), (0x53, "system_type"), (0x05, "already"), (0x0d, "address")]
    {
        let mut session = Session::new(options(&[]), Role::Transceiver);
        session.connected(at(0));
        let outputs = session.received(&pdu(BIND_RESP, status, 1, b""), at(1));
        let Some(Output::State(State::Refused(refusal))) = outputs.last() else { panic!("{outputs:?}") };
        assert!(refusal.words.contains(words), "{}", refusal.words);
        assert!(is_closed(&outputs));
    }
    let mut session = Session::new(options(&[]), Role::Transceiver);
    session.connected(at(0));
    assert!(is_closed(&session.received(&pdu(command::GENERIC_NACK, 3, 1, b""), at(1))));
}

#[test]
fn a_submission_is_taken() {
    let mut session = bound(&[]);
    let outputs = session.submit(submission("a.1"), at(1));
    let pdus = written(&outputs);
    assert_eq!(pdus[0].body, b"\0\x01\x0116195550142\0\x01\x0116195550199\0\0\0\0\0\0\x01\0\0\0\x0aFair winds");
    assert_eq!(session.room(at(1)), 9);
    // An id without its NUL is read, too.
    let outputs = session.received(&pdu(SUBMIT_RESP, 0, pdus[0].sequence, b"00AB12"), at(2));
    assert_eq!(outcomes(&outputs), [("a.1", &Outcome::Taken { references: vec!["ab12".to_owned()] })]);
    assert_eq!(session.room(at(2)), 10);
    // The same answer again is nothing.
    assert_eq!(outcomes(&session.received(&pdu(SUBMIT_RESP, 0, pdus[0].sequence, b"00AB12\0"), at(2))), []);
}

#[test]
fn a_long_text_goes_in_parts() {
    let text = "x".repeat(200);
    for (concatenation, class, parts) in [("udh8", 0x40, 2), ("udh16", 0x40, 2), ("sar", 0, 2), ("payload", 0, 1)] {
        let options = options(&[("concatenation", concatenation)]);
        let all = submissions("a", &number("+16195550142"), &number("+16195550199"), &text, 0x102, &options).unwrap();
        assert_eq!(all.len(), parts);
        let bytes = outgoing::submit(&all[0], &options, 1);
        // Behind the addresses.
        assert_eq!(bytes[16 + 29], class, "{concatenation}");
        let has = |octets: &[u8]| bytes.windows(octets.len()).any(|window| window == octets);
        match concatenation {
            "udh8" => assert!(has(&[159, 5, 0, 3, 2, 2, 1, b'x'])),
            "udh16" => assert!(has(&[159, 6, 8, 4, 1, 2, 2, 1, b'x'])),
            "sar" => assert!(has(&[2, 0xc, 0, 2, 1, 2, 2, 0xe, 0, 1, 2, 2, 0xf, 0, 1, 1])),
            _ => assert!(has(&[0, 4, 0x24, 0, 200, b'x'])),
        }
    }
}

#[test]
fn the_window_is_kept() {
    let mut session = bound(&[("window", "2")]);
    submit(&mut session, "a", at(1));
    let second = submit(&mut session, "b", at(1));
    let outputs = session.submit(submission("c"), at(1));
    assert!(matches!(outcomes(&outputs)[..], [("c", Outcome::Later(_))]) && written(&outputs).is_empty());
    session.received(&pdu(SUBMIT_RESP, 0, second, b"1\0"), at(1));
    submit(&mut session, "c", at(1));
}

#[test]
fn numbers_begin_anew_and_none_is_used_twice() {
    let mut session = bound(&[]);
    assert_eq!(submit(&mut session, "a", at(1)), 2);
    session.sequence = 0x7fff_fffe;
    let numbers = ["b", "c", "d"].map(|id| submit(&mut session, id, at(1)));
    assert_eq!(numbers, [0x7fff_ffff, 1, 3]);
    let outputs = session.received(&pdu(SUBMIT_RESP, 0, 2, b"1\0"), at(1));
    assert_eq!(outcomes(&outputs)[0].0, "a");
}

#[test]
fn each_status_has_its_outcome() {
    let mut session = bound(&[]);
    for (status, is_later) in
        [(0x14, true), (0x08, true), (0x64, true), (0x0b, false), (0x45, false), (0x499, false), (0xdead, false)]
    {
        let sequence = submit(&mut session, "a", at(1));
        let outputs = session.received(&pdu(SUBMIT_RESP, status, sequence, b""), at(1));
        let outcome = outcomes(&outputs)[0].1.clone();
        let (Outcome::Later(refusal) | Outcome::Refused(refusal)) = &outcome else { panic!("{outcome:?}") };
        assert_eq!(matches!(outcome, Outcome::Later(_)), is_later, "{status}");
        assert_eq!(refusal.code, format!("0x{status:08X}"));
    }
    let sequence = submit(&mut session, "a", at(1));
    let outputs = session.received(&pdu(command::GENERIC_NACK, 2, sequence, b""), at(1));
    assert!(matches!(outcomes(&outputs)[..], [("a", Outcome::Refused(_))]));
    let sequence = submit(&mut session, "a", at(1));
    let outputs = session.received(&pdu(command::GENERIC_NACK, 0, sequence, b""), at(1));
    assert_eq!(outcomes(&outputs), [("a", &Outcome::Unknown)]);
    let sequence = submit(&mut session, "a", at(1));
    let outputs = session.received(&pdu(SUBMIT_RESP, 4, sequence, b""), at(1));
    assert!(matches!(outcomes(&outputs)[..], [("a", Outcome::Later(_))]) && is_closed(&outputs));
}

#[test]
fn an_answer_that_takes_too_long_is_unknown_and_may_come_late() {
    let mut session = bound(&[("response_seconds", "10")]);
    let sequence = submit(&mut session, "a", at(1));
    assert_eq!(outcomes(&session.tick(at(10))), []);
    assert_eq!(outcomes(&session.tick(at(11))), [("a", &Outcome::Unknown)]);
    assert_eq!(session.room(at(11)), 10);
    let outputs = session.received(&pdu(SUBMIT_RESP, 0, sequence, b"77\0"), at(12));
    assert_eq!(outputs[0], Output::Late { id: "a".to_owned(), part: 1, reference: "77".to_owned() });
    assert_eq!(outcomes(&session.received(&pdu(SUBMIT_RESP, 0, sequence, b"77\0"), at(12))), []);
}

#[test]
fn a_connection_that_ends_leaves_submissions_unknown() {
    let mut session = bound(&[]);
    submit(&mut session, "a", at(1));
    submit(&mut session, "b", at(1));
    let outputs = session.closed(at(2));
    assert_eq!(outcomes(&outputs), [("a", &Outcome::Unknown), ("b", &Outcome::Unknown)]);
    assert!(matches!(outputs.last(), Some(Output::State(State::Lost(_)))));
    assert!(matches!(outcomes(&session.submit(submission("c"), at(2)))[..], [("c", Outcome::Later(_))]));
    assert_eq!(session.received(b"\0\0", at(2)), []);
    // The next connection begins anew, in the middle of nothing.
    session.connected(at(3));
    assert!(has_state(&session.received(&pdu(BIND_RESP, 0, 99, b""), at(3)), &State::Bound));
    assert_eq!(session.room(at(3)), 10);
}

#[test]
fn throttling_pauses_longer_each_time() {
    let mut session = bound(&[]);
    let mut now = at(10);
    for wait in [1, 2, 4, 8, 16, 30, 30] {
        let first = submit(&mut session, "a", now);
        let second = submit(&mut session, "b", now);
        now += Duration::from_millis(50);
        let outputs = session.received(&pdu(SUBMIT_RESP, 0x58, first, b""), now);
        let until = now + at(wait);
        assert!(has_state(&outputs, &State::Throttled { until }), "{wait}");
        assert_eq!(outcomes(&outputs), [("a", &Outcome::Throttled { wait: Some(at(wait)) })]);
        // The second one of the window does not make it longer.
        let outputs = session.received(&pdu(SUBMIT_RESP, 0x58, second, b""), now + at(1) / 2);
        assert!(!outputs.iter().any(|output| matches!(output, Output::State(_))));
        let outputs = session.submit(submission("c"), now + at(1) / 2);
        assert!(
            matches!(outcomes(&outputs)[..], [("c", Outcome::Throttled { wait: Some(_) })])
                && written(&outputs).is_empty()
        );
        assert!(has_state(&session.tick(until), &State::Bound));
        now = until;
    }
    let sequence = submit(&mut session, "a", now);
    session.received(&pdu(SUBMIT_RESP, 0, sequence, b"1\0"), now);
    let sequence = submit(&mut session, "a", now);
    let outputs = session.received(&pdu(SUBMIT_RESP, 0x58, sequence, b""), now);
    assert!(has_state(&outputs, &State::Throttled { until: now + at(1) }));
}

#[test]
fn a_silent_connection_is_tested_and_closed() {
    let mut session = bound(&[]);
    assert_eq!(wakes_at(&session.tick(at(29))), Some(at(30)));
    let outputs = session.tick(at(30));
    let [(command::ENQUIRE_LINK, 0, sequence)] = commands(&outputs)[..] else { panic!("{outputs:?}") };
    assert_eq!(wakes_at(&outputs), Some(at(40)));
    let outputs = session.received(&pdu(command::ANSWER | command::ENQUIRE_LINK, 0, sequence, b""), at(35));
    assert_eq!(wakes_at(&outputs), Some(at(65)));
    submit(&mut session, "a", at(60));
    assert_eq!(commands(&session.tick(at(65))).len(), 1);
    let outputs = session.tick(at(75));
    assert!(is_closed(&outputs));
    assert_eq!(outcomes(&outputs), [("a", &Outcome::Unknown)]);
}

#[test]
fn tests_and_farewells_of_the_carrier_are_answered() {
    let mut session = bound(&[]);
    let outputs = session.received(&pdu(command::ENQUIRE_LINK, 0, 500, b""), at(1));
    assert_eq!(commands(&outputs), [(command::ANSWER | command::ENQUIRE_LINK, 0, 500)]);
    submit(&mut session, "a", at(1));
    let outputs = session.received(&pdu(command::UNBIND, 0, 501, b""), at(2));
    assert_eq!(commands(&outputs), [(command::ANSWER | command::UNBIND, 0, 501)]);
    assert!(is_closed(&outputs) && outcomes(&outputs) == [("a", &Outcome::Unknown)]);
}

#[test]
fn a_text_is_answered_when_it_is_committed() {
    let mut session = bound(&[]);
    let outputs = session.received(&message(9, b"caf\xe9", &[]), at(1));
    assert_eq!(written(&outputs), []);
    let Output::Inbound(handle, arrived) = &outputs[0] else { panic!("{outputs:?}") };
    assert_eq!((&arrived.from, &arrived.to), (&number("+16195550199"), &number("+16195550142")));
    assert_eq!((arrived.piece.text().as_str(), arrived.concat), ("café", None));
    // Brought again meanwhile, it is one; another under the same number is another.
    let outputs = session.received(&message(9, b"caf\xe9", &[]), at(1));
    assert!(matches!(outputs[..], [Output::Skipped(_), ..]));
    let outputs = session.received(&message(9, b"other", &[]), at(1));
    let Output::Inbound(other, _) = &outputs[0] else { panic!("{outputs:?}") };
    let outputs = session.taken(*handle, at(2));
    assert_eq!(written(&outputs), [Pdu { command: DELIVER_RESP, status: 0, sequence: 9, body: vec![0] }]);
    assert_eq!(commands(&session.not_taken(*other, at(2))), [(DELIVER_RESP, 0x64, 9)]);
    assert_eq!(session.taken(*other, at(2)), []);
}

#[test]
fn of_a_connection_that_ended_nothing_is_answered() {
    let mut session = bound(&[]);
    let outputs = session.received(&message(9, b"hi", &[]), at(1));
    let Output::Inbound(old, first) = outputs[0].clone() else { panic!("{outputs:?}") };
    session.closed(at(2));
    session.connected(at(3));
    session.received(&pdu(BIND_RESP, 0, 1, b""), at(3));
    let outputs = session.received(&message(10, b"hi", &[]), at(4));
    let Output::Inbound(new, again) = outputs[0].clone() else { panic!("{outputs:?}") };
    assert_eq!(first.fingerprint, again.fingerprint);
    assert_eq!(session.taken(old, at(4)), []);
    assert_eq!(commands(&session.taken(new, at(4))), [(DELIVER_RESP, 0, 10)]);
}

#[test]
fn parts_say_which_they_are() {
    let mut session = bound(&[]);
    let arrived = |outputs: Vec<Output>| match outputs.into_iter().next() {
        Some(Output::Inbound(_, arrived)) => {
            (arrived.concat.map(|c| (c.reference, c.total, c.part)), arrived.piece.text())
        }
        output => panic!("{output:?}"),
    };
    let part = arrived(session.received(&with_class(1, 0x40, b"\x05\x00\x03\x07\x02\x01hi", &[]), at(1)));
    assert_eq!(part, (Some((7, 2, 1)), "hi".to_owned()));
    let sar: &[(u16, &[u8])] =
        &[(tag::SAR_MSG_REF_NUM, &[1, 2]), (tag::SAR_TOTAL_SEGMENTS, &[3]), (tag::SAR_SEGMENT_SEQNUM, &[2])];
    assert_eq!(arrived(session.received(&message(2, b"hi", sar), at(1))), (Some((0x102, 3, 2)), "hi".to_owned()));
    let payload: &[(u16, &[u8])] = &[(0x1400, &[1, 2, 3]), (tag::MESSAGE_PAYLOAD, b"long")];
    assert_eq!(arrived(session.received(&message(3, b"", payload), at(1))), (None, "long".to_owned()));
    // A header that is none is text.
    assert_eq!(arrived(session.received(&with_class(4, 0x40, b"Hello", &[]), at(1))), (None, "Hello".to_owned()));
    // `data_sm` has fewer fields.
    let data = Writer::new(command::DATA_SM, 0, 5)
        .text("")
        .octets(&[1, 1])
        .text("16195550199")
        .octets(&[1, 1])
        .text("16195550142");
    let data = data.octets(&[0, 0, 8]).parameter(tag::MESSAGE_PAYLOAD, &[0, b'h', 0, b'i']).finish();
    let outputs = session.received(&data, at(1));
    let Output::Inbound(handle, _) = &outputs[0] else { panic!("{outputs:?}") };
    assert_eq!(commands(&session.taken(*handle, at(1))), [(command::ANSWER | command::DATA_SM, 0, 5)]);
    assert_eq!(arrived(outputs), (None, "hi".to_owned()));
}

#[test]
fn receipts_are_read() {
    let mut session = bound(&[]);
    let text =
        b"id:0000a_12 sub:001 dlvrd:001 submit date:2611291200 done date:2611291201 stat:DELIVRD err:000 text:hi";
    // A parameter that is out of form costs no more than itself.
    for parameters in
        [&[][..], &[(tag::NETWORK_ERROR_CODE, &b"\x03"[..])], &[(tag::MESSAGE_STATE, b"\x02"), (0x0427, b"")]]
    {
        let outputs = session.received(&with_class(1, 0x04, text, parameters), at(1));
        let Output::Receipt(handle, reported) = &outputs[0] else { panic!("{outputs:?}") };
        assert_eq!(reported.receipt.reported(), Some(crate::event::Reported::Delivered));
        assert_eq!(reported.references[0], "a_12");
        assert_eq!(reported.from, number("+16195550199"));
        session.taken(*handle, at(1));
    }
    // By its parameters alone, without a NUL; and without saying that it is one.
    for class in [0x04, 0x00, 0x20] {
        let parameters: &[(u16, &[u8])] = &[(tag::RECEIPTED_MESSAGE_ID, b"12AB"), (tag::MESSAGE_STATE, &[5])];
        let outputs = session.received(&with_class(2, class, b"", parameters), at(1));
        let Output::Receipt(handle, reported) = &outputs[0] else { panic!("{outputs:?}") };
        assert_eq!(reported.references, ["12ab", "4779"]);
        session.taken(*handle, at(1));
    }
    // What a phone writes is a text, whatever it looks like.
    let outputs = session.received(&with_class(3, 0x00, text, &[]), at(1));
    assert!(matches!(outputs[0], Output::Inbound(..)));
    // A receipt of nothing is answered at once: it would come again for ever.
    let outputs = session.received(&with_class(4, 0x04, b"?", &[]), at(1));
    assert_eq!(commands(&outputs), [(DELIVER_RESP, 0, 4)]);
}

#[test]
fn what_is_not_known_is_refused() {
    let mut session = bound(&[]);
    assert_eq!(commands(&session.received(&pdu(0x77, 0, 5, b"xx"), at(1))), [(command::GENERIC_NACK, 3, 5)]);
    assert_eq!(
        commands(&session.received(&pdu(command::SUBMIT_SM, 0, 6, b"xx"), at(1))),
        [(command::GENERIC_NACK, 3, 6)]
    );
    for quiet in [command::ANSWER | 0x77, command::OUTBIND, command::ALERT_NOTIFICATION, command::GENERIC_NACK] {
        assert_eq!(commands(&session.received(&pdu(quiet, 0, 5, b"xx"), at(1))), []);
    }
    assert_eq!(commands(&session.received(&pdu(command::DELIVER_SM, 0, 7, b"\0\x01"), at(1))), [(DELIVER_RESP, 2, 7)]);
    let mut session = Session::new(options(&[]), Role::Transmitter);
    session.connected(at(0));
    assert_eq!(commands(&session.received(&message(8, b"hi", &[]), at(1))), [(DELIVER_RESP, 4, 8)]);
}

#[test]
fn lengths_that_cannot_be_end_the_session() {
    for length in [0_u32, 15, 65_537, u32::MAX] {
        let mut session = bound(&[]);
        submit(&mut session, "a", at(1));
        let outputs = session.received(&[&length.to_be_bytes()[..], &[0; 12]].concat(), at(1));
        assert_eq!(commands(&outputs), [(command::GENERIC_NACK, 2, 0)]);
        assert!(is_closed(&outputs) && outcomes(&outputs) == [("a", &Outcome::Unknown)]);
    }
}

#[test]
fn units_come_in_any_pieces() {
    let all: Vec<u8> = (1..=20).flat_map(|sequence| pdu(command::ENQUIRE_LINK, 0, sequence, b"")).collect();
    for size in [1, 3, 16, 17, 1_000] {
        let mut session = bound(&[]);
        let outputs: Vec<Output> = all.chunks(size).flat_map(|bytes| session.received(bytes, at(1))).collect();
        assert_eq!(written(&outputs).iter().map(|pdu| pdu.sequence).collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());
    }
}

#[test]
fn the_carrier_keeps_what_is_too_much() {
    let mut session = bound(&[]);
    for sequence in 0..MOST_WAITING as u32 {
        assert_eq!(commands(&session.received(&message(sequence, b"hi", &[]), at(1))), []);
    }
    assert_eq!(commands(&session.received(&message(9_999, b"hi", &[]), at(1))), [(DELIVER_RESP, 0x64, 9_999)]);
}

#[test]
fn leaving_waits_for_what_is_under_way() {
    let mut session = bound(&[]);
    let sequence = submit(&mut session, "a", at(1));
    let outputs = session.received(&message(9, b"hi", &[]), at(1));
    let Output::Inbound(handle, _) = outputs[0].clone() else { panic!("{outputs:?}") };
    assert_eq!(commands(&session.leave(at(2))), []);
    assert_eq!(session.room(at(2)), 0);
    assert_eq!(commands(&session.received(&pdu(SUBMIT_RESP, 0, sequence, b"1\0"), at(3))), []);
    let outputs = session.taken(handle, at(4));
    let [(DELIVER_RESP, 0, 9), (command::UNBIND, 0, farewell)] = commands(&outputs)[..] else { panic!("{outputs:?}") };
    let outputs = session.received(&pdu(command::ANSWER | command::UNBIND, 0, farewell, b""), at(5));
    assert!(is_closed(&outputs) && has_state(&outputs, &State::Left));
    // The last answer ends it, too.
    let mut session = bound(&[]);
    let sequence = submit(&mut session, "a", at(1));
    session.leave(at(2));
    let outputs = session.received(&pdu(SUBMIT_RESP, 0, sequence, b"1\0"), at(3));
    assert!(matches!(commands(&outputs)[..], [(command::UNBIND, 0, _)]));
    // Nobody answers.
    let mut session = bound(&[]);
    submit(&mut session, "a", at(1));
    session.leave(at(2));
    let outputs: Vec<Output> = [31, 32, 42].into_iter().flat_map(|time| session.tick(at(time))).collect();
    assert!(is_closed(&outputs) && has_state(&outputs, &State::Left));
    assert_eq!(outcomes(&outputs), [("a", &Outcome::Unknown)]);
}

proptest! {
    #[test]
    fn any_bytes_are_survived(
        pieces in prop::collection::vec(prop_oneof![
            prop::collection::vec(any::<u8>(), 0..100),
            // A header that makes sense in front of what does not.
            (prop::sample::select(vec![1_u32, 4, 5, 6, 9, 0x15, 0x103, 0x8000_0000, 0x8000_0004, 0x8000_0009, 0x8000_0015]), any::<u32>(), 0_u32..20, prop::collection::vec(any::<u8>(), 0..200))
                .prop_map(|(command, status, sequence, body)| pdu(command, status % 3 * 0x2c, sequence, &body)),
        ], 0..40),
        is_bound in any::<bool>(),
        seconds in 0_u64..20,
    ) {
        let mut session = if is_bound { bound(&[]) } else { Session::new(options(&[]), Role::Transceiver) };
        if !is_bound { session.connected(at(0)); }
        let mut open = 0;
        let mut now = at(0);
        for (place, piece) in pieces.iter().enumerate() {
            now += at(seconds);
            let outputs = session.submit(submission(&place.to_string()), now);
            open += 1;
            open -= outcomes(&outputs).len();
            for outputs in [session.received(piece, now), session.tick(now)] {
                open -= outcomes(&outputs).len();
                for output in outputs {
                    if let Output::Inbound(handle, arrived) = output {
                        let _ = arrived.piece.text();
                        session.taken(handle, now);
                    }
                }
            }
            prop_assert!(session.waiting.len() <= MOST_WAITING && session.outstanding.len() <= 10 && session.late.len() <= MOST_LATE);
        }
        open -= outcomes(&session.closed(now)).len();
        prop_assert_eq!(open, 0);
    }

    #[test]
    fn a_message_with_any_end_is_read(cut in 0_usize..60, body in prop::collection::vec(any::<u8>(), 0..80), class in any::<u8>()) {
        let whole = with_class(1, class, &body, &[(tag::MESSAGE_STATE, &[2]), (tag::RECEIPTED_MESSAGE_ID, &body)]);
        let mut cut = whole[..whole.len().saturating_sub(cut).max(16)].to_vec();
        let length = u32::try_from(cut.len()).unwrap().to_be_bytes();
        cut[..4].copy_from_slice(&length);
        let outputs = bound(&[]).received(&cut, at(1));
        // It is told of, or answered.
        let is_told = outputs.iter().any(|output| matches!(output, Output::Inbound(..) | Output::Receipt(..)));
        prop_assert!(is_told || written(&outputs).len() == 1);
    }
}
