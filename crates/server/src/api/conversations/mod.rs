//! `/conversations`: the column, and what one does to a conversation.

pub mod add_people;
pub mod delete;
pub mod entries;
pub mod list;
pub mod read;
pub mod remove_person;
pub mod restore;
pub mod show;
pub mod update;
