//! Whose turn it is to write: those who wait do so here, in memory, and not with a connection of the database in their hands.
//!
//! Always holds: of one server, a tenant's writers hold one connection together, so however many they are, others find one. Queues take
//! turns, and those of one queue come in their order.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use halyard_protocol::TenantId;
use tokio::sync::oneshot;

use super::BUSY_TIMEOUT;

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Urgency {
    /// Somebody waits for the answer.
    Asked,
    /// Nobody does: a job.
    Background,
}

impl Urgency {
    /// How long a turn is waited for. A job that has done something outside must be able to write that down.
    pub(super) const fn patience(self) -> Duration {
        match self {
            Self::Asked => BUSY_TIMEOUT,
            Self::Background => Duration::from_secs(50),
        }
    }
}

/// Those who wait for a turn, in queues.
pub(super) struct Waiting<Q, T> {
    queues: HashMap<Q, VecDeque<oneshot::Sender<T>>>,
    /// The queues that have somebody waiting, the next one first.
    order: VecDeque<Q>,
}

impl<Q, T> Default for Waiting<Q, T> {
    fn default() -> Self {
        Self { queues: HashMap::new(), order: VecDeque::new() }
    }
}

impl<Q: Copy + Eq + Hash, T> Waiting<Q, T> {
    /// Waits at the end of a queue.
    pub(super) fn join(&mut self, queue: Q) -> oneshot::Receiver<T> {
        let (sender, receiver) = oneshot::channel();
        let waiting = self.queues.entry(queue).or_default();
        if waiting.is_empty() {
            self.order.push_back(queue);
        }
        waiting.push_back(sender);
        receiver
    }

    /// Takes out who is next. They may have given up waiting.
    pub(super) fn next(&mut self) -> Option<oneshot::Sender<T>> {
        let queue = self.order.pop_front()?;
        let waiting = self.queues.get_mut(&queue)?;
        let sender = waiting.pop_front();
        if waiting.is_empty() {
            self.queues.remove(&queue);
        } else {
            self.order.push_back(queue);
        }
        sender
    }
}

/// The turns of tenants that don't wait for each other (PostgreSQL).
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<TenantId, Waiting<Urgency, Turn>>>>);

/// A turn; it ends when this is dropped.
pub(super) struct Turn {
    turns: Turns,
    /// None when it was given on.
    tenant: Option<TenantId>,
}

impl Turns {
    /// Waits for a turn; `None` when that takes longer than `most`.
    pub(super) async fn take(&self, tenant: TenantId, urgency: Urgency, most: Duration) -> Option<Turn> {
        let receiver = {
            let mut turns = self.lock();
            match turns.get_mut(&tenant) {
                Some(waiting) => waiting.join(urgency),
                None => {
                    turns.insert(tenant, Waiting::default());
                    return Some(self.turn(tenant));
                }
            }
        };
        tokio::time::timeout(most, receiver).await.ok()?.ok()
    }

    fn turn(&self, tenant: TenantId) -> Turn {
        Turn { turns: self.clone(), tenant: Some(tenant) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Waiting<Urgency, Turn>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(tenant) = self.tenant.take() else { return };
        let mut turns = self.turns.lock();
        let Some(waiting) = turns.get_mut(&tenant) else { return };
        while let Some(sender) = waiting.next() {
            match sender.send(self.turns.turn(tenant)) {
                Ok(()) => return,
                // That one has given up waiting: its turn must not be given on as well.
                Err(mut refused) => refused.tenant = None,
            }
        }
        turns.remove(&tenant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use halyard_protocol::Ulid;

    const TENANT: TenantId = TenantId(Ulid::from_bits(1));
    const SOON: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn jobs_and_people_take_turns_and_whoever_gave_up_is_passed_over() {
        let turns = Turns::default();
        let first = turns.take(TENANT, Urgency::Asked, SOON).await.unwrap();
        let (order, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let mut tasks = tokio::task::JoinSet::new();
        for (name, urgency) in
            [("a", Urgency::Asked), ("b", Urgency::Asked), ("c", Urgency::Asked), ("job", Urgency::Background)]
        {
            let (turns, order) = (turns.clone(), order.clone());
            tasks.spawn(async move {
                let _turn = turns.take(TENANT, urgency, SOON).await.unwrap();
                order.send(name).unwrap();
            });
            tokio::task::yield_now().await;
        }
        let mut gives_up = Box::pin(turns.take(TENANT, Urgency::Background, SOON));
        assert!(futures_util::poll!(&mut gives_up).is_pending());
        drop(gives_up);
        drop(first);
        tasks.join_all().await;
        drop(order);
        let mut seen = Vec::new();
        while let Some(name) = heard.recv().await {
            seen.push(name);
        }
        assert_eq!(seen, ["a", "job", "b", "c"]);
        assert!(turns.lock().is_empty(), "nothing is kept of who has nobody waiting");
    }

    #[tokio::test]
    async fn a_turn_that_takes_too_long_is_given_up() {
        let turns = Turns::default();
        let first = turns.take(TENANT, Urgency::Asked, SOON).await.unwrap();
        assert!(turns.take(TENANT, Urgency::Asked, Duration::ZERO).await.is_none());
        let other = TenantId(Ulid::from_bits(2));
        assert!(turns.take(other, Urgency::Asked, SOON).await.is_some(), "other tenants are not kept");
        drop(first);
        assert!(turns.take(TENANT, Urgency::Asked, SOON).await.is_some());
    }
}
