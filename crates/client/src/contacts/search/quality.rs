//! How well an entry is found, the better the smaller.

/// The word itself.
pub(super) const EXACT: u8 = 0;
/// The beginning of a word or number.
pub(super) const PREFIX: u8 = 1;
/// Digits from the middle of a number.
pub(super) const INSIDE: u8 = 2;
/// A word that begins as typed but for one edit; one more with each further edit.
pub(super) const TYPO: u8 = 3;
/// Not found.
pub(super) const NONE: u8 = u8::MAX;
