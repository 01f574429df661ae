//! Contacts: the book, the search in it, and how files are read into it.

pub mod search;
