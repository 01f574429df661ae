//! Events from end to end: the log alone, and the log through real sockets.

mod bounds;
mod crowd;
mod ends;
mod replay;
pub(crate) mod servers;
mod socket;
mod sockets;
pub(crate) mod states;
