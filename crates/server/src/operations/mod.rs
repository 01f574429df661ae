//! Operations: what may be done to the data of a tenant, and what follows from it.
//!
//! An operation takes a transaction and an [`Actor`]. It checks whether the actor may, changes what is asked for, tells everybody whom it
//! concerns by events in their logs, and writes what was administered into the audit log. It never commits: who began the transaction
//! does. REST handlers, commands, jobs and carriers only translate between their own language and operations.
//!
//! Always holds: nothing outside of here writes what users see; an operation that refuses has left nothing to commit.

pub mod actor;
pub mod audit;
pub mod carriers;
pub mod contacts;
pub mod conversations;
pub mod devices;
pub mod directory;
pub mod media;
pub mod messaging;
pub mod numbers;
pub mod opt_outs;
pub mod passwords;
mod photo;
pub mod queue;
pub mod quotas;
pub mod tenants;

pub use actor::Actor;
