//! What conversations and people are called.

use halyard_protocol::{Author, Conversation, Peer};
use halyard_words::{self as words, Text};

use super::Softphone;

impl Softphone {
    /// What a conversation is called: its title, or the others' names.
    pub(crate) fn conversation_name(&self, conversation: &Conversation) -> Text {
        if !conversation.title.is_empty() {
            return Text::as_is(&conversation.title);
        }
        if conversation.peers.is_empty() {
            return words::GROUP_CHAT.into();
        }
        let names = conversation.peers.iter().map(|peer| self.peer_name(*peer)).collect();
        Text::joined(names, ", ")
    }

    pub(crate) fn author_name(&self, author: Author) -> Text {
        self.peer_name(match author {
            Author::User(user) => Peer::User(user),
            Author::Number(number) => Peer::Number(number),
            Author::Unknown => Peer::Unknown,
        })
    }

    pub(crate) fn peer_name(&self, peer: Peer) -> Text {
        self.contacts.book.name(peer, self.home())
    }
}
