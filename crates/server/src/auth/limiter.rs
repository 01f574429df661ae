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
    per_network: Buckets<IpAddr>,
    per_account_and_network: Buckets<(Account, IpAddr)>,
    per_account_unknown_networks: Buckets<Account>,
}

/// A try to sign in. It counts as a failure until [`SignInLimiter::refund`] takes it back.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    network: IpAddr,
    account: Option<Account>,
    /// Whether it counts for the account from networks that are not known, too.
    counts_as_unknown: bool,
}

impl SignInLimiter {
    /// A limiter that goes by this environment's clock.
    #[must_use]
    pub fn new(limits: Limits, env: &Env) -> Self {
        Self {
            env: env.clone(),
            per_network: Buckets::new(limits.per_address.get()),
            per_account_and_network: Buckets::new(limits.per_account.get()),
            per_account_unknown_networks: Buckets::new(limits.per_account.get().saturating_mul(NETWORKS)),
        }
    }

    /// Counts a try for its network, before anything is looked up for it.
    ///
    /// # Errors
    /// When there were too many: how long to wait.
    pub fn begin(&self, address: IpAddr) -> Result<Attempt, Duration> {
        let network = network(address);
        self.per_network.take(network, self.env.now())?;
        Ok(Attempt { network, account: None, counts_as_unknown: false })
    }

    /// Counts a try for its account, where `is_known` says whether somebody has signed in to it from this network before.
    ///
    /// # Errors
    /// When there were too many: how long to wait. The try does not count then.
    pub fn for_account(&self, attempt: &mut Attempt, login: &str, is_known: bool) -> Result<(), Duration> {
        let now = self.env.now();
        let mut account = Account::default();
        account.copy_from_slice(&Sha256::digest(login.trim().to_lowercase())[..16]);
        let taken = self.per_account_and_network.take((account, attempt.network), now);
        taken.inspect_err(|_| self.refund(attempt))?;
        attempt.account = Some(account);
        if !is_known {
            self.per_account_unknown_networks.take(account, now).inspect_err(|_| self.refund(attempt))?;
            attempt.counts_as_unknown = true;
        }
        Ok(())
    }

    /// The try does not count: the password was right, or was not checked.
    pub fn refund(&self, attempt: &Attempt) {
        self.per_network.put_back(&attempt.network);
        let Some(account) = attempt.account else { return };
        self.per_account_and_network.put_back(&(account, attempt.network));
        if attempt.counts_as_unknown {
            self.per_account_unknown_networks.put_back(&account);
        }
    }

    /// Forgets those who have their full allowance again.
    pub fn forget_idle(&self) {
        let now = self.env.now();
        self.per_network.forget_idle(now);
        self.per_account_and_network.forget_idle(now);
        self.per_account_unknown_networks.forget_idle(now);
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
            bucket.missing -= self.refill();
            if bucket.missing <= 0 {
                buckets.remove(key);
            }
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

    fn attempt(limiter: &SignInLimiter, login: &str, address: &str, is_known: bool) -> Result<Attempt, Duration> {
        let mut attempt = limiter.begin(address.parse().unwrap())?;
        limiter.for_account(&mut attempt, login, is_known)?;
        Ok(attempt)
    }

    /// Whether a try is let through; it fails then.
    fn is_allowed(limiter: &SignInLimiter, login: &str, address: &str, is_known: bool) -> bool {
        attempt(limiter, login, address, is_known).is_ok()
    }

    #[test]
    fn an_account_waits_and_then_has_tries_again() {
        let test = TestEnv::new();
        let limiter = limiter(&test);
        for _ in 0..3 {
            assert!(is_allowed(&limiter, "1001@harbor", "192.0.2.1", true));
        }
        let wait = attempt(&limiter, " 1001@HARBOR", "192.0.2.1", true).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(20), "{wait:?}");
        assert!(is_allowed(&limiter, "1002@harbor", "192.0.2.1", true), "another account is free");
        test.pass(20_000);
        assert!(is_allowed(&limiter, "1001@harbor", "192.0.2.1", true));
        assert!(!is_allowed(&limiter, "1001@harbor", "192.0.2.1", true));
    }

    #[test]
    fn a_network_is_limited_over_all_accounts() {
        let test = TestEnv::new();
        let limiter = limiter(&test);
        for n in 1..=5 {
            assert!(is_allowed(&limiter, &format!("{n}@harbor"), &format!("2001:db8::{n}"), false));
        }
        assert!(!is_allowed(&limiter, "9@harbor", "2001:db8::6", false), "the same network");
        assert!(is_allowed(&limiter, "9@harbor", "2001:db8:0:1::6", false), "another network");
    }

    #[test]
    fn the_right_password_costs_nothing() {
        let limiter = limiter(&TestEnv::new());
        for _ in 0..100 {
            limiter.refund(&attempt(&limiter, "1001@harbor", "192.0.2.1", false).unwrap());
        }
        assert!(limiter.per_network.buckets.lock().unwrap().is_empty(), "and leaves nothing");
        assert!(limiter.per_account_and_network.buckets.lock().unwrap().is_empty());
        assert!(limiter.per_account_unknown_networks.buckets.lock().unwrap().is_empty());
    }

    #[test]
    fn a_try_that_is_refused_does_not_count() {
        let limiter = limiter(&TestEnv::new());
        for _ in 0..3 {
            assert!(is_allowed(&limiter, "1001@harbor", "192.0.2.1", true));
        }
        for _ in 0..10 {
            assert!(!is_allowed(&limiter, "1001@harbor", "192.0.2.1", true));
        }
        assert!(is_allowed(&limiter, "1002@harbor", "192.0.2.1", true), "the network has two left");
    }

    #[test]
    fn who_guesses_from_many_networks_waits_and_keeps_nobody_out_where_they_usually_sign_in() {
        let limiter = limiter(&TestEnv::new());
        let guessed =
            (0..100).filter(|n| is_allowed(&limiter, "1001@harbor", &format!("198.51.100.{n}"), false)).count();
        assert_eq!(guessed, 15, "what five networks may do");
        assert!(!is_allowed(&limiter, "1001@harbor", "192.0.2.1", false));
        assert!(is_allowed(&limiter, "1001@harbor", "192.0.2.1", true));
        assert!(is_allowed(&limiter, "1002@harbor", "192.0.2.1", false), "another account is free");
    }

    #[test]
    fn a_clock_that_is_set_back_lets_nobody_wait_longer() {
        let test = TestEnv::new();
        let limiter = limiter(&test);
        test.pass(3_600_000);
        for _ in 0..3 {
            assert!(is_allowed(&limiter, "1001@harbor", "192.0.2.1", true));
        }
        test.pass(-3_600_000);
        assert!(!is_allowed(&limiter, "1001@harbor", "192.0.2.1", true));
        test.pass(20_000);
        assert!(is_allowed(&limiter, "1001@harbor", "192.0.2.1", true));
    }
}
