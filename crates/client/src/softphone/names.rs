//! What conversations and people are called.

use halyard_protocol::{Author, Conversation, Peer, PhoneNumber, RecipientsError};
use halyard_words::{self as words, Text};

use super::Softphone;
use crate::reasons;

impl Softphone {
    /// What a conversation is called: its title, or the others' names.
    pub(crate) fn conversation_name(&self, conversation: &Conversation) -> Text {
        if !conversation.title.is_empty() {
            return Text::as_is(&conversation.title);
        }
        if conversation.peers.is_empty() {
            return words::GROUP_CHAT.into();
        }
        self.names(&conversation.peers)
    }

    /// Why nothing can be written to a conversation of texts: somebody in it asked for none, or takes none at all.
    pub(crate) fn closed(&self, conversation: &Conversation) -> Option<Text> {
        let Conversation { id, own_number, peers, opted_out, .. } = conversation;
        let takes_none = |error: &RecipientsError| match error {
            RecipientsError::TakesNoAnswer | RecipientsError::NoShortCodes | RecipientsError::Emergency => true,
            RecipientsError::Nobody
            | RecipientsError::Mixed
            | RecipientsError::Unknown
            | RecipientsError::Yourself
            | RecipientsError::OwnNumber
            | RecipientsError::NoSmsNumber
            | RecipientsError::CannotText
            | RecipientsError::CannotGroup
            | RecipientsError::ShortCodeInGroup
            | RecipientsError::TooManyNumbers(_)
            | RecipientsError::TooManyUsers(_) => false,
        };
        if let Some(error) = self.people().check(peers, *own_number).err().filter(takes_none) {
            return Some(reasons::rule(error));
        }
        if self.conversations.is_news(*id) {
            return self.opted_out((*own_number)?, peers);
        }
        // The server has said all of it.
        let out: Vec<Peer> = opted_out.iter().map(|number| Peer::Number(*number)).collect();
        self.want_no_texts((*own_number)?, &out, peers.len())
    }

    /// The same of people who may be in no conversation together yet.
    pub(crate) fn opted_out(&self, own: PhoneNumber, peers: &[Peer]) -> Option<Text> {
        self.want_no_texts(own, &self.conversations.opted_out(own, peers), peers.len())
    }

    fn want_no_texts(&self, own: PhoneNumber, out: &[Peer], people: usize) -> Option<Text> {
        let number = own.display(self.home());
        let names = || self.names(out);
        match (out, people) {
            ([], _) => None,
            (_, 1) => Some(words::person_wants_no_texts(names(), number)),
            _ => Some(words::people_want_no_texts(names(), number)),
        }
    }

    /// What people are called, one after the other.
    pub(crate) fn names(&self, peers: &[Peer]) -> Text {
        Text::joined(peers.iter().map(|peer| self.peer_name(*peer)).collect(), ", ")
    }

    pub(crate) fn author_name(&self, author: Author) -> Text {
        self.peer_name(match author {
            Author::User(user) => Peer::User(user),
            Author::Number(number) => Peer::Number(number),
            Author::Sender(sender) => Peer::Sender(sender),
            Author::Unknown => Peer::Unknown,
        })
    }

    pub(crate) fn peer_name(&self, peer: Peer) -> Text {
        self.contacts.book.name(peer, self.home())
    }
}
