//! How long to wait before a connection is tried again.

use core::time::Duration;

/// The longest wait after a connection was lost.
const LONGEST: Duration = Duration::from_secs(60);

/// The wait after the SMSC refused to let us in for what stands in the settings: trying often would only get the account barred.
pub const REFUSED_PAUSE: Duration = Duration::from_secs(300);

/// The wait after so many failures since the last session (1 for the first): one second, doubled each time up to a minute. Chance, from 0
/// to 255, takes up to half of it away, so that those who lost a connection together do not come back together.
#[must_use]
pub fn reconnect_after(failures: u32, chance: u8) -> Duration {
    let whole = Duration::from_secs(1_u64 << failures.saturating_sub(1).min(6)).min(LONGEST);
    whole - whole / 2 * u32::from(chance) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute() {
        let waits: Vec<u64> = (0..10).map(|failures| reconnect_after(failures, 0).as_secs()).collect();
        assert_eq!(waits, [1, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(reconnect_after(u32::MAX, 255), Duration::from_secs(30));
        assert_eq!(reconnect_after(1, 255), Duration::from_millis(500));
    }
}
