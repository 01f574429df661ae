//! Conversations and their entries in the device's database: reading them, and what has to be written.
//!
//! Always holds: what was stored of a timeline is shown only where it joins what is here without a gap; what the release before entries
//! wrote is read, too.

use std::cmp::Reverse;

use halyard_protocol::rest::ConversationsBefore;
use halyard_protocol::{BeginGroup, Conversation, ConversationId, Entry, MediaId, Message, Seq, UnixMs};
use serde::{Deserialize, Serialize};

use super::{Conversations, Thread};
use crate::context::Context;
use crate::effect::Effect;
use crate::fact::Fact;
use crate::json;
use crate::storage::{DbCommand, Range, Store, Write, entries, entry_key, put};
use crate::update::Changed;
use crate::windows::CardKey;

/// Conversations in the device's database: the newest. Twice as many may gather before the rest is evicted.
pub(crate) const STORED_CONVERSATIONS: usize = 500;
/// Entries in the device's database of a conversation that is not pinned: the newest.
const STORED_ENTRIES: Seq = 200;

/// A conversation as the device's database has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredConversation {
    conversation: Conversation,
    #[serde(rename = "listed")]
    in_column: bool,
    #[serde(rename = "told")]
    complete: bool,
    /// For a group that is not on the server yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    begin: Option<BeginGroup>,
}

impl StoredConversation {
    /// Reads a row. Before there were entries the newest one was a message, and said so by its member's name. Inside of a text each quote
    /// has a backslash before it: this is never part of what somebody wrote.
    pub(crate) fn from_json(text: &str) -> Option<Self> {
        let read = match text.split_once(r#""last_message":{"#) {
            Some((before, after)) => json::read(&[before, r#""last_entry":{"type":"message","#, after].concat()),
            None => json::read(text),
        };
        read.ok()
    }
}

/// Reads an entry's row. Before there were entries it was a message, without a type.
pub(crate) fn stored_entry(text: &str) -> Option<Entry> {
    json::read(text).ok().or_else(|| json::read::<Message>(text).map(Entry::Message).ok())
}

/// How a conversation is to be stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// Whether all of the cache is kept, rather than what is pinned alone.
    pub(crate) whole: bool,
    /// Its card is pinned: all of its history that is here.
    pub(crate) pinned: bool,
    /// It is open, or something in it waits to be sent: at least the conversation itself.
    pub(crate) needed: bool,
    /// Conversations in which nothing happened since then are not stored.
    pub(crate) since: Option<UnixMs>,
}

impl Conversations {
    /// Takes in a conversation as the device's database has it. `knew_less` says that it may have been written by a version that knew
    /// fewer kinds of entries: the server is asked what its newest one is, if that was none of them.
    pub(crate) fn put_stored(&mut self, stored: StoredConversation, knew_less: bool) {
        let StoredConversation { conversation, in_column, mut complete, begin } = stored;
        let id = conversation.id;
        if knew_less && conversation.last_entry.as_ref().is_some_and(Entry::is_unknown) {
            complete = false;
            self.missing.insert(id);
        }
        self.put(conversation, None);
        self.unstored.remove(&id);
        if let Some(thread) = self.threads.get_mut(&id) {
            (thread.in_column, thread.complete, thread.stored) = (in_column, complete, true);
            thread.begin = begin;
        }
        self.settle(id);
        self.unstored.remove(&id);
    }

    /// Asks the device for a conversation's entries, once; the server is asked for what is not there. Says whether the
    /// device is being asked.
    pub(crate) fn read_stored(&mut self, id: ConversationId, pinned: bool, cx: &mut Context<'_, '_>) -> bool {
        if !cx.device.keeps || cx.device.reading {
            return false;
        }
        let Some(thread) = self.get_mut(id) else { return false };
        if !thread.timeline.ask_database() {
            return thread.timeline.is_reading();
        }
        let last = thread.conversation.last_seq;
        let first = if pinned { 0 } else { last.saturating_sub(STORED_ENTRIES - 1) };
        cx.effect(Effect::Db(DbCommand::Read { range: entries(id, first, u64::MAX), limit: usize::MAX }));
        cx.changed(Changed::Timeline(CardKey::Conversation(id)));
        true
    }

    /// The first page has come where what was stored was not to be trusted: of a pinned card the device has what is above.
    pub(crate) fn read_above(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        if let Some(timeline) = self.timeline(id) {
            timeline.ask_database_again();
            self.read_stored(id, true, cx);
        }
    }

    /// The entries of a conversation that were stored, or that there are none. `renewed` says that the log began anew in
    /// this run.
    pub(crate) fn take_stored_entries(
        &mut self,
        id: ConversationId,
        found: Vec<Entry>,
        renewed: bool,
        cx: &mut Context<'_, '_>,
    ) {
        let Some(thread) = self.get_mut(id) else { return };
        let last = thread.conversation.last_seq;
        if renewed && !thread.timeline.is_joined() {
            // A delivery may be further than the device knows: the server first.
            thread.timeline.distrust_stored();
        } else {
            thread.timeline.take_stored(found, last);
        }
        cx.fact(Fact::PageWanted(id));
        cx.changed(Changed::Timeline(CardKey::Conversation(id)));
    }

