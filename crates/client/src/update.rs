//! The outcome of one event: effects in order, and the names of what changed.

use halyard_protocol::{ConversationId, UserId};

use crate::effect::Effect;
use crate::sorted::SortedSet;
use crate::windows::CardKey;

/// What a view may have to read again. A name and no content: the view reads the content through [`crate::view`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Changed {
    /// Signed in or out; which screen shows.
    Session,
    /// The route, and with it the rail.
    Route,
    /// The connection's state, and how many messages wait.
    Connection,
    /// Which conversations the column shows, and in what order.
    Column,
    /// One row of the column.
    Row(ConversationId),
    /// Unread conversations in all.
    Unread,
    /// Which cards are open, how they lie, and which is in front.
    Windows,
    /// The palette, and the sheet of shortcuts.
    Palette,
    /// A card's header: name, number, muted.
    Header(CardKey),
    /// A card's messages.
    Timeline(CardKey),
    /// A card's composer: draft, counter, own number, what stands in the way.
    Composer(CardKey),
    /// Who is typing in a card.
    Typing(CardKey),
    /// A new conversation's bubbles and suggestions.
    Recipients(CardKey),
    /// Which contacts the list shows, and in what order.
    Contacts,
    /// The content of some rows of the list.
    ContactRows,
    /// The details that are open.
    ContactDetails,
    /// The contact's form.
    ContactForm,
    /// The import.
    Import,
    /// Somebody's presence.
    Presence(UserId),
    /// The signed-in user: name, availability, status text, numbers.
    Me,
    /// My devices.
    Devices,
    /// The app as the device has it: a newer release, installing, links.
    Installation,
    /// Notices.
    Notices,
    /// The question that is open.
    Question,
}

/// The outcome of one event.
#[derive(Debug, Default)]
pub struct Update {
    /// To be carried out in this order.
    pub effects: Vec<Effect>,
    /// To be read again.
    pub changed: SortedSet<Changed>,
}
