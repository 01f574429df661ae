//! `/opt-outs`: who wants no texts from numbers of the business, and how it texts to phones outside.

pub mod add;
pub mod list;
pub mod remove;
pub mod texting;
