//! The workers of the durable queue.
//!
//! Always holds: a job that was committed is done, now or after a restart. A worker's claim ends by itself, so a
//! job whose worker died is taken up by another.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::carriers::Carriers;
use crate::env::Env;
use crate::messaging::deliver;
use crate::store::{self, Store, StoreError, jobs::Job};

/// Jobs that run at the same time.
const WORKERS: usize = 4;
/// How long a worker has for a job before another may take it up, in milliseconds.
const LEASE: i64 = 30_000;
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
}

impl Workers {
    /// Workers on a store; `wake` is woken after each commit that brings jobs.
    #[must_use]
    pub fn new(store: Store, carriers: Carriers, env: Env, wake: Arc<Notify>) -> Self {
        Self { store, carriers, env, wake }
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
        let outcome = match job.kind.as_str() {
            deliver::KIND => deliver::run(&self.store, &self.carriers, &self.env, job).await,
            _ => Err(StoreError::Corrupt("kind")),
        };
        if let Err(error) = outcome {
            tracing::error!(%error, kind = job.kind, attempts = job.attempts, "a job failed; it will run again");
        }
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
