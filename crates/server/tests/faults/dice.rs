//! Chance that can be drawn again, and how many rounds there are.

use halyard_server::env::Env;

/// Randomness of a seed (SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    /// Of the seed that was asked for, else of a fresh one; it is printed.
    pub(crate) fn new(test: &str) -> Self {
        let asked = std::env::var("HALYARD_FAULTS_SEED").ok();
        let seed = asked.map_or_else(|| u64::from_be_bytes(Env::system().bytes()), |text| text.parse().unwrap());
        eprintln!("{test}: HALYARD_FAULTS_SEED={seed}");
        Self(seed)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }

    /// Dice of their own for somebody else.
    pub(crate) fn fork(&mut self) -> Self {
        Self(self.below(u64::MAX))
    }
}

/// So many rounds, or as many times more as `HALYARD_SOAK` says, or as many as `HALYARD_FAULTS_ROUNDS` says.
pub(crate) fn rounds(count: u64) -> u64 {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    number("HALYARD_FAULTS_ROUNDS").unwrap_or_else(|| count * number("HALYARD_SOAK").unwrap_or(1))
}
