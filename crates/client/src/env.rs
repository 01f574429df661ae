//! What the machine may know of the world while it handles one event.

use halyard_protocol::UnixMs;

/// The time, the time zone and fresh randomness, as the caller found them for this one event.
#[derive(Clone, Copy, Debug)]
pub struct Env {
    /// Now, by the device's clock.
    pub now: UnixMs,
    /// 128 fresh random bits. Each event gets its own.
    pub entropy: u128,
    /// Minutes that local time is ahead of UTC at a given moment; negative west of Greenwich.
    pub utc_offset: fn(UnixMs) -> i32,
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

    /// The local day that a moment falls on, counted from 1970-01-01.
    #[must_use]
    pub fn local_day(&self, at: UnixMs) -> i64 {
        at.plus(i64::from((self.utc_offset)(at)) * 60_000).0.div_euclid(86_400_000)
    }
}
