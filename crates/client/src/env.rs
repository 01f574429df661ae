//! What the machine may know of the world while it handles one event.

use halyard_protocol::UnixMs;

/// The time, the time zone, fresh randomness and the knowledge of encodings, as the caller found them for this one event.
#[derive(Clone, Copy, Debug)]
pub struct Env {
    /// Now, by the device's clock.
    pub now: UnixMs,
    /// 128 fresh random bits. Each event gets its own.
    pub entropy: u128,
    /// Minutes that local time is ahead of UTC at a given moment; negative west of Greenwich.
    pub utc_offset: fn(UnixMs) -> i32,
    /// Decodes text.
    pub decode: Decode,
}

/// The text of bytes in an encoding, by one of its names in the Encoding Standard, without its mark; what can't be decoded
/// becomes U+FFFD. `None` where the name is not known.
pub type Decode = fn(&[u8], &str) -> Option<String>;

/// How much of the user's attention the tab has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attention {
    /// It is hidden.
    #[default]
    Hidden,
    /// It shows; the user works elsewhere.
    Shows,
    /// It shows, and has the focus.
    Focused,
}

impl Env {
    /// The `n`th random number of this event: as good as fresh, and the same again for the same `n`.
    #[must_use]
    pub fn random(&self, n: u64) -> u128 {
        // SplitMix64's finaliser on both halves: spreads neighbouring `n` over all bits.
        let mix = |mut z: u64| {
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        };
        let step = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let low = mix((self.entropy as u64).wrapping_add(step));
        let high = mix(((self.entropy >> 64) as u64).wrapping_add(step) ^ low);
        (u128::from(high) << 64) | u128::from(low)
    }

    /// A moment as the clock on the wall shows it. The offset is that of the moment, not of now: in summer a message of the
    /// winter keeps its hour.
    #[must_use]
    pub fn local(&self, at: UnixMs) -> LocalTime {
        LocalTime(at.plus(i64::from((self.utc_offset)(at)) * 60_000).0)
    }

    /// The local day that a moment falls on, counted from 1970-01-01.
    #[must_use]
    pub fn local_day(&self, at: UnixMs) -> i64 {
        self.local(at).day()
    }

    /// Milliseconds until the next local day begins. Where clocks are changed a day has not 24 hours.
    pub(crate) fn until_tomorrow(&self) -> i64 {
        let tomorrow = self.local_day(self.now) + 1;
        let begins = |offset: i32| UnixMs(tomorrow * DAY - i64::from(offset) * 60_000);
        let by_now = begins((self.utc_offset)(self.now));
        let then = begins((self.utc_offset)(by_now));
        let first = if self.local_day(then) == tomorrow { then } else { by_now };
        first.since(self.now).max(1)
    }
}

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// A moment as the clock on the wall shows it: milliseconds since 1970-01-01 at 0:00, in local time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime(pub i64);

impl LocalTime {
    /// The day, counted from 1970-01-01.
    #[must_use]
    pub fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// The year of the Gregorian calendar.
    #[must_use]
    pub fn year(self) -> i64 {
        // Days since the first of March of year 0, in eras of 400 years.
        let days = self.day() + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day_of_year = day - (365 * year + year / 4 - year / 100);
        // January and February belong to the year that began in March.
        era * 400 + year + i64::from(day_of_year >= 306)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Los Angeles in 2026: clocks go forward on March 8 at 10:00 UTC and back on November 1 at 9:00 UTC.
    fn los_angeles(at: UnixMs) -> i32 {
        let summer = 1_772_964_000_000..1_793_523_600_000;
        if summer.contains(&at.0) { -420 } else { -480 }
    }

    fn at(now: i64) -> Env {
        Env { now: UnixMs(now), entropy: 0, utc_offset: los_angeles, decode: |_, _| None }
    }

    const HOUR: i64 = 3_600_000;

    #[test]
    fn a_day_on_which_clocks_change_has_23_or_25_hours() {
        // Midnight at the beginning of March 8 and of November 1, as UTC.
        assert_eq!(at(1_772_956_800_000).until_tomorrow(), 23 * HOUR);
        assert_eq!(at(1_793_516_400_000).until_tomorrow(), 25 * HOUR);
        assert_eq!(at(1_772_956_800_000 - 24 * HOUR).until_tomorrow(), 24 * HOUR);
    }

    #[test]
    fn a_moment_keeps_the_hour_that_it_had() {
        let winter = UnixMs(1_767_294_000_000);
        let noon = |env: &Env| env.local(winter).0.rem_euclid(DAY) / HOUR;
        assert_eq!(noon(&at(1_767_300_000_000)), noon(&at(1_780_000_000_000)));
    }

    #[test]
    fn years_begin_and_end_where_the_calendar_says() {
        let year = |day: i64| LocalTime(day * DAY).year();
        assert_eq!([year(0), year(-1), year(364), year(365)], [1970, 1969, 1970, 1971]);
        // 2000-02-29, 2000-12-31, 2001-01-01, 2026-11-28.
        assert_eq!([year(11_016), year(11_322), year(11_323), year(20_785)], [2000, 2000, 2001, 2026]);
    }
}
