//! Events from end to end: the log alone, and the log through real sockets.

mod replay;
mod sockets;
