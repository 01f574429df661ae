//! How long to wait before something that failed is tried again.

use crate::env::Env;

/// The first wait, in milliseconds; it doubles with each try.
const FIRST_WAIT: i64 = 1_000;
/// The longest wait, in milliseconds.
pub(crate) const LONGEST_WAIT: i64 = 60_000;

/// How long to wait after so many tries, in milliseconds. It doubles with each try up to the longest, then a random part of
/// up to a half is taken off, so that many devices that lost the same server don't come back at once.
pub(crate) fn backoff(tries: u32, env: &Env) -> i64 {
    let wait = FIRST_WAIT.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(LONGEST_WAIT);
    let jitter = (env.random(7) % 512) as i64;
    wait - wait / 2 * jitter / 512
}
