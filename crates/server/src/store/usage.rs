//! What users and tenants have used of what they may.
//!
//! Always holds: a count is in the transaction of what it counts, so what is refused or lost counts nothing.

use halyard_protocol::{TenantId, UnixMs};

use super::arg::Arg;
use super::sql::args;
use super::{StoreError, Tx};

/// Milliseconds of a minute.
pub const MINUTE: i64 = 60_000;
/// Milliseconds of a day.
pub const DAY: i64 = 24 * 60 * MINUTE;

/// Texts of this minute and this day (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts {
    /// In this minute.
    pub in_minute: u64,
    /// Today.
    pub in_day: u64,
}

/// Counts so many texts of an owner, a user or a tenant. How many there are now, these among them.
///
/// # Errors
/// When the database fails.
pub(crate) async fn count_texts(
    tx: &mut Tx,
    owner: impl Into<Arg>,
    texts: u64,
    now: UnixMs,
) -> Result<Texts, StoreError> {
    let row = tx
        .one(
            "INSERT INTO usage (owner, minute, in_minute, day, in_day, bytes) VALUES ($1, $2, $3, $4, $3, 0)
             ON CONFLICT (owner) DO UPDATE SET
                 in_minute = CASE WHEN usage.minute = $2 THEN usage.in_minute + $3 ELSE $3 END, minute = $2,
                 in_day = CASE WHEN usage.day = $4 THEN usage.in_day + $3 ELSE $3 END, day = $4
             RETURNING in_minute, in_day",
            vec![owner.into(), now.0.div_euclid(MINUTE).into(), texts.into(), now.0.div_euclid(DAY).into()],
        )
        .await?;
    Ok(Texts { in_minute: row.count("in_minute")?, in_day: row.count("in_day")? })
}

/// Counts so many bytes of a tenant's files. How many there are now.
///
/// # Errors
/// When the database fails.
pub async fn count_bytes(tx: &mut Tx, tenant: TenantId, bytes: u64) -> Result<u64, StoreError> {
    let row = tx
        .one(
            "INSERT INTO usage (owner, minute, in_minute, day, in_day, bytes) VALUES ($1, 0, 0, 0, 0, $2)
             ON CONFLICT (owner) DO UPDATE SET bytes = usage.bytes + $2 RETURNING bytes",
            args![tenant, bytes],
        )
        .await?;
    row.count("bytes")
}

/// Counts the bytes of the files that users of each tenant have given to us anew, after some were forgotten. What came in is not counted: one
/// business could use up what another has.
///
/// # Errors
/// When the database fails.
pub async fn recount_bytes(tx: &mut Tx) -> Result<(), StoreError> {
    tx.run(
        "UPDATE usage SET bytes = (SELECT COALESCE(SUM(size), 0) FROM media
                              WHERE media.tenant = usage.owner AND uploader IS NOT NULL)
         WHERE bytes > 0",
        args![],
    )
    .await?;
    Ok(())
}
