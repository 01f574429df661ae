//! Files of messages: where their contents are, and what is taken out of one before anybody gets it, and what one is made into
//! for whoever can't take it as it is.

pub mod amr;
pub mod contents;
pub mod convert;
pub(crate) mod metadata;
