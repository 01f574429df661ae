//! `/favourites`: whom I marked.

pub mod put;
