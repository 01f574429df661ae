//! What is written is read by another implementation of SMPP, and what that writes is read here.

#![allow(clippy::unwrap_used, reason = "all of this crate is a test, its helpers too")]

use core::time::Duration;

use halyard_carriers::smpp::{Options, Output, Role, Session, submissions};
use halyard_carriers::{Address, Reported, Secret, Settings};
use halyard_protocol::PhoneNumber;
use rusmpp_core::command::borrowed::Command;
use rusmpp_core::decode::borrowed::DecodeWithLength;
use rusmpp_core::encode::{Encode, Length};
use rusmpp_core::pdus::borrowed::{BindTransceiverResp, DeliverSm, Pdu, SubmitSmResp};
use rusmpp_core::tlvs::borrowed::{MessageDeliveryRequestTlvValue, TlvValue};
use rusmpp_core::types::borrowed::{COctetString, OctetString};
use rusmpp_core::values::{DataCoding, EsmClass, InterfaceVersion, MessageState, Npi, Ton};
use rusmpp_core::{CommandId, CommandStatus};

const NOW: Duration = Duration::ZERO;

fn options(more: &[(&str, &str)]) -> Options {
    let mut settings = Settings::default();
    for (name, value) in [("host", "smsc.test"), ("port", "2775"), ("system_id", "halyard")].iter().chain(more) {
        settings.plain.insert((*name).to_owned(), (*value).to_owned());
    }
    settings.secrets.insert("password".to_owned(), Secret("fairwind".to_owned()));
    Options::read(&settings).unwrap()
}

fn number(text: &str) -> Address {
    Address::Number(PhoneNumber::from_e164(text).unwrap())
}

