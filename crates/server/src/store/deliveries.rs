//! Deliveries: how far an outgoing text got, for each recipient.

use halyard_protocol::{CarrierAccountId, Cause, Delivery, DeliveryState, Message, PhoneNumber, UnixMs};

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

/// Puts on record that a text is being handed to its carrier, since when and to which account; or that it was not taken.
///
/// # Errors
/// When the database fails.
pub async fn set_submitting(
    tx: &mut Tx,
    message: &Message,
    recipient: PhoneNumber,
    handed: Option<(UnixMs, Option<CarrierAccountId>)>,
) -> Result<(), StoreError> {
    let (since, account) = handed.unzip();
    tx.run(
        "UPDATE deliveries SET submitting_at = $4, submitting_to = $5
         WHERE conversation = $1 AND seq = $2 AND recipient = $3",
        args![message.conversation, message.seq, recipient, since, account.flatten()],
    )
    .await?;
    Ok(())
}

/// Puts on record that nobody waits for the outcome of a submission any more, and which account has the text, if one is known to have it. One
/// that is not confirmed stays known as handed to its account: a report may still confirm it.
///
/// # Errors
/// When the database fails.
pub async fn end_submission(
    tx: &mut Tx,
    message: &Message,
    recipient: PhoneNumber,
    account: Option<CarrierAccountId>,
    is_unconfirmed: bool,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE deliveries SET submitting_at = NULL, carrier = COALESCE($4, carrier),
                               submitting_to = CASE WHEN $5 = TRUE THEN submitting_to ELSE NULL END
         WHERE conversation = $1 AND seq = $2 AND recipient = $3",
        args![message.conversation, message.seq, recipient, account, is_unconfirmed],
    )
    .await?;
    Ok(())
}

/// The recipients of a message that an account may have, or has without our knowing.
///
/// # Errors
/// When the database fails.
pub async fn in_doubt(
    tx: &mut Tx,
    message: &Message,
    account: CarrierAccountId,
) -> Result<Vec<PhoneNumber>, StoreError> {
    let rows = tx
        .all(
            "SELECT recipient FROM deliveries
             WHERE conversation = $1 AND seq = $2 AND submitting_to = $3 ORDER BY recipient",
            args![message.conversation, message.seq, account],
        )
        .await?;
    rows.iter().map(|row| row.number("recipient")).collect()
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

/// Whether a reference of a carrier has come in.
///
/// # Errors
/// When the database fails.
pub async fn was_received(tx: &mut Tx, carrier: &str, reference: &str) -> Result<bool, StoreError> {
    let row =
        tx.optional("SELECT at FROM received WHERE carrier = $1 AND reference = $2", args![carrier, reference]).await?;
    Ok(row.is_some())
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
    delivery_at(row, row.time("at")?)
}

pub(super) fn delivery_at(row: &Row, at: UnixMs) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        to: row.number("recipient")?,
        state: row.word::<DeliveryState>("state")?,
        cause: cause(row)?,
        reason: row.maybe_text("reason")?,
        at,
    })
}
