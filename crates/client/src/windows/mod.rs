//! The cards as windows: where they lie, which is in front, which wait in the dock.

use halyard_protocol::ConversationId;
use serde::{Deserialize, Serialize};

/// Names a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CardKey {
    /// A conversation's.
    Conversation(ConversationId),
    /// A "New Conversation" that has no people yet; numbered as they are opened.
    New(u32),
}

impl CardKey {
    /// The card in the value of an attribute: the conversation's id, or `new-1`.
    #[must_use]
    pub fn attribute(self) -> String {
        match self {
            Self::Conversation(id) => id.to_string(),
            Self::New(n) => ["new-", &n.to_string()].concat(),
        }
    }
}

/// What the user does with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowAction {
    /// Bring it to the front and put the focus into it.
    Focus(CardKey),
    /// Close it.
    Close(CardKey),
    /// Into the dock.
    Minimise(CardKey),
    /// Out of the dock.
    Restore(CardKey),
    /// "View in fullscreen", and back.
    ToggleFullscreen(CardKey),
    /// Lay all open cards side by side.
    Tile,
    /// To the next card in the order of Tab.
    FocusNext,
    /// To the one before.
    FocusPrevious,
    /// Narrow shapes: back from the card to the column.
    Back,
}
