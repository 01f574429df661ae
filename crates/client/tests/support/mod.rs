//! The test kit: a world with a model of the server, devices that crash, and a clock that is moved by hand.

pub(crate) mod database;
pub(crate) mod device;
mod look;
pub(crate) mod people;
pub(crate) mod screen;
pub(crate) mod server;
pub(crate) mod world;

pub(crate) use world::{Fate, World};

/// So many cases; `HALYARD_SOAK` times as many where that is set.
pub(crate) fn cases(cases: u32) -> proptest::test_runner::Config {
    let soak = std::env::var("HALYARD_SOAK").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    proptest::test_runner::Config {
        cases: cases.saturating_mul(soak),
        failure_persistence: None,
        ..proptest::test_runner::Config::default()
    }
}
