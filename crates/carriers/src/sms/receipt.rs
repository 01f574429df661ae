//! Delivery receipts: what an SMSC reports in the text of a message (SMPP 3.4, appendix B) and in the parameters beside it.
//!
//! Always holds: a receipt is read as far as it can be, with its keys in any case and order. What it says of the text that was sent is
//! not used: that text is another's words. Whether a message is a receipt is for its `esm_class` to say; words like a receipt's in a text
//! that a phone sent are a text.

mod ids;
#[cfg(test)]
mod tests;

pub use ids::{Ids, candidates, kept_form};

use crate::event::Reported;
use crate::refusal::{Refusal, Why};

/// How far a message is (SMPP 3.4, 5.2.28).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// On its way.
    EnRoute,
    /// The phone has it.
    Delivered,
    /// It was too old.
    Expired,
    /// Somebody deleted it at the SMSC.
    Deleted,
    /// It can't be delivered.
    Undeliverable,
    /// Somebody read it in place of the phone: customer service took it.
    Accepted,
    /// The SMSC does not know.
    Unknown,
    /// The network refused it.
    Rejected,
}

/// The parameters beside the text that say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parameters<'a> {
    /// `receipted_message_id`.
    pub message_id: Option<&'a str>,
    /// `message_state`.
    pub state: Option<u8>,
    /// `network_error_code`: the kind of network, and its code.
    pub network_error: Option<(u8, u16)>,
}

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReceipt {
    /// The message's ids as they stand there: the one of the parameters, the one of the text where it is another.
    pub ids: Vec<String>,
    /// How far it is; none where the receipt does not say, or in a word that nobody knows.
    pub state: Option<State>,
    /// The SMSC's own code of the error; empty for none.
    pub error: String,
    /// The network's code.
    pub network_error: Option<(u8, u16)>,
    /// When it was done, as the SMSC writes it: mostly `YYMMDDhhmm` in a time zone that it does not say.
    pub done: String,
}

/// The keys of the text.
const KEYS: [(&str, Key); 13] = [
    ("id", Key::Id),
    ("sub", Key::Other),
    ("dlvrd", Key::Other),
    ("submit date", Key::Other),
    ("submit_date", Key::Other),
    ("submitdate", Key::Other),
    ("done date", Key::Done),
    ("done_date", Key::Done),
    ("donedate", Key::Done),
    ("stat", Key::State),
    ("err", Key::Error),
    ("error", Key::Error),
    ("text", Key::Other),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Id,
    Done,
    State,
    Error,
    Other,
}

/// Reads a receipt; none where neither the text nor the parameters name a message.
#[must_use]
pub fn read(text: &str, parameters: Parameters<'_>) -> Option<DeliveryReceipt> {
    let mut receipt = DeliveryReceipt {
        ids: Vec::new(),
        state: parameters.state.and_then(State::numbered),
        error: String::new(),
        network_error: parameters.network_error,
        done: String::new(),
    };
    let mut add = |id: &str| {
        let id = id.trim_matches(|c: char| c.is_whitespace() || c.is_control());
        if !id.is_empty() && !receipt.ids.iter().any(|known| known == id) {
            receipt.ids.push(id.to_owned());
        }
    };
    if let Some(id) = parameters.message_id {
        add(id);
    }
    let found = values(text);
    let value = |key: Key| found.iter().find(|(known, _)| *known == key).map(|(_, value)| *value);
    if let Some(id) = value(Key::Id) {
        add(id);
    }
    receipt.state = receipt.state.or_else(|| value(Key::State).and_then(State::named));
    receipt.error = value(Key::Error).map(str::to_owned).unwrap_or_default();
    receipt.done = value(Key::Done).map(str::to_owned).unwrap_or_default();
    (!receipt.ids.is_empty()).then_some(receipt)
}

/// The keys of a text with their values, which have no blanks; the first of each.
fn values(text: &str) -> Vec<(Key, &str)> {
    let mut found: Vec<(Key, &str)> = Vec::new();
    let mut seen = [false; KEYS.len()];
    let mut is_start = true;
    for (place, c) in text.char_indices() {
        if core::mem::replace(&mut is_start, !c.is_alphanumeric() && c != '_')
            && let Some(rest) = text.get(place..)
            && let Some((number, value)) = key(rest)
            && let Some((known, seen)) = KEYS.get(number).zip(seen.get_mut(number))
            && !core::mem::replace(seen, true)
            && !found.iter().any(|(found, _)| *found == known.1 && *found != Key::Other)
        {
            found.push((known.1, value));
        }
    }
    found
}

