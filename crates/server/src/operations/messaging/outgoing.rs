//! A text on its way out: the job that carries it, and what becomes of its deliveries.
//!
//! Always holds: the jobs of one conversation and recipient run in the order of the messages. A group's recipients outside of this system are one
//! job, as their carrier takes them in one submission. Before a text leaves for a carrier that would
//! send it twice, that is on record ([`Waiting::begin`]); so whatever happens then, it is known that it may have left, and to which account. Each state of a text is a
//! type, and each step takes the one before: only what is [`Submitting`] can be handed to a carrier.

use halyard_carriers::Receipt;
use halyard_protocol::{
    Author, CarrierAccountId, CauseCode, Change, ConversationId, Delivery, DeliveryState, Message, PhoneNumber, Seq,
    TenantId, UnixMs,
};
use serde::{Deserialize, Serialize};

use super::consent::{self, Source};
use super::receipts::{self, Failure, advance};
use super::reference;
use crate::store::jobs::{Job, NewJob, Queue};
use crate::store::outgoing::{Outgoing, SubmissionRecord};
use crate::store::questions::{EndedText, HandedText};
use crate::store::{self, Store, StoreError, Tx, routes::Routes};

/// The kind of the jobs that carry a text.
pub const KIND: &str = "deliver";

/// What such a job is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeliverText {
    /// The conversation.
    pub conversation: ConversationId,
    /// The message's place in it.
    pub seq: Seq,
    /// The recipient.
    pub to: PhoneNumber,
    /// Of a group: the others whose carrier gets the text by the same submission.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<PhoneNumber>,
}

/// A text on its way out.
#[derive(Debug)]
pub struct OutgoingText {
    /// The author's tenant.
    pub tenant: TenantId,
    /// The own number.
    pub from: PhoneNumber,
    /// Whom this submission is to reach, and of whom nothing is known yet.
    pub to: Vec<PhoneNumber>,
    /// The message.
    pub message: Message,
    /// Whether the own number still is the tenant's.
    pub is_ours: bool,
    /// The account that carries the own number.
    pub account: Option<CarrierAccountId>,
    /// Those of them who want no texts from the own number.
    pub opted_out: Vec<PhoneNumber>,
    /// Whether it is a group's submission, for all that are not on this system.
    pub is_group: bool,
}

impl OutgoingText {
    /// The same at every try, different for every message and recipient.
    #[must_use]
    pub fn reference(&self) -> String {
        let one = match self.to[..] {
            [to] if !self.is_group => Some(to),
            _ => None,
        };
        reference::write(&self.message, one)
    }
}

/// How far a text is when its job finds it.
#[derive(Debug)]
pub enum OutgoingState {
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
pub struct InDoubt {
    text: OutgoingText,
    since: UnixMs,
    account: Option<CarrierAccountId>,
    is_shown: bool,
}

/// A text that may be handed to a carrier now. Nothing else may.
#[derive(Debug)]
pub struct Submitting(OutgoingText);

/// A text of which it is known what became, and which has to be written down.
#[derive(Debug)]
pub struct Ended(OutgoingText, TextOutcome);

/// What came of handing a text to its carrier.
#[derive(Debug)]
pub enum TextOutcome {
    /// The carrier has it.
    Taken {
        /// By which account; none between numbers of this system.
        by: Option<TakenBy>,
        /// Whether the text is with the recipient already.
        delivered: bool,
    },
    /// It will never get there.
    Failed(Failure),
    /// It does not leave, as some of its recipients opted out.
    OptedOut,
    /// Nobody knows whether the carrier has it.
    Unconfirmed,
}

/// Who has taken a text.
#[derive(Debug)]
pub struct TakenBy {
    /// The account.
    pub account: CarrierAccountId,
    /// Under which references its carrier reports.
    pub references: Vec<String>,
    /// What the carrier has said of it already.
    pub receipts: Vec<Receipt>,
}

/// Adds the jobs that carry a message to its recipients: one for each number of this system, one for all others.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(
    tx: &mut Tx,
    tenant: TenantId,
    own: PhoneNumber,
    routes: &Routes,
    message: &Message,
    now: UnixMs,
) -> Result<(), StoreError> {
    for to in &routes.on_net {
        add_job(tx, Queue::Tenant(tenant), message, &[*to], now).await?;
    }
    let queue = match routes.account {
        Some(account) => Queue::Line { tenant, account, number: own },
        None => Queue::Tenant(tenant),
    };
    add_job(tx, queue, message, &routes.outside, now).await
}

