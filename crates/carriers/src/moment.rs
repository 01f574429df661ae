//! Moments as providers write them: ISO 8601 (RFC 3339) and the dates of mail and HTTP (RFC 5322, RFC 9110).
//!
//! Always holds: a moment that can't be read is none, never another moment; whatever stands there, nothing overflows.

use halyard_protocol::UnixMs;

const DAY: i64 = 86_400_000;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reads `2026-03-14T15:09:26.535Z`, with or without fractions, and with an offset instead of `Z`.
pub(crate) fn from_iso(text: &str) -> Option<UnixMs> {
    let text = text.trim();
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let zone = rest.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = rest.split_at_checked(zone)?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut digits = fraction.bytes().chain(*b"000").take(3);
    let millis = digits.try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))?;
    let offset = if zone.eq_ignore_ascii_case("z") { 0 } else { minutes(&zone.replacen(':', "", 1))? };
    Some(UnixMs(midnight(year, month, day)? + of_day(time)? + millis - offset * 60_000))
}

/// Reads `Sat, 14 Mar 2026 15:09:26 +0000`, also with `GMT`, and without the day of the week.
pub(crate) fn from_rfc2822(text: &str) -> Option<UnixMs> {
    let text = text.split_once(',').map_or(text, |(_, rest)| rest);
    let mut words = text.split_ascii_whitespace();
    let day: i64 = words.next().filter(|day| day.len() <= 2)?.parse().ok()?;
    let month = words.next()?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|name| *name == month).and_then(|place| i64::try_from(place + 1).ok())?;
    let year = number(words.next()?, 4)?;
    let time = of_day(words.next()?)?;
    let offset = match words.next()? {
        "GMT" | "UT" | "UTC" | "Z" => 0,
        zone => minutes(zone)?,
    };
    Some(UnixMs(midnight(year, month, day)? + time - offset * 60_000))
}

/// Writes `2026-03-14T15:09:26.535Z`.
pub(crate) fn to_iso(moment: UnixMs) -> String {
    let moment = moment.0.clamp(0, 253_402_300_799_999);
    let (days, rest) = (moment / DAY, moment % DAY);
    // The calendar's count of days, from a year that begins in March.
    let z = days + 719_468;
    let era = z / 146_097;
    let day_of_era = z % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hours, minutes, seconds) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{:03}Z", rest % 1000)
}

/// Milliseconds from 1970 to the beginning of a day.
fn midnight(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of_month = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(is_leap),
        1..=12 => 31,
        _ => return None,
    };
    if !(1970..=9999).contains(&year) || !(1..=days_of_month).contains(&day) {
        return None;
    }
    let year = year - i64::from(month <= 2);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468;
    Some(days * DAY)
}

/// Milliseconds of `15:09:26`. A leap second is the one before it.
fn of_day(time: &str) -> Option<i64> {
    let mut parts = time.splitn(3, ':');
    let (hours, minutes, seconds) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    (hours < 24 && minutes < 60 && seconds <= 60).then(|| ((hours * 60 + minutes) * 60 + seconds.min(59)) * 1000)
}

/// The minutes of `+0130`.
fn minutes(zone: &str) -> Option<i64> {
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = number(zone.get(1..)?, 4)?;
    Some(sign * (digits / 100 * 60 + digits % 100))
}

/// A number of so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2016-09-14T18:20:16Z", Some(1_473_877_216_000)),
            ("2020-06-25T18:42:36.979Z", Some(1_593_110_556_979)),
            ("2024-02-29T23:59:60.5+01:30", Some(1_709_245_799_500)),
            ("2024-01-15T20:16:07.123456-00:00", Some(1_705_349_767_123)),
            ("2023-02-29T00:00:00Z", None),
            ("2024-13-01T00:00:00Z", None),
            ("2024-01-15T24:00:00Z", None),
            ("2024-01-15T20:16:07", None),
            ("2024-01-15", None),
            ("20240115T201607Z", None),
            ("2024-01-15T20:16:07.1é3Z", None),
            ("", None),
        ] {
            assert_eq!(from_iso(text), expected.map(UnixMs), "{text:?}");
        }
        for (text, expected) in [
            ("Thu, 24 Aug 2023 05:01:45 +0000", Some(1_692_853_305_000)),
            ("24 Aug 2023 05:01:45 GMT", Some(1_692_853_305_000)),
            ("Thu, 24 Aug 2023 07:01:45 +0200", Some(1_692_853_305_000)),
            ("Thu, 24 Foo 2023 07:01:45 +0200", None),
            ("Thu, 24 Aug 2023", None),
            ("", None),
        ] {
            assert_eq!(from_rfc2822(text), expected.map(UnixMs), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_the_same(moment in 0_i64..253_402_300_799_999) {
            assert_eq!(from_iso(&to_iso(UnixMs(moment))), Some(UnixMs(moment)));
        }

        #[test]
        fn whatever_stands_there_is_read_or_refused(text in "[0-9TZ:+,. -]{0,40}|\\PC{0,40}") {
            let _ = (from_iso(&text), from_rfc2822(&text));
        }
    }
}
