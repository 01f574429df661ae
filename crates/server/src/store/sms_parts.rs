//! Parts of texts: those that came in and wait for the others, and those that a carrier has taken before the others.
//!
//! Always holds: what is here is forgotten when its text is whole, or is waited for no longer.

use halyard_carriers::Address;
use halyard_carriers::sms::reassembly::Kept;
use halyard_carriers::sms::{Concat, Piece};
use halyard_protocol::{CarrierAccountId, PhoneNumber, Ulid, UnixMs};

use super::sql::{Row, args, json};
use super::{StoreError, Tx};

/// What the parts of one text share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The account that brings them.
    pub account: CarrierAccountId,
    /// Who writes.
    pub from: Address,
    /// The own number.
    pub to: PhoneNumber,
    /// What the sender calls it; another text may be called the same later.
    pub reference: u16,
}

/// What came in, by what it is known again.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The account that brings it.
    pub account: CarrierAccountId,
    /// The same for the same message.
    pub fingerprint: &'a str,
    /// The connection over which it came.
    pub connection: Ulid,
}

/// The parts of a text that wait for the others.
///
/// # Errors
/// When the database fails.
pub async fn waiting(tx: &mut Tx, text: &Text) -> Result<Vec<Kept>, StoreError> {
    let rows = tx
        .all(
            "SELECT part, total, piece, at FROM sms_pieces
             WHERE account = $1 AND sender = $2 AND own_number = $3 AND reference = $4 ORDER BY part",
            args![text.account, json(&text.from)?, text.to, i64::from(text.reference)],
        )
        .await?;
    let kept = |row: &Row| {
        Ok(Kept {
            concat: Concat::new(text.reference, octet(row, "total")?, octet(row, "part")?)
                .ok_or(StoreError::Corrupt("part"))?,
            piece: Piece::from_bytes(&row.bytes("piece")?).ok_or(StoreError::Corrupt("piece"))?,
            at: row.time("at")?,
        })
    };
    rows.iter().map(kept).collect()
}

fn octet(row: &Row, name: &'static str) -> Result<u8, StoreError> {
    u8::try_from(row.int(name)?).map_err(|_| StoreError::Corrupt(name))
}

/// Keeps a part until the others are there.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut Tx, text: &Text, kept: &Kept) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO sms_pieces (account, sender, own_number, reference, part, total, piece, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        args![
            text.account,
            json(&text.from)?,
            text.to,
            i64::from(text.reference),
            i64::from(kept.concat.part),
            i64::from(kept.concat.total),
            kept.piece.to_bytes(),
            kept.at,
        ],
    )
    .await?;
    Ok(())
}

/// Forgets the parts of a text.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, text: &Text) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM sms_pieces WHERE account = $1 AND sender = $2 AND own_number = $3 AND reference = $4",
        args![text.account, json(&text.from)?, text.to, i64::from(text.reference)],
    )
    .await?;
    Ok(())
}

/// Some of the texts whose first part came before a moment.
///
/// # Errors
/// When the database fails.
pub async fn waiting_since(tx: &mut Tx, before: UnixMs) -> Result<Vec<Text>, StoreError> {
    let rows = tx
        .all(
            "SELECT DISTINCT account, sender, own_number, reference FROM sms_pieces WHERE at < $1
             ORDER BY account, sender, own_number, reference LIMIT 1000",
            args![before],
        )
        .await?;
    let text = |row: &Row| {
        Ok(Text {
            account: row.id("account")?,
            from: row.json("sender")?,
            to: row.number("own_number")?,
            reference: u16::try_from(row.int("reference")?).map_err(|_| StoreError::Corrupt("reference"))?,
        })
    };
    rows.iter().map(text).collect()
}

/// Whether something came in before, over a connection that has ended since, or has to have: one over which something came before `lost`.
/// What comes again counts once for each time that it came.
///
/// # Errors
/// When the database fails.
pub async fn came_before(
    tx: &mut Tx,
    arrival: Arrival<'_>,
    since: UnixMs,
    lost: UnixMs,
    now: UnixMs,
) -> Result<bool, StoreError> {
    let Arrival { account, fingerprint, connection } = arrival;
    let changed = tx
        .run(
            "UPDATE sms_arrivals SET connection = $3, at = $6
             WHERE account = $1 AND fingerprint = $2 AND id =
                   (SELECT MIN(id) FROM sms_arrivals
                    WHERE account = $1 AND fingerprint = $2 AND at >= $4
                          AND (connection IS NULL OR (connection <> $3 AND at <= $5)))",
            args![account, fingerprint, connection.to_string(), since, lost, now],
        )
        .await?;
    Ok(changed > 0)
}

/// Notes that something came in.
///
/// # Errors
/// When the database fails.
pub async fn note_arrival(tx: &mut Tx, arrival: Arrival<'_>, id: Ulid, now: UnixMs) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO sms_arrivals (account, fingerprint, id, connection, at) VALUES ($1, $2, $3, $4, $5)",
        args![arrival.account, arrival.fingerprint, id.to_string(), arrival.connection.to_string(), now],
    )
    .await?;
    Ok(())
}

/// Forgets what came in over a connection before a moment: the carrier has heard that it was taken.
///
/// # Errors
/// When the database fails.
pub async fn settle(tx: &mut Tx, connection: Ulid, before: UnixMs) -> Result<(), StoreError> {
    tx.run("DELETE FROM sms_arrivals WHERE connection = $1 AND at < $2", args![connection.to_string(), before]).await?;
    Ok(())
}

/// A connection has ended: what came in over it may come again.
///
/// # Errors
/// When the database fails.
pub async fn end_connection(tx: &mut Tx, connection: Ulid) -> Result<(), StoreError> {
    tx.run("UPDATE sms_arrivals SET connection = NULL WHERE connection = $1", args![connection.to_string()]).await?;
    Ok(())
}

/// The parts of a text on its way out that an account's carrier has taken before, with its references.
///
/// # Errors
/// When the database fails.
pub async fn taken(tx: &mut Tx, account: CarrierAccountId, message: &str) -> Result<Vec<(u8, String)>, StoreError> {
    let rows = tx
        .all(
            "SELECT part, reference FROM sms_parts_taken WHERE account = $1 AND message = $2 ORDER BY part",
            args![account, message],
        )
        .await?;
    rows.iter().map(|row| Ok((octet(row, "part")?, row.text("reference")?))).collect()
}

/// Notes that an account's carrier has taken a part of a text.
///
/// # Errors
/// When the database fails.
pub async fn note_taken(
    tx: &mut Tx,
    account: CarrierAccountId,
    message: &str,
    (part, reference): (u8, &str),
    now: UnixMs,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO sms_parts_taken (account, message, part, reference, at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        args![account, message, i64::from(part), reference, now],
    )
    .await?;
    Ok(())
}

/// Forgets what came in, and which parts were taken, before a moment.
///
/// # Errors
/// When the database fails.
pub async fn forget_before(tx: &mut Tx, before: UnixMs) -> Result<(), StoreError> {
    tx.run("DELETE FROM sms_arrivals WHERE at < $1", args![before]).await?;
    tx.run("DELETE FROM sms_parts_taken WHERE at < $1", args![before]).await?;
    Ok(())
}