async fn add_job(
    tx: &mut Tx,
    queue: Queue,
    message: &Message,
    to: &[PhoneNumber],
    now: UnixMs,
) -> Result<(), StoreError> {
    let [first, also @ ..] = to else { return Ok(()) };
    let payload = DeliverText { conversation: message.conversation, seq: message.seq, to: *first, also: also.to_vec() };
    let lane = match also {
        [] => lane(message.conversation, *first),
        _ => format!("{KIND} {} group", message.conversation),
    };
    let payload = store::sql::json(&payload)?;
    let job = NewJob { queue, lane: &lane, position: message.seq, kind: KIND, payload: &payload, run_at: now };
    store::jobs::add(tx, job, now).await
}

/// The lane of the jobs that carry a conversation's texts to one recipient.
pub(super) fn lane(conversation: ConversationId, to: PhoneNumber) -> String {
    format!("{KIND} {conversation} {to}")
}

/// The text that a job is about; `None` when there is no such text.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, job: DeliverText) -> Result<Option<OutgoingState>, StoreError> {
    let Some(found) = store::outgoing::at(tx, job.conversation, job.seq).await? else { return Ok(None) };
    let Outgoing { tenant, own, message, owner, account, submissions } = found;
    let (Some(from), Author::User(_)) = (own, message.author) else { return Ok(None) };
    let is_group = !job.also.is_empty();
    let recipients: Vec<PhoneNumber> = std::iter::once(job.to).chain(job.also).collect();
    let named: Vec<(PhoneNumber, DeliveryState)> = message
        .deliveries
        .iter()
        .map(|delivery| (delivery.to, delivery.state))
        .filter(|(to, _)| recipients.contains(to))
        .collect();
    if named.is_empty() {
        return Ok(None);
    }
    let is_open = |state: DeliveryState| {
        matches!(state, DeliveryState::Accepted | DeliveryState::Unconfirmed | DeliveryState::Unknown)
    };
    let is_unconfirmed = named.iter().any(|(_, state)| *state == DeliveryState::Unconfirmed);
    let to: Vec<PhoneNumber> = named.into_iter().filter(|(_, state)| is_open(*state)).map(|(to, _)| to).collect();
    let open: Vec<SubmissionRecord> =
        submissions.into_iter().filter(|submission| to.contains(&submission.to)).collect();
    let Some(SubmissionRecord { since, submitting_to, .. }) = open.first().copied() else {
        return Ok(Some(OutgoingState::Settled(tenant)));
    };
    let is_ours = owner == Some(tenant);
    let opted_out = open.iter().filter(|submission| submission.opted_out).map(|submission| submission.to).collect();
    let text = OutgoingText { tenant, from, to, message, is_ours, account, opted_out, is_group };
    Ok(Some(match since {
        Some(since) => {
            OutgoingState::InDoubt(InDoubt { text, since, account: submitting_to, is_shown: is_unconfirmed })
        }
        // It has been looked up as often as may be.
        None if is_unconfirmed => OutgoingState::Settled(text.tenant),
        None => OutgoingState::Waiting(Waiting(text)),
    }))
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
    pub async fn begin(
        self,
        tx: &mut Tx,
        account: Option<CarrierAccountId>,
        now: UnixMs,
    ) -> Result<Submitting, StoreError> {
        for to in &self.0.to {
            store::deliveries::set_submitting(tx, &self.0.message, *to, Some((now, account))).await?;
        }
        Ok(Submitting(self.0))
    }

    /// Puts on record that no carrier has it: it waits for another try.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stay(&self, tx: &mut Tx) -> Result<(), StoreError> {
        for to in &self.0.to {
            store::deliveries::set_submitting(tx, &self.0.message, *to, None).await?;
        }
        Ok(())
    }

    /// The same together with others, where it goes to one number, and the claim on its job goes on until `until`. Else it still waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_together(
        self,
        store: &Store,
        job: &Job,
        account: Option<CarrierAccountId>,
        now: UnixMs,
        until: UnixMs,
    ) -> Result<Result<Submitting, Self>, StoreError> {
        let ([recipient], true) = (&self.0.to[..], store.asks_together()) else { return Ok(Err(self)) };
        let Message { conversation, seq, .. } = self.0.message;
        let text = HandedText { conversation, seq, recipient: *recipient, account, now, until, job: job.into() };
        let is_begun = store.begin_text(self.0.tenant, text).await?;
        Ok(if is_begun { Ok(Submitting(self.0)) } else { Err(self) })
    }

    /// Lets it leave for a carrier that takes a reference once: that needs no record.
    #[must_use]
    pub fn begin_once(self) -> Submitting {
        Submitting(self.0)
    }

    /// It never leaves, as some of its recipients opted out.
    #[must_use]
    pub fn fail_opted_out(self) -> Ended {
        Ended(self.0, TextOutcome::OptedOut)
    }

    /// It never leaves.
    #[must_use]
    pub fn fail(self, failure: Failure) -> Ended {
        Ended(self.0, TextOutcome::Failed(failure))
    }
}

