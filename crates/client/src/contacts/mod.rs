//! Contacts: the book, the list with its search, the form, and how files are read into the book.

pub(crate) mod book;
pub(crate) mod form;
mod handle;
pub mod import;
pub(crate) mod importing;
pub(crate) mod list;
pub mod search;

pub use form::{FormError, FormField, NumberField};
pub use list::ContactsFilter;
