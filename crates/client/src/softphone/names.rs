//! What conversations and people are called.

use halyard_protocol::{Author, Conversation, Peer};

use super::Softphone;

impl Softphone {
    /// What a conversation is called: its title, or the others' names.
    pub(crate) fn conversation_name(&self, conversation: &Conversation) -> String {
        if !conversation.title.is_empty() {
            return conversation.title.clone();
        }
        let names: Vec<String> = conversation.peers.iter().map(|peer| self.peer_name(*peer)).collect();
        names.join(", ")
    }

    pub(crate) fn author_name(&self, author: Author) -> String {
        self.peer_name(match author {
            Author::User(user) => Peer::User(user),
            Author::Number(number) => Peer::Number(number),
            Author::Unknown => Peer::Unknown,
        })
    }

    pub(crate) fn peer_name(&self, peer: Peer) -> String {
        self.contacts.book.name(peer, self.home())
    }
}
