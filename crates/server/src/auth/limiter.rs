//! How often one may fail to sign in.
//!
//! Always holds: who signs in with the right password has lost nothing by it. Failures count for the account from one network (an IPv4
//! address, or a /64 of IPv6), for the network whatever the account, and for the account from all networks from which nobody has
//! signed in to it before. So whoever guesses from elsewhere keeps nobody out where they usually sign in.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use halyard_protocol::UnixMs;
use sha2::{Digest as _, Sha256};

use crate::env::Env;

/// Failures in a minute.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For one log-in, from one network.
    pub per_account: NonZeroU32,
    /// From one network, for whatever log-in.
    pub per_address: NonZeroU32,
}

/// From so many networks somebody may use up what one network may do for one account, before networks that are not known wait.
const NETWORKS: u32 = 5;

/// A log-in, by its hash: what is kept of it does not grow with what a stranger sends.
type Account = [u8; 16];

/// Counts failures. Each limit refills evenly over a minute.
pub struct SignInLimiter {
    env: Env,
    pairs: Buckets<(Account, IpAddr)>,
    networks: Buckets<IpAddr>,
    strangers: Buckets<Account>,
}

/// A try to sign in, which counts as a failure until [`SignInLimiter::succeeded`] takes it back.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    account: Account,
    network: IpAddr,
    is_known: bool,
}

impl SignInLimiter {
    /// A limiter that goes by this environment's clock.
    #[must_use]
    pub fn new(limits: Limits, env: &Env) -> Self {
        Self {
            env: env.clone(),
            pairs: Buckets::new(limits.per_account.get()),
            networks: Buckets::new(limits.per_address.get()),
            strangers: Buckets::new(limits.per_account.get().saturating_mul(NETWORKS)),
        }
    }

    /// Counts one try, where `is_known` says whether somebody has signed in to this account from this network before.
    ///
    /// # Errors
    /// When there were too many: how long to wait.
    pub fn attempt(&self, login: &str, address: IpAddr, is_known: bool) -> Result<Attempt, Duration> {
        let (now, network) = (self.env.now(), network(address));
        let mut account = Account::default();
        account.copy_from_slice(&Sha256::digest(login.trim().to_lowercase())[..16]);
        self.networks.take(network, now)?;
        self.pairs.take((account, network), now).inspect_err(|_| self.networks.put_back(&network))?;
        let attempt = Attempt { account, network, is_known: true };
        if is_known {
            return Ok(attempt);
        }
        self.strangers.take(account, now).inspect_err(|_| self.succeeded(&attempt))?;
        Ok(Attempt { is_known, ..attempt })
    }

    /// The password was right, or was not looked at: the try does not count.
    pub fn succeeded(&self, attempt: &Attempt) {
        self.networks.put_back(&attempt.network);
        self.pairs.put_back(&(attempt.account, attempt.network));
        if !attempt.is_known {
            self.strangers.put_back(&attempt.account);
        }
    }

    /// Forgets those who have their full allowance again.
    pub fn forget_idle(&self) {
        let now = self.env.now();
        self.pairs.forget_idle(now);
        self.networks.forget_idle(now);
        self.strangers.forget_idle(now);
    }
}

/// One household or business has a whole /64 of IPv6: it counts as one address.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

/// A minute, in milliseconds.
const MINUTE: i64 = 60_000;

/// Token buckets that refill evenly over a minute.
struct Buckets<K> {
    /// How many are in a full one.
    full: u32,
    buckets: Mutex<HashMap<K, Bucket>>,
}

/// What is missing in a bucket, in parts of a minute's refill: `full` milliseconds a token.
#[derive(Clone, Copy)]
struct Bucket {
    missing: i64,
    at: UnixMs,
}

impl<K: Hash + Eq> Buckets<K> {
    fn new(full: u32) -> Self {
        Self { full, buckets: Mutex::default() }
    }

    /// In a minute `full` tokens come back, so one takes this long.
    fn refill(&self) -> i64 {
        (MINUTE / i64::from(self.full)).max(1)
    }

