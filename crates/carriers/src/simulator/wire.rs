//! What the simulator and Halyard say to each other, in JSON.
//!
//! Always holds: what either end does not know yet is skipped, so both can be of different releases.

use halyard_protocol::PhoneNumber;
use serde::{Deserialize, Serialize};

/// A text that is handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Ours: the same at every try.
    pub reference: String,
    /// The own number.
    pub from: PhoneNumber,
    /// Who gets it.
    pub to: Vec<PhoneNumber>,
    /// The text; may be empty where there are files.
    #[serde(default)]
    pub body: String,
    /// Where the files are to be fetched.
    #[serde(default)]
    pub media: Vec<String>,
    /// Where to report what becomes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_to: Option<String>,
}

/// A text was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The simulator's reference.
    pub id: String,
}

/// A text was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The name of a [`crate::Why`], or another word.
    pub code: String,
    /// A sentence.
    #[serde(default)]
    pub message: String,
}

/// What was taken under a reference of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// In the order in which it was taken: more than one if it was handed over more than once.
    pub messages: Vec<Listed>,
}

/// A text that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The simulator's reference.
    pub id: String,
    /// How far each recipient has it.
    #[serde(default)]
    pub states: Vec<StateOf>,
}

/// How far one recipient has a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateOf {
    /// The recipient.
    pub to: PhoneNumber,
    /// How far.
    pub state: State,
    /// Of a failure: the name of a [`crate::Why`], or another word.
    #[serde(default)]
    pub code: String,
    /// Of a failure: a sentence.
    #[serde(default)]
    pub message: String,
}

/// How far a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits at the simulator.
    Queued,
    /// On its way.
    Sent,
    /// The phone has it.
    Delivered,
    /// It will not arrive.
    Failed,
    /// One that this version does not know.
    #[serde(other)]
    Unknown,
}

/// The account, as the simulator answers a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What the simulator calls itself.
    pub name: String,
}

/// What the simulator brings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    /// In the order in which it happened.
    pub events: Vec<Event>,
}

/// One thing that the simulator brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A text came in.
    Inbound(Inbound),
    /// A report on a text that went out.
    Receipt(Receipt),
    /// A kind that this version does not know.
    #[serde(other)]
    Unknown,
}

/// A text that came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    /// The simulator's reference.
    pub id: String,
    /// Who wrote it: E.164, a short code or a word.
    pub from: String,
    /// The own number that it came to.
    pub to: PhoneNumber,
    /// Of a group: the other recipients.
    #[serde(default)]
    pub others: Vec<PhoneNumber>,
    /// The text.
    #[serde(default)]
    pub body: String,
    /// Where its files are to be fetched.
    #[serde(default)]
    pub media: Vec<String>,
}

/// A report on a text that went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The simulator's reference.
    pub id: String,
    /// Ours.
    #[serde(default)]
    pub reference: Option<String>,
    /// The recipient; none for all of them.
    #[serde(default)]
    pub to: Option<PhoneNumber>,
    /// How far it is.
    pub state: State,
    /// Of a failure: the name of a [`crate::Why`], or another word.
    #[serde(default)]
    pub code: String,
    /// Of a failure: a sentence.
    #[serde(default)]
    pub message: String,
}
