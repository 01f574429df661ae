//! What PostgreSQL is asked together: a question for each message or text, as its function in a migration reads it.

use halyard_protocol::{CarrierAccountId, ConversationId, DeliveryState, MessageId, PhoneNumber, Seq, UnixMs, UserId};
use serde::Serialize;
use serde_json::Value;

use super::jobs::Job;

/// A message of a user's, without files, for a chat that should be there.
#[derive(Debug, Serialize)]
pub struct ChatMessage {
    /// The chat.
    pub conversation: ConversationId,
    /// The chat's people, as the database keeps them; `None` for a group of an id of its own, whose people may be any.
    pub participants: Option<String>,
    /// The message's id.
    pub id: MessageId,
    /// Who wrote it.
    pub author: UserId,
    /// Its text.
    pub body: String,
    /// A digest of what its author's device asked for.
    pub request_hash: String,
    /// The moment.
    pub now: UnixMs,
}

/// A text of a user's to one number, without files.
#[derive(Debug, Serialize)]
pub struct OutsideText {
    /// Its conversation, that should be there.
    pub conversation: ConversationId,
    /// The own number.
    pub own: PhoneNumber,
    /// The recipient.
    pub recipient: PhoneNumber,
    /// The calling code of the recipient's country; none where it is not known.
    pub calling_code: Option<String>,
    /// The text's id.
    pub id: MessageId,
    /// Who wrote it.
    pub author: UserId,
    /// What it says.
    pub body: String,
    /// A digest of what its author's device asked for.
    pub request_hash: String,
    /// The moment.
    pub now: UnixMs,
    /// The lane of the job that carries it.
    pub lane: String,
    /// What that job is about; with any place.
    pub payload: Value,
    /// The minute of the moment, and how many texts of its author and the tenant that may have.
    pub minute: i64,
    /// See there.
    pub user_minute: u32,
    /// See there.
    pub tenant_minute: u32,
    /// The same of the day.
    pub day: i64,
    /// See there.
    pub user_day: u32,
    /// See there.
    pub tenant_day: u32,
}

/// A text that a carrier brings, on its way into the queue.
#[derive(Debug, Serialize)]
pub struct BroughtText {
    /// The lane of the job that takes it in.
    pub lane: String,
    /// The kind of that job.
    pub kind: &'static str,
    /// What that job is about (JSON).
    pub payload: String,
    /// The moment.
    pub now: UnixMs,
}

/// A text that came in, without files, of somebody who has a conversation with the own number.
#[derive(Debug, Serialize)]
pub struct ArrivingText {
    /// The conversation.
    pub conversation: ConversationId,
    /// The own number.
    pub own: PhoneNumber,
    /// The others, as the database keeps them.
    pub participants: String,
    /// Who wrote it, as the database keeps them.
    pub author: String,
    /// The text's id.
    pub id: MessageId,
    /// What it says.
    pub body: String,
    /// Who brought it.
    pub carrier: String,
    /// The carrier's reference.
    pub reference: String,
    /// Whether the own number has to be one that takes texts.
    pub needs_sms: bool,
    /// The moment.
    pub now: UnixMs,
    /// The job that ends with it.
    #[serde(flatten)]
    pub job: Option<Claim>,
}

/// A text to one number that is about to be handed to a carrier.
#[derive(Debug, Serialize)]
pub struct HandedText {
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// The recipient.
    pub recipient: PhoneNumber,
    /// The account that gets it.
    pub account: Option<CarrierAccountId>,
    /// The moment.
    pub now: UnixMs,
    /// Until when the claim goes on.
    pub until: UnixMs,
    /// The job that hands it over.
    #[serde(flatten)]
    pub job: Claim,
}

/// A text to one number that a carrier has taken.
#[derive(Debug, Serialize)]
pub struct EndedText {
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// The recipient.
    pub recipient: PhoneNumber,
    /// How far it is now.
    pub state: DeliveryState,
    /// What the members are told (JSON).
    pub change: String,
    /// The account that has it; none between numbers of this system.
    pub account: Option<CarrierAccountId>,
    /// The references under which that reports.
    pub reference_list: Vec<String>,
    /// The moment.
    pub now: UnixMs,
    /// The job that ends with it.
    #[serde(flatten)]
    pub job: Claim,
}

/// A worker's claim on a job.
#[derive(Debug, Serialize)]
pub struct Claim {
    lane: String,
    position: u64,
    lease: String,
    claimed_at: UnixMs,
}

impl From<&Job> for Claim {
    fn from(job: &Job) -> Self {
        let Job { lane, position, lease, claimed_at, .. } = job;
        Self { lane: lane.clone(), position: *position, lease: lease.clone(), claimed_at: *claimed_at }
    }
}
