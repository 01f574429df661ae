//! Taking in how far a text got.
//!
//! Always holds: a delivery only moves forward, however late, often and mixed up the reports come.

use halyard_carriers::Why;
use halyard_carriers::{Receipt, Refusal, Reported};
use halyard_protocol::{
    CarrierAccountId, Cause, CauseCode, Change, ConversationId, Delivery, DeliveryState, Message, PhoneNumber, Seq,
    TenantId, UnixMs,
};

use super::consent::{self, Source};
use super::reference;
use crate::store::{self, StoreError, Tx};

/// Why a text is not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For the user, whose app has the words; none where only the carrier knows.
    pub cause: Option<Cause>,
    /// In English, or in the carrier's own words.
    pub reason: String,
}

impl Failure {
    /// One that the app has words for.
    pub fn new(code: CauseCode, reason: impl Into<String>) -> Self {
        Self { cause: Some(code.into()), reason: reason.into() }
    }
}

/// What a report is about: a text to one recipient, or a part of one.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// The author's tenant.
    pub tenant: TenantId,
    conversation: ConversationId,
    seq: Seq,
    to: PhoneNumber,
    own: Option<PhoneNumber>,
}

/// What a report of an account's carrier names: by the carrier's reference, or by ours where that is not known yet. Empty when neither is.
///
/// # Errors
/// When the database fails.
pub async fn named(tx: &mut Tx, account: CarrierAccountId, receipt: &Receipt) -> Result<Vec<Named>, StoreError> {
    let known = store::carrier_references::find(tx, account, &receipt.reference).await?;
    let is_meant = |to: PhoneNumber| receipt.to.is_none_or(|meant| meant == to);
    // Of a group whose submission was not written down, the reference may be known for those alone of whom something was reported.
    let mut found: Vec<(ConversationId, Seq, PhoneNumber)> =
        known.iter().map(|part| (part.conversation, part.seq, part.to)).filter(|(.., to)| is_meant(*to)).collect();
    if let Some((conversation, seq, to)) =
        receipt.ours.as_deref().and_then(reference::read).filter(|_| found.is_empty())
        && let Some(message) = store::messages::at(tx, conversation, seq).await?
    {
        // Only of what was handed to this account: an account says nothing of others' texts.
        let handed = store::deliveries::in_doubt(tx, &message, account).await?;
        let handed =
            handed.into_iter().filter(|recipient| to.is_none_or(|to| to == *recipient) && is_meant(*recipient));
        found.extend(handed.map(|recipient| (conversation, seq, recipient)));
    }
    let mut parts = Vec::new();
    for (conversation, seq, to) in found {
        let Some(record) = store::conversations::by_id(tx, conversation).await? else { continue };
        parts.push(Named { tenant: record.tenant, conversation, seq, to, own: record.key.own_number() });
    }
    Ok(parts)
}