/// Reads the one unit that is written.
fn read<R>(outputs: &[Output], with: impl FnOnce(&Command<'_, 16>) -> R) -> R {
    let bytes = outputs.iter().find_map(|output| if let Output::Write(bytes) = output { Some(&bytes.0) } else { None });
    let bytes = bytes.expect("something is written");
    let (length, rest) = bytes.split_first_chunk::<4>().unwrap();
    assert_eq!(u32::from_be_bytes(*length) as usize, bytes.len());
    let (command, size) = Command::<16>::decode(rest, rest.len()).unwrap();
    assert_eq!(size, rest.len());
    with(&command)
}

fn write(status: CommandStatus, sequence: u32, pdu: Pdu<'_, 16>) -> Vec<u8> {
    let command = Command::new(status, sequence, pdu);
    let mut bytes = vec![0; 4 + command.length()];
    let length = u32::try_from(bytes.len()).unwrap();
    bytes[..4].copy_from_slice(&length.to_be_bytes());
    command.encode(&mut bytes[4..]);
    bytes
}

fn bound(options: Options) -> Session {
    let mut session = Session::new(options, Role::Transceiver);
    let sequence = read(&session.connected(NOW), |command| command.sequence_number());
    let answer = BindTransceiverResp::new(COctetString::new(b"SMSC\0").unwrap(), None);
    session.received(&write(CommandStatus::EsmeRok, sequence, answer.into()), NOW);
    assert!(session.room(NOW) > 0);
    session
}

#[test]
fn another_reads_a_login() {
    let outputs = Session::new(options(&[("system_type", "vms")]), Role::Transceiver).connected(NOW);
    read(&outputs, |command| {
        let Some(Pdu::BindTransceiver(bind)) = command.pdu() else { panic!("{command:?}") };
        assert_eq!(
            (bind.system_id.as_str(), bind.password.as_str(), bind.system_type.as_str()),
            ("halyard", "fairwind", "vms")
        );
        assert_eq!(bind.interface_version, InterfaceVersion::Smpp3_4);
    });
}

#[test]
fn another_reads_submissions() {
    let text = "Fair winds € ".repeat(20);
    for concatenation in ["udh8", "udh16", "sar", "payload"] {
        let options = options(&[("concatenation", concatenation), ("validity_hours", "48"), ("service_type", "CMT")]);
        let mut session = bound(options.clone());
        let parts =
            submissions("a", &number("+16195550142"), &number("+16195550199"), &text, 0x1234, &options).unwrap();
        for part in parts {
            let (content, number) = (part.content.octets.clone(), part.part);
            read(&session.submit(part, NOW), |command| {
                let Some(Pdu::SubmitSm(submit)) = command.pdu() else { panic!("{command:?}") };
                assert_eq!((submit.source_addr_ton, submit.source_addr_npi), (Ton::International, Npi::Isdn));
                assert_eq!(
                    (submit.source_addr.as_str(), submit.destination_addr.as_str()),
                    ("16195550142", "16195550199")
                );
                assert_eq!(submit.validity_period.as_str(), "000002000000000R");
                assert_eq!(u8::from(submit.registered_delivery), 1);
                assert_eq!(submit.data_coding, DataCoding::default());
                let has_header = concatenation.starts_with("udh");
                assert_eq!(u8::from(submit.esm_class), if has_header { 0x40 } else { 0 });
                let values: Vec<&TlvValue<'_>> = submit.tlvs().iter().filter_map(|tlv| tlv.value()).collect();
                match concatenation {
                    "payload" => assert!(
                        matches!(values[..], [TlvValue::MessagePayload(payload)] if payload.value.bytes() == content)
                    ),
                    "sar" => {
                        assert_eq!(values.len(), 3);
                        assert!(values.contains(&&TlvValue::SarMsgRefNum(0x1234)));
                        assert!(values.contains(&&TlvValue::SarSegmentSeqnum(number)));
                        assert_eq!(submit.short_message().bytes(), content);
                    }
                    _ => assert_eq!((values.len(), submit.short_message().bytes()), (0, &content[..])),
                }
            });
        }
    }
}

#[test]
fn another_writes_answers() {
    let options = options(&[]);
    let mut session = bound(options.clone());
    let parts = submissions("a", &number("+16195550142"), &number("+16195550199"), "Hi", 1, &options).unwrap();
    let sequence = read(&session.submit(parts[0].clone(), NOW), |command| command.sequence_number());
    let answer = SubmitSmResp::new(COctetString::new(b"abc\0").unwrap(), Default::default());
    let outputs = session.received(&write(CommandStatus::EsmeRok, sequence, answer.into()), NOW);
    assert!(
        matches!(&outputs[0], Output::Submitted { id, outcome: halyard_carriers::Outcome::Taken { references }, .. }
        if id == "a" && references == &["abc"])
    );
    let outputs = session.received(&write(CommandStatus::EsmeRok, 77, Pdu::EnquireLink), NOW);
    read(&outputs, |command| assert_eq!((command.id(), command.sequence_number()), (CommandId::EnquireLinkResp, 77)));
    read(&session.leave(NOW), |command| assert_eq!(command.id(), CommandId::Unbind));
}

fn deliver(class: EsmClass, text: &[u8]) -> DeliverSm<'_, 16> {
    DeliverSm::builder()
        .source_addr_ton(Ton::International)
        .source_addr(COctetString::new(b"16195550199\0").unwrap())
        .dest_addr_ton(Ton::International)
        .destination_addr(COctetString::new(b"16195550142\0").unwrap())
        .esm_class(class)
        .short_message(OctetString::new(text).unwrap())
        .build()
}

#[test]
fn another_writes_texts_and_receipts() {
    let mut session = bound(options(&[]));
    let mut text = deliver(EsmClass::from(0), &[0, b'h', 0, b'i']);
    text.data_coding = DataCoding::Ucs2;
    let outputs = session.received(&write(CommandStatus::EsmeRok, 5, text.into()), NOW);
    let Output::Inbound(handle, arrived) = &outputs[0] else { panic!("{outputs:?}") };
    assert_eq!((arrived.piece.text().as_str(), &arrived.from), ("hi", &number("+16195550199")));
    read(&session.taken(*handle, NOW), |command| {
        assert_eq!((command.id(), command.sequence_number()), (CommandId::DeliverSmResp, 5));
    });
    let mut receipt = deliver(EsmClass::from(4), b"id:0007 stat:DELIVRD");
    receipt.push_tlv(MessageDeliveryRequestTlvValue::MessageState(MessageState::Delivered)).unwrap();
    let outputs = session.received(&write(CommandStatus::EsmeRok, 6, receipt.into()), NOW);
    let Output::Receipt(_, reported) = &outputs[0] else { panic!("{outputs:?}") };
    assert_eq!(reported.receipt.reported(), Some(Reported::Delivered));
    assert_eq!(reported.references, ["7"]);
}
