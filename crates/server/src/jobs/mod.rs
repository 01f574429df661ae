//! The workers of the durable queue.
//!
//! Always holds:
//! - A job that was committed is done, now or after a restart, or is among the dead ones after so many attempts that failed, whatever they
//!   failed by.
//! - A worker's claim ends by itself, so a job whose worker died is taken up by another. It is renewed while an attempt goes on; an attempt
//!   whose claim was lost is ended, so no job runs twice at a time.
//! - A clock that is set back delays nothing: times of before are moved with it.
//! - Queues take turns, and none has more than a share of the places: a tenant that is busy, or an account whose carrier is slow, keeps nobody else
//!   waiting. Of a number's texts only as many are begun as its account may take now (`carriers/pace.rs`).

mod deliver;
pub mod inbound;
mod kinds;
pub mod receipt;
mod reply;
#[cfg(test)]
pub(crate) mod tests;
mod turns;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use halyard_protocol::UnixMs;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use self::kinds::{Kind, Tools};
use self::turns::{PLACES_OF_TENANT, Turn, Turns};
use crate::carriers::Carriers;
use crate::env::Env;
use crate::media::contents::Contents;
use crate::metrics::Metrics;
use crate::store::{
    self, Store, StoreError,
    jobs::{Job, Queue, Share},
};

/// All kinds of jobs.
const KINDS: &[Kind] = &[deliver::KIND, inbound::KIND, receipt::KIND, reply::KIND];
/// Jobs that run at the same time.
const PLACES: usize = 256;
/// How long a worker has for a job before another may take it up, in milliseconds.
pub(super) const LEASE: i64 = 30_000;
/// How often a claim is renewed.
const RENEW: Duration = Duration::from_secs(10);
/// How long to wait where what is due has no place.
const CROWDED: Duration = Duration::from_millis(500);
/// Milliseconds between two looks at what waits for its account's pace, at least: what has come due meanwhile is claimed at once.
const MIN_PAUSE: i64 = 50;
/// Milliseconds that the clock may be behind what was seen before it counts as set back: servers' clocks differ a little.
const SET_BACK: i64 = 1_000;
/// The queue is looked at least this often: another server may have added to it.
const LOOK: Duration = Duration::from_secs(5);

/// What the workers work with.
#[derive(Clone)]
pub struct Workers {
    tools: Tools,
    /// Woken by every commit that adds jobs or finishes one.
    wake: Arc<Notify>,
    turns: Arc<Mutex<Turns>>,
    /// The latest time at which the queue was looked at; none before the first time.
    latest: Arc<Mutex<Option<UnixMs>>>,
    metrics: Arc<Metrics>,
    /// Instead of the kinds' own: for tests.
    attempt_time: Option<Duration>,
    renew: Duration,
}

/// A job that was claimed, with its place among those of its queue.
struct Claimed {
    job: Job,
    _turn: Turn,
}

/// Places of a queue for jobs that are about to be claimed.
struct Reserved {
    name: String,
    queue: Option<Queue>,
    turns: Vec<Turn>,
}

impl Workers {
    /// Workers on a store; `wake` is woken after each commit that brings jobs.
    #[must_use]
    pub fn new(store: Store, carriers: Carriers, contents: Contents, env: Env, wake: Arc<Notify>) -> Self {
        let tools = Tools { store, carriers, contents, env };
        let (turns, latest, metrics) = (Arc::default(), Arc::default(), Arc::default());
        Self { tools, wake, turns, latest, metrics, attempt_time: None, renew: RENEW }
    }

    /// The same, with metrics that count what they do.
    #[must_use]
    pub fn counted_by(self, metrics: Arc<Metrics>) -> Self {
        Self { metrics, ..self }
    }

    /// The same, with other times for an attempt and between two renewals of a claim.
    #[cfg(test)]
    pub(crate) fn with_times(self, attempt_time: Duration, renew: Duration) -> Self {
        Self { attempt_time: Some(attempt_time), renew, ..self }
    }

