//! What somebody signs in with.

use halyard_protocol::{TenantId, UserId};

use super::sql::args;
use super::{StoreError, Tx};

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
pub async fn find(
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
