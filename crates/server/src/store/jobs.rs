//! The durable queue. A job is added in the transaction that asks for it, claimed with a lease, and removed in the
//! transaction that has done it.
//!
//! Always holds:
//! - Jobs of one lane run one after the other, in the order of their positions: only the first one is due. A lane belongs to one tenant;
//!   whoever adds to it or takes from it holds that tenant's lock ([`super::Store::write`]).
//! - A worker that died loses its lease and the job runs again: what a job does must be the same when done twice.
//! - A job that failed at every attempt is dead: it is kept apart, and its lane goes on.
//! - Nothing here looks at all jobs: what is due is found by an index of the lanes' first jobs.

mod dead;
mod queue;

use std::collections::BTreeMap;

use halyard_protocol::UnixMs;

pub use dead::{count_dead, dead, move_to_dead, retry_dead, tenants_of_dead};
pub use queue::Queue;

use serde::Serialize;

use super::sql::{Row, args, json};
use super::{StoreError, Tx, dialect};

/// A claimed job.
#[derive(Clone, Debug)]
pub struct Job {
    /// In whose turn it runs; none where that is not known any more.
    pub queue: Option<Queue>,
    /// That queue's name, as the database keeps it.
    pub queue_name: String,
    /// Its lane.
    pub lane: String,
    /// Its place there.
    pub position: u64,
    /// What kind of work.
    pub kind: String,
    /// What it is about (JSON).
    pub payload: String,
    /// How often it was claimed, this time among them: also where its worker died, or where it only looked and waited.
    pub attempts: u64,
    /// How often it was given back for later because of what it is about ([`retry`]).
    pub retries: u64,
    /// How often that has ended by an error, so far.
    pub failures: u64,
    /// The worker's claim.
    pub lease: String,
    /// When it was claimed.
    pub claimed_at: UnixMs,
}

impl Job {
    /// Which try this is at what it is about: no attempt counts that was cut off, failed, or only waited.
    #[must_use]
    pub fn tries(&self) -> u64 {
        self.retries + 1
    }
}

/// A job to add.
#[derive(Clone, Copy, Debug)]
pub struct NewJob<'a> {
    /// In whose turn it runs.
    pub queue: Queue,
    /// Its lane.
    pub lane: &'a str,
    /// Its place there: after those that the lane has.
    pub position: u64,
    /// What kind of work.
    pub kind: &'a str,
    /// What it is about (JSON).
    pub payload: &'a str,
    /// When it may run. One for later has a lane of its own, so that it is in nobody's way.
    pub run_at: UnixMs,
}

/// Adds a job at the end of its lane.
///
/// # Errors
/// [`StoreError::Taken`] when the lane has a job at that place.
pub async fn add(tx: &mut Tx, job: NewJob<'_>, now: UnixMs) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO jobs (lane, position, tenant, kind, payload, run_at, due_at, attempts, failures, lease, created_at)
         SELECT $1, $2, $3, $4, $5, $6, CASE WHEN EXISTS (SELECT 1 FROM jobs WHERE lane = $1) THEN NULL ELSE $6 END,
                0, 0, NULL, $7",
        args![job.lane, job.position, job.queue.to_string(), job.kind, job.payload, job.run_at, now],
    )
    .await?;
    tx.note_jobs();
    Ok(())
}

/// When the next job is due, or a claim ends; `None` when there are none.
///
/// # Errors
/// When the database fails.
pub async fn next_due(tx: &mut Tx) -> Result<Option<UnixMs>, StoreError> {
    tx.one("SELECT MIN(due_at) AS due FROM jobs WHERE due_at IS NOT NULL", vec![]).await?.maybe_time("due")
}

/// Up to `limit` queues that have a job to do, in their order, those behind `after` first.
///
/// # Errors
/// When the database fails.
pub async fn due_queues(tx: &mut Tx, now: UnixMs, after: &str, limit: u32) -> Result<Vec<String>, StoreError> {
    let mut tenants = Vec::new();
    // A blank sorts before what queues' names consist of, so this is right behind `after`. Jobs of nobody have no name of a queue.
    let behind = format!("{after} ");
    for (from, to) in [(behind.as_str(), None), ("", Some(after))] {
        // From one tenant to the next by the index: as many steps as there are tenants with jobs.
        let rows = tx
            .all(
                "WITH RECURSIVE found (tenant) AS (
                     SELECT MIN(tenant) FROM jobs WHERE due_at IS NOT NULL AND tenant >= $1
                     UNION ALL
                     SELECT (SELECT MIN(tenant) FROM jobs WHERE due_at IS NOT NULL AND jobs.tenant > found.tenant)
                     FROM found WHERE found.tenant IS NOT NULL
                 )
                 SELECT tenant FROM found
                 WHERE tenant IS NOT NULL AND tenant <= $2
                   AND EXISTS (SELECT 1 FROM jobs WHERE jobs.tenant = found.tenant AND due_at <= $3)
                 LIMIT $4",
                args![from, to.unwrap_or(LAST), now, limit],
            )
            .await?;
        for row in &rows {
            tenants.push(row.text("tenant")?);
        }
    }
    tenants.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(tenants)
}

