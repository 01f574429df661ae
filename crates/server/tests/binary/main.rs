//! The binary as operators and machines meet it.
#![allow(clippy::unwrap_used, reason = "all of this crate is tests, its helpers too")]

mod bucket;
mod commands;
mod contents;
#[path = "../../src/testing/postgres.rs"]
mod postgres;
mod secrets;
mod site;
mod tls;
