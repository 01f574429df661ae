//! Deliveries: how far an outgoing text got, for each recipient.

use halyard_protocol::{
    CarrierAccountId, Cause, ConversationId, Delivery, DeliveryState, Message, PhoneNumber, Seq, TenantId, UnixMs,
};

use super::sql::{Row, args, json, word};
use super::{StoreError, Tx, messages};

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

/// A message on its way out, with what there is to know before it is handed to a carrier.
#[derive(Debug)]
pub struct Outgoing {
    /// The conversation's tenant.
    pub tenant: TenantId,
    /// The own number; none in a chat.
    pub own: Option<PhoneNumber>,
    /// The message.
    pub message: Message,
    /// Whose the own number is now.
    pub owner: Option<TenantId>,
    /// The account that carries it now.
    pub account: Option<CarrierAccountId>,
    /// Of each of its deliveries, in their order.
    pub submissions: Vec<SubmissionRecord>,
}

/// How far a delivery's submission is.
#[derive(Clone, Copy, Debug)]
pub struct SubmissionRecord {
    /// The recipient.
    pub to: PhoneNumber,
    /// Since when a carrier may have it without our knowing.
    pub since: Option<UnixMs>,
    /// Which account that is; none for a number of this system.
    pub submitting_to: Option<CarrierAccountId>,
    /// Whether the recipient wants no texts from the own number.
    pub opted_out: bool,
}

/// The message at a place, with what there is to know before it is handed to its carrier, by one statement.
///
/// # Errors
/// When the database fails.
pub async fn outgoing(tx: &mut Tx, conversation: ConversationId, seq: Seq) -> Result<Option<Outgoing>, StoreError> {
    let rows = tx
        .all(
            "SELECT c.tenant AS tenant, c.own_number AS own_number, m.id AS id, m.conversation AS conversation, m.seq AS seq,
                    m.author AS author, m.body AS body, m.media AS media, m.at AS at, d.recipient AS recipient, d.state AS state,
                    d.cause AS cause, d.reason AS reason, d.at AS delivery_at, d.submitting_at AS submitting_at,
                    d.submitting_to AS submitting_to, n.tenant AS owner, n.account AS account,
                    EXISTS (SELECT 1 FROM opt_outs AS o WHERE o.own_number = c.own_number AND o.recipient = d.recipient) AS opted_out
             FROM messages AS m JOIN conversations AS c ON c.id = m.conversation
             JOIN deliveries AS d ON d.conversation = m.conversation AND d.seq = m.seq
             LEFT JOIN sms_numbers AS n ON n.number = c.own_number AND n.retired_at IS NULL
             WHERE m.conversation = $1 AND m.seq = $2 AND m.line IS NULL ORDER BY d.recipient",
            args![conversation, seq],
        )
        .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mut found = Outgoing {
        tenant: first.id("tenant")?,
        own: first.maybe_number("own_number")?,
        message: messages::message(first)?,
        owner: first.maybe_id("owner")?,
        account: first.maybe_id("account")?,
        submissions: Vec::with_capacity(rows.len()),
    };
    for row in &rows {
        found.message.deliveries.push(delivery_at(row, row.time("delivery_at")?)?);
        found.submissions.push(SubmissionRecord {
            to: row.number("recipient")?,
            since: row.maybe_time("submitting_at")?,
            submitting_to: row.maybe_id("submitting_to")?,
            opted_out: row.flag("opted_out")?,
        });
    }
    Ok(Some(found))
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

fn delivery_at(row: &Row, at: UnixMs) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        to: row.number("recipient")?,
        state: row.word::<DeliveryState>("state")?,
        cause: cause(row)?,
        reason: row.maybe_text("reason")?,
        at,
    })
}
