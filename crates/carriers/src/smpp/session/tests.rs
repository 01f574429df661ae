mod incoming;

use halyard_protocol::PhoneNumber;

use super::*;
use crate::account::{Secret, Settings};
use crate::event::Address;
use crate::smpp::outgoing::submissions;
use crate::smpp::pdu::Pdu;

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
            frames.push(&bytes.0);
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
    assert!(!format!("{outputs:?}").contains("102, 97, 105"), "the password is in no Debug");
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
        let Some(Output::State(State::Refused { why, mend })) = outputs.last() else { panic!("{outputs:?}") };
        assert!(why.words.contains(words), "{}", why.words);
        assert_eq!(*mend, status != 0x05);
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
    let outcome = Outcome::Taken { references: vec!["77".to_owned()] };
    assert_eq!(outputs[0], Output::Late { id: "a".to_owned(), part: 1, outcome });
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
fn leaving_waits_for_what_is_under_way() {
    let mut session = bound(&[]);
    let sequence = submit(&mut session, "a", at(1));
    let outputs = session.received(&message(9, b"hi", &[]), at(1));
    let Output::Inbound(handle, _) = outputs[0].clone() else { panic!("{outputs:?}") };
    assert_eq!(commands(&session.leave(at(2))), []);
    assert_eq!(session.room(at(2)), 0);
    assert_eq!(commands(&session.received(&message(10, b"hi", &[]), at(2))), [(DELIVER_RESP, 0x64, 10)]);
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
