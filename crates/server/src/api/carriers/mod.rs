//! `/carriers`: accounts at carriers.

pub mod add;
pub mod assign;
pub mod list;
pub mod remove;
pub mod test;
