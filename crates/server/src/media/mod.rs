//! Files of messages: by what their content is known, and what is taken out of it before anybody gets it.

pub(crate) mod metadata;
