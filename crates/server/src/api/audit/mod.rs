//! `/audit`: who administered what.

pub mod export;
pub mod list;
