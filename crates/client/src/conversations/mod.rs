//! Conversations on this device: their state as the user sees it, the order of the column, unread counts.
//!
//! Always holds: read positions only move forward; the column's order holds exactly the conversations that have a
//! message, an outgoing message, or were named by the server and not deleted.

pub(crate) mod column;
mod handle;
pub(crate) mod timeline;

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use halyard_protocol::rest::ConversationsBefore;
use halyard_protocol::{
    Author, Conversation, ConversationId, ConversationKey, Message, Peer, PhoneNumber, Seq, UnixMs, UserId,
};

pub use column::ColumnFilter;
pub(crate) use timeline::{Loaded, Timeline};

/// A conversation on this device.
#[derive(Debug)]
pub(crate) struct Thread {
    /// As the server last said, moved on by what has happened since.
    pub(crate) conversation: Conversation,
    /// Whether it stands in the column; one that was only opened, or was deleted, doesn't.
    pub(crate) listed: bool,
    /// By what it stands in the column's order; `None` when it doesn't.
    placed: Option<UnixMs>,
    pub(crate) timeline: Timeline,
}

/// All conversations that this device knows.
#[derive(Debug, Default)]
pub(crate) struct Conversations {
    threads: HashMap<ConversationId, Thread>,
    order: BTreeSet<(Reverse<UnixMs>, ConversationId)>,
    by_peer: HashMap<Peer, BTreeSet<ConversationId>>,
    /// Where the next older page begins.
    pub(crate) older: Option<ConversationsBefore>,
    pub(crate) loading_older: bool,
}

impl Conversations {
    pub(crate) fn get(&self, id: ConversationId) -> Option<&Thread> {
        self.threads.get(&id)
    }

    pub(crate) fn timeline(&mut self, id: ConversationId) -> Option<&mut Timeline> {
        self.threads.get_mut(&id).map(|thread| &mut thread.timeline)
    }

