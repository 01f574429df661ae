//! Accounts at an SMSC that speaks SMPP: their connections, texts on their way out, and what the SMSC brings.
//!
//! `halyard-carriers` has the protocol as a value; here are the input and output. [`Trunks`] looks after the accounts of the database: each has a
//! trunk, with a task for each of its sessions (`drive`) that dials (`dial`), speaks, and dials again. `desk` knows which parts of which texts
//! wait for the session, and puts their outcomes together; `intake` commits what comes. [`SmppCarrier`] is what the queue hands texts to.
//! With several servers on one database each has sessions of its own: an account has to allow as many.
//!
//! Always holds:
//! - A part leaves once. What may have left is not sent again; of a text whose parts were taken in part only the others leave, also from
//!   another process.
//! - What the SMSC brings is answered when it is committed. What could not be committed it is asked to bring again.
//! - Logs have no text, no number and no password.

mod carrier;
mod desk;
mod dial;
mod drive;
mod fold;
mod intake;
mod status;
#[cfg(test)]
mod tests;
mod trial;
mod trunk;
mod trunks;

pub use carrier::SmppCarrier;
pub use trial::test;
pub use trunks::Trunks;
