//! `/contacts`: saved contacts, personal and shared.

pub mod delete;
pub mod import;
pub mod list;
pub mod put;
pub mod show_photo;

#[cfg(test)]
mod tests;
