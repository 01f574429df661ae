//! How often one may try to sign in: per account and per address.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::env::Env;

/// Tries in a minute.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For one log-in, from wherever.
    pub per_account: NonZeroU32,
    /// From one address, for whatever log-in.
    pub per_address: NonZeroU32,
}

/// Counts tries. Both limits refill evenly over a minute.
pub struct SignInLimiter {
    accounts: Keyed<String>,
    addresses: Keyed<IpAddr>,
}

impl SignInLimiter {
    /// A limiter that goes by this environment's clock.
    #[must_use]
    pub fn new(limits: Limits, env: &Env) -> Self {
        Self {
            accounts: Keyed::new(limits.per_account, env.clone()),
            addresses: Keyed::new(limits.per_address, env.clone()),
        }
    }

    /// Counts one try.
    ///
    /// # Errors
    /// When there were too many: how long to wait.
    pub fn check(&self, login: &str, address: IpAddr) -> Result<(), Duration> {
        self.addresses.check(&network(address))?;
        self.accounts.check(&login.trim().to_lowercase())
    }

    /// Forgets those who have their full allowance again.
    pub fn forget_idle(&self) {
        self.accounts.limiter.retain_recent();
        self.addresses.limiter.retain_recent();
    }
}

/// One household or business has a whole /64 of IPv6: it counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

struct Keyed<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, DashMapStateStore<K>, EnvClock, NoOpMiddleware<Duration>>,
    clock: EnvClock,
}

impl<K: Hash + Eq + Clone> Keyed<K> {
    fn new(per_minute: NonZeroU32, env: Env) -> Self {
        let clock = EnvClock(env);
        let limiter = RateLimiter::new(Quota::per_minute(per_minute), DashMapStateStore::default(), clock.clone());
        Self { limiter, clock }
    }

    fn check(&self, key: &K) -> Result<(), Duration> {
        self.limiter.check_key(key).map_err(|until| until.wait_time_from(self.clock.now()))
    }
}

#[derive(Clone)]
struct EnvClock(Env);

impl Clock for EnvClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now().0).unwrap_or_default())
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

    #[test]
    fn an_account_waits_and_then_has_tries_again() {
        let test = TestEnv::new();
        let limiter = limiter(&test);
        let address = "192.0.2.1".parse().unwrap();
        for _ in 0..3 {
            assert!(limiter.check("1001@harbor", address).is_ok());
        }
        let wait = limiter.check(" 1001@HARBOR", address).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(20), "{wait:?}");
        assert!(limiter.check("1002@harbor", address).is_ok(), "another account is free");
        test.pass(20_000);
        assert!(limiter.check("1001@harbor", "192.0.2.2".parse().unwrap()).is_ok());
    }

    #[test]
    fn an_address_is_limited_over_all_accounts() {
        let test = TestEnv::new();
        let limiter = limiter(&test);
        for (n, address) in
            ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4", "2001:db8::5"].into_iter().enumerate()
        {
            assert!(limiter.check(&format!("{n}@harbor"), address.parse().unwrap()).is_ok());
        }
        assert!(limiter.check("9@harbor", "2001:db8::6".parse().unwrap()).is_err(), "the same network");
        assert!(limiter.check("9@harbor", "2001:db8:0:1::6".parse().unwrap()).is_ok(), "another network");
    }
}
