//! Users: the extensions of a tenant. A disabled user keeps what they wrote and can no longer sign in.

use halyard_protocol::{Availability, Role, TenantId, UnixMs, User, UserId};

use super::sql::{Row, args, word};
use super::{EndedSessions, StoreError, Tx};

/// Adds a user.
///
/// # Errors
/// [`StoreError::Taken`] when the tenant has that extension.
pub async fn add(
    tx: &mut Tx,
    tenant: TenantId,
    user: &User,
    password_hash: &str,
    now: UnixMs,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO users (id, tenant, extension, name, department, email, role, availability, status_text,
                            password_hash, cursor, created_at, disabled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, NULL)",
        args![
            user.id,
            tenant,
            &user.extension,
            &user.name,
            &user.department,
            &user.email,
            word(user.role)?,
            word(user.availability)?,
            &user.status_text,
            password_hash,
            now,
        ],
    )
    .await?;
    Ok(())
}

/// The user with this id, if they belong to the tenant and are not disabled.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, tenant: TenantId, id: UserId) -> Result<Option<User>, StoreError> {
    let row = tx
        .optional(
            "SELECT id, extension, name, department, email, role, availability, status_text
             FROM users WHERE id = $1 AND tenant = $2 AND disabled_at IS NULL",
            args![id, tenant],
        )
        .await?;
    row.map(|row| user(&row)).transpose()
}

/// The tenant's directory: everybody who is not disabled, by extension.
///
/// # Errors
/// When the database fails.
pub async fn directory(tx: &mut Tx, tenant: TenantId) -> Result<Vec<User>, StoreError> {
    let rows = tx
        .all(
            "SELECT id, extension, name, department, email, role, availability, status_text
             FROM users WHERE tenant = $1 AND disabled_at IS NULL ORDER BY extension",
            args![tenant],
        )
        .await?;
    rows.iter().map(user).collect()
}

/// A user who may sign in, with the hash of their password.
pub struct Credentials {
    /// Their id.
    pub user: UserId,
    /// Their tenant.
    pub tenant: TenantId,
    /// The password's hash (PHC string).
    pub password_hash: String,
    /// Whether somebody has signed in to this account from the network of this sign-in before.
    pub is_known_network: bool,
}

/// The user with this extension at this domain, if not disabled, for a sign-in from a network. One query, whoever it is: so the time that
/// it takes says nothing of who exists.
///
/// # Errors
/// When the database fails.
pub async fn credentials(
    tx: &mut Tx,
    extension: &str,
    domain: &str,
    network: &str,
) -> Result<Option<Credentials>, StoreError> {
    let row = tx
        .optional(
            "SELECT users.id AS id, users.tenant AS tenant, users.password_hash AS password_hash,
                    known_networks.network AS network
             FROM users JOIN tenants ON tenants.id = users.tenant
             LEFT JOIN known_networks ON known_networks.user_id = users.id AND known_networks.network = $3
             WHERE users.extension = $1 AND tenants.domain = $2 AND users.disabled_at IS NULL",
            args![extension, domain, network],
        )
        .await?;
    row.map(|row| {
        Ok(Credentials {
            user: row.id("id")?,
            tenant: row.id("tenant")?,
            password_hash: row.text("password_hash")?,
            is_known_network: row.maybe_text("network")?.is_some(),
        })
    })
    .transpose()
}

/// Changes what a user says of themselves.
///
/// # Errors
/// When the database fails.
pub async fn set_status(
    tx: &mut Tx,
    user: UserId,
    availability: Availability,
    status_text: &str,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE users SET availability = $2, status_text = $3 WHERE id = $1",
        args![user, word(availability)?, status_text],
    )
    .await?;
    Ok(())
}

/// Changes a user's password, and ends their sessions: whoever knew the old one is out.
///
/// # Errors
/// When the database fails.
pub async fn set_password(tx: &mut Tx, user: UserId, password_hash: &str) -> Result<(), StoreError> {
    tx.run("UPDATE users SET password_hash = $2 WHERE id = $1", args![user, password_hash]).await?;
    end_sessions(tx, user).await
}

/// Disables a user, and ends their sessions.
///
/// # Errors
/// When the database fails.
pub async fn disable(tx: &mut Tx, user: UserId, now: UnixMs) -> Result<(), StoreError> {
    tx.run("UPDATE users SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL", args![user, now]).await?;
    end_sessions(tx, user).await
}

/// Lets a disabled user in again; `None` when there is no such user, or they are not disabled. What was told to everybody meanwhile they
/// were not told, so a place of their log is left out: their devices start again from the snapshot.
///
/// # Errors
/// When the database fails.
pub async fn enable(tx: &mut Tx, tenant: TenantId, extension: &str) -> Result<Option<User>, StoreError> {
    let row = tx
        .optional(
            "UPDATE users SET disabled_at = NULL, cursor = cursor + 1
             WHERE tenant = $1 AND extension = $2 AND disabled_at IS NOT NULL
             RETURNING id, extension, name, department, email, role, availability, status_text",
            args![tenant, extension],
        )
        .await?;
    row.map(|row| user(&row)).transpose()
}

async fn end_sessions(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    tx.run("DELETE FROM sessions WHERE user_id = $1", args![user]).await?;
    tx.note_ended(user, EndedSessions::All);
    Ok(())
}

fn user(row: &Row) -> Result<User, StoreError> {
    Ok(User {
        id: row.id("id")?,
        extension: row.text("extension")?,
        name: row.text("name")?,
        department: row.text("department")?,
        email: row.text("email")?,
        role: row.word::<Role>("role")?,
        availability: row.word::<Availability>("availability")?,
        status_text: row.text("status_text")?,
    })
}
