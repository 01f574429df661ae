//! Jobs that failed at every attempt: kept apart, with the reason, until somebody lets them run again.

use halyard_protocol::admin::DeadJob;
use halyard_protocol::{TenantId, UnixMs};

use super::{Job, Queue, advance, done};
use crate::store::sql::{Row, args};
use crate::store::{StoreError, Tx};

/// Puts a job among the dead ones. Says whether the claim still held: if not, another worker has it.
///
/// # Errors
/// When the database fails.
pub async fn move_to_dead(tx: &mut Tx, job: &Job, reason: &str, now: UnixMs) -> Result<bool, StoreError> {
    if !done(tx, job).await? {
        return Ok(false);
    }
    tx.run(
        "INSERT INTO dead_jobs (lane, position, tenant, kind, payload, attempts, reason, failed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            &job.lane,
            job.position,
            job.queue.map(|queue| queue.to_string()).unwrap_or_default(),
            &job.kind,
            &job.payload,
            job.attempts,
            reason,
            now,
        ],
    )
    .await?;
    Ok(true)
}

/// The dead jobs, the last ones first.
///
/// # Errors
/// When the database fails.
pub async fn dead(tx: &mut Tx) -> Result<Vec<DeadJob>, StoreError> {
    let rows = tx
        .all(
            "SELECT lane, position, kind, attempts, reason, failed_at FROM dead_jobs
             ORDER BY failed_at DESC, lane, position",
            args![],
        )
        .await?;
    let dead = |row: &Row| {
        Ok(DeadJob {
            lane: row.text("lane")?,
            position: row.count("position")?,
            kind: row.text("kind")?,
            attempts: row.count("attempts")?,
            reason: row.text("reason")?,
            failed_at: row.time("failed_at")?,
        })
    };
    rows.iter().map(dead).collect()
}

/// The tenants that have dead jobs.
///
/// # Errors
/// When the database fails.
pub async fn tenants_of_dead(tx: &mut Tx) -> Result<Vec<TenantId>, StoreError> {
    let rows = tx.all("SELECT DISTINCT tenant FROM dead_jobs", args![]).await?;
    let queues = rows.iter().map(|row| row.text("tenant")).collect::<Result<Vec<String>, StoreError>>()?;
    let mut tenants: Vec<TenantId> = queues.iter().filter_map(|queue| Queue::read(queue)?.tenant()).collect();
    tenants.sort_unstable();
    tenants.dedup();
    Ok(tenants)
}

/// Puts all dead jobs back into their queues and lanes, to run now as if for the first time. Says how many.
///
/// # Errors
/// When the database fails.
pub async fn retry_dead(tx: &mut Tx, now: UnixMs) -> Result<u64, StoreError> {
    let lanes = tx.all("SELECT DISTINCT lane FROM dead_jobs", args![]).await?;
    let moved = tx
        .run(
            "INSERT INTO jobs (lane, position, tenant, kind, payload, run_at, due_at, attempts, failures, lease, created_at)
             SELECT lane, position, tenant, kind, payload, $1, NULL, 0, 0, NULL, $1 FROM dead_jobs",
            args![now],
        )
        .await?;
    tx.run("DELETE FROM dead_jobs", args![]).await?;
    for row in &lanes {
        advance(tx, &row.text("lane")?, now).await?;
    }
    tx.note_jobs();
    Ok(moved)
}

/// How many jobs failed at every attempt.
///
/// # Errors
/// When the database fails.
pub async fn count_dead(tx: &mut Tx) -> Result<u64, StoreError> {
    tx.one("SELECT COUNT(*) AS jobs FROM dead_jobs", vec![]).await?.count("jobs")
}