impl InDoubt {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &OutgoingText {
        &self.text
    }

    /// Since when it may have left.
    #[must_use]
    pub fn since(&self) -> UnixMs {
        self.since
    }

    /// Whether its author has seen that it is not confirmed: then it is not sent again by itself.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// The account that it was being handed to; none for a number of this system.
    #[must_use]
    pub fn account(&self) -> Option<CarrierAccountId> {
        self.account
    }

    /// The carrier did not answer: the members hear that it is not confirmed, and it is looked up again.
    ///
    /// # Errors
    /// When the database fails, or there is no such text any more.
    pub async fn unconfirmed(self, tx: &mut Tx, now: UnixMs) -> Result<(), StoreError> {
        let Message { conversation, seq, .. } = self.text.message;
        let found = store::messages::at(tx, conversation, seq).await?;
        let mut message = found.ok_or(StoreError::Corrupt("payload"))?;
        for to in self.text.to {
            advance(tx, &mut message, to, DeliveryState::Unconfirmed, None, now).await?;
        }
        Ok(())
    }

    /// The carrier says that it never had it.
    #[must_use]
    pub fn not_taken(self) -> Waiting {
        Waiting(self.text)
    }

    /// The carrier says what became of it, or nobody can.
    #[must_use]
    pub fn end(self, outcome: TextOutcome) -> Ended {
        Ended(self.text, outcome)
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
        let waiting = Waiting(self.0);
        waiting.stay(tx).await?;
        Ok(waiting)
    }

    /// Nobody knows whether the account that it was handed to has it.
    #[must_use]
    pub fn in_doubt(self, since: UnixMs, account: Option<CarrierAccountId>) -> InDoubt {
        InDoubt { text: self.0, since, account, is_shown: false }
    }

    /// It is known what became of it.
    #[must_use]
    pub fn end(self, outcome: TextOutcome) -> Ended {
        Ended(self.0, outcome)
    }
}