/// Behind every tenant's id.
const LAST: &str = "~";

/// How many due jobs of a queue are to be claimed.
#[derive(Clone, Debug, Serialize)]
pub struct Share {
    /// The queue's name.
    pub queue: String,
    /// Jobs, at most.
    pub most: u32,
}

/// Claims due jobs until `until`, of each queue as many as are asked for, the first ones of their lanes. `lease` is a fresh random word.
///
/// # Errors
/// When the database fails.
pub async fn claim(
    tx: &mut Tx,
    asked: &[Share],
    lease: &str,
    until: UnixMs,
    now: UnixMs,
) -> Result<Vec<Job>, StoreError> {
    let mut jobs = Vec::new();
    if tx.is_postgres() {
        // A way to the database and back for each queue would cost more than all they do.
        let rows = tx.all(dialect::POSTGRES_CLAIM, args![lease, until, now, json(&asked)?]).await?;
        for row in &rows {
            jobs.push(claimed(row, lease, now)?);
        }
    } else {
        for Share { queue, most } in asked {
            for row in &tx.all(dialect::SQLITE_CLAIM, args![lease, until, now, queue, *most]).await? {
                jobs.push(claimed(row, lease, now)?);
            }
        }
    }
    Ok(jobs)
}

fn claimed(row: &Row, lease: &str, now: UnixMs) -> Result<Job, StoreError> {
    let name = row.text("tenant")?;
    Ok(Job {
        queue: Queue::read(&name),
        queue_name: name,
        lane: row.text("lane")?,
        position: row.count("position")?,
        kind: row.text("kind")?,
        payload: row.text("payload")?,
        attempts: row.count("attempts")?,
        retries: row.count("retries")?,
        failures: row.count("failures")?,
        lease: lease.to_owned(),
        claimed_at: now,
    })
}

/// Lets a claim go on until `until`. Says whether it still held.
///
/// # Errors
/// When the database fails.
pub async fn renew(tx: &mut Tx, job: &Job, until: UnixMs) -> Result<bool, StoreError> {
    let changed = tx
        .run(
            "UPDATE jobs SET due_at = $4 WHERE lane = $1 AND position = $2 AND lease = $3",
            args![&job.lane, job.position, &job.lease, until],
        )
        .await?;
    Ok(changed > 0)
}

/// Removes a job that is done; the next one of its lane is due. Says whether the claim still held: if not, another worker has it, and
/// this transaction must not be committed.
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
    if changed > 0 && advance(tx, &job.lane, job.claimed_at).await? {
        tx.note_jobs();
    }
    Ok(changed > 0)
}

/// Makes the first job of a lane due, if none is, behind what was due in other lanes at `now`: so a long lane takes turns with them. Says
/// whether there is one.
async fn advance(tx: &mut Tx, lane: &str, now: UnixMs) -> Result<bool, StoreError> {
    let changed = tx
        .run(
            "UPDATE jobs SET due_at = CASE WHEN run_at > $2 THEN run_at ELSE $2 END
             WHERE lane = $1 AND position = (SELECT MIN(position) FROM jobs WHERE lane = $1)
               AND NOT EXISTS (SELECT 1 FROM jobs WHERE lane = $1 AND due_at IS NOT NULL)",
            args![lane, now],
        )
        .await?;
    Ok(changed > 0)
}

/// Milliseconds until the next attempt: one second, then twice as long each time, an hour at most.
#[must_use]
pub fn backoff(attempts: u64) -> i64 {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX).min(12);
    (1_000_i64 << doublings).min(3_600_000)
}

/// Gives a job back because of what it is about, to be tried again at `run_at`. Says whether the claim still held.
///
/// # Errors
/// When the database fails.
pub async fn retry(tx: &mut Tx, job: &Job, run_at: UnixMs) -> Result<bool, StoreError> {
    tx.run(
        "UPDATE jobs SET retries = retries + 1 WHERE lane = $1 AND position = $2 AND lease = $3",
        args![&job.lane, job.position, &job.lease],
    )
    .await?;
    give_back(tx, job, run_at).await
}

/// Ends a claim: the job runs again at `run_at`. Says whether the claim still held.
async fn give_back(tx: &mut Tx, job: &Job, run_at: UnixMs) -> Result<bool, StoreError> {
    let changed = tx
        .run(
            "UPDATE jobs SET run_at = $4, due_at = $4, lease = NULL WHERE lane = $1 AND position = $2 AND lease = $3",
            args![&job.lane, job.position, &job.lease, run_at],
        )
        .await?;
    Ok(changed > 0)
}

