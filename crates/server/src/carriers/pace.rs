//! How fast texts may leave: segments in a second, for each account and for each number of it.
//!
//! Always holds: nothing leaves faster than an account's carrier was said to take it, over any second and a second's worth in advance. What has to wait
//! waits in the queue of its number, so nobody else does.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use halyard_protocol::{CarrierAccountId, PhoneNumber, UnixMs};

/// How fast an account takes texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Segments in a second, of all numbers together.
    pub account: u32,
    /// Segments in a second of one number; none where only the account's pace counts.
    pub number: Option<u32>,
}

/// Thousandths of a segment: what a pace of one segment in a second gives in a millisecond.
const SEGMENT: i64 = 1_000;

/// What may leave now, and what has left in advance.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Segments in a second.
    pace: u32,
    /// Thousandths of segments that may leave; negative where more has left than might.
    level: i64,
    /// When that was so.
    at: UnixMs,
    /// Nothing leaves before.
    held: Option<UnixMs>,
}

impl Bucket {
    fn full(pace: u32, now: UnixMs) -> Self {
        Self { pace, level: i64::from(pace.max(1)) * SEGMENT, at: now, held: None }
    }

    fn refill(&mut self, now: UnixMs) {
        let passed = now.since(self.at).clamp(0, 3_600_000);
        // Whoever looked at the clock a moment before others is not let in twice; a clock that was set back gives nothing, and takes nothing.
        if now > self.at || self.at.since(now) > SET_BACK {
            self.at = now;
        }
        let most = i64::from(self.pace.max(1)) * SEGMENT;
        self.level = self.level.saturating_add(passed.saturating_mul(i64::from(self.pace))).min(most);
        self.held = self.held.filter(|until| *until > now && until.since(now) <= MAX_HOLD);
    }

    /// When a segment may leave.
    fn next(&self, now: UnixMs) -> UnixMs {
        let lacks = (SEGMENT - self.level).max(0);
        let pace = i64::from(self.pace.max(1));
        let ready = now.plus((lacks + pace - 1) / pace);
        self.held.map_or(ready, |until| until.max(ready))
    }
}

/// Milliseconds that a time may lie before the latest one before the clock counts as set back.
const SET_BACK: i64 = 1_000;
/// The longest time for which a carrier may ask to be left alone, in milliseconds.
pub const MAX_HOLD: i64 = 5 * 60 * 1_000;

/// What may leave of each account and number. Of this server: several servers share a pace by what their accounts are set to.
#[derive(Debug, Default)]
pub struct Pacer {
    paces: Mutex<HashMap<CarrierAccountId, Pace>>,
    buckets: Mutex<HashMap<(CarrierAccountId, Option<PhoneNumber>), Bucket>>,
}

impl Pacer {
    /// Says how fast an account is.
    pub fn set(&self, account: CarrierAccountId, pace: Pace) {
        let before = self.paces.lock().unwrap_or_else(PoisonError::into_inner).insert(account, pace);
        if before.is_some_and(|before| before != pace) {
            let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
            buckets.retain(|(of, _), _| *of != account);
        }
    }

    /// How many segments may leave now; one where the account is not known yet.
    pub fn free(&self, account: CarrierAccountId, number: PhoneNumber, now: UnixMs) -> usize {
        self.with(account, number, now, |buckets| {
            buckets.iter().map(|bucket| if bucket.held.is_some() { 0 } else { bucket.level / SEGMENT }).min()
        })
        .map_or(1, |free| usize::try_from(free).unwrap_or_default())
    }

