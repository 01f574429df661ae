//! Session descriptions (RFC 8866): what calls read of them and change in them, and no more. Lines that are not known stay as they are.
//!
//! Always holds: [`Sdp::parse`] takes what has `v=`, one `o=` and lines of the right form, and nothing it took makes a later step fail;
//! what is written has one line for each line that was read or added.

mod candidates;
mod description;
mod fields;
mod lines;

pub use candidates::{Fragment, FragmentMedia};
pub use description::Sdp;
pub use fields::{Direction, Fingerprint, Media, Origin};
pub use lines::{MAX_LINES, MAX_MEDIA, SdpError};

/// The media type of a description.
pub const MEDIA_TYPE: &str = "application/sdp";
/// The media type of a fragment (RFC 8840, 9).
pub const FRAGMENT_TYPE: &str = "application/trickle-ice-sdpfrag";
/// The INFO package that fragments travel in (RFC 8840, 10).
pub const TRICKLE_PACKAGE: &str = "trickle-ice";

#[cfg(test)]
mod tests;