/// Gives a job back whose carrier was asked too often: that is no attempt. Says whether the claim still held.
///
/// # Errors
/// When the database fails.
pub async fn wait_until(tx: &mut Tx, job: &Job, run_at: UnixMs) -> Result<bool, StoreError> {
    tx.run(
        "UPDATE jobs SET attempts = attempts - 1 WHERE lane = $1 AND position = $2 AND lease = $3 AND attempts > 0",
        args![&job.lane, job.position, &job.lease],
    )
    .await?;
    give_back(tx, job, run_at).await
}

/// Adds a job at the end of its lane, whatever the lane has, or has among the dead ones.
///
/// # Errors
/// When the database fails.
pub async fn add_last(tx: &mut Tx, job: NewJob<'_>, now: UnixMs) -> Result<(), StoreError> {
    let row = tx
        .one(
            "SELECT COALESCE(MAX(position), 0) AS last FROM (
                 SELECT position FROM jobs WHERE lane = $1 UNION ALL SELECT position FROM dead_jobs WHERE lane = $1
             ) AS places",
            args![job.lane],
        )
        .await?;
    let position = row.count("last")?.max(job.position) + 1;
    add(tx, NewJob { position, ..job }, now).await
}

/// Lets what waits in a queue wait in another one, and what is dead come back there.
///
/// # Errors
/// When the database fails.
pub async fn move_to_queue(tx: &mut Tx, from: Queue, to: Queue) -> Result<(), StoreError> {
    tx.run("UPDATE jobs SET tenant = $2 WHERE tenant = $1", args![from.to_string(), to.to_string()]).await?;
    tx.run("UPDATE dead_jobs SET tenant = $2 WHERE tenant = $1", args![from.to_string(), to.to_string()]).await?;
    tx.note_jobs();
    Ok(())
}

/// How many jobs of texts wait or run in each account's queues.
///
/// # Errors
/// When the database fails.
pub async fn count_by_account(tx: &mut Tx) -> Result<BTreeMap<String, u64>, StoreError> {
    // Behind a tenant's id and a dot stands the account's id.
    let rows = tx
        .all(
            "SELECT SUBSTR(tenant, 28, 26) AS account, COUNT(*) AS jobs FROM jobs
             WHERE kind = 'deliver' AND LENGTH(tenant) > 54 GROUP BY SUBSTR(tenant, 28, 26)",
            args![],
        )
        .await?;
    rows.iter().map(|row| Ok((row.text("account")?, row.count("jobs")?))).collect()
}

/// Gives a job back that has failed, to run again at `run_at`. Says whether the claim still held.
///
/// # Errors
/// When the database fails.
pub async fn retry_failed(tx: &mut Tx, job: &Job, run_at: UnixMs) -> Result<bool, StoreError> {
    tx.run(
        "UPDATE jobs SET failures = failures + 1 WHERE lane = $1 AND position = $2 AND lease = $3",
        args![&job.lane, job.position, &job.lease],
    )
    .await?;
    give_back(tx, job, run_at).await
}

/// When the newest job of those was added that are first in their lanes; `None` when there are none.
///
/// # Errors
/// When the database fails.
pub async fn newest(tx: &mut Tx) -> Result<Option<UnixMs>, StoreError> {
    tx.one("SELECT MAX(created_at) AS newest FROM jobs WHERE due_at IS NOT NULL", vec![]).await?.maybe_time("newest")
}

/// The clock was set back by so many milliseconds: what was to run at a time of before runs as much earlier, and no claim goes on for longer than
/// until `until`. Said twice, by two servers, it lets nothing run that is claimed.
///
/// # Errors
/// When the database fails.
pub async fn follow_clock_back(tx: &mut Tx, by: i64, now: UnixMs, until: UnixMs) -> Result<(), StoreError> {
    tx.run("UPDATE jobs SET due_at = $1 WHERE lease IS NOT NULL AND due_at > $1", args![until]).await?;
    // Those that came behind others of their lane became due later than they were to run.
    tx.run("UPDATE jobs SET due_at = $1 WHERE lease IS NULL AND due_at > $1 AND run_at <= $1", args![now]).await?;
    tx.run(
        "UPDATE jobs SET run_at = CASE WHEN run_at - $2 > $1 THEN run_at - $2 ELSE $1 END,
             due_at = CASE WHEN due_at IS NULL OR lease IS NOT NULL THEN due_at
                           WHEN run_at - $2 > $1 THEN run_at - $2 ELSE $1 END
         WHERE run_at > $1",
        args![now, by],
    )
    .await?;
    tx.note_jobs();
    Ok(())
}

/// Ends all claims. Only where no other server works on the same database.
///
/// # Errors
/// When the database fails.
pub async fn release_all(tx: &mut Tx) -> Result<u64, StoreError> {
    tx.run("UPDATE jobs SET lease = NULL, due_at = run_at WHERE lease IS NOT NULL", vec![]).await
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
