//! Faults from outside, and what has to hold through each: processes that are killed, connections that break, disks that are full.
//!
//! Always holds: the server is the binary as it ships, its database is on a disk that is really written to, and what becomes of each
//! message is looked up in the database itself ([`truth`]). Chance is drawn from a seed that is printed: `HALYARD_FAULTS_SEED` brings the
//! same again, `HALYARD_SOAK=10` makes ten times as many rounds, `HALYARD_FAULTS_ROUNDS=10` ten of them, and `HALYARD_TEST_LOG=1` shows
//! the servers' logs.
#![allow(clippy::unwrap_used, reason = "all of this crate is tests, its helpers too")]

mod broken;
mod carriers;
mod crowd;
mod dice;
mod full;
mod killed;
mod outside;
mod people;
#[path = "../../src/testing/postgres.rs"]
mod postgres;
mod proxy;
#[path = "../common/seed.rs"]
mod seed;
mod shared;
mod site;
mod synced;
mod truth;
