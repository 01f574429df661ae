//! Conversations by the people in them.

use halyard_protocol::rest::Me;
use halyard_protocol::{
    Conversation, ConversationId, ConversationKey, ConversationKind, Destination, Peer, PhoneNumber, Seq,
};

use super::{Conversations, Thread};
use crate::sorted::{SortedSet, sorted};

impl Conversations {
    /// Those in which this peer takes part.
    pub(crate) fn with(&self, peer: Peer) -> impl Iterator<Item = ConversationId> {
        self.by_peer.get(&peer).into_iter().flat_map(SortedSet::iter)
    }

    /// The conversation with these people, made here if nobody knows it yet.
    pub(crate) fn open_with(&mut self, to: &Destination, me: &Me) -> Option<ConversationId> {
        let own = me.numbers.iter().find(|own| Some(own.number) == to.from);
        // A number that is no longer the user's still has its old conversations.
        let key = to.key(me.user.id, own).ok().or_else(|| key_without_own(to))?;
        let id = key.id(me.tenant.id);
        let thread = self.open(id, &key, me.user.id);
        if let Some(begin) = to.group.as_ref().and_then(|group| group.begin.as_ref())
            && !thread.complete
        {
            thread.conversation.title.clone_from(&begin.title);
            thread.begin = Some(begin.clone());
        }
        Some(id)
    }

    /// Another tab has named a group that the server does not know yet. Says whether that is news here.
    pub(crate) fn begin_otherwise(&mut self, id: ConversationId, to: &Destination) -> bool {
        let Some(begin) = to.group.as_ref().and_then(|group| group.begin.as_ref()) else { return false };
        let Some(thread) = self.get_mut(id).filter(|thread| thread.begin.as_ref().is_some_and(|known| known != begin))
        else {
            return false;
        };
        thread.conversation.title.clone_from(&begin.title);
        thread.begin = Some(begin.clone());
        true
    }

    /// The group chat of this name with exactly these people, to which anything was written last.
    pub(crate) fn group_of(&self, peers: &[Peer], title: &str) -> Option<&Thread> {
        let peers = sorted(peers);
        self.with(*peers.first()?)
            .filter_map(|id| self.threads.get(&id))
            .filter(|thread| {
                let Conversation { kind, peers: known, title: named, .. } = &thread.conversation;
                // One that has begun only here may have a draft.
                let is_there = thread.in_column || thread.begin.is_some();
                is_there && *kind == ConversationKind::GroupChat && *known == peers && named == title
            })
            .max_by_key(|thread| thread.conversation.last_activity)
    }

    /// The own number that the user last wrote to these people from.
    pub(crate) fn last_used(&self, peers: &[Peer]) -> Option<PhoneNumber> {
        let first = peers.first()?;
        self.with(*first)
            .filter_map(|id| self.threads.get(&id))
            .map(|thread| &thread.conversation)
            .filter(|conversation| conversation.kind.is_text() && conversation.peers == peers)
            .max_by_key(|conversation| (conversation.last_sent_at, conversation.last_activity))
            .and_then(|conversation| conversation.own_number)
    }

    /// Who of these people wants no texts from a number of one's own, as far as conversations here say.
    pub(crate) fn opted_out(&self, own: PhoneNumber, peers: &[Peer]) -> Vec<Peer> {
        let wants_none = |peer: &&Peer| {
            let Peer::Number(number) = **peer else { return false };
            self.with(**peer).filter_map(|id| self.threads.get(&id)).any(|thread| {
                let Conversation { own_number, opted_out, .. } = &thread.conversation;
                *own_number == Some(own) && opted_out.contains(&number)
            })
        };
        peers.iter().filter(wants_none).copied().collect()
    }

    /// How near somebody is to the user: in which week they last wrote to them alone, and how much they have written to each other.
    pub(crate) fn nearness(&self, peer: Peer) -> Option<(i64, Seq)> {
        const WEEK: i64 = 7 * 86_400_000;
        let alone = |thread: &&Thread| thread.conversation.only_peer() == Some(peer);
        let threads = self.with(peer).filter_map(|id| self.threads.get(&id)).filter(alone);
        threads
            .filter_map(|thread| Some((thread.conversation.last_sent_at?.0 / WEEK, thread.conversation.last_seq)))
            .max()
    }
}

impl Thread {
    /// Where a message into it goes.
    pub(crate) fn destination(&self) -> Destination {
        let mut to = self.conversation.to_destination();
        if let Some(group) = &mut to.group {
            group.begin.clone_from(&self.begin);
        }
        to
    }
}

/// The key by the people alone, for a number that the user no longer has.
fn key_without_own(to: &Destination) -> Option<ConversationKey> {
    let own = to.from?;
    let remote: Vec<PhoneNumber> =
        to.peers.iter().filter_map(|peer| if let Peer::Number(number) = peer { Some(*number) } else { None }).collect();
    (!remote.is_empty()).then(|| ConversationKey::text(own, remote))
}
