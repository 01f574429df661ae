//! Sessions: one per signed-in browser. Only the hash of its token is kept.

use std::collections::HashMap;

use halyard_protocol::rest::Device;
use halyard_protocol::{Cursor, DeviceId, Role, StateVersion, TenantId, UnixMs, UserId};

use super::credentials::Credentials;
use super::sql::{Row, args, json};
use super::{EndedSessions, StoreError, Tx, dialect};

/// How long sessions last, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Without being heard of.
    pub idle: i64,
    /// At most.
    pub absolute: i64,
}

/// A session that holds: who asks.
#[derive(Clone, Debug)]
pub struct Session {
    /// The browser.
    pub device: DeviceId,
    /// The user.
    pub user: UserId,
    /// Their tenant.
    pub tenant: TenantId,
    /// What they may do.
    pub role: Role,
    /// Whether their tenant operates this system.
    pub operator: bool,
    /// When the browser was last heard of.
    pub seen_at: UnixMs,
}

/// Adds a session for whoever knew the password of this hash. Says whether it still is the user's: it may have been changed, or the user
/// disabled, while it was checked.
///
/// # Errors
/// When the database fails.
pub async fn add(
    tx: &mut Tx,
    token_hash: &str,
    device: DeviceId,
    credentials: &Credentials,
    name: &str,
    now: UnixMs,
) -> Result<bool, StoreError> {
    let added = tx
        .run(
            "INSERT INTO sessions (token_hash, id, user_id, device_name, signed_in_at, seen_at)
             SELECT $1, $2, id, $3, $4, $4 FROM users
             WHERE id = $5 AND password_hash = $6 AND disabled_at IS NULL",
            args![token_hash, device, name, now, credentials.user, &credentials.password_hash],
        )
        .await?;
    Ok(added > 0)
}

/// Ends the sessions of a user that were unused for longest, but for `most`, this device's among them.
///
/// # Errors
/// When the database fails.
pub async fn keep_newest(tx: &mut Tx, user: UserId, device: DeviceId, most: u32) -> Result<(), StoreError> {
    let rows = tx
        .all(
            "DELETE FROM sessions WHERE user_id = $1 AND id <> $3 AND id NOT IN (
                 SELECT id FROM sessions WHERE user_id = $1 AND id <> $3
                 ORDER BY seen_at DESC, signed_in_at DESC, id DESC LIMIT $2
             ) RETURNING id",
            args![user, most.saturating_sub(1), device],
        )
        .await?;
    for row in &rows {
        tx.note_ended(user, EndedSessions::Device(row.id("id")?));
    }
    Ok(())
}

/// The session of this token, if it still holds and its user is not disabled.
///
/// # Errors
/// When the database fails.
pub async fn by_token(
    tx: &mut Tx,
    token_hash: &str,
    now: UnixMs,
    lifetimes: Lifetimes,
) -> Result<Option<Session>, StoreError> {
    let row = tx
        .optional(
            "SELECT sessions.id AS device, users.id AS user_id, users.tenant AS tenant, users.role AS role,
                    sessions.seen_at AS seen_at, tenants.operator AS operator
             FROM sessions JOIN users ON users.id = sessions.user_id JOIN tenants ON tenants.id = users.tenant
             WHERE sessions.token_hash = $1 AND users.disabled_at IS NULL
               AND sessions.seen_at > $2 AND sessions.signed_in_at > $3",
            args![token_hash, now.plus(-lifetimes.idle), now.plus(-lifetimes.absolute)],
        )
        .await?;
    row.map(|row| {
        Ok(Session {
            device: row.id("device")?,
            user: row.id("user_id")?,
            tenant: row.id("tenant")?,
            role: row.word("role")?,
            operator: row.flag("operator")?,
            seen_at: row.time("seen_at")?,
        })
    })
    .transpose()
}

/// What a socket has to know of its session before it sends.
#[derive(Clone, Copy, Debug)]
pub struct SessionState {
    /// When the browser was last heard of.
    pub seen_at: UnixMs,
    /// The user's newest event.
    pub newest: Cursor,
    /// The newest version of their tenant's states.
    pub state_version: StateVersion,
    /// Whether they are written down as connected.
    pub connected: bool,
}

