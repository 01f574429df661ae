//! SMPP 3.4 as a client (an ESME) speaks it to an SMSC: one session over one connection, without the connection.
//!
//! [`Session`] is told what came and what time it is, and says what is to be written, kept and reported. `pdu` reads and writes the
//! protocol's units, `incoming` makes texts and receipts of them, [`Options`] are an account's settings.
//!
//! Always holds: of each submission the caller hears exactly one outcome, and an answer that did not come is [`crate::Outcome::Unknown`]. A
//! text or a receipt is answered only when the caller has said that it is committed. What an SMSC sends is read as far as it makes sense:
//! a parameter that is out of form costs that parameter, not the text. Memory stays bounded whatever it sends.

mod address;
mod backoff;
mod incoming;
mod options;
mod outgoing;
mod pdu;
mod session;
mod status;

pub use backoff::{REFUSED_PAUSE, reconnect_after};
pub use incoming::{Arrived, ReceiptIn};
pub use options::{Bind, FIELDS, Numbering, Options, Role, capabilities};
pub use outgoing::{Submission, submissions};
pub use pdu::LONGEST_PDU;
pub use session::{Bytes, Handle, Output, Session, State};
