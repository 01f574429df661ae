//! Taking in how far a text got.
//!
//! Always holds: a delivery only moves forward, however late, often and mixed up the reports come.

use halyard_protocol::{Cause, CauseCode, Change, Delivery, DeliveryState, Message, PhoneNumber, UnixMs};

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
