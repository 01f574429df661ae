//! Writing the device's cache: what changed, in batches, a moment after it did.
//!
//! Owns what is not written yet. Always holds:
//! - One batch at a time; the state with its cursor goes with the last one, when nothing is left to write.
//! - Only the leading tab writes the cache; what the user owns is written by the tab in which it was made, at once.
//! - The cache is bounded. What is open, pinned or waiting to be sent is never evicted.

use halyard_protocol::event::Favourite;
use halyard_protocol::rest::{ConversationsBefore, Me};
use halyard_protocol::{
    ContactId, ConversationId, Cursor, Destination, Entry, FormerUser, MediaId, Peer, Seq, StatesSeen, UnixMs,
};
use halyard_words as words;
use serde::{Deserialize, Serialize};

use crate::composer::Drafts;
use crate::contacts::Book;
use crate::context::Context;
use crate::conversations::{Conversations, STORED_CONVERSATIONS, Wanted};
use crate::desk::Desk;
use crate::effect::{Effect, FileCommand, Timer};
use crate::outbox::Outbox;
use crate::recipients::NewConversation;
use crate::sorted::sort_few;
use crate::storage::{Range, STATE, Store, Token, Write, put};
use crate::windows::{CardKey, Snapshot};

/// How long changes gather before they are written, in milliseconds.
const GATHER: i64 = 600;
/// Between two batches, in milliseconds.
const NEXT_BATCH: i64 = 100;
/// More than one batch waits until the user has done nothing for so long, in milliseconds: they come first.
const REST: i64 = 1_500;
/// After a batch that was lost, in milliseconds.
const AFTER_LOSS: i64 = 10_000;
/// Rows in one transaction: a few milliseconds' work.
const BATCH: usize = 200;

/// Where a user's device stood: `account/state`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredState {
    pub(crate) me: Me,
    /// All up to here is in the cache. None when the cache is not whole: then the server has to be asked for all of it.
    pub(crate) cursor: Option<Cursor>,
    pub(crate) favourites: Vec<Favourite>,
    pub(crate) older: Option<ConversationsBefore>,
    /// Whether all contacts are here.
    pub(crate) contacts: bool,
    /// What was read here and the server has not heard of.
    pub(crate) reads: Vec<(ConversationId, Seq)>,
    /// Conversations that the log spoke of, and that the server has still to be asked for.
    pub(crate) missing: Vec<ConversationId>,
    /// Unread conversations that are not in the cache.
    #[serde(default)]
    pub(crate) unread: Vec<ConversationId>,
    /// Up to where the states are in the cache; none where a version wrote this that did not know of them.
    #[serde(default)]
    pub(crate) states: Option<StatesSeen>,
    /// How many kinds of entries the version that wrote this knows.
    #[serde(default)]
    pub(crate) kinds: u32,
    /// Whether the version that wrote this knows the names of former colleagues.
    #[serde(default)]
    pub(crate) knows_former: bool,
}

/// The cards as they are stored: `windows/windows`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredWindows {
    pub(crate) snapshot: Snapshot,
    /// Where the cards' conversations go: one that has no message yet is known nowhere else.
    pub(crate) to: Vec<(ConversationId, Destination)>,
    pub(crate) new: Vec<(u32, NewConversation)>,
}

impl StoredWindows {
    /// Whether the other tabs have to be told: the cards are others, or a group is that only this browser knows. Who is in the others, and
    /// their names, each tab hears from the server.
    pub(crate) fn is_news_after(&self, before: &Self) -> bool {
        let begun =
            |(_, to): &&(ConversationId, Destination)| to.group.as_ref().is_some_and(|group| group.begin.is_some());
        self.snapshot != before.snapshot || self.to.iter().filter(begun).any(|begun| !before.to.contains(begun))
    }
}

/// How much of the cache is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Depth {
    /// All of it.
    #[default]
    Whole,
    /// The device was full once: what is pinned, alone.
    Pins,
    /// It was full again: nothing.
    Nothing,
}

/// What is not written yet.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    /// Whether the timer is set.
    scheduled: bool,
    /// Whether a batch is being written.
    busy: bool,
    depth: Depth,
    /// When the user last did something.
    pub(crate) last_input: UnixMs,
    /// The windows as they were last written, or told by another tab.
    pub(crate) windows: StoredWindows,
    /// Whether the state says something new although no row does: the cursor has moved.
    stale: bool,
    /// Ranges to forget ahead of what is written next.
    forget: Vec<Range>,
    /// Whether something was not written that is not known any more: the rows here do not say all up to the cursor.
    incomplete: bool,
    /// Files of pinned conversations whose entries were just written: they are to be here, too.
    files: Vec<MediaId>,
}

