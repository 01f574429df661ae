//! Files of messages: what is taken out of them before anybody gets them.

pub(crate) mod metadata;
