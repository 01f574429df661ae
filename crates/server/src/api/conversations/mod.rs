//! `/conversations`: the column, and what one does to a conversation.

pub mod delete;
pub mod entries;
pub mod list;
pub mod read;
pub mod restore;
pub mod show;
pub mod update;
