//! Which key presses are not for us.

use web_sys::KeyboardEvent;

/// The code of every key that an input method takes (UI Events, 9.3.1).
const TAKEN: u32 = 229;

/// Whether a key press belongs to an input method, as the Enter that ends the composition of a word. Safari tells of that one when
/// the composition is over: only the key's code says whose it was.
pub(crate) fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == TAKEN
}
