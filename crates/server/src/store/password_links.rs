//! Links with which a user chooses a password, once. Only the hash of a link's token is kept; a user has one at most.

use halyard_protocol::{TenantId, UnixMs, UserId};

use super::sql::args;
use super::{StoreError, Tx};

/// Makes a link for a user, in place of an earlier one.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, user: UserId, token_hash: &str, expires_at: UnixMs) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO password_links (user_id, token_hash, expires_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET token_hash = $2, expires_at = $3",
        args![user, token_hash, expires_at],
    )
    .await?;
    Ok(())
}

/// Whose link this is, if it still works and they are not disabled.
///
/// # Errors
/// When the database fails.
pub async fn owner(tx: &mut Tx, token_hash: &str, now: UnixMs) -> Result<Option<(TenantId, UserId)>, StoreError> {
    let row = tx
        .optional(
            "SELECT users.id AS id, users.tenant AS tenant
             FROM password_links JOIN users ON users.id = password_links.user_id
             WHERE token_hash = $1 AND expires_at > $2 AND users.disabled_at IS NULL",
            args![token_hash, now],
        )
        .await?;
    row.map(|row| Ok((row.id("tenant")?, row.id("id")?))).transpose()
}

/// Ends the link of a user.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    tx.run("DELETE FROM password_links WHERE user_id = $1", args![user]).await?;
    Ok(())
}

/// Forgets links that no longer work.
///
/// # Errors
/// When the database fails.
pub async fn forget_expired(tx: &mut Tx, now: UnixMs) -> Result<u64, StoreError> {
    tx.run("DELETE FROM password_links WHERE expires_at <= $1", args![now]).await
}
