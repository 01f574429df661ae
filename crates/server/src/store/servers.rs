//! The servers of this database, and who is connected to which.
//!
//! Always holds: whoever has a connection at a server that is here, or was until its row went, has a row for it; whether a user shows as
//! connected is made of those rows, in the transaction that changes them ([`super::states::show_connected`]).

use std::collections::BTreeMap;

use halyard_protocol::{TenantId, Ulid, UserId};

use super::sql::{args, json};
use super::{StoreError, Tx, dialect, states};

/// A server's id and how often it has said that it lives.
pub type Beat = (Ulid, u64);

/// Writes down that a server lives. Says whether that is news: it was never here, or was forgotten.
///
/// # Errors
/// When the database fails.
pub async fn beat(tx: &mut Tx, server: Ulid) -> Result<bool, StoreError> {
    let row = tx
        .one(
            "INSERT INTO servers (id, beat) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET beat = servers.beat + 1
             RETURNING beat",
            args![server],
        )
        .await?;
    Ok(row.count("beat")? == 1)
}

/// All servers that are not forgotten.
///
/// # Errors
/// When the database fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<Beat>, StoreError> {
    let rows = tx.all("SELECT id, beat FROM servers ORDER BY id", args![]).await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.count("beat")?))).collect()
}

/// Forgets a server, unless it has said since that it lives. Says whether it is forgotten.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, (server, beat): Beat) -> Result<bool, StoreError> {
    Ok(tx.run("DELETE FROM servers WHERE id = $1 AND beat = $2", args![server, beat]).await? > 0)
}

/// Who was connected to servers that are forgotten. With `strays`, also who shows as connected and is so to no server that is here: a server of
/// an earlier release writes that beside us.
///
/// # Errors
/// When the database fails.
pub async fn lost(tx: &mut Tx, strays: bool) -> Result<BTreeMap<TenantId, Vec<UserId>>, StoreError> {
    let of_lost = "SELECT DISTINCT tenant, user_id FROM connections WHERE server NOT IN (SELECT id FROM servers)";
    let with_strays = "SELECT tenant, user_id FROM connections WHERE server NOT IN (SELECT id FROM servers)
         UNION SELECT tenant, id AS user_id FROM users
               WHERE connected = TRUE AND NOT EXISTS (SELECT 1 FROM connections WHERE user_id = users.id)";
    let rows = tx.all(if strays { with_strays } else { of_lost }, args![]).await?;
    let mut lost: BTreeMap<TenantId, Vec<UserId>> = BTreeMap::new();
    for row in &rows {
        lost.entry(row.id("tenant")?).or_default().push(row.id("user_id")?);
    }
    Ok(lost)
}

/// Forgets that users of a tenant were connected to servers that are forgotten.
///
/// # Errors
/// When the database fails.
pub async fn forget_lost(tx: &mut Tx, tenant: TenantId, users: &[UserId]) -> Result<(), StoreError> {
    let [sqlite, postgres] = dialect::REMOVE_LOST_CONNECTIONS;
    tx.run(tx.pick(sqlite, postgres), args![tenant, json(&users)?]).await?;
    states::show_connected(tx, tenant, users).await
}

/// Writes down who is connected to a server, and who no longer is. Says whether the server is new here, as [`beat`] does. Where no other
/// server can be (`alone`), those who come are connected nowhere else.
///
/// # Errors
/// When the database fails.
pub async fn set_connected(
    tx: &mut Tx,
    server: Ulid,
    alone: bool,
    tenant: TenantId,
    users: &[(UserId, bool)],
) -> Result<bool, StoreError> {
    let added = "INSERT INTO servers (id, beat) VALUES ($1, 1) ON CONFLICT (id) DO NOTHING";
    let is_new = tx.run(added, args![server]).await? > 0;
    let of = |now| users.iter().filter(move |(_, connected)| *connected == now).map(|(user, _)| *user);
    let (came, gone): (Vec<UserId>, Vec<UserId>) = (of(true).collect(), of(false).collect());
    let steps = [
        (&came, dialect::ADD_CONNECTIONS, true),
        (&came, dialect::REMOVE_OTHER_CONNECTIONS, alone),
        (&gone, dialect::REMOVE_CONNECTIONS, true),
    ];
    for (users, [sqlite, postgres], is_due) in steps {
        if is_due && !users.is_empty() {
            tx.run(tx.pick(sqlite, postgres), args![tenant, json(users)?, server]).await?;
        }
    }
    let everybody: Vec<UserId> = came.into_iter().chain(gone).collect();
    states::show_connected(tx, tenant, &everybody).await?;
    Ok(is_new)
}