    /// How many accounts and numbers have a pace that is looked after.
    pub fn lines(&self) -> usize {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Counts segments that leave.
    pub fn charge(&self, account: CarrierAccountId, number: PhoneNumber, segments: usize, now: UnixMs) {
        let cost = i64::try_from(segments).unwrap_or(i64::MAX / SEGMENT) * SEGMENT;
        self.with(account, number, now, |buckets| {
            for bucket in buckets {
                bucket.level = bucket.level.saturating_sub(cost);
            }
            Some(0)
        });
    }

    /// Gives segments back that were counted and did not leave.
    pub fn give_back(&self, account: CarrierAccountId, number: PhoneNumber, segments: usize, now: UnixMs) {
        let worth = i64::try_from(segments).unwrap_or_default().saturating_mul(SEGMENT);
        self.with(account, number, now, |buckets| {
            for bucket in buckets {
                bucket.level = bucket.level.saturating_add(worth).min(i64::from(bucket.pace.max(1)) * SEGMENT);
            }
            Some(0)
        });
    }

    /// Lets nothing of a number leave for a while: its carrier is asked too often.
    pub fn hold(&self, account: CarrierAccountId, number: PhoneNumber, until: UnixMs, now: UnixMs) {
        self.with(account, number, now, |buckets| {
            if let Some(bucket) = buckets.pop() {
                bucket.held = Some(until.min(now.plus(MAX_HOLD)));
            }
            Some(0)
        });
    }

    /// When a segment of a number may leave.
    pub fn next(&self, account: CarrierAccountId, number: PhoneNumber, now: UnixMs) -> UnixMs {
        self.with(account, number, now, |buckets| buckets.iter().map(|bucket| bucket.next(now).since(UnixMs(0))).max())
            .map_or(now, UnixMs)
    }

    /// Does something with the account's bucket and then the number's, refilled; `None` where the account is not known.
    fn with(
        &self,
        account: CarrierAccountId,
        number: PhoneNumber,
        now: UnixMs,
        work: impl FnOnce(&mut Vec<&mut Bucket>) -> Option<i64>,
    ) -> Option<i64> {
        let pace = *self.paces.lock().unwrap_or_else(PoisonError::into_inner).get(&account)?;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = [((account, None), pace.account), ((account, Some(number)), pace.number.unwrap_or(pace.account))];
        for (key, pace) in keys {
            buckets.entry(key).or_insert_with(|| Bucket::full(pace, now)).refill(now);
        }
        let [whole, own] = buckets.get_disjoint_mut([&keys[0].0, &keys[1].0]);
        work(&mut whole.into_iter().chain(own).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use halyard_protocol::Ulid;
    use proptest::prelude::*;

    const NOW: UnixMs = UnixMs(1_000_000);

    fn account() -> CarrierAccountId {
        CarrierAccountId(Ulid::from_bits(1))
    }

    fn number(line: u64) -> PhoneNumber {
        PhoneNumber::from_e164(&format!("+1619555{line:04}")).unwrap()
    }

    fn pacer(account_pace: u32, number_pace: Option<u32>) -> Pacer {
        let pacer = Pacer::default();
        pacer.set(account(), Pace { account: account_pace, number: number_pace });
        pacer
    }

    #[test]
    fn a_number_waits_for_its_own_pace_and_others_do_not() {
        let pacer = pacer(10, Some(1));
        assert_eq!(pacer.free(account(), number(1), NOW), 1);
        pacer.charge(account(), number(1), 3, NOW);
        assert_eq!(pacer.free(account(), number(1), NOW), 0);
        assert_eq!(pacer.free(account(), number(2), NOW), 1, "another number of the account");
        assert_eq!(pacer.next(account(), number(1), NOW), NOW.plus(3_000));
        assert_eq!(pacer.free(account(), number(1), NOW.plus(2_999)), 0);
        assert_eq!(pacer.free(account(), number(1), NOW.plus(3_000)), 1);
    }

    #[test]
    fn an_account_is_no_faster_than_said_however_many_numbers_it_has() {
        let pacer = pacer(2, None);
        pacer.charge(account(), number(1), 1, NOW);
        pacer.charge(account(), number(2), 1, NOW);
        assert_eq!(pacer.free(account(), number(3), NOW), 0);
        assert_eq!(pacer.free(account(), number(3), NOW.plus(500)), 1);
    }

    #[test]
    fn a_carrier_that_wants_to_be_left_alone_is_but_not_for_ever() {
        let pacer = pacer(10, None);
        pacer.hold(account(), number(1), NOW.plus(2_000), NOW);
        assert_eq!(pacer.free(account(), number(1), NOW), 0);
        assert_eq!(pacer.free(account(), number(2), NOW), 10);
        assert_eq!(pacer.next(account(), number(1), NOW), NOW.plus(2_000));
        assert_eq!(pacer.free(account(), number(1), NOW.plus(2_000)), 10);
        pacer.hold(account(), number(1), UnixMs(i64::MAX), NOW);
        assert_eq!(pacer.next(account(), number(1), NOW), NOW.plus(MAX_HOLD));
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nothing() {
        let pacer = pacer(10, None);
        pacer.charge(account(), number(1), 10, NOW.plus(10_000_000));
        pacer.hold(account(), number(1), NOW.plus(10_001_000), NOW.plus(10_000_000));
        assert_eq!(pacer.free(account(), number(1), NOW), 0);
        assert_eq!(pacer.free(account(), number(1), NOW.plus(1_000)), 10);
    }

    #[test]
    fn those_who_looked_at_the_clock_a_moment_before_get_no_more() {
        let pacer = pacer(10, None);
        let mut left = 0;
        for ms in 0..10_000 {
            for behind in [0, 40, 3] {
                let now = NOW.plus(ms - behind);
                if pacer.free(account(), number(1), now) > 0 {
                    pacer.charge(account(), number(1), 1, now);
                    left += 1;
                }
            }
        }
        assert!((100..=111).contains(&left), "{left}");
    }

    proptest! {
        #[test]
        fn never_more_than_a_second_in_advance(steps in prop::collection::vec((0i64..400, 1usize..8, 1u64..4), 1..200)) {
            let (pace, pacer) = (10, pacer(10, None));
            let (mut now, mut left) = (NOW, 0usize);
            for (passes, segments, line) in steps {
                now = now.plus(passes);
                if pacer.free(account(), number(line), now) >= segments {
                    pacer.charge(account(), number(line), segments, now);
                    left += segments;
                }
                let most = pace + usize::try_from(now.since(NOW)).unwrap() * pace / 1_000;
                prop_assert!(left <= most, "{left} of {most}");
            }
        }
    }
}
