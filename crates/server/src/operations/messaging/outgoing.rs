//! A text on its way to one recipient: the job that carries it, and what becomes of the delivery.
//!
//! Always holds: the jobs of one conversation and recipient run in the order of the messages. Before a text leaves for a carrier that would
//! send it twice, that is on record ([`begin`]); so whatever happens then, it is known that it may have left.

use halyard_protocol::{Author, CauseCode, ConversationId, DeliveryState, Message, PhoneNumber, Seq, TenantId, UnixMs};
use serde::{Deserialize, Serialize};

use super::receipts::{Failure, advance};
use crate::store::{self, StoreError, Tx, deliveries::Submission, jobs::NewJob};

/// The kind of the jobs that carry a text to a recipient.
pub const KIND: &str = "deliver";

/// What such a job is about.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct DeliverText {
    /// The conversation.
    pub conversation: ConversationId,
    /// The message's place in it.
    pub seq: Seq,
    /// The recipient.
    pub to: PhoneNumber,
}

/// A text for one recipient.
#[derive(Debug)]
pub struct OutgoingText {
    /// The author's tenant.
    pub tenant: TenantId,
    /// The own number.
    pub from: PhoneNumber,
    /// The message.
    pub message: Message,
    /// Whether there is nothing more to do for this delivery.
    pub is_settled: bool,
    /// Whether a carrier may have it without our knowing.
    pub may_have_left: bool,
    /// Whether the own number still is the tenant's.
    pub is_ours: bool,
}

/// What came of handing a text to its carrier.
#[derive(Debug)]
pub enum Outcome {
    /// The carrier has it.
    Taken {
        /// The carrier's name.
        carrier: &'static str,
        /// Its reference.
        reference: String,
        /// Whether the text is with the recipient already.
        delivered: bool,
    },
    /// It will never get there.
    Failed(Failure),
    /// Nobody knows whether the carrier has it.
    Unconfirmed,
}

/// Adds the job that carries a message to a recipient.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(
    tx: &mut Tx,
    tenant: TenantId,
    message: &Message,
    to: PhoneNumber,
    now: UnixMs,
) -> Result<(), StoreError> {
    let payload = DeliverText { conversation: message.conversation, seq: message.seq, to };
    let lane = format!("{KIND} {} {to}", message.conversation);
    let payload = store::sql::json(&payload)?;
    let job = NewJob { tenant, lane: &lane, position: message.seq, kind: KIND, payload: &payload, run_at: now };
    store::jobs::add(tx, job, now).await
}

/// The text that a job is about; `None` when there is no such text.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, job: DeliverText) -> Result<Option<OutgoingText>, StoreError> {
    let Some(record) = store::conversations::by_id(tx, job.conversation).await? else { return Ok(None) };
    let Some(message) = store::messages::at(tx, job.conversation, job.seq).await? else { return Ok(None) };
    let delivery = message.deliveries.iter().find(|delivery| delivery.to == job.to);
    let (Some(from), Some(delivery), Author::User(_)) = (record.key.own_number(), delivery, message.author) else {
        return Ok(None);
    };
    let is_settled = !matches!(delivery.state, DeliveryState::Accepted | DeliveryState::Unknown);
    let Submission { since, owner } = store::deliveries::submission(tx, &message, job.to, from).await?;
    let (tenant, is_ours) = (record.tenant, owner == Some(record.tenant));
    Ok(Some(OutgoingText { tenant, from, message, is_settled, may_have_left: since.is_some(), is_ours }))
}

/// Puts on record that a text is being handed to its carrier.
///
/// # Errors
/// When the database fails.
pub async fn begin(tx: &mut Tx, text: &OutgoingText, to: PhoneNumber, now: UnixMs) -> Result<(), StoreError> {
    store::deliveries::set_submitting(tx, &text.message, to, Some(now)).await
}

/// Puts on record that a text was not taken.
///
/// # Errors
/// When the database fails.
pub async fn not_taken(tx: &mut Tx, text: &OutgoingText, to: PhoneNumber) -> Result<(), StoreError> {
    store::deliveries::set_submitting(tx, &text.message, to, None).await
}

/// Writes down what came of a delivery, and tells the members.
///
/// # Errors
/// When the database fails, or there is no such text.
pub async fn settle(tx: &mut Tx, job: DeliverText, outcome: Outcome, now: UnixMs) -> Result<(), StoreError> {
    let found = store::messages::at(tx, job.conversation, job.seq).await?;
    let mut message = found.ok_or(StoreError::Corrupt("payload"))?;
    let (state, failure, carrier) = match outcome {
        Outcome::Taken { carrier, reference, delivered } => {
            let state = if delivered { DeliveryState::Delivered } else { DeliveryState::Sent };
            (state, None, Some((carrier, reference)))
        }
        Outcome::Unconfirmed => (DeliveryState::Unconfirmed, None, None),
        Outcome::Failed(failure) => (DeliveryState::Failed, Some(failure), None),
    };
    store::deliveries::end_submission(tx, &message, job.to, carrier.as_ref().map(|(name, id)| (*name, id.as_str())))
        .await?;
    advance(tx, &mut message, job.to, state, failure, now).await
}

/// Why a text is not delivered whose own number was retired or moved before it left.
#[must_use]
pub fn number_gone() -> Failure {
    Failure::new(CauseCode::OwnNumberGone, "The number that it was sent from is no longer in use here.")
}

/// Why a text is not delivered whose job failed at every attempt.
#[must_use]
pub fn not_reached() -> Failure {
    Failure::new(CauseCode::NumberNotReached, "The number could not be reached.")
}
