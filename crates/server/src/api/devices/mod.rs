//! `/devices`: where the user is signed in.

pub mod delete;
pub mod delete_others;
pub mod list;
