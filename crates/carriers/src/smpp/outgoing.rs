//! What is written to an SMSC: binds, and texts in parts.

use crate::event::Address;
use crate::smpp::address;
use crate::smpp::options::{Options, Role};
use crate::smpp::pdu::{Writer, command, tag};
use crate::smpp::status::OK;
use crate::sms::{CutError, Part, Travels, cut};

/// SMPP 3.4.
const VERSION: u8 = 0x34;
/// `esm_class`: the text has a header.
pub(crate) const HAS_HEADER: u8 = 0x40;
/// `registered_delivery`: a receipt whatever becomes of it.
const WITH_RECEIPT: u8 = 1;

/// One part of a text on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The text's reference, by which its outcome is reported: ours.
    pub id: String,
    /// Which part it is: 1 for the first.
    pub part: u8,
    /// The own number.
    pub from: Address,
    /// Who gets it.
    pub to: Address,
    /// How its characters are octets.
    pub data_coding: u8,
    /// Its octets.
    pub content: Part,
}

/// A text's parts for an SMSC with these settings. The same text with the same reference has the same parts at every try, so those that
/// were not taken can be handed over again.
///
/// # Errors
/// [`CutError`] for an empty text, or one with too many parts.
pub fn submissions(
    id: &str,
    from: &Address,
    to: &Address,
    text: &str,
    reference: u16,
    options: &Options,
) -> Result<Vec<Submission>, CutError> {
    let cut = cut(text, options.alphabet, options.concatenation, reference)?;
    let data_coding = cut.data_coding;
    let parts = (1..=u8::MAX).zip(cut.parts);
    let submission =
        |(part, content)| Submission { id: id.to_owned(), part, from: *from, to: *to, data_coding, content };
    Ok(parts.map(submission).collect())
}

/// `bind_transceiver` and the other two.
pub(crate) fn bind(options: &Options, role: Role, sequence: u32) -> Vec<u8> {
    let command = match role {
        Role::Transceiver => command::BIND_TRANSCEIVER,
        Role::Transmitter => command::BIND_TRANSMITTER,
        Role::Receiver => command::BIND_RECEIVER,
    };
    Writer::new(command, OK, sequence)
        .text(&options.system_id)
        .text(&options.password.0)
        .text(&options.system_type)
        // The range of addresses is the SMSC's to know.
        .octets(&[VERSION, 0, 0])
        .text("")
        .finish()
}

/// `submit_sm`.
pub(crate) fn submit(submission: &Submission, options: &Options, sequence: u32) -> Vec<u8> {
    let (from, from_text) = address::written(&submission.from, options.source);
    let (to, to_text) = address::written(&submission.to, options.destination);
    let Part { octets, travels } = &submission.content;
    let esm_class = if *travels == Travels::Header { HAS_HEADER } else { 0 };
    // The length of `short_message` has one octet, and the standard ends it at 254.
    let is_payload = *travels == Travels::Payload || octets.len() > 254;
    let in_message = if is_payload { &[][..] } else { octets };
    let length = u8::try_from(in_message.len()).unwrap_or_default();
    let writer = Writer::new(command::SUBMIT_SM, OK, sequence)
        .text(&options.service_type)
        .octets(&[from.ton, from.npi])
        .text(&from_text)
        .octets(&[to.ton, to.npi])
        .text(&to_text)
        // Protocol and priority are the usual ones, and it goes at once.
        .octets(&[esm_class, 0, 0])
        .text("")
        .text(&options.validity)
        // It replaces nothing, and is no message that the SMSC has.
        .octets(&[WITH_RECEIPT, 0, submission.data_coding, 0, length])
        .octets(in_message);
    let writer = if is_payload { writer.parameter(tag::MESSAGE_PAYLOAD, octets) } else { writer };
    match *travels {
        Travels::Alone | Travels::Header | Travels::Payload => writer,
        Travels::Sar(concat) => writer
            .parameter(tag::SAR_MSG_REF_NUM, &concat.reference.to_be_bytes())
            .parameter(tag::SAR_TOTAL_SEGMENTS, &[concat.total])
            .parameter(tag::SAR_SEGMENT_SEQNUM, &[concat.part]),
    }
    .finish()
}
