//! The event log: one per user, in the order of the commits.
//!
//! Always holds: a user's cursors are 1, 2, 3, ... without gaps. The counter stands in the user's row and is raised
//! in the transaction that appends, behind the lock of the tenant's writers: so whoever sees a cursor sees all before it.

use halyard_protocol::{Change, Cursor, LoggedEvent, TenantId, UnixMs, UserId};

use super::sql::{args, json};
use super::{StoreError, Tx};

/// Appends a change to one user's log.
///
/// # Errors
/// When the database fails.
pub async fn log(tx: &mut Tx, user: UserId, now: UnixMs, change: &Change) -> Result<(), StoreError> {
    let row = tx.one("UPDATE users SET cursor = cursor + 1 WHERE id = $1 RETURNING cursor", args![user]).await?;
    let cursor = row.count("cursor")?;
    tx.run(
        "INSERT INTO events (user_id, cursor, at, change) VALUES ($1, $2, $3, $4)",
        args![user, cursor, now, json(change)?],
    )
    .await?;
    tx.note_cursor(user, cursor);
    Ok(())
}

/// Appends the same change to the logs of everybody in a tenant.
///
/// # Errors
/// When the database fails.
pub async fn log_all(tx: &mut Tx, tenant: TenantId, now: UnixMs, change: &Change) -> Result<(), StoreError> {
    let rows = tx
        .all(
            "UPDATE users SET cursor = cursor + 1 WHERE tenant = $1 AND disabled_at IS NULL RETURNING id, cursor",
            args![tenant],
        )
        .await?;
    tx.run(
        "INSERT INTO events (user_id, cursor, at, change)
         SELECT id, cursor, $2, $3 FROM users WHERE tenant = $1 AND disabled_at IS NULL",
        args![tenant, now, json(change)?],
    )
    .await?;
    for row in &rows {
        tx.note_cursor(row.id("id")?, row.count("cursor")?);
    }
    Ok(())
}

/// The user's newest cursor; 0 before the first event.
///
/// # Errors
/// When the database fails, or there is no such user.
pub async fn newest(tx: &mut Tx, user: UserId) -> Result<Cursor, StoreError> {
    tx.one("SELECT cursor FROM users WHERE id = $1", args![user]).await?.count("cursor")
}

/// Up to `limit` events after a cursor, in order, where `newest` is the user's newest. `None` when they can't be given without a gap: the
/// log was trimmed past the cursor, or the cursor is of another log.
///
/// # Errors
/// When the database fails.
pub async fn after(
    tx: &mut Tx,
    user: UserId,
    cursor: Cursor,
    newest: Cursor,
    limit: u32,
) -> Result<Option<Vec<LoggedEvent>>, StoreError> {
    if cursor >= newest {
        return Ok((cursor == newest).then(Vec::new));
    }
    let rows = tx
        .all(
            "SELECT cursor, at, change FROM events WHERE user_id = $1 AND cursor > $2 ORDER BY cursor LIMIT $3",
            args![user, cursor, limit],
        )
        .await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in &rows {
        events.push(LoggedEvent { cursor: row.count("cursor")?, at: row.time("at")?, change: row.json("change")? });
    }
    Ok(events.first().is_some_and(|first| first.cursor == cursor + 1).then_some(events))
}

/// The users who have events from before a moment, each with the cursor of the last of those.
///
/// # Errors
/// When the database fails.
pub async fn last_expired(tx: &mut Tx, before: UnixMs) -> Result<Vec<(UserId, Cursor)>, StoreError> {
    let rows = tx
        .all(
            "SELECT user_id, MAX(cursor) AS cursor FROM events WHERE at < $1 GROUP BY user_id ORDER BY user_id",
            args![before],
        )
        .await?;
    rows.iter().map(|row| Ok((row.id("user_id")?, row.count("cursor")?))).collect()
}

/// Forgets a user's events up to a place in their log: never some in the middle, whatever the clock said when they were added.
///
/// # Errors
/// When the database fails.
pub async fn trim(tx: &mut Tx, user: UserId, up_to: Cursor) -> Result<u64, StoreError> {
    tx.run("DELETE FROM events WHERE user_id = $1 AND cursor <= $2", args![user, up_to]).await
}
