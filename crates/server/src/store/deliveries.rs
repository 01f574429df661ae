//! Deliveries: how far an outgoing text got, for each recipient.

use halyard_protocol::{Cause, Delivery, DeliveryState, Message, PhoneNumber, UnixMs};

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

/// Whether a carrier may have a text without our knowing: since when.
///
/// # Errors
/// When the database fails.
pub async fn submitting_since(
    tx: &mut Tx,
    message: &Message,
    recipient: PhoneNumber,
) -> Result<Option<UnixMs>, StoreError> {
    let row = tx
        .optional(
            "SELECT submitting_at FROM deliveries WHERE conversation = $1 AND seq = $2 AND recipient = $3",
            args![message.conversation, message.seq, recipient],
        )
        .await?;
    row.map_or(Ok(None), |row| row.maybe_time("submitting_at"))
}

/// Puts on record that a text is being handed to its carrier, or that its outcome is known.
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

/// Writes down who carries a text, and under which reference receipts will come.
///
/// # Errors
/// When the database fails.
pub async fn set_carrier(
    tx: &mut Tx,
    message: &Message,
    recipient: PhoneNumber,
    carrier: &str,
    reference: &str,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE deliveries SET carrier = $4, carrier_ref = $5 WHERE conversation = $1 AND seq = $2 AND recipient = $3",
        args![message.conversation, message.seq, recipient, carrier, reference],
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
pub(super) async fn attach(tx: &mut Tx, messages: &mut [Message]) -> Result<(), StoreError> {
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
