//! A text on its way to one recipient: the job that carries it, and what becomes of the delivery.
//!
//! Always holds: the jobs of one conversation and recipient run in the order of the messages. Before a text leaves for a carrier that would
//! send it twice, that is on record ([`Waiting::begin`]); so whatever happens then, it is known that it may have left. Each state of a text is a
//! type, and each step takes the one before: only what is [`Submitting`] can be handed to a carrier.

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
    /// The recipient.
    pub to: PhoneNumber,
    /// The message.
    pub message: Message,
    /// Whether the own number still is the tenant's.
    pub is_ours: bool,
}

/// How far a text is when its job finds it.
#[derive(Debug)]
pub enum Found {
    /// There is nothing more to do for it.
    Settled(TenantId),
    /// No carrier has it.
    Waiting(Waiting),
    /// A carrier may have it: nobody has heard what came of its submission.
    InDoubt(InDoubt),
}

/// A text that no carrier has.
#[derive(Debug)]
pub struct Waiting(OutgoingText);

/// A text that a carrier may have.
#[derive(Debug)]
pub struct InDoubt(OutgoingText);

/// A text that may be handed to a carrier now. Nothing else may.
#[derive(Debug)]
pub struct Submitting(OutgoingText);

/// A text of which it is known what became, and which has to be written down.
#[derive(Debug)]
pub struct Ended(OutgoingText, Outcome);

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
pub async fn find(tx: &mut Tx, job: DeliverText) -> Result<Option<Found>, StoreError> {
    let Some(record) = store::conversations::by_id(tx, job.conversation).await? else { return Ok(None) };
    let Some(message) = store::messages::at(tx, job.conversation, job.seq).await? else { return Ok(None) };
    let delivery = message.deliveries.iter().find(|delivery| delivery.to == job.to);
    let (Some(from), Some(delivery), Author::User(_)) = (record.key.own_number(), delivery, message.author) else {
        return Ok(None);
    };
    if !matches!(delivery.state, DeliveryState::Accepted | DeliveryState::Unknown) {
        return Ok(Some(Found::Settled(record.tenant)));
    }
    let Submission { since, owner } = store::deliveries::submission(tx, &message, job.to, from).await?;
    let (tenant, is_ours) = (record.tenant, owner == Some(record.tenant));
    let text = OutgoingText { tenant, from, to: job.to, message, is_ours };
    Ok(Some(if since.is_some() { Found::InDoubt(InDoubt(text)) } else { Found::Waiting(Waiting(text)) }))
}

impl Waiting {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &OutgoingText {
        &self.0
    }

    /// Puts on record that it is being handed to a carrier that would send it twice. It may leave when this is committed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(self, tx: &mut Tx, now: UnixMs) -> Result<Submitting, StoreError> {
        store::deliveries::set_submitting(tx, &self.0.message, self.0.to, Some(now)).await?;
        Ok(Submitting(self.0))
    }

    /// Lets it leave for a carrier that takes a reference once: that needs no record.
    #[must_use]
    pub fn begin_once(self) -> Submitting {
        Submitting(self.0)
    }

    /// It never leaves.
    #[must_use]
    pub fn fail(self, failure: Failure) -> Ended {
        Ended(self.0, Outcome::Failed(failure))
    }
}

impl InDoubt {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &OutgoingText {
        &self.0
    }

    /// The carrier says that it never had it.
    #[must_use]
    pub fn not_taken(self) -> Waiting {
        Waiting(self.0)
    }

    /// The carrier says what became of it, or nobody can.
    #[must_use]
    pub fn end(self, outcome: Outcome) -> Ended {
        Ended(self.0, outcome)
    }
}

impl Submitting {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &OutgoingText {
        &self.0
    }

    /// Puts on record that it was not taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn not_taken(self, tx: &mut Tx) -> Result<Waiting, StoreError> {
        store::deliveries::set_submitting(tx, &self.0.message, self.0.to, None).await?;
        Ok(Waiting(self.0))
    }

    /// It is known what became of it.
    #[must_use]
    pub fn end(self, outcome: Outcome) -> Ended {
        Ended(self.0, outcome)
    }
}

impl Ended {
    /// Writes down what became of it, and tells the members.
    ///
    /// # Errors
    /// When the database fails, or there is no such text any more.
    pub async fn write(self, tx: &mut Tx, now: UnixMs) -> Result<(), StoreError> {
        let Self(OutgoingText { message: Message { conversation, seq, .. }, to, .. }, outcome) = self;
        // What others have written down meanwhile counts.
        let found = store::messages::at(tx, conversation, seq).await?;
        let mut message = found.ok_or(StoreError::Corrupt("payload"))?;
        let (state, failure, carrier) = match outcome {
            Outcome::Taken { carrier, reference, delivered } => {
                let state = if delivered { DeliveryState::Delivered } else { DeliveryState::Sent };
                (state, None, Some((carrier, reference)))
            }
            Outcome::Unconfirmed => (DeliveryState::Unconfirmed, None, None),
            Outcome::Failed(failure) => (DeliveryState::Failed, Some(failure), None),
        };
        let carrier = carrier.as_ref().map(|(name, id)| (*name, id.as_str()));
        store::deliveries::end_submission(tx, &message, to, carrier).await?;
        advance(tx, &mut message, to, state, failure, now).await
    }
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