/// Takes a report in. The transaction is one of the tenant.
///
/// # Errors
/// When the database fails.
pub async fn take_in(
    tx: &mut Tx,
    account: CarrierAccountId,
    receipt: &Receipt,
    named: Named,
    now: UnixMs,
) -> Result<(), StoreError> {
    let Named { tenant, conversation, seq, to, own } = named;
    let Some(mut message) = store::messages::at(tx, conversation, seq).await? else { return Ok(()) };
    let (reported, failure) = match &receipt.reported {
        Reported::Sent => (DeliveryState::Sent, None),
        Reported::Delivered => (DeliveryState::Delivered, None),
        Reported::Failed(refusal) => (DeliveryState::Failed, Some(Failure::from(refusal.clone()))),
    };
    if !receipt.reference.is_empty() {
        // It may have come before the submission was written down.
        store::carrier_references::add(tx, account, &receipt.reference, &message, to, now).await?;
        for other in store::deliveries::in_doubt(tx, &message, account).await? {
            store::carrier_references::add(tx, account, &receipt.reference, &message, other, now).await?;
        }
    }
    let known = store::carrier_references::find(tx, account, &receipt.reference).await?;
    let part = known.into_iter().find(|part| part.conversation == conversation && part.seq == seq && part.to == to);
    let state = match part {
        Some(part) => {
            let part = store::carrier_references::Referred { state: part.state.advance(reported), ..part };
            whole(&store::carrier_references::advance(tx, account, &receipt.reference, part).await?)
        }
        None => reported,
    };
    // One submission brought it to all: who has heard of one recipient knows that it was taken for the others.
    for other in store::deliveries::in_doubt(tx, &message, account).await? {
        advance(tx, &mut message, other, DeliveryState::Sent, None, now).await?;
    }
    let failure = failure.filter(|_| state == DeliveryState::Failed);
    if let Some(own) = own.filter(|_| failure.as_ref().is_some_and(Failure::is_opt_out))
        // A number that was moved is no longer this business's to speak of.
        && store::numbers::by_number(tx, own).await?.is_some_and(|(owner, _)| owner == tenant)
    {
        consent::note(tx, tenant, own, to, Source::Carrier, now).await?;
    }
    advance(tx, &mut message, to, state, failure, now).await
}

/// How far a text is whose parts are so far.
fn whole(parts: &[DeliveryState]) -> DeliveryState {
    if parts.contains(&DeliveryState::Failed) {
        DeliveryState::Failed
    } else if parts.iter().all(|part| *part == DeliveryState::Delivered) {
        DeliveryState::Delivered
    } else {
        DeliveryState::Sent
    }
}

impl Failure {
    /// Whether it is because the recipient opted out.
    #[must_use]
    pub fn is_opt_out(&self) -> bool {
        self.cause.is_some_and(|cause| cause.code == CauseCode::RecipientOptedOut)
    }
}

impl From<Refusal> for Failure {
    /// What the user hears of a refusal: a cause that the app has words for, and the carrier's code in front of its own words.
    fn from(refusal: Refusal) -> Self {
        let Refusal { why, code, words } = refusal;
        let cause = match why {
            Why::Unreachable => Some(CauseCode::NumberNotReached),
            Why::NotMobile => Some(CauseCode::NumberCannotReceiveTexts),
            Why::NoSuchNumber => Some(CauseCode::NumberNotInUse),
            Why::OptedOut => Some(CauseCode::RecipientOptedOut),
            Why::Blocked => Some(CauseCode::BlockedByCarrier),
            Why::Unregistered => Some(CauseCode::NumberNotRegistered),
            Why::SenderNotAllowed | Why::AccountProblem => Some(CauseCode::CarrierAccountProblem),
            Why::TooLarge | Why::UnsupportedMedia => Some(CauseCode::FilesNotTakenByCarrier),
            Why::TooLong | Why::Other => None,
        };
        let reason = [code, words].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
        Self { cause: cause.map(Into::into), reason }
    }
}

/// Moves a message's delivery to a state, if that is forward, and tells every member.
///
/// # Errors
/// When the database fails.
pub async fn advance(
    tx: &mut Tx,
    message: &mut Message,
    to: PhoneNumber,
    state: DeliveryState,
    failure: Option<Failure>,
    now: UnixMs,
) -> Result<(), StoreError> {
    let (cause, reason) = failure.map_or((None, None), |failure| (failure.cause, Some(failure.reason)));
    let report = Delivery { to, state, cause, reason, at: now };
    let Some(delivery) = message.deliveries.iter_mut().find(|delivery| delivery.to == to) else { return Ok(()) };
    if !delivery.apply(&report) {
        return Ok(());
    }
    store::deliveries::update(tx, message, &report).await?;
    let change = Change::DeliveryChanged { conversation: message.conversation, message: message.id, delivery: report };
    store::events::log_members(tx, message.conversation, now, &change).await
}
