//! The durable queue. A job is added in the transaction that asks for it, claimed with a lease, and removed in the
//! transaction that has done it.
//!
//! Always holds: of a lane only the first job can be claimed, so the jobs of a lane run in order. A worker that
//! died loses its lease and the job runs again: what a job does must be the same when done twice. A job that failed at every attempt is
//! dead: it is kept apart, and its lane goes on.

use halyard_protocol::UnixMs;
use halyard_protocol::admin::DeadJob;

use super::sql::{Row, args};
use super::{StoreError, Tx, dialect};

/// A claimed job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its lane.
    pub lane: String,
    /// Its place there.
    pub position: u64,
    /// What kind of work.
    pub kind: String,
    /// What it is about (JSON).
    pub payload: String,
    /// How often it was claimed, this time among them.
    pub attempts: u64,
    /// The worker's claim.
    pub lease: String,
}

/// Adds a job at the end of its lane.
///
/// # Errors
/// [`StoreError::Taken`] when the lane has a job at that place.
pub async fn add(
    tx: &mut Tx,
    lane: &str,
    position: u64,
    kind: &str,
    payload: &str,
    now: UnixMs,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO jobs (lane, position, kind, payload, run_at, attempts, lease, lease_until, created_at)
         VALUES ($1, $2, $3, $4, $5, 0, NULL, 0, $5)",
        args![lane, position, kind, payload, now],
    )
    .await?;
    tx.note_jobs();
    Ok(())
}

/// Claims the first due job of up to `limit` lanes until `until`. `lease` is a fresh random word.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &mut Tx, lease: &str, until: UnixMs, now: UnixMs, limit: u32) -> Result<Vec<Job>, StoreError> {
    let sql = tx.pick(dialect::SQLITE_CLAIM, dialect::POSTGRES_CLAIM);
    let rows = tx.all(sql, args![lease, until, now, limit]).await?;
    let mut jobs = Vec::with_capacity(rows.len());
    for row in &rows {
        jobs.push(Job {
            lane: row.text("lane")?,
            position: row.count("position")?,
            kind: row.text("kind")?,
            payload: row.text("payload")?,
            attempts: row.count("attempts")?,
            lease: lease.to_owned(),
        });
    }
    Ok(jobs)
}

/// When the next first job of a lane is due, or its lease ends; `None` when there are none.
///
/// # Errors
/// When the database fails.
pub async fn next_due(tx: &mut Tx) -> Result<Option<UnixMs>, StoreError> {
    let row = tx
        .one(
            "SELECT MIN(CASE WHEN lease_until > run_at THEN lease_until ELSE run_at END) AS due FROM jobs AS head
             WHERE NOT EXISTS (SELECT 1 FROM jobs AS earlier
                               WHERE earlier.lane = head.lane AND earlier.position < head.position)",
            vec![],
        )
        .await?;
    row.maybe_time("due")
}

/// Removes a job that is done. Says whether the claim still held: if not, another worker has it, and this
/// transaction must not be committed.
///
/// # Errors
/// When the database fails.
pub async fn done(tx: &mut Tx, job: &Job) -> Result<bool, StoreError> {
    let changed = tx
        .run(
            "DELETE FROM jobs WHERE lane = $1 AND position = $2 AND lease = $3",
            args![&job.lane, job.position, &job.lease],
        )
        .await?;
    tx.note_jobs();
    Ok(changed > 0)
}

/// Milliseconds until the next attempt: one second, then twice as long each time, an hour at most.
#[must_use]
pub fn backoff(attempts: u64) -> i64 {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX).min(12);
    (1_000_i64 << doublings).min(3_600_000)
}

/// Gives a job back, to run again at `run_at`.
///
/// # Errors
/// When the database fails.
pub async fn retry(tx: &mut Tx, job: &Job, run_at: UnixMs) -> Result<(), StoreError> {
    tx.run(
        "UPDATE jobs SET run_at = $4, lease = NULL, lease_until = 0 WHERE lane = $1 AND position = $2 AND lease = $3",
        args![&job.lane, job.position, &job.lease, run_at],
    )
    .await?;
    Ok(())
}

/// Puts a job among the dead ones. Says whether the claim still held: if not, another worker has it.
///
/// # Errors
/// When the database fails.
pub async fn move_to_dead(tx: &mut Tx, job: &Job, reason: &str, now: UnixMs) -> Result<bool, StoreError> {
    if !done(tx, job).await? {
        return Ok(false);
    }
    tx.run(
        "INSERT INTO dead_jobs (lane, position, kind, payload, attempts, reason, failed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![&job.lane, job.position, &job.kind, &job.payload, job.attempts, reason, now],
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

/// Puts all dead jobs back into their lanes, to run now as if for the first time. Says how many.
///
/// # Errors
/// When the database fails.
pub async fn retry_dead(tx: &mut Tx, now: UnixMs) -> Result<u64, StoreError> {
    let moved = tx
        .run(
            "INSERT INTO jobs (lane, position, kind, payload, run_at, attempts, lease, lease_until, created_at)
             SELECT lane, position, kind, payload, $1, 0, NULL, 0, $1 FROM dead_jobs",
            args![now],
        )
        .await?;
    tx.run("DELETE FROM dead_jobs", args![]).await?;
    tx.note_jobs();
    Ok(moved)
}

/// Ends all claims. Only where no other server works on the same database.
///
/// # Errors
/// When the database fails.
pub async fn release_all(tx: &mut Tx) -> Result<u64, StoreError> {
    tx.run("UPDATE jobs SET lease = NULL, lease_until = 0 WHERE lease IS NOT NULL", vec![]).await
}

/// How many jobs wait or run.
///
/// # Errors
/// When the database fails.
pub async fn count(tx: &mut Tx) -> Result<u64, StoreError> {
    tx.one("SELECT COUNT(*) AS jobs FROM jobs", vec![]).await?.count("jobs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_each_time_but_never_more_than_an_hour() {
        assert_eq!(backoff(1), 1_000);
        assert_eq!(backoff(2), 2_000);
        assert_eq!(backoff(5), 16_000);
        assert_eq!(backoff(13), 3_600_000);
        assert_eq!(backoff(u64::MAX), 3_600_000);
    }
}
