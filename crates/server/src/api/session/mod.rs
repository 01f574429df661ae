//! `/session`: sign in, who am I, sign out.

pub mod create;
pub mod delete;
pub mod show;
