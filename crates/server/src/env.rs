//! Time and randomness, brought in from outside.
//!
//! Always holds: nothing in this crate reads a clock or draws a random number but through [`Env`], so a test
//! decides what the time is and which ids come next.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use halyard_protocol::{Ulid, UnixMs};

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The moment it is.
    fn now(&self) -> UnixMs;
}

/// Where randomness comes from.
pub trait Entropy: Send + Sync {
    /// Fills the bytes with fresh randomness, fit for secrets.
    fn fill(&self, bytes: &mut [u8]);
}

/// The clock and the randomness that the server runs on.
#[derive(Clone)]
pub struct Env {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Env {
    /// An environment of these sources.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy }
    }

    /// The machine's clock and the operating system's randomness.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemEntropy))
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// Fresh random bytes, fit for secrets.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// A fresh id of this moment.
    #[must_use]
    pub fn ulid(&self) -> Ulid {
        Ulid::new(self.now(), u128::from_be_bytes(self.bytes()))
    }
}

struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> UnixMs {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Without randomness there are no secrets: nothing safe is left to do.
            panic!("the operating system gives no randomness: {error}");
        }
    }
}
