//! For tests: an environment whose time passes when told to, and a server with a few users, without a socket.

pub(crate) mod again;
pub(crate) mod bench;
mod documented;
pub(crate) mod postgres;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use halyard_protocol::UnixMs;
use tempfile::TempDir;

use crate::env::{Clock, Entropy, Env};
use crate::store::Store;

/// Monday, 2026-11-16, 09:00 UTC.
pub(crate) const START: UnixMs = UnixMs(1_794_819_600_000);

/// A clock that stands still until told to move, and randomness that is the same in every run.
#[derive(Clone, Default)]
pub(crate) struct TestEnv(Arc<Inner>);

#[derive(Default)]
struct Inner {
    passed: AtomicI64,
    drawn: AtomicU64,
}

impl TestEnv {
    /// At [`START`].
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The environment to hand on.
    pub(crate) fn env(&self) -> Env {
        Env::new(Arc::new(self.clone()), Arc::new(self.clone()))
    }

    /// Lets this many milliseconds pass.
    pub(crate) fn pass(&self, ms: i64) {
        self.0.passed.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for TestEnv {
    fn now(&self) -> UnixMs {
        START.plus(self.0.passed.load(Ordering::SeqCst))
    }
}

impl Entropy for TestEnv {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            // SplitMix64 of a counter: different every time, the same in every run.
            let mut z = self.0.drawn.fetch_add(1, Ordering::SeqCst).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let word = (z ^ (z >> 31)).to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// The address of a fresh SQLite database, in a folder that goes away.
pub(crate) fn sqlite() -> (String, TempDir) {
    let folder = folder("halyard-sqlite-");
    (format!("sqlite:{}", folder.path().join("test.db").display()), folder)
}

/// A folder that goes away; in memory where the machine offers that: then a commit does not wait for a disk that no
/// test is about.
pub(crate) fn folder(prefix: &str) -> TempDir {
    let mut folder = tempfile::Builder::new();
    let folder = folder.prefix(prefix);
    folder.tempdir_in("/dev/shm").or_else(|_| folder.tempdir()).unwrap()
}

/// A fresh, migrated SQLite database.
pub(crate) async fn store() -> (Store, TempDir) {
    let (address, folder) = sqlite();
    let store = Store::open(&address, Arc::new(|_| {})).await.unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}
