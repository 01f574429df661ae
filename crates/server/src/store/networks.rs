//! The networks from which somebody has signed in to an account, by a hash of log-in and network: whether one is known is all that is
//! asked. (That hides nothing from whoever reads the database: there are not many IPv4 addresses to try.)

use halyard_protocol::{UnixMs, UserId};

use super::sql::args;
use super::{StoreError, Tx};

/// Notes that somebody has signed in from there.
///
/// # Errors
/// When the database fails.
pub async fn note(tx: &mut Tx, user: UserId, network_hash: &str, now: UnixMs) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO known_networks (user_id, network, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id, network) DO UPDATE SET seen_at = $3",
        args![user, network_hash, now],
    )
    .await?;
    Ok(())
}

/// Forgets those from which nobody has signed in since a moment.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, before: UnixMs) -> Result<u64, StoreError> {
    tx.run("DELETE FROM known_networks WHERE seen_at < $1", args![before]).await
}
