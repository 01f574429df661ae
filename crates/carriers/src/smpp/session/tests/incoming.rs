use proptest::prelude::*;

use super::*;
use crate::smpp::pdu::tag;

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
