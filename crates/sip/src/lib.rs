//! SIP (RFC 3261) without input or output, for the browser and for the server: messages, digest access, edits of SDP.
//!
//! No clock, no randomness, no socket: who calls brings tags, branches and nonces, and sends what is written. One WebSocket message is
//! one SIP message (RFC 7118, 5); [`wire::parse`] reads it and says how a broken one is answered.
//!
//! Always holds: nothing that comes from outside panics. A header that is passed on leaves as it came, whether or not it is known here.
//! What is written holds no line end that a value brought in. Passwords are in no `Debug`.

#![forbid(unsafe_code)]

pub mod build;
pub mod digest;
pub mod sdp;
pub mod wire;

pub use wire::{
    Address, Bad, CSeq, Contact, Contacts, Fault, Header, Headers, Message, Method, Params, Rejected, Request,
    Response, Status, Uri, Via, name,
};
