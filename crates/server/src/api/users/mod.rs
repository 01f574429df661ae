//! `/users`: the users of a business, for those who manage them.

pub mod add;
pub mod devices;
pub mod link;
pub mod list;
pub mod password;
pub mod remove;
pub mod update;
