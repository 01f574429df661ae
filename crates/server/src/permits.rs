//! How many connections there may be, in all and from one network.
//!
//! Always holds: files are left for the database, and one network leaves connections for others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::auth::limiter::network;

/// Files that are left for the database, the listener and logs.
const RESERVED: u64 = 128;
/// How often the log says that the server is full.
const SAY_AGAIN: Duration = Duration::from_secs(60);

/// How many connections there may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In all.
    pub all: usize,
    /// From one network: an IPv4 address, or a /64 of IPv6.
    pub per_network: usize,
    /// How long one may take for the head of a request, also for the first byte of the next.
    pub head_time: Duration,
}

impl Limits {
    /// As many as there are files for, and half of them from one network, unless all come from a proxy.
    #[must_use]
    pub fn of_files(files: u64, behind_proxy: bool) -> Self {
        let all = usize::try_from(files.saturating_sub(RESERVED)).unwrap_or(usize::MAX).max(1);
        let per_network = if behind_proxy { all } else { all.div_ceil(2) };
        Self { all, per_network, head_time: Duration::from_secs(30) }
    }
}

impl Default for Limits {
    /// For the number of files that systems give a program if nothing is said.
    fn default() -> Self {
        Self::of_files(1_024, false)
    }
}

/// The connections that there are.
#[derive(Debug)]
pub struct Permits {
    /// How many there are.
    pub limits: Limits,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
    said_at: Option<Instant>,
}

/// A connection's permit, free again when dropped.
#[derive(Debug)]
pub struct Permit {
    permits: Arc<Permits>,
    network: IpAddr,
}

impl Permits {
    /// So many.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, taken: Mutex::default() }
    }

    /// How many connections are open.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.lock().all
    }

    /// Whether there is none left.
    #[must_use]
    pub fn are_used_up(&self) -> bool {
        self.lock().all >= self.limits.all
    }

    /// A permit for a connection from this address, if there is one left.
    #[must_use]
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Option<Permit> {
        let network = network(address);
        let mut taken = self.lock();
        let here = taken.by_network.get(&network).copied().unwrap_or_default();
        if taken.all >= self.limits.all || here >= self.limits.per_network {
            let is_news = taken.said_at.is_none_or(|at| at.elapsed() >= SAY_AGAIN);
            if is_news {
                taken.said_at = Some(Instant::now());
                let (all, limit) = (taken.all, self.limits.all);
                tracing::error!(all, limit, here, %network, "no place for another connection: see `--max-connections`");
            }
            return None;
        }
        taken.all += 1;
        taken.by_network.insert(network, here + 1);
        Some(Permit { permits: Arc::clone(self), network })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut taken = self.permits.lock();
        taken.all -= 1;
        if let Some(here) = taken.by_network.get_mut(&self.network) {
            *here -= 1;
            if *here == 0 {
                taken.by_network.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_leaves_permits_for_others() {
        let permits = Arc::new(Permits::new(Limits { all: 4, per_network: 2, head_time: Duration::ZERO }));
        let address = |text: &str| text.parse().unwrap();
        let first = permits.take(address("2001:db8::1")).unwrap();
        let _second = permits.take(address("2001:db8::2")).unwrap();
        assert!(permits.take(address("2001:db8::3")).is_none());
        let _other = permits.take(address("192.0.2.1")).unwrap();
        assert!(!permits.are_used_up());
        drop(first);
        let _third = permits.take(address("2001:db8::3")).unwrap();
        let _last = permits.take(address("192.0.2.1")).unwrap();
        assert!(permits.are_used_up());
        assert!(permits.take(address("192.0.2.2")).is_none());
    }

    #[test]
    fn files_are_left_for_the_database() {
        let limits = Limits::of_files(1_024, false);
        assert_eq!((limits.all, limits.per_network), (896, 448));
        assert_eq!(Limits::of_files(1_024, true).per_network, 896);
        assert_eq!(Limits::of_files(10, false).all, 1);
    }
}