    fn take(&self, key: K, now: UnixMs) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(key).or_insert(Bucket { missing: 0, at: now });
        // A clock that was set back brings nothing, and takes nothing.
        bucket.missing = (bucket.missing - now.since(bucket.at).max(0)).max(0);
        bucket.at = now;
        let over = bucket.missing + self.refill() - self.refill().saturating_mul(i64::from(self.full));
        if over > 0 {
            return Err(Duration::from_millis(over.unsigned_abs()));
        }
        bucket.missing += self.refill();
        Ok(())
    }

    fn put_back(&self, key: &K) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(key) {
            bucket.missing = (bucket.missing - self.refill()).max(0);
        }
    }

    fn forget_idle(&self, now: UnixMs) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.retain(|_, bucket| bucket.missing > now.since(bucket.at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestEnv;

    fn limiter(test: &TestEnv) -> SignInLimiter {
        let limits = Limits { per_account: NonZeroU32::new(3).unwrap(), per_address: NonZeroU32::new(5).unwrap() };
        SignInLimiter::new(limits, &test.env())
    }

    fn fails(limiter: &SignInLimiter, login: &str, address: &str, is_known: bool) -> bool {
        limiter.attempt(login, address.parse().unwrap(), is_known).is_ok()
    }

    #[test]
    fn an_account_waits_and_then_has_tries_again() {
        let test = TestEnv::new();
        let limiter = limiter(&test);
        for _ in 0..3 {
            assert!(fails(&limiter, "1001@harbor", "192.0.2.1", true));
        }
        let wait = limiter.attempt(" 1001@HARBOR", "192.0.2.1".parse().unwrap(), true).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(20), "{wait:?}");
        assert!(fails(&limiter, "1002@harbor", "192.0.2.1", true), "another account is free");
        test.pass(20_000);
        assert!(fails(&limiter, "1001@harbor", "192.0.2.1", true));
        assert!(!fails(&limiter, "1001@harbor", "192.0.2.1", true));
    }

    #[test]
    fn a_network_is_limited_over_all_accounts() {
        let test = TestEnv::new();
        let limiter = limiter(&test);
        for n in 1..=5 {
            assert!(fails(&limiter, &format!("{n}@harbor"), &format!("2001:db8::{n}"), false));
        }
        assert!(!fails(&limiter, "9@harbor", "2001:db8::6", false), "the same network");
        assert!(fails(&limiter, "9@harbor", "2001:db8:0:1::6", false), "another network");
    }

    #[test]
    fn the_right_password_costs_nothing() {
        let limiter = limiter(&TestEnv::new());
        for _ in 0..100 {
            let attempt = limiter.attempt("1001@harbor", "192.0.2.1".parse().unwrap(), false).unwrap();
            limiter.succeeded(&attempt);
        }
        limiter.forget_idle();
        assert!(
            limiter.pairs.buckets.lock().unwrap().is_empty() && limiter.networks.buckets.lock().unwrap().is_empty()
        );
        assert!(limiter.strangers.buckets.lock().unwrap().is_empty());
    }

    #[test]
    fn who_guesses_from_many_networks_waits_and_keeps_nobody_out_where_they_usually_sign_in() {
        let limiter = limiter(&TestEnv::new());
        let guessed = (0..100).filter(|n| fails(&limiter, "1001@harbor", &format!("198.51.100.{n}"), false)).count();
        assert_eq!(guessed, 15, "what five networks may do");
        assert!(!fails(&limiter, "1001@harbor", "192.0.2.1", false));
        assert!(fails(&limiter, "1001@harbor", "192.0.2.1", true));
        assert!(fails(&limiter, "1002@harbor", "192.0.2.1", false), "another account is free");
    }

    #[test]
    fn a_clock_that_is_set_back_lets_nobody_wait_longer() {
        let test = TestEnv::new();
        let limiter = limiter(&test);
        test.pass(3_600_000);
        for _ in 0..3 {
            assert!(fails(&limiter, "1001@harbor", "192.0.2.1", true));
        }
        test.pass(-3_600_000);
        assert!(!fails(&limiter, "1001@harbor", "192.0.2.1", true));
        test.pass(20_000);
        assert!(fails(&limiter, "1001@harbor", "192.0.2.1", true));
    }
}