    /// Conversations that the log spoke of and that the server has still to be asked for, as the device has stored them.
    pub(crate) fn set_missing(&mut self, missing: Vec<ConversationId>) {
        self.missing = missing.into_iter().collect();
    }

    /// Conversations that the log spoke of, and of which the server has not said how they stand.
    pub(crate) fn missing(&self) -> Vec<ConversationId> {
        self.asked().chain(self.missing.iter()).collect()
    }

    /// Something of it is not written yet.
    pub(crate) fn mark_unstored(&mut self, id: ConversationId) {
        self.unstored.insert(id);
    }

    /// The same of it and all of its entries.
    pub(crate) fn mark_all_unstored(&mut self, id: ConversationId) {
        if let Some(thread) = self.threads.get_mut(&id) {
            thread.timeline.mark_all_unstored();
            self.unstored.insert(id);
        }
    }

    pub(crate) fn unstored_count(&self) -> usize {
        self.unstored.len()
    }

    pub(crate) fn has_unstored(&self) -> bool {
        !self.unstored.is_empty()
    }

    /// A conversation that is to be written; each once.
    pub(crate) fn next_unstored(&mut self) -> Option<ConversationId> {
        self.unstored.pop()
    }

    /// What is beyond the newest so many leaves the device's database, if it is more than twice as many.
    pub(crate) fn evict(&mut self, newest: usize) {
        if self.order.len() > newest * 2 {
            let old: Vec<ConversationId> = self.in_order().skip(newest).collect();
            for id in old {
                self.unstored.insert(id);
            }
        }
    }

    /// When anything last happened in the `n`th of the column.
    pub(crate) fn nth_activity(&self, n: usize) -> Option<UnixMs> {
        self.order.iter().nth(n).map(|(Reverse(at), _)| at)
    }

    /// Where the server's pages go on for a device that has what is kept here: behind the last one before which all are.
    pub(crate) fn stored_up_to(&self) -> Option<ConversationsBefore> {
        let mut last = None;
        for (Reverse(at), id) in self.order.iter() {
            if !self.threads.get(&id).is_some_and(|thread| thread.stored) {
                return Some(last.unwrap_or(ConversationsBefore { at: UnixMs(i64::MAX), id }));
            }
            last = Some(ConversationsBefore { at, id });
        }
        self.older
    }

    /// What has to be written of a conversation: it as it is now, or that it goes.
    pub(crate) fn store(&mut self, id: ConversationId, wanted: Wanted, writes: &mut Vec<Write>) -> Vec<MediaId> {
        let Wanted { whole, pinned, needed, since } = wanted;
        let mut files = Vec::new();
        let Some(thread) = self.get_mut(id) else { return files };
        let recent = whole && thread.in_column && since.is_none_or(|since| thread.conversation.last_activity >= since);
        let unstored = core::mem::take(&mut thread.timeline.unstored);
        let was_stored = core::mem::replace(&mut thread.stored, recent || needed);
        if !thread.stored {
            // One that is only too old was never there: thousands may be paged in, and a delete takes as long as a write. Another tab may
            // have stored what was deleted since.
            if whole && thread.in_column && !was_stored {
                return files;
            }
            writes.push(Write::Delete(Range::key(Store::Conversations, id.to_string())));
            writes.push(Write::Delete(entries(id, 0, Seq::MAX)));
            return files;
        }
        let conversation = thread.conversation.clone();
        let Thread { in_column, complete, .. } = *thread;
        let stored = StoredConversation { conversation, in_column, complete, begin: thread.begin.clone() };
        writes.push(put(Store::Conversations, id.to_string(), &stored));
        if !pinned && !whole {
            return files;
        }
        let (last, cleared) = (thread.conversation.last_seq, thread.conversation.cleared_seq);
        if cleared != thread.timeline.forgotten {
            thread.timeline.forgotten = cleared;
            writes.push(Write::Delete(entries(id, 0, cleared)));
        }
        let first = if pinned { 0 } else { last.saturating_sub(STORED_ENTRIES - 1) };
        for seq in unstored.into_iter().filter(|seq| *seq >= first) {
            if let Some(entry) = thread.timeline.at(seq) {
                writes.push(put(Store::Messages, entry_key(id, seq), entry));
                if pinned {
                    files.extend(entry.message().into_iter().flat_map(|message| &message.media).map(|file| file.id));
                }
            }
        }
        // What falls out of the newest goes, some at a time.
        if !pinned && first > thread.timeline.evicted + STORED_ENTRIES / 4 {
            thread.timeline.evicted = first;
            writes.push(Write::Delete(entries(id, 0, first - 1)));
        }
        files
    }
}
