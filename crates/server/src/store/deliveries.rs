//! Deliveries: how far an outgoing text got, for each recipient.

use halyard_protocol::{Cause, Delivery, DeliveryState, Message, PhoneNumber, TenantId, UnixMs};

use super::sql::{Row, args, json, word};
use super::{StoreError, Tx};

/// Adds the deliveries of a message that was just added.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, message: &Message) -> Result<(), StoreError> {
    for delivery in &message.deliveries {
        tx.run(
            "INSERT INTO deliveries (conversation, seq, recipient, state, cause, reason, at, carrier, carrier_ref)
             VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL)",
            args![
                message.conversation,
                message.seq,
                delivery.to,
                word(delivery.state)?,
                delivery.cause.as_ref().map(json).transpose()?,
                delivery.reason.clone(),
                delivery.at
            ],
        )
        .await?;
    }
    Ok(())
}

/// Writes down how far a text got for one recipient.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &mut Tx, message: &Message, delivery: &Delivery) -> Result<(), StoreError> {
    tx.run(
        "UPDATE deliveries SET state = $4, cause = $5, reason = $6, at = $7
         WHERE conversation = $1 AND seq = $2 AND recipient = $3",
        args![
            message.conversation,
            message.seq,
            delivery.to,
            word(delivery.state)?,
            delivery.cause.as_ref().map(json).transpose()?,
            delivery.reason.clone(),
            delivery.at
        ],
    )
    .await?;
    Ok(())
}

/// What there is to know before a text is handed to its carrier.
#[derive(Clone, Copy, Debug)]
pub struct Submission {
    /// Since when a carrier may have it without our knowing.
    pub since: Option<UnixMs>,
    /// Whose the own number is now.
    pub owner: Option<TenantId>,
}

/// What there is to know before a text from an own number is handed to its carrier.
///
/// # Errors
/// When the database fails, or there is no such delivery.
pub async fn submission(
    tx: &mut Tx,
    message: &Message,
    recipient: PhoneNumber,
    own: PhoneNumber,
) -> Result<Submission, StoreError> {
    let row = tx
        .one(
            "SELECT submitting_at, (SELECT tenant FROM sms_numbers WHERE number = $4 AND retired_at IS NULL) AS owner
             FROM deliveries WHERE conversation = $1 AND seq = $2 AND recipient = $3",
            args![message.conversation, message.seq, recipient, own],
        )
        .await?;
    let owner = if row.maybe_text("owner")?.is_some() { Some(row.id("owner")?) } else { None };
    Ok(Submission { since: row.maybe_time("submitting_at")?, owner })
}

/// Puts on record that a text is being handed to its carrier, or that it was not taken.
///
/// # Errors
/// When the database fails.
pub async fn set_submitting(
    tx: &mut Tx,
    message: &Message,
    recipient: PhoneNumber,
    since: Option<UnixMs>,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE deliveries SET submitting_at = $4 WHERE conversation = $1 AND seq = $2 AND recipient = $3",
        args![message.conversation, message.seq, recipient, since],
    )
    .await?;
    Ok(())
}

/// Puts on record that the outcome of a submission is known, and, where a carrier has the text, who carries it and under which reference
/// receipts will come.
///
/// # Errors
/// When the database fails.
pub async fn end_submission(
    tx: &mut Tx,
    message: &Message,
    recipient: PhoneNumber,
    carrier: Option<(&str, &str)>,
) -> Result<(), StoreError> {
    let (name, reference) = carrier.unzip();
    tx.run(
        "UPDATE deliveries SET submitting_at = NULL, carrier = COALESCE($4, carrier),
                               carrier_ref = COALESCE($5, carrier_ref)
         WHERE conversation = $1 AND seq = $2 AND recipient = $3",
        args![message.conversation, message.seq, recipient, name.map(str::to_owned), reference.map(str::to_owned)],
    )
    .await?;
    Ok(())
}

/// Notes that a text came in. Says whether it is new: the same reference of a carrier comes in once.
///
/// # Errors
/// When the database fails.
pub async fn note_received(tx: &mut Tx, carrier: &str, reference: &str, now: UnixMs) -> Result<bool, StoreError> {
    let changed = tx
        .run(
            "INSERT INTO received (carrier, reference, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            args![carrier, reference, now],
        )
        .await?;
    Ok(changed > 0)
}

/// Forgets which texts came in before a moment.
///
/// # Errors
/// When the database fails.
pub async fn forget_received(tx: &mut Tx, before: UnixMs) -> Result<u64, StoreError> {
    tx.run("DELETE FROM received WHERE at < $1", args![before]).await
}

/// Gives messages of one conversation, in order, their deliveries.
pub(super) async fn attach(tx: &mut Tx, messages: &mut [&mut Message]) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else { return Ok(()) };
    let rows = tx
        .all(
            "SELECT seq, recipient, state, cause, reason, at FROM deliveries
             WHERE conversation = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq, recipient",
            args![first.conversation, first.seq, last.seq],
        )
        .await?;
    for row in &rows {
        let seq = row.count("seq")?;
        if let Some(message) = messages.iter_mut().find(|message| message.seq == seq) {
            message.deliveries.push(delivery(row)?);
        }
    }
    Ok(())
}

fn cause(row: &Row) -> Result<Option<Cause>, StoreError> {
    let text = row.maybe_text("cause")?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| StoreError::Corrupt("cause"))).transpose()
}

pub(super) fn delivery(row: &Row) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        to: row.number("recipient")?,
        state: row.word::<DeliveryState>("state")?,
        cause: cause(row)?,
        reason: row.maybe_text("reason")?,
        at: row.time("at")?,
    })
}
