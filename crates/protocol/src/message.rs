//! Messages and who writes them.

use serde::{Deserialize, Serialize};

use crate::tagged::keyed;
use crate::{ConversationId, Delivery, Media, MessageId, PhoneNumber, SenderId, Seq, UnixMs, UserId};

keyed! {
/// The other side of a conversation: a colleague, or somebody outside.
pub enum Peer {
    /// A user of the same tenant.
    User(UserId),
    /// A phone number, or a short code.
    Number(PhoneNumber),
    /// A business that texts under a word. Nobody can answer it.
    Sender(SenderId),
}
}

keyed! {
/// Who wrote a message.
pub enum Author {
    /// A user of the tenant. In an SMS conversation: whoever of those sharing the number pressed Enter.
    User(UserId),
    /// A number outside, or a short code.
    Number(PhoneNumber),
    /// A business that texts under a word.
    Sender(SenderId),
}
}

impl Author {
    /// The user, if one wrote it.
    #[must_use]
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Number(_) | Self::Sender(_) | Self::Unknown => None,
        }
    }
}

/// A message, as the server has committed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Its id: the author's device chose it. An inbound text's is the server's.
    pub id: MessageId,
    /// Where it stands.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// Who wrote it.
    pub author: Author,
    /// Its text; may be empty when there are files.
    pub body: String,
    /// Its files, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// When the server accepted it.
    pub at: UnixMs,
    /// For an outgoing SMS or MMS: how far it got, one entry for each recipient. Empty for chats and inbound texts.
    #[serde(default)]
    pub deliveries: Vec<Delivery>,
}