/// The key that a text begins with, and its value: blank where the next key follows at once.
fn key(text: &str) -> Option<(usize, &str)> {
    let (number, rest) = head(text)?;
    let value = rest.split(|c: char| c.is_whitespace() || c == ',' || c == ';').next().unwrap_or_default();
    Some((number, if head(rest).is_some() { "" } else { value }))
}

/// The key that a text begins with, and what follows it.
fn head(text: &str) -> Option<(usize, &str)> {
    KEYS.iter().enumerate().find_map(|(number, (key, _))| {
        let (head, rest) = text.split_at_checked(key.len())?;
        let rest = rest.trim_start_matches(' ').strip_prefix([':', '='])?.trim_start_matches(' ');
        head.eq_ignore_ascii_case(key).then_some((number, rest))
    })
}

impl State {
    /// The state of `message_state`.
    #[must_use]
    pub const fn numbered(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::EnRoute,
            2 => Self::Delivered,
            3 => Self::Expired,
            4 => Self::Deleted,
            5 => Self::Undeliverable,
            6 => Self::Accepted,
            7 => Self::Unknown,
            8 => Self::Rejected,
            _ => return None,
        })
    }

    /// The state of `stat:`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        const NAMES: [(&str, State); 15] = [
            ("ENROUTE", State::EnRoute),
            ("BUFFERED", State::EnRoute),
            ("DELIVRD", State::Delivered),
            ("DELIVERED", State::Delivered),
            ("EXPIRED", State::Expired),
            ("DELETED", State::Deleted),
            ("UNDELIV", State::Undeliverable),
            ("UNDELIVERABLE", State::Undeliverable),
            ("FAILED", State::Undeliverable),
            ("ACCEPTD", State::Accepted),
            ("ACCEPTED", State::Accepted),
            ("UNKNOWN", State::Unknown),
            ("REJECTD", State::Rejected),
            ("REJECTED", State::Rejected),
            ("EN_ROUTE", State::EnRoute),
        ];
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, state)| *state)
    }
}

impl DeliveryReceipt {
    /// What it reports; none where the SMSC does not know.
    #[must_use]
    pub fn reported(&self) -> Option<Reported> {
        let (usual, words) = match self.state? {
            State::Delivered => return Some(Reported::Delivered),
            State::EnRoute | State::Accepted => return Some(Reported::Sent),
            State::Unknown => return None,
            State::Expired => (Why::Unreachable, "The phone was not reached in time."),
            State::Deleted => (Why::Other, "The message was deleted at the carrier."),
            State::Undeliverable => (Why::Unreachable, "The message can't be delivered."),
            State::Rejected => (Why::Other, "The network refused the message."),
        };
        let network = self.network_error.filter(|(_, code)| *code != 0);
        let (code, known) = match network {
            Some((kind, code)) => (code.to_string(), if kind == GSM { gsm_error(code) } else { None }),
            None => (self.error.trim_start_matches('0').to_owned(), None),
        };
        let (why, words) = known.unwrap_or((usual, words));
        Some(Reported::Failed(Refusal { why, code, words: words.to_owned() }))
    }
}

/// The kind of network whose codes are known.
const GSM: u8 = 3;

/// A GSM network's code of an error (3GPP TS 29.002, 17.6) in words.
const fn gsm_error(code: u16) -> Option<(Why, &'static str)> {
    Some(match code {
        1 => (Why::NoSuchNumber, "The network does not know the number."),
        5 => (Why::NoSuchNumber, "The network does not know the phone."),
        6 | 27 => (Why::Unreachable, "The phone is off or without a network."),
        8 => (Why::Unreachable, "The phone may not roam where it is."),
        9 | 12 => (Why::Unreachable, "The network does not let the phone in."),
        11 => (Why::NotMobile, "The number can't receive texts."),
        13 => (Why::Blocked, "Texts to the number are barred."),
        21 => (Why::NotMobile, "The network has no texts."),
        31 => (Why::Unreachable, "The phone was busy with another text."),
        32 => (Why::Unreachable, "The phone did not take the text: its memory may be full."),
        33 => (Why::Unreachable, "Too many texts wait for the phone."),
        34 => (Why::Unreachable, "The network failed."),
        _ => return None,
    })
}
