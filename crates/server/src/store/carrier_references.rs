//! By which references a carrier reports on the texts that it has taken.
//!
//! Always holds: a reference counts within its account alone. A text whose parts the carrier tells apart has one for each; it is as far as the
//! part that is least far, and failed where any has failed.

use halyard_protocol::{CarrierAccountId, ConversationId, DeliveryState, Message, PhoneNumber, Seq, Ulid, UnixMs};

use super::sql::{Row, args, word};
use super::{StoreError, Tx};

/// What a reference stands for: a part of a text to a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Referred {
    /// The conversation.
    pub conversation: ConversationId,
    /// The message's place in it.
    pub seq: Seq,
    /// The recipient.
    pub to: PhoneNumber,
    /// How far that part is.
    pub state: DeliveryState,
}

/// Notes a reference for a recipient of a message; one that is known stays as it is.
///
/// # Errors
/// When the database fails.
pub async fn add(
    tx: &mut Tx,
    account: CarrierAccountId,
    reference: &str,
    message: &Message,
    to: PhoneNumber,
    now: UnixMs,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO carrier_references (account, reference, conversation, seq, recipient, state, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        args![account, reference, message.conversation, message.seq, to, word(DeliveryState::Sent)?, now],
    )
    .await?;
    Ok(())
}

/// Notes a reference of what the server itself has answered: it is of no conversation.
///
/// # Errors
/// When the database fails.
pub async fn add_own(
    tx: &mut Tx,
    account: CarrierAccountId,
    reference: &str,
    to: PhoneNumber,
    now: UnixMs,
) -> Result<(), StoreError> {
    let nowhere = ConversationId(Ulid::from_bits(0));
    tx.run(
        "INSERT INTO carrier_references (account, reference, conversation, seq, recipient, state, at)
         VALUES ($1, $2, $3, 0, $4, $5, $6) ON CONFLICT DO NOTHING",
        args![account, reference, nowhere, to, word(DeliveryState::Sent)?, now],
    )
    .await?;
    Ok(())
}

/// What a reference of an account stands for, of the newest text that has it: several recipients where one submission went to a group.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, account: CarrierAccountId, reference: &str) -> Result<Vec<Referred>, StoreError> {
    let rows = tx
        .all(
            "SELECT conversation, seq, recipient, state FROM carrier_references
             WHERE account = $1 AND reference = $2 ORDER BY at DESC, conversation, seq, recipient",
            args![account, reference],
        )
        .await?;
    let referred = |row: &Row| {
        Ok(Referred {
            conversation: row.id("conversation")?,
            seq: row.count("seq")?,
            to: row.number("recipient")?,
            state: row.word("state")?,
        })
    };
    let mut found = rows.iter().map(referred).collect::<Result<Vec<Referred>, StoreError>>()?;
    // Carriers that count begin again some day: the newest text counts.
    let newest = found.first().map(|first| (first.conversation, first.seq));
    found.retain(|part| Some((part.conversation, part.seq)) == newest);
    Ok(found)
}

/// All references of an account.
///
/// # Errors
/// When the database fails.
pub async fn all(tx: &mut Tx, account: CarrierAccountId) -> Result<Vec<String>, StoreError> {
    let rows = tx
        .all("SELECT reference FROM carrier_references WHERE account = $1 ORDER BY reference", args![account])
        .await?;
    rows.iter().map(|row| row.text("reference")).collect()
}

/// Writes down how far a part is, and gives how far all parts of that text to that recipient are.
///
/// # Errors
/// When the database fails.
pub async fn advance(
    tx: &mut Tx,
    account: CarrierAccountId,
    reference: &str,
    part: Referred,
) -> Result<Vec<DeliveryState>, StoreError> {
    let Referred { conversation, seq, to, state } = part;
    tx.run(
        "UPDATE carrier_references SET state = $6
         WHERE account = $1 AND reference = $2 AND conversation = $3 AND seq = $4 AND recipient = $5",
        args![account, reference, conversation, seq, to, word(state)?],
    )
    .await?;
    let rows = tx
        .all(
            "SELECT state FROM carrier_references WHERE conversation = $1 AND seq = $2 AND recipient = $3",
            args![conversation, seq, to],
        )
        .await?;
    rows.iter().map(|row| row.word("state")).collect()
}

/// Forgets references of before a moment: no carrier reports so late.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, before: UnixMs) -> Result<u64, StoreError> {
    tx.run("DELETE FROM carrier_references WHERE at < $1", args![before]).await
}
