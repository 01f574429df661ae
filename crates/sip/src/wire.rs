//! Messages as they are on the wire, and typed views of their headers, read when they are asked for.
//!
//! Always holds: what [`parse`] takes, [`Message::write`] writes, and reading that again gives the same message. Every message that was
//! parsed has a readable Via, From, To, Call-ID and CSeq, each but Via once, and the CSeq of a request names its method.

mod address;
mod check;
mod contact;
mod date;
mod error;
mod escape;
mod fields;
mod headers;
mod host;
mod known;
mod lex;
mod message;
mod method;
pub mod name;
mod param;
mod parse;
mod state;
mod status;
mod tel;
mod uri;
mod valued;
mod via;
mod views;
mod write;

pub use address::Address;
pub use check::{Refusal, Support};
pub use contact::{Contact, Contacts};
pub use date::Date;
pub use error::{Bad, Fault, Unwritable};
pub use escape::{escape_user, unescape};
pub use fields::{CSeq, CallId, RetryAfter, Seconds, Warning};
pub use headers::{Header, Headers};
pub use host::Host;
pub(crate) use lex::{cut, cut_at_space, trim};
pub use lex::{elements, quote, unquote};
pub use message::{Body, Message, Request, Response};
pub use method::Method;
pub use param::{Param, Params};
pub use parse::{KeepAlive, MAX_HEADERS, MAX_MESSAGE, Rejected, keep_alive, parse};
pub use state::{Reason, Refresher, Replaces, SessionExpires, SubscriptionState};
pub use status::Status;
pub use tel::TelUri;
pub use uri::{SipUri, Uri};
pub use valued::Valued;
pub use via::Via;
