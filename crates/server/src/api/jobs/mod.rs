//! `/jobs`: what the server does later, for who operates it.

pub mod list;
pub mod retry;
