//! State: what counts as it is now, and is in no log. What users say of themselves, who is connected, how far members have read.
//!
//! Always holds: each change takes the tenant's next version, in its transaction and behind the tenant's row, and is kept with it in the one
//! row that it is about. So whoever sees a version sees all before it, and what is newer than a version is asked for by it: a change costs
//! one row however many are told of it.

use halyard_protocol::{ConversationId, ReadPosition, Seq, StateVersion, TenantId, User, UserId, UserState};

use super::sql::{Row, args, json, word};
use super::{StoreError, Tx, dialect};

/// The tenant's newest version.
///
/// # Errors
/// When the database fails, or there is no such tenant.
pub async fn newest(tx: &mut Tx, tenant: TenantId) -> Result<StateVersion, StoreError> {
    tx.one("SELECT state_version FROM tenants WHERE id = $1", args![tenant]).await?.count("state_version")
}

async fn next(tx: &mut Tx, tenant: TenantId) -> Result<StateVersion, StoreError> {
    let row = tx
        .one(
            "UPDATE tenants SET state_version = state_version + 1 WHERE id = $1 RETURNING state_version",
            args![tenant],
        )
        .await?;
    row.count("state_version")
}

/// Writes what a user says of themselves.
///
/// # Errors
/// When the database fails.
pub async fn set_status(tx: &mut Tx, tenant: TenantId, user: &User) -> Result<(), StoreError> {
    let version = next(tx, tenant).await?;
    tx.run(
        "UPDATE users SET availability = $2, status_text = $3, state_version = $4 WHERE id = $1",
        args![user.id, word(user.availability)?, &user.status_text, version],
    )
    .await?;
    tx.note_states(tenant);
    Ok(())
}

/// Shows of users of a tenant whether they are connected to any server. Where that is shown already nothing changes.
///
/// # Errors
/// When the database fails.
pub async fn show_connected(tx: &mut Tx, tenant: TenantId, users: &[UserId]) -> Result<(), StoreError> {
    let version = newest(tx, tenant).await? + 1;
    let [sqlite, postgres] = dialect::SHOW_CONNECTED;
    if tx.run(tx.pick(sqlite, postgres), args![tenant, json(&users)?, version]).await? > 0 {
        next(tx, tenant).await?;
        tx.note_states(tenant);
    }
    Ok(())
}

/// The tenant's newest version, and the users whose state is newer than a version.
///
/// # Errors
/// When the database fails.
pub async fn users_after(
    tx: &mut Tx,
    tenant: TenantId,
    after: StateVersion,
) -> Result<(StateVersion, Vec<UserState>), StoreError> {
    let version = newest(tx, tenant).await?;
    let rows = tx
        .all(
            "SELECT id, availability, status_text, connected FROM users
             WHERE tenant = $1 AND state_version > $2 AND disabled_at IS NULL ORDER BY id",
            args![tenant, after],
        )
        .await?;
    let state = |row: &Row| {
        Ok(UserState {
            user: row.id("id")?,
            availability: row.word("availability")?,
            status_text: row.text("status_text")?,
            connected: row.flag("connected")?,
        })
    };
    Ok((version, rows.iter().map(state).collect::<Result<Vec<_>, StoreError>>()?))
}

/// Writes how far a member has read, and how much is left. Those who see it are told: the member, and in a chat the others.
///
/// # Errors
/// When the database fails.
pub async fn set_read(
    tx: &mut Tx,
    tenant: TenantId,
    conversation: ConversationId,
    user: UserId,
    (seq, unread): (Seq, u32),
) -> Result<(), StoreError> {
    let version = next(tx, tenant).await?;
    tx.run(
        "UPDATE memberships SET read_seq = $3, unread = $4, read_version = $5 WHERE conversation = $1 AND user_id = $2",
        args![conversation, user, seq, unread, version],
    )
    .await?;
    let rows = tx
        .all(
            "SELECT m.user_id AS user_id FROM memberships AS m JOIN conversations AS c ON c.id = m.conversation
             WHERE m.conversation = $1 AND (c.own_number IS NULL OR m.user_id = $2)",
            args![conversation, user],
        )
        .await?;
    for row in &rows {
        tx.note_reads(row.id("user_id")?);
    }
    Ok(())
}

/// The read positions that a user sees and that are newer than a version: their own, and those of others in their chats.
///
/// # Errors
/// When the database fails.
pub async fn reads_after(tx: &mut Tx, user: UserId, after: StateVersion) -> Result<Vec<ReadPosition>, StoreError> {
    let rows = tx
        .all(
            "SELECT conversation, read_seq, unread FROM memberships
             WHERE user_id = $1 AND read_version > $2 AND hidden = FALSE ORDER BY conversation",
            args![user, after],
        )
        .await?;
    let own = rows.iter().map(|row| {
        let (conversation, seq) = (row.id("conversation")?, row.count("read_seq")?);
        Ok(ReadPosition { conversation, user, seq, unread: Some(row.small("unread")?) })
    });
    let mut reads = own.collect::<Result<Vec<_>, StoreError>>()?;
    let rows = tx
        .all(
            "SELECT o.conversation AS conversation, o.user_id AS user_id, o.read_seq AS read_seq
             FROM memberships AS m JOIN conversations AS c ON c.id = m.conversation AND c.own_number IS NULL
             JOIN memberships AS o ON o.conversation = m.conversation AND o.user_id <> m.user_id
             WHERE m.user_id = $1 AND m.hidden = FALSE AND o.read_version > $2
             ORDER BY o.conversation, o.user_id",
            args![user, after],
        )
        .await?;
    for row in &rows {
        let (conversation, user) = (row.id("conversation")?, row.id("user_id")?);
        reads.push(ReadPosition { conversation, user, seq: row.count("read_seq")?, unread: None });
    }
    Ok(reads)
}
