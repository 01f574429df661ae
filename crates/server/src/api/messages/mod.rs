//! `/messages`: write to somebody.

pub mod send;