/// What the cache is written from.
#[derive(Debug)]
pub(crate) struct Sources<'s> {
    pub(crate) conversations: &'s mut Conversations,
    pub(crate) book: &'s mut Book,
    pub(crate) desk: &'s Desk,
    pub(crate) outbox: &'s Outbox,
    pub(crate) drafts: &'s Drafts,
    /// The log's cursor, if all that it said up to there is here, and no change waits that the server may still refuse.
    pub(crate) cursor: Option<Cursor>,
    /// Up to where the states are here.
    pub(crate) states: StatesSeen,
    /// Whether the server has still to take a change that shows here already: it may refuse it, or never hear of it.
    pub(crate) changing: bool,
    /// Whether all contacts are here.
    pub(crate) all_contacts: bool,
}

impl Cache {
    /// All that the server says comes anew: what the cache says is of before. The history of pinned cards stays; the
    /// newest of it is asked for before it shows.
    pub(crate) fn renew(&mut self, pinned: &[ConversationId]) {
        for store in [Store::Conversations, Store::Contacts, Store::Users] {
            self.forget.push(Range::all(store));
        }
        let mut pinned: Vec<String> = pinned.iter().map(ToString::to_string).collect();
        sort_few(&mut pinned, |a, b| a < b);
        let mut from = String::new();
        for id in pinned {
            self.forget.push(Range { store: Store::Messages, from, to: [&id, "/"].concat() });
            from = [&id, "0"].concat();
        }
        self.forget.push(Range { from, ..Range::all(Store::Messages) });
        self.stale = true;
        self.incomplete = false;
    }

    /// The log has moved on, or states have.
    pub(crate) fn cursor_moved(&mut self) {
        self.stale = true;
    }

    /// Whether this tab writes the cache now.
    fn writes(&self, cx: &Context<'_, '_>) -> bool {
        cx.device.keeps && cx.device.leads && cx.device.signed_in && self.depth != Depth::Nothing && !self.busy
    }

    fn has_news(&self, conversations: &Conversations, book: &Book) -> bool {
        self.stale || !self.forget.is_empty() || conversations.has_unstored() || book.has_unstored()
    }

    /// After each event: what has changed is written in a while.
    pub(crate) fn schedule(&mut self, conversations: &Conversations, book: &Book, cx: &mut Context<'_, '_>) {
        if !self.scheduled && self.writes(cx) && self.has_news(conversations, book) {
            self.scheduled = true;
            cx.set_timer(Timer::Cache, GATHER);
        }
    }

    /// The time to write has come; much of it waits for a moment of rest.
    pub(crate) fn write_when_quiet(&mut self, sources: &mut Sources<'_>, cx: &mut Context<'_, '_>) {
        let much = sources.conversations.unstored_count() + sources.book.unstored_count() > BATCH;
        if much && cx.env.now.since(self.last_input) < REST {
            self.scheduled = true;
            cx.set_timer(Timer::Cache, REST);
        } else {
            self.write(sources, cx);
        }
    }

    pub(crate) fn write(&mut self, sources: &mut Sources<'_>, cx: &mut Context<'_, '_>) {
        self.scheduled = false;
        if !self.writes(cx) || !self.has_news(sources.conversations, sources.book) {
            return;
        }
        let (mut writes, rest) = self.batch(BATCH, sources);
        if !rest {
            // What the server has not taken yet may never be so: after a crash it says anew how all of it stands.
            let whole = !sources.changing && !self.incomplete && self.depth == Depth::Whole;
            writes.push(state(whole, sources, cx));
            self.stale = false;
        }
        self.busy = true;
        cx.write(writes, Some(Token::Cache));
        let files = core::mem::take(&mut self.files);
        if !files.is_empty() {
            cx.effect(Effect::Files(FileCommand::Fetch(files)));
        }
    }

    /// What is new in a conversation joins a transaction, rather than wait for the next batch.
    pub(crate) fn join_transaction(
        &mut self,
        id: ConversationId,
        writes: &mut Vec<Write>,
        sources: &mut Sources<'_>,
        cx: &Context<'_, '_>,
    ) {
        if !cx.device.keeps || self.depth == Depth::Nothing {
            return;
        }
        let forget = core::mem::take(&mut self.forget);
        let incomplete = !forget.is_empty() || sources.changing || self.incomplete;
        writes.extend(forget.into_iter().map(Write::Delete));
        let since = sources.conversations.nth_activity(STORED_CONVERSATIONS);
        self.store_conversation(id, since, sources, writes);
        if incomplete {
            // The server may not take what shows here: after a crash it says anew how all of it stands.
            writes.push(state(false, sources, cx));
        }
    }

    /// The tab may go at any moment: what is not written yet is, all at once.
    pub(crate) fn write_all(&mut self, sources: &mut Sources<'_>, cx: &mut Context<'_, '_>) {
        if cx.device.keeps && cx.me.is_some() && self.depth != Depth::Nothing {
            let (mut writes, _) = self.batch(usize::MAX, sources);
            // What is sealed is not the whole cache: the next start asks the server for all of it.
            writes.push(state(false, sources, cx));
            cx.write(writes, None);
        }
    }

    /// A batch is written. What did not fit into it follows in a moment: the user comes first.
    pub(crate) fn written(&mut self, conversations: &Conversations, book: &Book, cx: &mut Context<'_, '_>) {
        self.busy = false;
        if self.has_news(conversations, book) && !core::mem::replace(&mut self.scheduled, true) {
            cx.set_timer(Timer::Cache, NEXT_BATCH);
        }
    }

