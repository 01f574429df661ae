//! Conversations on this device: their state as the user sees it, the order of the column, unread counts.
//!
//! Always holds: read positions only move forward; the column's order holds exactly the conversations that have an
//! entry, an outgoing message, or were named by the server and not deleted.

mod action;
mod answer;
mod asking;
pub(crate) mod column;
mod history;
mod log;
mod managing;
mod outgoing;
mod people;
mod position;
mod reading;
mod stored;
#[cfg(test)]
mod tests;
pub(crate) mod timeline;

use std::cmp::Reverse;
use std::collections::HashMap;

use halyard_protocol::rest::ConversationsBefore;
use halyard_protocol::{
    Author, BeginGroup, Conversation, ConversationId, ConversationKey, Entry, Peer, Seq, UnixMs, UserId,
};

use crate::context::Turn;
use crate::requests::Requests;
use crate::sorted::{SortedMap, SortedSet};
use crate::update::Changed;
use crate::windows::CardKey;

pub use action::ConversationsAction;
pub(crate) use answer::Call;
use column::Column;
pub use column::ColumnFilter;
pub(crate) use history::Unasked;
pub(crate) use position::Position;
pub(crate) use stored::{STORED_CONVERSATIONS, StoredConversation, Wanted, stored_entry};
pub(crate) use timeline::{Loaded, Timeline};

/// A conversation on this device.
#[derive(Debug)]
pub(crate) struct Thread {
    /// As the server last said, moved on by what has happened since.
    pub(crate) conversation: Conversation,
    /// Whether it stands in the column; one that was only opened, or was deleted, doesn't.
    pub(crate) in_column: bool,
    /// Whether all of it has come from the server; not so of one that was begun, or only opened, here.
    pub(crate) complete: bool,
    /// For a group that is not on the server yet: how its first message begins it.
    pub(crate) begin: Option<BeginGroup>,
    /// What the server has of what the user can change here: stands again when a change is refused.
    pub(crate) on_server: ServerCopy,
    /// Whether it is counted as unread.
    counted_unread: bool,
    /// The time by which it is sorted into the column; `None` when it isn't there.
    column_time: Option<UnixMs>,
    /// Whether the device's database has it.
    pub(crate) stored: bool,
    pub(crate) timeline: Timeline,
}

/// What the server has of what the user can change in a conversation.
#[derive(Debug, Default)]
pub(crate) struct ServerCopy {
    muted: bool,
    title: String,
    /// Whether it is deleted.
    pub(crate) removed: bool,
    /// How often it was.
    pub(crate) removals: u32,
}

/// All conversations that this device knows.
#[derive(Debug, Default)]
pub(crate) struct Conversations {
    threads: HashMap<ConversationId, Thread>,
    order: SortedSet<(Reverse<UnixMs>, ConversationId)>,
    by_peer: HashMap<Peer, SortedSet<ConversationId>>,
    /// How many of those in the column have something unread.
    unread: u32,
    /// Those of the server's that no page has brought, and that have something unread.
    unread_elsewhere: SortedSet<ConversationId>,
    /// Where the next older page begins.
    pub(crate) older: Option<ConversationsBefore>,
    pub(crate) loading_older: bool,
    /// Whether that page is one that the user did not ask for.
    pub(crate) unasked: Unasked,
    /// Those that the log spoke of while a page was under way: the page may be older than that.
    mentioned: SortedSet<ConversationId>,
    /// Those that were asked for one by one; and whether the log has spoken of them since.
    asked: SortedMap<ConversationId, bool>,
    /// Those that are not written to the device's database as they are now.
    unstored: SortedSet<ConversationId>,
    pub(crate) column: Column,
    /// Read positions that the server may not have heard of.
    unsent_reads: SortedMap<ConversationId, Seq>,
    /// Conversations that could not be had for now.
    missing: SortedSet<ConversationId>,
    /// Conversations whose deletion was undone before the server had answered it.
    undone: SortedSet<ConversationId>,
    /// Whether the number of unread conversations may be another now.
    unread_changed: bool,
    /// Those that had nothing unread before.
    unread_now: Vec<ConversationId>,
    pub(crate) requests: Requests<Call>,
}

impl Conversations {
    pub(crate) fn get(&self, id: ConversationId) -> Option<&Thread> {
        self.threads.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: ConversationId) -> Option<&mut Thread> {
        self.threads.get_mut(&id)
    }

    pub(crate) fn timeline(&mut self, id: ConversationId) -> Option<&mut Timeline> {
        self.threads.get_mut(&id).map(|thread| &mut thread.timeline)
    }

