//! The event log: what happens that a user can see, in order, with that user's next cursor.
//!
//! Always holds: applying the events after a cursor, and the states that are newer than a version, to a snapshot taken at that cursor and
//! version gives the server's truth; applying one twice changes nothing. Entries, conversations and users are said as they were when
//! the server read the log: never older than the event, perhaps newer.

use serde::{Deserialize, Serialize};

use crate::tagged::{keyed, tagged};
use crate::{
    Contact, ContactId, Conversation, ConversationId, Cursor, Delivery, Entry, MessageId, Seq, SmsNumber, UnixMs, User,
    UserId,
};

/// One entry of a user's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoggedEvent {
    /// Its number: one more than the entry before it.
    pub cursor: Cursor,
    /// When it was committed.
    pub at: UnixMs,
    /// What changed.
    pub change: Change,
}

tagged! {
/// What changed for a user.
pub enum Change {
    /// A timeline has one more entry. When its conversation is new to the user, or was deleted by them, a
    /// `conversation_changed` stands before it. Who wrote a message has read up to it: no state says so.
    EntryAdded {
        /// The entry.
        entry: Entry,
        /// The user's unread count in its conversation, when the log was read.
        unread: u32,
        /// What the user had read there by then.
        read_seq: Seq,
    },
    /// A text got further, or failed.
    DeliveryChanged {
        /// The conversation.
        conversation: ConversationId,
        /// The message.
        message: MessageId,
        /// How far it got, for one recipient.
        delivery: Delivery,
    },
    /// A conversation is new, or its title or the user's settings in it changed: all of it.
    ConversationChanged {
        /// The conversation as the user sees it now.
        conversation: Box<Conversation>,
    },
    /// The user deleted a conversation: it leaves the column, its entries up to `cleared_seq` are gone.
    ConversationRemoved {
        /// The conversation.
        conversation: ConversationId,
        /// Up to here.
        cleared_seq: Seq,
    },
    /// A contact that the user sees is new or changed.
    ContactChanged {
        /// The contact.
        contact: Contact,
    },
    /// A contact is gone.
    ContactRemoved {
        /// Its id.
        contact: ContactId,
    },
    /// Many contacts changed at once, as after an import: ask for the list again.
    ContactsReplaced,
    /// The user marked somebody as a favourite, or no longer.
    FavouriteChanged {
        /// Who.
        favourite: Favourite,
        /// Whether they are one now.
        on: bool,
    },
    /// A colleague is new, or their name, department or role changed. What they say of themselves is state.
    UserChanged {
        /// The colleague, or the user.
        user: User,
    },
    /// A colleague is gone.
    UserRemoved {
        /// Their id.
        user: UserId,
    },
    /// The numbers that the user may text from changed: all of them.
    NumbersChanged {
        /// All of them, in the order to offer them in.
        numbers: Vec<SmsNumber>,
    },
}
}

keyed! {
/// Somebody whom the user marked as a favourite.
pub enum Favourite {
    /// A saved contact.
    Contact(ContactId),
    /// A colleague.
    User(UserId),
}
}

impl Favourite {
    /// The saved contact that it is, if it is one.
    #[must_use]
    pub const fn contact(self) -> Option<ContactId> {
        match self {
            Self::Contact(id) => Some(id),
            Self::User(_) | Self::Unknown => None,
        }
    }
}