    /// The database has less than what was written: the next start asks the server for everything.
    pub(crate) fn mark_incomplete(&mut self) {
        (self.incomplete, self.stale) = (true, true);
    }

    /// A batch was not written, as the database did not work or is another user's. What was in it is not known any more, so the next
    /// start asks the server for everything.
    pub(crate) fn lost(&mut self, cx: &mut Context<'_, '_>) {
        self.mark_incomplete();
        (self.busy, self.scheduled) = (false, true);
        cx.set_timer(Timer::Cache, AFTER_LOSS);
    }

    /// A batch was not written: the device is full. What was in it is not known any more, so the cache starts again with less.
    pub(crate) fn not_written(&mut self, sources: &mut Sources<'_>, cx: &mut Context<'_, '_>) {
        self.busy = false;
        let (depth, text) = match self.depth {
            Depth::Whole => (Depth::Pins, words::DEVICE_FULL_PINS),
            Depth::Pins | Depth::Nothing => (Depth::Nothing, words::DEVICE_FULL_NOTHING),
        };
        if self.depth == depth {
            return;
        }
        self.depth = depth;
        let caches =
            [Store::Conversations, Store::Contacts, Store::Messages].map(|store| Write::Delete(Range::all(store)));
        let mut writes = caches.to_vec();
        writes.push(state(false, sources, cx));
        cx.write(writes, None);
        for id in sources.desk.pinned() {
            sources.conversations.mark_all_unstored(id);
        }
        cx.complain(text);
    }

    /// The next rows to write, as many as fit; and whether there are more.
    fn batch(&mut self, room: usize, sources: &mut Sources<'_>) -> (Vec<Write>, bool) {
        let mut writes: Vec<Write> = core::mem::take(&mut self.forget).into_iter().map(Write::Delete).collect();
        let since = sources.conversations.nth_activity(STORED_CONVERSATIONS);
        while writes.len() < room {
            let Some(id) = sources.conversations.next_unstored() else { break };
            self.store_conversation(id, since, sources, &mut writes);
        }
        while writes.len() < room {
            let Some(id) = sources.book.next_unstored_user() else { break };
            writes.push(match (sources.book.user(id), sources.book.former(id)) {
                (Some(user), _) => put(Store::Users, id.to_string(), user),
                (None, Some(name)) => put(Store::Users, id.to_string(), &FormerUser { id, name: name.clone() }),
                (None, None) => Write::Delete(Range::key(Store::Users, id.to_string())),
            });
        }
        while writes.len() < room {
            let Some(id) = sources.book.next_unstored() else { break };
            writes.extend(self.store_contact(id, sources));
        }
        (writes, sources.conversations.has_unstored() || sources.book.has_unstored())
    }

    fn store_contact(&self, id: ContactId, sources: &Sources<'_>) -> Option<Write> {
        match sources.book.contact(id) {
            Some(contact) if self.depth == Depth::Whole => Some(put(Store::Contacts, id.to_string(), contact)),
            Some(contact) => {
                // The names of those who are pinned.
                let peers = contact.numbers.iter().map(|entry| Peer::Number(entry.number));
                let pinned = sources.desk.pinned();
                let mut named = peers.flat_map(|peer| sources.conversations.with(peer));
                named.any(|id| pinned.contains(&id)).then(|| put(Store::Contacts, id.to_string(), contact))
            }
            None => Some(Write::Delete(Range::key(Store::Contacts, id.to_string()))),
        }
    }

    fn store_conversation(
        &mut self,
        id: ConversationId,
        since: Option<UnixMs>,
        sources: &mut Sources<'_>,
        writes: &mut Vec<Write>,
    ) {
        let key = CardKey::Conversation(id);
        let card = sources.desk.windows.get(key);
        let waits = sources.outbox.of(id).next().is_some() || sources.drafts.has(key);
        let wanted = Wanted {
            whole: self.depth == Depth::Whole,
            pinned: card.is_some_and(|card| card.is_pinned()),
            needed: card.is_some() || waits,
            since,
        };
        self.files.extend(sources.conversations.store(id, wanted, writes));
    }
}

/// Where the user's device stands.
fn state(whole: bool, sources: &Sources<'_>, cx: &Context<'_, '_>) -> Write {
    let Some(me) = cx.me else { return Write::Delete(Range::key(Store::Account, STATE.to_owned())) };
    let state = StoredState {
        me: me.clone(),
        cursor: sources.cursor.filter(|_| whole),
        favourites: sources.book.favourites().collect(),
        older: sources.conversations.stored_up_to(),
        contacts: whole && sources.all_contacts,
        reads: sources.conversations.unsent_reads().entries().to_vec(),
        missing: sources.conversations.missing(),
        unread: sources.conversations.unread_not_stored(),
        states: Some(sources.states),
        kinds: Entry::KNOWN_KINDS,
        knows_former: true,
    };
    put(Store::Account, STATE.to_owned(), &state)
}

#[cfg(test)]
mod tests;