    /// Works until `stop`, then finishes the jobs at hand.
    pub async fn run(self, stop: CancellationToken) {
        if let Err(error) = self.take_over().await {
            tracing::error!(%error, "claims of an earlier run could not be ended; they end by themselves");
        }
        let places = Arc::new(Semaphore::new(PLACES));
        while !stop.is_cancelled() {
            // A place first, then a job: what is claimed runs at once, so its lease is not spent waiting.
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let free = 1 + places.available_permits();
            match self.claim(free).await {
                Ok(claimed) if claimed.is_empty() => {
                    drop(place);
                    let pause = self.pause().await;
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = self.wake.notified() => {}
                        () = tokio::time::sleep(pause) => {}
                    }
                }
                Ok(claimed) => self.start(claimed, place, &places).await,
                Err(error) => {
                    tracing::error!(%error, "the queue could not be read");
                    drop(place);
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(LOOK) => {}
                    }
                }
            }
        }
        // All places free again: everybody has finished.
        let all = u32::try_from(PLACES).unwrap_or(u32::MAX);
        drop(places.acquire_many(all).await);
    }

    /// Lets each claimed job run at a place of its own.
    async fn start(&self, claimed: Vec<Claimed>, first: OwnedSemaphorePermit, places: &Arc<Semaphore>) {
        let mut first = Some(first);
        for claimed in claimed {
            let place = match first.take() {
                Some(place) => Ok(place),
                None => Arc::clone(places).acquire_owned().await,
            };
            let Ok(place) = place else { return };
            let workers = self.clone();
            tokio::spawn(async move {
                workers.work(&claimed.job).await;
                drop(claimed);
                // A tenant that had all its places may have more to do.
                workers.wake.notify_one();
                drop(place);
            });
        }
    }

    /// Does what is due now, one job after the other, until nothing is. Says how many jobs ran.
    ///
    /// # Errors
    /// When the queue can't be read.
    pub async fn run_due(&self) -> Result<usize, StoreError> {
        let mut ran = 0;
        loop {
            let claimed = self.claim(1).await?;
            if claimed.is_empty() {
                return Ok(ran);
            }
            for claimed in claimed {
                self.work(&claimed.job).await;
                ran += 1;
            }
        }
    }

    /// Claims what may run now, up to so many; how many that were.
    #[cfg(test)]
    pub(crate) async fn claim_for_tests(&self, most: usize) -> usize {
        self.claim(most).await.unwrap().len()
    }

    /// Ends the claims of this server's earlier life, so that what it was at when it died does not wait for them.
    async fn take_over(&self) -> Result<(), StoreError> {
        if self.tools.store.is_ours_alone() {
            let mut tx = self.tools.store.write_system().await?;
            store::jobs::release_all(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Claims up to so many jobs, in turns of the queues.
    async fn claim(&self, most: usize) -> Result<Vec<Claimed>, StoreError> {
        let Tools { store, env, carriers, .. } = &self.tools;
        let now = env.now();
        self.follow_clock(now).await?;
        // Looked at without a place in the writers' queue first: mostly there is nothing to do.
        let mut tx = store.read().await?;
        if store::jobs::next_due(&mut tx).await?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let last = self.turns.lock().unwrap_or_else(PoisonError::into_inner).last.clone();
        let limit = u32::try_from(most).unwrap_or(u32::MAX);
        // More than there are places for: some may have their share already, or have to wait for their account's pace.
        let full = u32::try_from(self.busy_queues() + PLACES / PLACES_OF_TENANT).unwrap_or(u32::MAX);
        let queues = store::jobs::due_queues(&mut tx, now, &last, limit.saturating_add(full)).await?;
        drop(tx);
        let mut paced = None;
        let queues: Vec<(String, usize)> = queues
            .into_iter()
            .map(|queue| (queue.clone(), self.share(&queue, now, &mut paced)))
            .filter(|(_, free)| *free > 0)
            .collect();
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).paced = paced;
        if queues.is_empty() {
            return Ok(Vec::new());
        }
        let even = most.div_ceil(queues.len());
        let mut reserved = Vec::new();
        let mut left = most;
        for (queue, free) in queues {
            // As it is now: others of the same account may have got places in this round.
            let share = free.min(self.share(&queue, now, &mut None)).min(even).min(left);
            if share > 0 {
                left -= share;
                reserved.push(self.reserve(queue, share, now));
            }
        }
        let claimed = self.claim_reserved(&mut reserved).await;
        // Whoever else claims may have taken some.
        for Reserved { queue, turns, .. } in &reserved {
            if let Some(Queue::Line { account, number, .. }) = queue {
                carriers.pacer().give_back(*account, *number, turns.len(), now);
            }
        }
        claimed
    }

    /// Takes so many places of a queue, and what its account's pace has for them.
    fn reserve(&self, name: String, places: usize, now: UnixMs) -> Reserved {
        let queue = Queue::read(&name);
        if let Some(Queue::Line { account, number, .. }) = queue {
            // One segment each; what a text has more its attempt counts.
            self.tools.carriers.pacer().charge(account, number, places, now);
        }
        let turns = (0..places).map(|_| Turn::take(&self.turns, &name, queue)).collect();
        Reserved { name, queue, turns }
    }

    /// Claims a job for each place that was reserved, as far as there are any; places that are left over stay.
    async fn claim_reserved(&self, reserved: &mut [Reserved]) -> Result<Vec<Claimed>, StoreError> {
        let Tools { store, env, .. } = &self.tools;
        let (now, lease) = (env.now(), env.ulid().to_string());
        let most = |places: usize| u32::try_from(places).unwrap_or(u32::MAX);
        let asked: Vec<Share> =
            reserved.iter().map(|of| Share { queue: of.name.clone(), most: most(of.turns.len()) }).collect();
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = store.write_system().await?;
        let jobs = store::jobs::claim(&mut tx, &asked, &lease, now.plus(LEASE), now).await?;
        tx.commit().await?;
        let with_turn = |job: Job| {
            let of = reserved.iter_mut().find(|of| of.name == job.queue_name)?;
            Some(Claimed { job, _turn: of.turns.pop()? })
        };
        Ok(jobs.into_iter().filter_map(with_turn).collect())
    }

    /// Lets nothing wait for a time that lies far ahead only because the clock was set back.
    async fn follow_clock(&self, now: UnixMs) -> Result<(), StoreError> {
        let latest = *self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = match latest {
            Some(latest) => latest,
            // It may have been set back while the server was away.
            None => store::jobs::newest(&mut self.tools.store.read_once().await?).await?.unwrap_or(now),
        };
        let by = latest.since(now);
        if by > SET_BACK {
            tracing::warn!(milliseconds = by, "the clock was set back; what is to be done follows it");
            let mut tx = self.tools.store.write_system().await?;
            store::jobs::follow_clock_back(&mut tx, by, now, now.plus(LEASE)).await?;
            tx.commit().await?;
        }
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        Ok(())
    }

    /// How many more jobs of a queue may run, and in `paced` the earliest moment at which one may that has to wait for its account's pace.
    fn share(&self, name: &str, now: UnixMs, paced: &mut Option<UnixMs>) -> usize {
        let queue = Queue::read(name);
        let places = self.turns.lock().unwrap_or_else(PoisonError::into_inner).places(name, queue);
        let Some(Queue::Line { account, number, .. }) = queue else { return places };
        let pacer = self.tools.carriers.pacer();
        let free = pacer.free(account, number, now);
        if free == 0 {
            let next = pacer.next(account, number, now);
            *paced = Some(paced.map_or(next, |before| before.min(next)));
        }
        places.min(free)
    }

    /// How many queues have something under way, or may have to wait for their account's pace.
    fn busy_queues(&self) -> usize {
        let turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.queues() + self.tools.carriers.pacer().lines()
    }

    async fn work(&self, job: &Job) {
        // None for one of another version.
        let kind = KINDS.iter().find(|kind| kind.name == job.kind);
        let failed = match kind {
            Some(kind) => self.attempt(kind, job).await.err(),
            None => Some("this version knows no jobs of this kind".to_owned()),
        };
        self.metrics.attempted(kind.map_or("unknown", |kind| kind.name), failed.is_none());
        let Some(reason) = failed else { return };
        tracing::error!(%reason, kind = job.kind, attempts = job.attempts, "a job failed");
        if let Err(error) = self.failed(kind, job, &reason).await {
            tracing::error!(%error, "that a job failed could not be written; it runs again when its claim has ended");
        }
    }

    /// Tries a job once; why it failed, if it did. It may fail by an error, a panic, or the time that it takes.
    async fn attempt(&self, kind: &'static Kind, job: &Job) -> Result<(), String> {
        let task = tokio::spawn({
            let (tools, job) = (self.tools.clone(), job.clone());
            async move { (kind.run)(&tools, &job).await }
        });
        // Ended also when whoever waits for it goes away.
        let mut task = EndedWhenDropped(task);
        let mut renewals = tokio::time::interval(self.renew);
        renewals.set_missed_tick_behavior(MissedTickBehavior::Delay);
        renewals.tick().await;
        let end = tokio::time::sleep(self.attempt_time.unwrap_or(kind.attempt_time));
        tokio::pin!(end);
        loop {
            tokio::select! {
                outcome = &mut task.0 => {
                    return outcome.map_or_else(|_| Err("it panicked".to_owned()), |done| done.map_err(|error| error.to_string()));
                }
                () = &mut end => return Err("it took too long".to_owned()),
                _ = renewals.tick() => match self.renew(job).await {
                    Ok(true) => {}
                    // It is just done, or another worker has it: the end of the task says which.
                    Ok(false) if task.0.is_finished() => {}
                    Ok(false) => return Err("another worker has it".to_owned()),
                    // The claim goes on for a while: the next renewal may get through.
                    Err(error) => tracing::warn!(%error, "a claim could not be renewed"),
                },
            }
        }
    }

    async fn renew(&self, job: &Job) -> Result<bool, StoreError> {
        let mut tx = self.tools.store.write_system().await?;
        let holds = store::jobs::renew(&mut tx, job, self.tools.env.now().plus(LEASE)).await?;
        tx.commit().await?;
        Ok(holds)
    }

    /// Lets a job run again later, or gives it up after its last attempt. One of an unknown kind no later attempt will do.
    async fn failed(&self, kind: Option<&Kind>, job: &Job, reason: &str) -> Result<(), StoreError> {
        let Tools { store, env, .. } = &self.tools;
        let is_dead = kind.is_none_or(|kind| job.failures + 1 >= kind.failures);
        if let Some(kind) = kind.filter(|_| is_dead)
            && (kind.give_up)(&self.tools, job, reason).await?
        {
            return Ok(());
        }
        let mut tx = match job.queue.and_then(Queue::tenant) {
            Some(tenant) => store.write_in_background(tenant).await?,
            None => store.write_system().await?,
        };
        let now = env.now();
        if is_dead {
            store::jobs::move_to_dead(&mut tx, job, reason, now).await?;
        } else {
            store::jobs::retry_failed(&mut tx, job, now.plus(store::jobs::backoff(job.failures + 1))).await?;
        }
        tx.commit().await
    }

    async fn pause(&self) -> Duration {
        let due = match self.tools.store.read_once().await {
            Ok(mut tx) => store::jobs::next_due(&mut tx).await.unwrap_or_default(),
            Err(_) => None,
        };
        match due.map(|due| due.since(self.tools.env.now())) {
            Some(wait @ 1..) => LOOK.min(Duration::from_millis(u64::try_from(wait).unwrap_or(u64::MAX).max(20))),
            // What is due has no free place, or another server has it: the end of a job wakes. Or it waits for its account's pace.
            Some(_) => {
                let paced = self.turns.lock().unwrap_or_else(PoisonError::into_inner).paced;
                let wait = paced.map(|at| at.since(self.tools.env.now()).max(MIN_PAUSE));
                wait.map_or(CROWDED, |wait| CROWDED.min(Duration::from_millis(u64::try_from(wait).unwrap_or_default())))
            }
            None => LOOK,
        }
    }
}

/// A task that does not outlive whoever waits for it.
struct EndedWhenDropped<T>(JoinHandle<T>);

impl<T> Drop for EndedWhenDropped<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
