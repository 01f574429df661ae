//! `/me`: what I say of myself.

pub mod update;
