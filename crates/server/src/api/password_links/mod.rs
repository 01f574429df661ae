//! `/password-links`: how a user chooses a password without being signed in.

pub mod use_link;
