//! Which queues have what under way, and how much more each may.
//!
//! Always holds: no queue, and nothing that belongs to one account, has more than a share of the places.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use halyard_protocol::{CarrierAccountId, UnixMs};

use crate::store::jobs::Queue;

/// Places that the jobs of one tenant have at most, beside the texts that accounts carry for it.
pub(super) const PLACES_OF_TENANT: usize = 64;
/// Places that the texts of one number have at most that an account carries.
const PLACES_OF_LINE: usize = 16;
/// Places that all texts of an account have at most, and all that it brings with files, so that a carrier that is slow or down keeps no other waiting.
const PLACES_OF_ACCOUNT: usize = 64;
/// Places that texts with files have at most that an account has brought to a tenant: whoever has the files may be slow.
const PLACES_OF_FILES: usize = 16;

/// Whose turn it is.
#[derive(Default)]
pub(super) struct Turns {
    /// The queue that was served last.
    pub(super) last: String,
    /// Jobs of each queue that are under way.
    running: HashMap<String, usize>,
    /// What is under way of each account, in all of its queues.
    of_account: HashMap<OfAccount, usize>,
    /// When the next text may leave of those that wait for their account's pace.
    pub(super) paced: Option<UnixMs>,
}

/// What the queues of an account have their share of together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum OfAccount {
    /// Texts that it carries.
    Texts(CarrierAccountId),
    /// Texts with files that it has brought.
    Files(CarrierAccountId),
}

impl OfAccount {
    fn of(queue: Option<Queue>) -> Option<Self> {
        match queue? {
            Queue::Line { account, .. } => Some(Self::Texts(account)),
            Queue::Files { account, .. } => Some(Self::Files(account)),
            Queue::Tenant(_) | Queue::Account(_) => None,
        }
    }
}

impl Turns {
    /// How many more jobs of a queue there are places for.
    pub(super) fn places(&self, name: &str, queue: Option<Queue>) -> usize {
        let running = self.running.get(name).copied().unwrap_or_default();
        let most = match queue {
            Some(Queue::Line { .. }) => PLACES_OF_LINE,
            Some(Queue::Files { .. }) => PLACES_OF_FILES,
            Some(Queue::Tenant(_) | Queue::Account(_)) | None => PLACES_OF_TENANT,
        };
        let of_account = OfAccount::of(queue).map(|account| self.of_account.get(&account).copied().unwrap_or_default());
        let left = of_account.map_or(usize::MAX, |running| PLACES_OF_ACCOUNT.saturating_sub(running));
        most.saturating_sub(running).min(left)
    }

    /// How many queues have something under way.
    pub(super) fn queues(&self) -> usize {
        self.running.len()
    }
}

/// A place among those of a queue; free again when dropped.
pub(super) struct Turn {
    turns: Arc<Mutex<Turns>>,
    queue: String,
    account: Option<OfAccount>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        give_back(&mut turns.running, &self.queue);
        if let Some(account) = &self.account {
            give_back(&mut turns.of_account, account);
        }
    }
}

/// One less is under way.
fn give_back<K: Eq + Hash>(running: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = running.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            running.remove(key);
        }
    }
}

impl Turn {
    /// Takes a place for a job of a queue.
    pub(super) fn take(turns: &Arc<Mutex<Turns>>, name: &str, queue: Option<Queue>) -> Self {
        let account = OfAccount::of(queue);
        let mut locked = turns.lock().unwrap_or_else(PoisonError::into_inner);
        name.clone_into(&mut locked.last);
        *locked.running.entry(name.to_owned()).or_default() += 1;
        if let Some(account) = account {
            *locked.of_account.entry(account).or_default() += 1;
        }
        drop(locked);
        Self { turns: Arc::clone(turns), queue: name.to_owned(), account }
    }
}
