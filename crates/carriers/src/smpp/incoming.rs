//! What an SMSC brings: `deliver_sm` and `data_sm` (SMPP 3.4, 4.6 and 4.7), as a part of a text or as a receipt.

use halyard_protocol::CallingCode;
use ring::digest;

use crate::event::Address;
use crate::smpp::address;
use crate::smpp::outgoing::HAS_HEADER;
use crate::smpp::pdu::{Fields, Parameters, command, tag};
use crate::sms::receipt::{self, DeliveryReceipt, Ids};
use crate::sms::{Alphabet, Coding, Concat, Piece, header};

/// `esm_class`: the bits that say what kind of message it is.
const KIND: u8 = 0x3c;
const IS_RECEIPT: u8 = 0x04;
const IS_ON_ITS_WAY: u8 = 0x20;

/// A text that came in, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Who wrote it.
    pub from: Address,
    /// The own number that it came to.
    pub to: Address,
    /// Which part of which text it is; none for a whole one.
    pub concat: Option<Concat>,
    /// Its content.
    pub piece: Piece,
    /// The same for the same message that is brought again, as after an answer that got lost. A person who writes the same twice makes two
    /// with the same, too: only what is brought again soon after a connection was lost can be taken as one.
    pub fingerprint: String,
}

/// A receipt that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptIn {
    /// The recipient of the text that it is of.
    pub from: Address,
    /// The own number that sent it.
    pub to: Address,
    /// What it says.
    pub receipt: DeliveryReceipt,
    /// The references under which the text may be kept, the likeliest first.
    pub references: Vec<String>,
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    Text(Arrived),
    Receipt(ReceiptIn),
    /// Nothing for anybody: a receipt that names no message.
    Nothing,
}

/// How an account reads what comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) alphabet: Alphabet,
    pub(crate) home: CallingCode,
    pub(crate) ids: Ids,
}

/// Reads a message; none where its fields are not there.
pub(crate) fn read(kind: u32, body: &[u8], reading: Reading) -> Option<Incoming> {
    let mut fields = Fields(body);
    let _service_type = fields.text();
    let (from_ton, _npi, from) = (fields.octet()?, fields.octet()?, fields.text());
    let (to_ton, _npi, to) = (fields.octet()?, fields.octet()?, fields.text());
    let esm_class = fields.octet()?;
    let (data_coding, message) = if kind == command::DATA_SM {
        let (_registered, data_coding) = (fields.octet()?, fields.octet()?);
        (data_coding, &[][..])
    } else {
        let (_protocol, _priority, _schedule, _validity) =
            (fields.octet()?, fields.octet()?, fields.text(), fields.text());
        let (_registered, _replace, data_coding) = (fields.octet()?, fields.octet()?, fields.octet()?);
        let (_default, length) = (fields.octet()?, fields.octet()?);
        (data_coding, fields.octets(usize::from(length)))
    };
    let parameters = fields.parameters();
    let octets = match parameters.get(tag::MESSAGE_PAYLOAD) {
        Some(payload) if message.is_empty() => payload,
        _ => message,
    };
    let (from, to) = (address::read(from_ton, &from, reading.home), address::read(to_ton, &to, reading.home));
    let coding = Coding::of(data_coding, reading.alphabet);
    let (in_header, start) = if esm_class & HAS_HEADER == 0 { (None, 0) } else { header::split(octets) };
    let piece = Piece::new(coding, octets, start);
    let state = parameters.octet(tag::MESSAGE_STATE);
    let message_id = parameters.text(tag::RECEIPTED_MESSAGE_ID);
    let is_receipt = match esm_class & KIND {
        IS_RECEIPT | IS_ON_ITS_WAY => true,
        // Some do not say so, but have the parameters that no phone can give. Acknowledgements by a person are texts, too: some SMSCs
        // call all texts so.
        _ => message_id.is_some() && state.is_some(),
    };
    if !is_receipt {
        let concat = in_header.or_else(|| sar(parameters));
        return Some(Incoming::Text(Arrived { from, to, concat, piece, fingerprint: fingerprint(body) }));
    }
    let beside =
        receipt::Parameters { message_id: message_id.as_deref(), state, network_error: network_error(parameters) };
    // Its words are ASCII: read as the GSM alphabet, the "_" of an id would be another character.
    let words = match coding {
        Coding::GsmPacked | Coding::Ucs2 => piece.text(),
        _ => Coding::Latin1.text(&piece.octets),
    };
    let Some(receipt) = receipt::read(&words, beside) else { return Some(Incoming::Nothing) };
    let mut references: Vec<String> = Vec::new();
    for reference in receipt.ids.iter().flat_map(|id| receipt::candidates(id, reading.ids)) {
        if !references.contains(&reference) {
            references.push(reference);
        }
    }
    Some(Incoming::Receipt(ReceiptIn { from, to, receipt, references }))
}

fn sar(parameters: Parameters<'_>) -> Option<Concat> {
    let reference = match *parameters.get(tag::SAR_MSG_REF_NUM)? {
        [low] => u16::from(low),
        [.., high, low] => u16::from_be_bytes([high, low]),
        [] => return None,
    };
    Concat::new(reference, parameters.octet(tag::SAR_TOTAL_SEGMENTS)?, parameters.octet(tag::SAR_SEGMENT_SEQNUM)?)
}

fn network_error(parameters: Parameters<'_>) -> Option<(u8, u16)> {
    match *parameters.get(tag::NETWORK_ERROR_CODE)? {
        [kind, high, low] => Some((kind, u16::from_be_bytes([high, low]))),
        _ => None,
    }
}

/// Half of a SHA-256 over all that the message is.
fn fingerprint(body: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, body);
    digest.as_ref().iter().take(16).map(|octet| format!("{octet:02x}")).collect()
}
