//! The durable queue. A job is added in the transaction that asks for it, claimed with a lease, and removed in the
//! transaction that has done it.
//!
//! Always holds: of a lane only the first job can be claimed, so the jobs of a lane run in order. A worker that
//! died loses its lease and the job runs again: what a job does must be the same when done twice.

use halyard_protocol::UnixMs;

use super::sql::args;
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
