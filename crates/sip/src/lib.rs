//! SIP (RFC 3261) without input or output, for the browser and for the server: messages, digest access, edits of SDP.
//!
//! No clock, no randomness, no socket: who calls brings tags, branches and nonces, and sends what is written. One WebSocket message is
//! one SIP message (RFC 7118, 5); [`wire::parse`] reads it and says how a broken one is answered.
//!
//! ```
//! use halyard_sip::build::respond;
//! use halyard_sip::{Message, Method, Status, name, wire};
//!
//! let frame = "OPTIONS sip:1001@acme.example SIP/2.0\r\nVia: SIP/2.0/WS x7.invalid;branch=z9hG4bK776asdhds\r\n\
//!     f: <sip:1002@acme.example>;tag=49583\r\nt: <sip:1001@acme.example>\r\ni: a84b4c76e66710\r\nCSeq: 4 OPTIONS\r\n\r\n";
//! let Ok(Message::Request(request)) = wire::parse(frame.as_bytes()) else { panic!("a request") };
//! assert_eq!(request.method, Method::Options);
//! assert_eq!(request.headers.from().unwrap().tag(), Some("49583"));
//! let response = Message::from(respond(&request, Status::OK, "a6c85cf").with(name::ALLOW, "INVITE, ACK, BYE"));
//! assert!(response.write_text().unwrap().starts_with("SIP/2.0 200 OK\r\n"));
//! ```
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
