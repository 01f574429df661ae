//! Date (RFC 3261, 20.17): always GMT, in the form of RFC 1123.

use core::fmt;
use core::str::FromStr;

use super::error::Bad;
use super::lex::number;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The last second of the year 9999: years have four digits.
const LAST: u64 = 253_402_300_799;

/// A moment: seconds since the beginning of 1970, GMT, not before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub u64);

fn leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of_month(year: u64, month: usize) -> u64 {
    match month {
        1 if leap(year) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

/// Days from the beginning of 1970 to the beginning of a year, which is not before 1970.
fn days_before(year: u64) -> u64 {
    let past = year - 1;
    let leaps = past / 4 - past / 100 + past / 400;
    (year - 1970) * 365 + leaps - (1969 / 4 - 1969 / 100 + 1969 / 400)
}

impl FromStr for Date {
    type Err = Bad;

    fn from_str(text: &str) -> Result<Self, Bad> {
        let wrong = Bad("not a date in GMT");
        let parts: Vec<&str> = text.split_ascii_whitespace().collect();
        let [day_name, day, month, year, time, "GMT"] = parts[..] else { return Err(wrong) };
        let month = MONTHS.iter().position(|name| *name == month).ok_or(wrong)?;
        let part = |text: &str, length: usize, most: u32| {
            number(text, most).filter(|_| text.len() == length).map(u64::from).ok_or(wrong)
        };
        let (day, year) = (part(day, 2, 31)?, part(year, 4, 9999)?);
        let clock: Vec<&str> = time.split(':').collect();
        let [hour, minute, second] = clock[..] else { return Err(wrong) };
        let (hour, minute, second) = (part(hour, 2, 23)?, part(minute, 2, 59)?, part(second, 2, 60)?);
        let named = day_name.strip_suffix(',').is_some_and(|name| DAYS.contains(&name));
        if !named || year < 1970 || day == 0 || day > days_of_month(year, month) {
            return Err(wrong);
        }
        let days = days_before(year) + (0..month).map(|one| days_of_month(year, one)).sum::<u64>() + day - 1;
        Ok(Self(days * 86_400 + hour * 3600 + minute * 60 + second))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.0.min(LAST) / 86_400, self.0 % 86_400);
        let mut year = 1970 + days / 366;
        while days_before(year + 1) <= days {
            year += 1;
        }
        let mut day = days - days_before(year);
        let mut month = 0;
        while day >= days_of_month(year, month) {
            day -= days_of_month(year, month);
            month += 1;
        }
        let name = DAYS[usize::try_from(days % 7).unwrap_or_default()];
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{name}, {:02} {} {year:04} {hour:02}:{minute:02}:{second:02} GMT", day + 1, MONTHS[month])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_there_and_back() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sat, 13 Nov 2010 23:29:00 GMT", 1_289_690_940),
            ("Thu, 29 Feb 2024 12:00:01 GMT", 1_709_208_001),
            ("Fri, 31 Dec 2100 23:59:59 GMT", 4_133_980_799),
        ] {
            assert_eq!(text.parse(), Ok(Date(seconds)), "{text}");
            assert_eq!(Date(seconds).to_string(), text);
        }
    }

    #[test]
    fn broken_ones_are_refused() {
        for text in [
            "",
            "Fri, 01 Jan 2010 16:00:00 EST",
            "Fri, 30 Feb 2010 16:00:00 GMT",
            "Xyz, 01 Jan 2010 16:00:00 GMT",
            "Fri, 01 Jan 2010 24:00:00 GMT",
            "Fri, 1 Jan 2010 16:00:00 GMT",
            "Fri, 01 Jan 1969 16:00:00 GMT",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
