//! Messaging: how a message is accepted, appended, delivered and received.
//!
//! Always holds: a message, the counters of its members, their events and the jobs that carry it on are one
//! transaction. What a carrier says twice is taken in once.

pub mod accept;
pub(crate) mod append;
pub mod arriving;
pub mod brought;
pub mod consent;
pub mod outgoing;
pub mod own_group;
pub mod pieces;
pub mod receipts;
pub mod receive;
pub mod reference;
pub mod reply;
pub mod send;

#[cfg(test)]
mod tests;
