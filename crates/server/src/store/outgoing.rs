//! Texts on their way out, with all that there is to know before one is handed to its carrier.

use halyard_protocol::{CarrierAccountId, ConversationId, Message, PhoneNumber, Seq, TenantId, UnixMs};

use super::sql::args;
use super::{StoreError, Tx, deliveries, messages};

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
pub async fn at(tx: &mut Tx, conversation: ConversationId, seq: Seq) -> Result<Option<Outgoing>, StoreError> {
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
        found.message.deliveries.push(deliveries::delivery_at(row, row.time("delivery_at")?)?);
        found.submissions.push(SubmissionRecord {
            to: row.number("recipient")?,
            since: row.maybe_time("submitting_at")?,
            submitting_to: row.maybe_id("submitting_to")?,
            opted_out: row.flag("opted_out")?,
        });
    }
    Ok(Some(found))
}
