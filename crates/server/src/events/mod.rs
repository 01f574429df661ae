//! Events: from the log to the sockets.
//!
//! Always holds: what a socket sends of the log it reads from the log, in order, from the cursor it stands at. The
//! hub only says "there is more, up to this cursor"; a wake-up that is lost, late or doubled changes nothing.

pub mod hub;
pub mod socket;

#[cfg(test)]
mod tests;
