//! Files of messages: where their contents are, and what is taken out of one before anybody gets it.

pub mod contents;
pub mod convert;
pub(crate) mod metadata;
