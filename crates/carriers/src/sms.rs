//! SMS as it is on the wire: alphabets, parts and how they are put together again, delivery receipts.
//!
//! Of 3GPP TS 23.038 (alphabets), 23.040 (headers of parts) and what the SMPP 3.4 specification adds to them. Who carries the parts, and
//! where those are kept that came in, is the caller's.
//!
//! Always holds: whatever comes in is read as far as it can be, what can't be read of it becomes U+FFFD, and no text has U+0000 in it,
//! which no database takes. No character is cut apart on its way out, and one that came in cut apart is whole again.

pub mod coding;
pub mod cut;
pub mod gsm;
pub mod header;
pub mod reassembly;
pub mod receipt;

#[cfg(test)]
mod tests;

pub use coding::{Alphabet, Coding, Piece};
pub use cut::{Concatenation, Cut, CutError, Part, Travels, cut};
pub use header::Concat;
