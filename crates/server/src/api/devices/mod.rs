//! `/devices`: where the user is signed in.

pub mod delete;
pub mod list;
