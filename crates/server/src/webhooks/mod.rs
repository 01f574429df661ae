//! What carriers send to this server, and what they fetch from it.
//!
//! Always holds: nothing is believed before its signature is checked on the bytes as they came; what is taken in is in the queue, on the disk, before the
//! carrier hears so, and is worked on later. The log never has what a text says.

pub mod file;
pub mod receive;
#[cfg(test)]
mod tests;

/// Bytes of a webhook, at most.
pub const WEBHOOK_BYTES: usize = 1024 * 1024;
