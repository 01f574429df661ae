//! `/numbers`: the SMS numbers of a business, for those who manage them.

pub mod add;
pub mod assign;
pub mod list;
pub mod move_to;
pub mod retire;
pub mod update;