impl Ended {
    /// Writes down what became of it and ends its job, together with others, where a carrier has taken it and nobody has said anything else. Else it
    /// is given back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write_together(self, store: &Store, job: &Job, now: UnixMs) -> Result<Option<Self>, StoreError> {
        let Self(text, outcome) = &self;
        let (TextOutcome::Taken { by, delivered }, [to], true) = (outcome, &text.to[..], store.asks_together()) else {
            return Ok(Some(self));
        };
        // What its carrier has said already is taken in by a transaction.
        if by.as_ref().is_some_and(|by| !by.receipts.is_empty()) {
            return Ok(Some(self));
        }
        let state = taken_state(*delivered);
        let Message { conversation, seq, id, .. } = text.message;
        let delivery = Delivery { to: *to, state, cause: None, reason: None, at: now };
        let change = store::sql::json(&Change::DeliveryChanged { conversation, message: id, delivery })?;
        let account = by.as_ref().map(|by| by.account);
        let reference_list = by.as_ref().map(|by| by.references.clone()).unwrap_or_default();
        let text_taken = EndedText {
            conversation,
            seq,
            recipient: *to,
            state,
            change,
            account,
            reference_list,
            now,
            job: job.into(),
        };
        let is_written = store.end_text(text.tenant, text_taken).await?;
        Ok(if is_written { None } else { Some(self) })
    }

    /// Writes down what became of it, and tells the members.
    ///
    /// # Errors
    /// When the database fails, or there is no such text any more.
    pub async fn write(self, tx: &mut Tx, now: UnixMs) -> Result<(), StoreError> {
        let Self(text, outcome) = self;
        let OutgoingText { tenant, from, message: Message { conversation, seq, .. }, to, is_ours, opted_out, .. } =
            text;
        // What others have written down meanwhile counts.
        let found = store::messages::at(tx, conversation, seq).await?;
        let mut message = found.ok_or(StoreError::Corrupt("payload"))?;
        for recipient in to.iter().copied() {
            let (state, failure, by) = match &outcome {
                TextOutcome::Taken { by, delivered } => (taken_state(*delivered), None, by.as_ref()),
                TextOutcome::Unconfirmed => (DeliveryState::Unconfirmed, None, None),
                TextOutcome::OptedOut if opted_out.contains(&recipient) => {
                    (DeliveryState::Failed, Some(self::opted_out()), None)
                }
                TextOutcome::OptedOut => (DeliveryState::Failed, Some(group_opted_out()), None),
                TextOutcome::Failed(failure) if failure.is_opt_out() => {
                    match to[..] {
                        // The carrier says so. Of a group it does not say who.
                        [_] if is_ours => {
                            consent::note(tx, tenant, from, recipient, Source::Carrier, now).await?;
                            (DeliveryState::Failed, Some(failure.clone()), None)
                        }
                        [_] => (DeliveryState::Failed, Some(failure.clone()), None),
                        _ => (DeliveryState::Failed, Some(Failure { cause: None, ..failure.clone() }), None),
                    }
                }
                TextOutcome::Failed(failure) => (DeliveryState::Failed, Some(failure.clone()), None),
            };
            let is_unconfirmed = state == DeliveryState::Unconfirmed;
            let account = by.map(|by| by.account);
            store::deliveries::end_submission(tx, &message, recipient, account, is_unconfirmed).await?;
            if let Some(by) = by {
                for reference in &by.references {
                    store::carrier_references::add(tx, by.account, reference, &message, recipient, now).await?;
                }
            }
            advance(tx, &mut message, recipient, state, failure, now).await?;
        }
        if let TextOutcome::Taken { by: Some(TakenBy { account, receipts, .. }), .. } = &outcome {
            for receipt in receipts {
                for part in receipts::named(tx, *account, receipt).await? {
                    receipts::take_in(tx, *account, receipt, part, now).await?;
                }
            }
        }
        Ok(())
    }
}

/// How far a text is that a carrier has taken.
fn taken_state(delivered: bool) -> DeliveryState {
    if delivered { DeliveryState::Delivered } else { DeliveryState::Sent }
}

/// Why a text to a group is not delivered to those who did not opt out.
fn group_opted_out() -> Failure {
    Failure { cause: None, reason: "Somebody in this group asked for no texts from this number.".to_owned() }
}

/// Why a text is not delivered whose own number was retired or moved before it left.
#[must_use]
pub fn number_gone() -> Failure {
    Failure::new(CauseCode::OwnNumberGone, "The number that it was sent from is no longer in use here.")
}

/// Why a text is not delivered to who opted out before it left.
#[must_use]
pub fn opted_out() -> Failure {
    Failure::new(CauseCode::RecipientOptedOut, "The recipient asked for no texts from this number.")
}

/// Why a text is not delivered whose job failed at every attempt.
#[must_use]
pub fn not_reached() -> Failure {
    Failure::new(CauseCode::NumberNotReached, "The number could not be reached.")
}