    /// Ids in the order of the column, newest first.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = ConversationId> {
        self.order.iter().map(|(_, id)| id)
    }

    /// A snapshot follows: nobody knows what happened since, so nothing that the server said before counts.
    pub(crate) fn reset(&mut self) {
        let before = core::mem::take(self);
        self.column = before.column;
        self.unsent_reads = before.unsent_reads;
        self.missing = before.missing;
        self.undone = before.undone;
        self.unread_changed = before.unread_changed;
        self.requests = before.requests;
        // What the answers to these would say is of before the snapshot.
        self.requests
            .retain(|call| !matches!(call, Call::Page | Call::Conversation(_) | Call::Entries(..) | Call::Unknown(..)));
    }

    /// The conversation of this key, made here if nobody knows it yet.
    pub(crate) fn open(&mut self, id: ConversationId, key: &ConversationKey, me: UserId) -> &mut Thread {
        let all_known = self.older.is_none();
        if !self.threads.contains_key(&id) {
            for peer in key.peers(me) {
                self.by_peer.entry(peer).or_default().insert(id);
            }
        }
        self.threads.entry(id).or_insert_with(|| Thread {
            conversation: Conversation {
                opted_out: Vec::new(),
                id,
                kind: key.kind(),
                own_number: key.own_number(),
                peers: key.peers(me),
                title: String::new(),
                last_seq: 0,
                last_entry: None,
                last_activity: UnixMs(0),
                read_seq: 0,
                unread: 0,
                cleared_seq: 0,
                muted: false,
                last_sent_at: None,
                reads: Vec::new(),
            },
            in_column: false,
            complete: false,
            begin: None,
            on_server: ServerCopy::default(),
            counted_unread: false,
            column_time: None,
            stored: false,
            // When all that there are are here, this one is new: the server has nothing to load.
            timeline: if all_known { Timeline::begun_here() } else { Timeline::default() },
        })
    }

    /// The server said all of a conversation. `unsent` is what the user has read here and it has not heard of.
    pub(crate) fn put(&mut self, mut conversation: Conversation, unsent: Option<Seq>) {
        let id = conversation.id;
        let on_server =
            ServerCopy { muted: conversation.muted, title: conversation.title.clone(), ..ServerCopy::default() };
        for peer in &conversation.peers {
            self.by_peer.entry(*peer).or_default().insert(id);
        }
        let before = self.threads.get(&id).map(|thread| &thread.conversation.peers);
        for gone in before.into_iter().flatten().filter(|peer| !conversation.peers.contains(peer)) {
            if let Some(theirs) = self.by_peer.get_mut(gone) {
                theirs.remove(&id);
            }
        }
        match self.threads.get_mut(&id) {
            Some(thread) => {
                if let Some(seq) = unsent.filter(|seq| *seq > conversation.read_seq) {
                    // Of what has come since, any may be unread: the server says so when it has heard how far it was read.
                    let (known, last) = (&thread.conversation, conversation.last_seq);
                    let since = last.saturating_sub(known.last_seq.max(seq));
                    let unread = Seq::from(known.unread).saturating_add(since).min(last.saturating_sub(seq));
                    conversation.read_seq = seq;
                    conversation.unread = conversation.unread.min(u32::try_from(unread).unwrap_or(u32::MAX));
                }
                thread.timeline.clear(conversation.cleared_seq);
                thread.conversation = conversation;
                if !thread.complete && thread.timeline.loaded != Loaded::All {
                    // Begun elsewhere: its history is on the server.
                    thread.timeline.loaded = Loaded::Part;
                }
                thread.in_column = true;
                thread.complete = true;
                thread.begin = None;
                thread.on_server = ServerCopy { removals: thread.on_server.removals, ..on_server };
            }
            None => {
                let mut timeline = Timeline::default();
                timeline.clear(conversation.cleared_seq);
                timeline.loaded = if conversation.last_seq == 0 { Loaded::All } else { Loaded::Nothing };
                let (in_column, complete, counted_unread, column_time, stored) = (true, true, false, None, false);
                self.threads.insert(
                    id,
                    Thread {
                        conversation,
                        in_column,
                        complete,
                        begin: None,
                        on_server,
                        counted_unread,
                        column_time,
                        stored,
                        timeline,
                    },
                );
            }
        }
        self.settle(id);
    }

    /// The log says that there is one more entry. Says whether it is new here.
    pub(crate) fn entry(&mut self, entry: &Entry, unread: u32, read_seq: Seq, me: UserId) -> bool {
        let (id, seq) = (entry.conversation(), entry.seq());
        let Some(thread) = self.threads.get_mut(&id) else { return false };
        let is_new = thread.timeline.put(entry.clone());
        let is_newest = thread.newest(entry, me);
        let conversation = &mut thread.conversation;
        if read_seq >= conversation.read_seq {
            // As it was when the log was read; what has come since, the log has still to speak of.
            (conversation.read_seq, conversation.unread) = (read_seq, unread);
        } else if is_newest && seq > conversation.read_seq && entry.is_inbound(me, conversation.kind.is_text()) {
            // More was read here than the server has heard of: its count is of before.
            conversation.unread += 1;
        }
        thread.in_column = true;
        self.settle(id);
        is_new
    }

    /// The server has answered that it has our message; the log may say so earlier or later. Says whether it is new.
    pub(crate) fn sent(&mut self, entry: &Entry, me: UserId) -> bool {
        let (id, seq) = (entry.conversation(), entry.seq());
        let Some(thread) = self.threads.get_mut(&id) else { return false };
        if seq <= thread.conversation.cleared_seq {
            // Deleted since: the answer comes late, and nothing of it is left.
            thread.in_column &= thread.conversation.last_seq > thread.conversation.cleared_seq;
            self.settle(id);
            return false;
        }
        let is_new = thread.timeline.put(entry.clone());
        thread.newest(entry, me);
        let conversation = &mut thread.conversation;
        if seq > conversation.read_seq {
            // What one has written below, one has read.
            conversation.read_seq = seq;
            conversation.unread = 0;
        }
        thread.in_column = true;
        self.settle(id);
        is_new
    }

    /// The user's read position, as the server or this device says. Never moves back.
    pub(crate) fn read(&mut self, id: ConversationId, seq: Seq, unread: u32) -> bool {
        let Some(Thread { conversation, .. }) = self.threads.get_mut(&id) else { return false };
        let moved = seq > conversation.read_seq || (seq == conversation.read_seq && unread != conversation.unread);
        if moved {
            conversation.read_seq = seq;
            conversation.unread = unread;
            self.settle(id);
        }
        moved
    }

    /// How many conversations have something unread: those in the column, and those that no page has brought.
    pub(crate) fn unread(&self) -> u32 {
        self.unread + u32::try_from(self.unread_elsewhere.len()).unwrap_or(u32::MAX)
    }

    /// Whether older pages may bring what the column is to show.
    pub(crate) fn has_more(&self) -> bool {
        let unread_alone = self.column.filter == ColumnFilter::Unread;
        self.older.is_some() && !(unread_alone && self.unread_elsewhere.is_empty())
    }

    /// Whether the number of unread conversations may be another one since this was last asked.
    pub(crate) fn take_unread_changed(&mut self) -> bool {
        core::mem::take(&mut self.unread_changed)
    }

    /// A conversation's names, order or unread count changed: its row, and its card if that is open.
    pub(crate) fn changed(&mut self, id: ConversationId, turn: &mut Turn<'_>) {
        let card = CardKey::Conversation(id);
        turn.changed(Changed::Question);
        turn.changed(Changed::Row(id));
        turn.changed(Changed::Header(card));
        turn.changed(Changed::Composer(card));
        turn.changed(Changed::Timeline(card));
        self.changed_unread(id, turn);
        self.changed_column(turn);
    }

    fn changed_unread(&mut self, id: ConversationId, turn: &mut Turn<'_>) {
        turn.changed(Changed::Row(id));
        turn.changed(Changed::Header(CardKey::Conversation(id)));
        self.unread_changed = true;
        if self.column.filter == ColumnFilter::Unread {
            self.changed_column(turn);
        }
    }

    /// The column shows others, or in another order.
    pub(crate) fn changed_column(&mut self, turn: &mut Turn<'_>) {
        self.column.stale();
        turn.changed(Changed::Column);
    }

    /// Brings the count and the order in line with a conversation that has changed.
    fn settle(&mut self, id: ConversationId) {
        self.unstored.insert(id);
        let Some(thread) = self.threads.get_mut(&id) else { return };
        let counts = thread.in_column && thread.conversation.unread > 0;
        if counts || thread.complete {
            self.unread_elsewhere.remove(&id);
        }
        match (core::mem::replace(&mut thread.counted_unread, counts), counts) {
            (false, true) => {
                self.unread += 1;
                self.unread_now.push(id);
            }
            (true, false) => self.unread -= 1,
            (false, false) | (true, true) => {}
        }
        let place = thread.in_column.then_some(thread.conversation.last_activity);
        let before = core::mem::replace(&mut thread.column_time, place);
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

impl Thread {
    /// Takes in what an entry says of the conversation, if it is the newest. Says whether it is.
    fn newest(&mut self, entry: &Entry, me: UserId) -> bool {
        let (conversation, seq, at) = (&mut self.conversation, entry.seq(), entry.at());
        let is_newest = seq > conversation.last_seq;
        if is_newest {
            conversation.last_seq = seq;
            conversation.last_entry = Some(entry.clone());
            // The server's clock counts: this device's, by which something was sent from here, may be ahead.
            conversation.last_activity = at;
            if entry.message().is_some_and(|message| message.author == Author::User(me)) {
                conversation.last_sent_at = Some(at);
            }
        }
        is_newest
    }
}