    /// Ids in the order of the column, newest first.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = ConversationId> {
        self.order.iter().map(|(_, id)| *id)
    }

    /// Those in which this peer takes part.
    pub(crate) fn with(&self, peer: Peer) -> impl Iterator<Item = ConversationId> {
        self.by_peer.get(&peer).into_iter().flatten().copied()
    }

    /// A snapshot follows: nobody knows what happened since, so nothing that the server said before counts.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// The conversation of this key, made here if nobody knows it yet.
    pub(crate) fn open(&mut self, id: ConversationId, key: &ConversationKey, me: UserId) -> &mut Thread {
        for peer in key.peers(me) {
            self.by_peer.entry(peer).or_default().insert(id);
        }
        self.threads.entry(id).or_insert_with(|| Thread {
            conversation: Conversation {
                id,
                kind: key.kind(),
                own_number: key.own_number(),
                peers: key.peers(me),
                title: String::new(),
                last_seq: 0,
                last_message: None,
                last_activity: UnixMs(0),
                read_seq: 0,
                unread: 0,
                cleared_seq: 0,
                muted: false,
                last_sent_at: None,
                reads: Vec::new(),
            },
            listed: false,
            placed: None,
            // Nobody has written here: the server has nothing to load.
            timeline: Timeline::begun_here(),
        })
    }

    /// The server said all of a conversation.
    pub(crate) fn put(&mut self, mut conversation: Conversation) {
        let id = conversation.id;
        for peer in &conversation.peers {
            self.by_peer.entry(*peer).or_default().insert(id);
        }
        match self.threads.get_mut(&id) {
            Some(thread) => {
                let known = &thread.conversation;
                if known.read_seq > conversation.read_seq {
                    // Read here a moment ago; the server has not heard of it.
                    conversation.read_seq = known.read_seq;
                    conversation.unread = known.unread;
                }
                let cleared_less = conversation.cleared_seq < known.cleared_seq;
                thread.conversation = conversation;
                if !thread.listed || cleared_less {
                    // Brought back, or begun elsewhere: its history is on the server.
                    thread.timeline.loaded = Loaded::Part;
                }
                thread.listed = true;
            }
            None => {
                let mut timeline = Timeline::default();
                if conversation.last_seq == 0 {
                    timeline.loaded = Loaded::All;
                }
                self.threads.insert(id, Thread { conversation, listed: true, placed: None, timeline });
            }
        }
        self.reorder(id);
    }

    /// A message was committed. Says whether it is new here.
    pub(crate) fn message(&mut self, message: &Message, unread: u32, read_seq: Seq, me: UserId) -> bool {
        let Some(thread) = self.threads.get_mut(&message.conversation) else { return false };
        let is_new = thread.timeline.put(message.clone());
        let conversation = &mut thread.conversation;
        if message.seq > conversation.last_seq {
            conversation.last_seq = message.seq;
            conversation.last_message = Some(message.clone());
            conversation.last_activity = conversation.last_activity.max(message.at);
            if message.author == Author::User(me) {
                conversation.last_sent_at = Some(message.at);
            }
            if read_seq >= conversation.read_seq {
                conversation.read_seq = read_seq;
                conversation.unread = unread;
            } else if message.seq > conversation.read_seq && is_inbound(conversation, message.author, me) {
                conversation.unread += 1;
            }
        }
        thread.listed = true;
        self.reorder(message.conversation);
        is_new
    }

    /// The user's read position, as the server or this device says. Never moves back.
    pub(crate) fn read(&mut self, id: ConversationId, seq: Seq, unread: u32) -> bool {
        let Some(Thread { conversation, .. }) = self.threads.get_mut(&id) else { return false };
        let moved = seq > conversation.read_seq || (seq == conversation.read_seq && unread != conversation.unread);
        if moved {
            conversation.read_seq = seq;
            conversation.unread = unread;
        }
        moved
    }

    pub(crate) fn edit(&mut self, id: ConversationId, edit: impl FnOnce(&mut Conversation)) {
        if let Some(thread) = self.threads.get_mut(&id) {
            edit(&mut thread.conversation);
        }
    }

    /// The user deleted a conversation.
    pub(crate) fn remove(&mut self, id: ConversationId, cleared_seq: Seq) {
        let Some(thread) = self.threads.get_mut(&id) else { return };
        thread.listed = false;
        thread.timeline.clear(cleared_seq);
        let conversation = &mut thread.conversation;
        conversation.cleared_seq = conversation.cleared_seq.max(cleared_seq);
        conversation.last_message = thread.timeline.last().cloned();
        conversation.unread = 0;
        conversation.read_seq = conversation.read_seq.max(cleared_seq);
        self.reorder(id);
    }

    /// Something is on its way from here: it stands in the column from now on.
    pub(crate) fn sending(&mut self, id: ConversationId, at: UnixMs) {
        if let Some(thread) = self.threads.get_mut(&id) {
            thread.listed = true;
            thread.conversation.last_activity = thread.conversation.last_activity.max(at);
        }
        self.reorder(id);
    }

    /// Conversations that are listed and have something unread.
    pub(crate) fn unread(&self) -> u32 {
        let unread = self.threads.values().filter(|thread| thread.listed && thread.conversation.unread > 0).count();
        u32::try_from(unread).unwrap_or(u32::MAX)
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

    fn reorder(&mut self, id: ConversationId) {
        let Some(thread) = self.threads.get_mut(&id) else { return };
        let place = thread.listed.then_some(thread.conversation.last_activity);
        let before = core::mem::replace(&mut thread.placed, place);
        if before == place {
            return;
        }
        if let Some(at) = before {
            self.order.remove(&(Reverse(at), id));
        }
        if let Some(at) = place {
            self.order.insert((Reverse(at), id));
        }
    }
}

/// Whether a message counts as unread for me.
pub(crate) fn is_inbound(conversation: &Conversation, author: Author, me: UserId) -> bool {
    match author {
        Author::Number(_) => true,
        Author::User(user) => !conversation.kind.is_text() && user != me,
    }
}