/// The state of this device's session; `None` when it no longer holds.
///
/// # Errors
/// When the database fails.
pub async fn state(
    tx: &mut Tx,
    device: DeviceId,
    now: UnixMs,
    lifetimes: Lifetimes,
) -> Result<Option<SessionState>, StoreError> {
    let args = args![device, now.plus(-lifetimes.idle), now.plus(-lifetimes.absolute)];
    let row = tx.optional(dialect::SESSION_STATE, args).await?;
    row.as_ref().map(session_state).transpose()
}

/// The states of these devices' sessions, of those that hold (PostgreSQL).
///
/// # Errors
/// When the database fails.
pub(super) async fn states(
    tx: &mut Tx,
    devices: &[DeviceId],
    now: UnixMs,
    lifetimes: Lifetimes,
) -> Result<HashMap<DeviceId, SessionState>, StoreError> {
    let args = args![json(&devices)?, now.plus(-lifetimes.idle), now.plus(-lifetimes.absolute)];
    let rows = tx.all(dialect::POSTGRES_SESSION_STATES, args).await?;
    rows.iter().map(|row| Ok((row.id("device")?, session_state(row)?))).collect()
}

fn session_state(row: &Row) -> Result<SessionState, StoreError> {
    Ok(SessionState {
        seen_at: row.time("seen_at")?,
        newest: row.count("cursor")?,
        state_version: row.count("state_version")?,
        connected: row.flag("connected")?,
    })
}

/// Notes when a device was last used, unless somebody is just changing its session.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &mut Tx, device: DeviceId, now: UnixMs) -> Result<(), StoreError> {
    tx.run(tx.pick(dialect::SQLITE_TOUCH, dialect::POSTGRES_TOUCH), args![device, now]).await?;
    Ok(())
}

/// The devices that a user is signed in on: `current` first, then by when they were last heard of.
///
/// # Errors
/// When the database fails.
pub async fn devices(
    tx: &mut Tx,
    user: UserId,
    current: Option<DeviceId>,
    now: UnixMs,
    lifetimes: Lifetimes,
) -> Result<Vec<Device>, StoreError> {
    let rows = tx
        .all(
            "SELECT id, device_name, signed_in_at, seen_at FROM sessions
             WHERE user_id = $1 AND seen_at > $2 AND signed_in_at > $3 ORDER BY seen_at DESC, id",
            args![user, now.plus(-lifetimes.idle), now.plus(-lifetimes.absolute)],
        )
        .await?;
    let mut devices = Vec::with_capacity(rows.len());
    for row in &rows {
        let id = row.id("id")?;
        devices.push(Device {
            id,
            name: row.text("device_name")?,
            signed_in_at: row.time("signed_in_at")?,
            seen_at: row.time("seen_at")?,
            current: Some(id) == current,
        });
    }
    devices.sort_by_key(|device| !device.current);
    Ok(devices)
}

/// Ends a session of this user. Says whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx, user: UserId, device: DeviceId) -> Result<bool, StoreError> {
    let ended = tx.run("DELETE FROM sessions WHERE id = $1 AND user_id = $2", args![device, user]).await? > 0;
    if ended {
        tx.note_ended(user, EndedSessions::Device(device));
    }
    Ok(ended)
}

/// Ends all sessions of a user, but for this device's. Says how many.
///
/// # Errors
/// When the database fails.
pub async fn end_all(tx: &mut Tx, user: UserId, but: Option<DeviceId>) -> Result<u64, StoreError> {
    let Some(but) = but else {
        let ended = tx.run("DELETE FROM sessions WHERE user_id = $1", args![user]).await?;
        tx.note_ended(user, EndedSessions::All);
        return Ok(ended);
    };
    let rows = tx.all("DELETE FROM sessions WHERE user_id = $1 AND id <> $2 RETURNING id", args![user, but]).await?;
    for row in &rows {
        tx.note_ended(user, EndedSessions::Device(row.id("id")?));
    }
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}

/// Forgets sessions that no longer hold.
///
/// # Errors
/// When the database fails.
pub async fn forget_expired(tx: &mut Tx, now: UnixMs, lifetimes: Lifetimes) -> Result<u64, StoreError> {
    tx.run(
        "DELETE FROM sessions WHERE seen_at <= $1 OR signed_in_at <= $2",
        args![now.plus(-lifetimes.idle), now.plus(-lifetimes.absolute)],
    )
    .await
}
