//! What a `command_status` means (SMPP 3.4, 5.1.3).

use core::time::Duration;

use crate::outcome::Outcome;
use crate::refusal::{Refusal, Why};

pub(crate) const OK: u32 = 0;
pub(crate) const BAD_COMMAND_LENGTH: u32 = 0x02;
pub(crate) const BAD_COMMAND: u32 = 0x03;
pub(crate) const NOT_BOUND: u32 = 0x04;
pub(crate) const TEMPORARY: u32 = 0x64;

const ALREADY_BOUND: u32 = 0x05;
const SYSTEM_ERROR: u32 = 0x08;
const QUEUE_FULL: u32 = 0x14;
const THROTTLED: u32 = 0x58;

/// What a status other than [`OK`] says of a message: whoever answered so has not taken it.
pub(crate) fn outcome(status: u32, wait: Duration) -> Outcome {
    match status {
        THROTTLED => Outcome::Throttled { wait: Some(wait) },
        SYSTEM_ERROR | NOT_BOUND | QUEUE_FULL | TEMPORARY => Outcome::Later(refusal(status)),
        _ => Outcome::Refused(refusal(status)),
    }
}

/// Whether a status asks for fewer messages.
pub(crate) const fn is_throttled(status: u32) -> bool {
    status == THROTTLED
}

/// A refusal with the status as its code.
pub(crate) fn refusal(status: u32) -> Refusal {
    let why = match status {
        0x0a | 0x48 | 0x49 => Why::SenderNotAllowed,
        0x0b | 0x50 | 0x51 => Why::NotMobile,
        _ => Why::Other,
    };
    Refusal { why, code: code(status), words: words(status).to_owned() }
}

/// Why a bind was refused, and where to mend it.
pub(crate) fn bind_refusal(status: u32) -> Refusal {
    let words = match status {
        ALREADY_BOUND => {
            "This account is bound already. Another program uses it, or the carrier has not noticed that the last session ended."
        }
        0x0d => "The carrier refused the bind: it may not know the address of this server, or the login is wrong.",
        0x0e => "The password is wrong.",
        0x0f => "The carrier does not know this system_id.",
        0x53 => "The system_type is wrong.",
        THROTTLED => "The carrier was asked too often. It is tried again later.",
        _ => words(status),
    };
    Refusal { why: Why::AccountProblem, code: code(status), words: words.to_owned() }
}

/// Whether a bind was refused for what stands in the settings, rather than for how things are at the moment.
pub(crate) const fn is_to_mend(status: u32) -> bool {
    !matches!(status, ALREADY_BOUND | SYSTEM_ERROR | QUEUE_FULL | THROTTLED | TEMPORARY)
}

fn code(status: u32) -> String {
    format!("0x{status:08X}")
}

const fn words(status: u32) -> &'static str {
    match status {
        0x01 => "The message is too long.",
        BAD_COMMAND_LENGTH => "The command's length is wrong.",
        BAD_COMMAND => "The command is not known.",
        NOT_BOUND => "The session is not bound for this.",
        ALREADY_BOUND => "The session is bound already.",
        0x06 => "The priority is wrong.",
        0x07 => "Receipts can't be asked for like this.",
        SYSTEM_ERROR => "The carrier has a problem.",
        0x0a => "The carrier does not take the sender's number.",
        0x0b => "The carrier does not take the recipient's number.",
        0x0d => "The bind failed.",
        0x0e => "The password is wrong.",
        0x0f => "The system_id is wrong.",
        QUEUE_FULL => "The carrier's queue is full.",
        0x15 => "The service_type is wrong.",
        0x43 => "The carrier does not take esm_class like this.",
        0x45 => "The carrier could not take the message.",
        0x48 => "The type of the sender's number (TON) is wrong.",
        0x49 => "The plan of the sender's number (NPI) is wrong.",
        0x50 => "The type of the recipient's number (TON) is wrong.",
        0x51 => "The plan of the recipient's number (NPI) is wrong.",
        0x53 => "The system_type is wrong.",
        THROTTLED => "The carrier was asked too often.",
        0x61 => "The time of delivery is wrong.",
        0x62 => "The validity is wrong.",
        TEMPORARY => "The carrier can't take the message now.",
        0x65 => "The carrier will not take the message.",
        0x66 => "The carrier refuses the message.",
        0xc0 => "The optional parameters are wrong.",
        0xc1 => "The carrier does not take an optional parameter.",
        0xc2 => "The length of an optional parameter is wrong.",
        0xc3 => "The carrier misses an optional parameter.",
        0xc4 => "The value of an optional parameter is wrong.",
        0xfe => "The delivery failed.",
        0xff => "The carrier does not say why.",
        0x400..=0x4ff => "The carrier refused it with a code of its own.",
        _ => "The carrier refused it with a code that is not in the standard.",
    }
}
