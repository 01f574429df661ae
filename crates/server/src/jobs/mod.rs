//! The workers of the durable queue.
//!
//! Always holds: a job that was committed is done, now or after a restart, or is among the dead ones after so many attempts that failed,
//! whatever they failed by. A worker's claim ends by itself, so a job whose worker died is taken up by another; an attempt ends before its
//! claim does, so no job runs twice at a time.

mod deliver;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::carriers::Carriers;
use crate::env::Env;
use crate::operations::messaging::outgoing;

use crate::store::{self, Store, StoreError, jobs::Job};

/// Jobs that run at the same time.
const WORKERS: usize = 4;
/// How long a worker has for a job before another may take it up, in milliseconds.
const LEASE: i64 = 30_000;
/// How long an attempt may take.
const ATTEMPT_TIME: Duration = Duration::from_secs(25);
/// How often a job is tried that fails. (A carrier that says "later" is no failure of the job.)
const ATTEMPTS: u64 = 10;
/// The queue is looked at least this often: another server may have added to it.
const LOOK: Duration = Duration::from_secs(5);

/// What the workers work with.
#[derive(Clone)]
pub struct Workers {
    store: Store,
    carriers: Carriers,
    env: Env,
    /// Woken by every commit that adds jobs or finishes one.
    wake: Arc<Notify>,
    attempt_time: Duration,
}

impl Workers {
    /// Workers on a store; `wake` is woken after each commit that brings jobs.
    #[must_use]
    pub fn new(store: Store, carriers: Carriers, env: Env, wake: Arc<Notify>) -> Self {
        Self { store, carriers, env, wake, attempt_time: ATTEMPT_TIME }
    }

    /// The same, with another time for an attempt.
    #[cfg(test)]
    pub(crate) fn with_attempt_time(self, attempt_time: Duration) -> Self {
        Self { attempt_time, ..self }
    }

    /// Works until `stop`, then finishes the jobs at hand.
    pub async fn run(self, stop: CancellationToken) {
        if let Err(error) = self.take_over().await {
            tracing::error!(%error, "claims of an earlier run could not be ended; they end by themselves");
        }
        let permits = Arc::new(Semaphore::new(WORKERS));
        while !stop.is_cancelled() {
            // A place first, then a job: what is claimed runs at once, so its lease is not spent waiting.
            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
            match self.claim(1).await {
                Ok(jobs) if jobs.is_empty() => {
                    drop(permit);
                    let pause = self.pause().await;
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = self.wake.notified() => {}
                        () = tokio::time::sleep(pause) => {}
                    }
                }
                Ok(jobs) => {
                    let workers = self.clone();
                    tokio::spawn(async move {
                        for job in &jobs {
                            workers.work(job).await;
                        }
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::error!(%error, "the queue could not be read");
                    drop(permit);
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(LOOK) => {}
                    }
                }
            }
        }
        // All places free again: everybody has finished.
        let all = u32::try_from(WORKERS).unwrap_or(u32::MAX);
        drop(permits.acquire_many(all).await);
    }

    /// Does what is due now, one job after the other, until nothing is. Says how many jobs ran.
    ///
    /// # Errors
    /// When the queue can't be read.
    pub async fn run_due(&self) -> Result<usize, StoreError> {
        let mut ran = 0;
        loop {
            let jobs = self.claim(1).await?;
            if jobs.is_empty() {
                return Ok(ran);
            }
            for job in &jobs {
                self.work(job).await;
                ran += 1;
            }
        }
    }

    /// Ends the claims of this server's earlier life, so that what it was at when it died does not wait for them.
    async fn take_over(&self) -> Result<(), StoreError> {
        if self.store.is_ours_alone() {
            let mut tx = self.store.write_system().await?;
            store::jobs::release_all(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn claim(&self, limit: u32) -> Result<Vec<Job>, StoreError> {
        let now = self.env.now();
        // Looked at without a place in the writers' queue first: mostly there is nothing to do.
        let mut tx = self.store.read().await?;
        let due = store::jobs::next_due(&mut tx).await?;
        drop(tx);
        if due.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let mut tx = self.store.write_system().await?;
        let lease = self.env.ulid().to_string();
        let jobs = store::jobs::claim(&mut tx, &lease, now.plus(LEASE), now, limit).await?;
        tx.commit().await?;
        Ok(jobs)
    }

    async fn work(&self, job: &Job) {
        let (failed, attempts) = match job.kind.as_str() {
            outgoing::KIND => (self.attempt(job).await.err(), ATTEMPTS),
            // Of another version: no later attempt of this one will do better.
            _ => (Some("this version knows no jobs of this kind".to_owned()), 0),
        };
        let Some(reason) = failed else { return };
        tracing::error!(%reason, kind = job.kind, attempts = job.attempts, "a job failed");
        if let Err(error) = self.failed(job, &reason, attempts).await {
            tracing::error!(%error, "that a job failed could not be written; it runs again when its claim has ended");
        }
    }

    /// Tries a job once; why it failed, if it did. It may fail by an error, a panic, or the time that it takes.
    async fn attempt(&self, job: &Job) -> Result<(), String> {
        let (workers, job) = (self.clone(), job.clone());
        let mut task =
            tokio::spawn(async move { deliver::run(&workers.store, &workers.carriers, &workers.env, &job).await });
        match tokio::time::timeout(self.attempt_time, &mut task).await {
            Ok(Ok(outcome)) => outcome.map_err(|error| error.to_string()),
            Ok(Err(_)) => Err("it panicked".to_owned()),
            Err(_) => {
                task.abort();
                Err("it took too long".to_owned())
            }
        }
    }

    /// Lets a job run again later, or gives it up after so many attempts.
    async fn failed(&self, job: &Job, reason: &str, attempts: u64) -> Result<(), StoreError> {
        let now = self.env.now();
        let is_dead = job.attempts >= attempts;
        if is_dead && job.kind == outgoing::KIND && deliver::give_up(&self.store, &self.env, job, reason).await? {
            return Ok(());
        }
        let mut tx = self.store.write_system().await?;
        if is_dead {
            store::jobs::move_to_dead(&mut tx, job, reason, now).await?;
        } else {
            store::jobs::retry(&mut tx, job, now.plus(store::jobs::backoff(job.attempts))).await?;
        }
        tx.commit().await
    }

    async fn pause(&self) -> Duration {
        let due = match self.store.read().await {
            Ok(mut tx) => store::jobs::next_due(&mut tx).await.unwrap_or_default(),
            Err(_) => None,
        };
        let wait = due.map_or(i64::MAX, |due| due.since(self.env.now()).max(0));
        LOOK.min(Duration::from_millis(u64::try_from(wait).unwrap_or(u64::MAX).max(20)))
    }
}
