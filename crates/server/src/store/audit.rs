//! The audit log of a tenant: who administered what.
//!
//! Always holds: entries are added and never changed, and their numbers have no gaps.

use halyard_protocol::TenantId;
use halyard_protocol::admin::AuditEntry;

use super::sql::{Row, args, json, word};
use super::{StoreError, Tx};

/// Adds an entry at the log's next place, whatever its `seq` says.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, tenant: TenantId, entry: &AuditEntry) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO audit (tenant, seq, at, actor, user_id, actor_name, action, subject, subject_name,
                            fields_before, fields_after)
         SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM audit WHERE tenant = $1",
        args![
            tenant,
            entry.at,
            word(entry.actor)?,
            entry.user,
            &entry.actor_name,
            word(entry.action)?,
            &entry.subject,
            &entry.subject_name,
            json(&entry.before)?,
            json(&entry.after)?,
        ],
    )
    .await?;
    Ok(())
}

/// Up to `limit` entries before the one with this number, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn before(tx: &mut Tx, tenant: TenantId, seq: u64, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = tx
        .all("SELECT * FROM audit WHERE tenant = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3", args![tenant, seq, limit])
        .await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        seq: row.count("seq")?,
        at: row.time("at")?,
        actor: row.word("actor")?,
        user: if row.maybe_text("user_id")?.is_some() { Some(row.id("user_id")?) } else { None },
        actor_name: row.text("actor_name")?,
        action: row.word("action")?,
        subject: row.text("subject")?,
        subject_name: row.text("subject_name")?,
        before: row.json("fields_before")?,
        after: row.json("fields_after")?,
    })
}
