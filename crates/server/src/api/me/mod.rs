//! `/me`: what I say of myself.

pub mod password;
pub mod update;
