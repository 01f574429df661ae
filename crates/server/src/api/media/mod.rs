//! Files of messages: given to us before the message that carries them, and shown to whoever sees that.

pub mod put;
pub mod show;
