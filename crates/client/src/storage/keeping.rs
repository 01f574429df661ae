//! Writing what changed, in batches, a moment after it did.
//!
//! Owns what is not written yet. Always holds:
//! - One batch at a time; the state with its cursor goes with the last one, when nothing is left to write.
//! - Only the leading tab writes the cache; what the user owns is written by the tab in which it was made, at once.
//! - The cache is bounded. What is open, pinned or waiting to be sent is never evicted.

use halyard_protocol::{ContactId, ConversationId, MediaId, Seq, UnixMs, UserId};

use super::{
    DbCommand, KeptConversation, KeptWindows, LEAVING, Range, Row, STATE, State, Store, Token, USER, WINDOWS, Write,
    message_key, messages, put,
};
use crate::effect::{Effect, FileCommand, TimerId};
use crate::env::Env;
use crate::softphone::Softphone;
use crate::update::{Changed, Update};
use crate::windows::{CardKey, Snapshot};

/// How long changes gather before they are written, in milliseconds.
const GATHER: u32 = 600;
/// Between two batches, in milliseconds.
const NEXT_BATCH: u32 = 100;
/// More than one batch waits until the user has done nothing for so long, in milliseconds: they come first.
const REST: u32 = 1_500;
/// Rows in one transaction: a few milliseconds' work.
const BATCH: usize = 200;
/// Conversations in the cache: the newest. Twice as many may gather before the rest is evicted.
pub(crate) const CONVERSATIONS: usize = 500;
/// Messages in the cache of a conversation that is not pinned: the newest.
pub(crate) const MESSAGES: Seq = 200;

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

/// Whose the database is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Owner {
    /// It has not said yet.
    #[default]
    Unknown,
    /// This user's, or nobody's.
    Known(Option<UserId>),
}

/// What is not written yet.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    /// Whether the timer is set.
    scheduled: bool,
    /// Whether a batch is being written.
    busy: bool,
    depth: Depth,
    /// When the user last did something.
    pub(crate) touched_at: UnixMs,
    /// The windows as they were last written, or told by another tab.
    pub(crate) windows: KeptWindows,
    /// Whether the state says something new although no row does: the cursor has moved.
    stale: bool,
    /// Ranges to forget ahead of what is written next.
    forget: Vec<Range>,
    /// Files of pinned conversations whose messages were just written: they are to be here, too.
    files: Vec<MediaId>,
}

impl Softphone {
    /// Writes on behalf of the user who is signed in.
    pub(crate) fn commit(&self, writes: Vec<Write>, token: Option<Token>, out: &mut Update) {
        let owner = self.session.me().map(|me| me.user.id);
        if owner.is_some() && !self.reading {
            out.effect(Effect::Db(DbCommand::Write { owner, writes, token }));
        }
    }

    /// The database is this user's from now on. What is there of another one is sealed first. Before the database has
    /// said whose it is, nothing is claimed.
    pub(crate) fn claim(&mut self, user: UserId, out: &mut Update) {
        match core::mem::replace(&mut self.database.owner, Owner::Known(Some(user))) {
            Owner::Unknown => {
                self.database.owner = Owner::Unknown;
                return;
            }
            Owner::Known(Some(other)) if other != user => self.seal_other(other, out),
            Owner::Known(_) => {}
        }
        let row = Row { store: Store::Account, key: USER.to_owned(), text: user.to_string() };
        let leaving = Range::key(Store::Account, LEAVING.to_owned());
        let writes = vec![Write::Put(row), Write::Delete(leaving)];
        out.effect(Effect::Db(DbCommand::Write { owner: None, writes, token: None }));
    }

    /// All that the server says comes anew: what the cache says is of before.
    pub(crate) fn renew_cache(&mut self) {
        for store in [Store::Conversations, Store::Contacts, Store::Users] {
            self.keeper.forget.push(Range::all(store));
        }
        // The history of pinned cards stays; the newest of it is asked for before it shows.
        let mut pinned: Vec<String> = self.pinned().iter().map(ToString::to_string).collect();
        pinned.sort_unstable();
        let mut from = String::new();
        for id in pinned {
            let range = Range { store: Store::Messages, from, to: [&id, "/"].concat() };
            self.keeper.forget.push(range);
            from = [&id, "0"].concat();
        }
        self.keeper.forget.push(Range { from, ..Range::all(Store::Messages) });
        self.keeper.stale = true;
        self.sync.renewed = true;
    }

    /// The log has moved on.
    pub(crate) fn cursor_moved(&mut self) {
        self.keeper.stale = true;
    }

    /// After each event: the windows are written when they have changed and nobody drags one; the rest in a while.
    pub(crate) fn keep(&mut self, out: &mut Update) {
        if self.session.me().is_none() || self.reading || !self.database.can_keep {
            return;
        }
        if self.windows.dragged().is_none() {
            if out.changed.iter().any(concerns_windows) {
                self.keep_windows(out);
            } else {
                debug_assert_eq!(
                    self.kept_windows(),
                    self.keeper.windows,
                    "a change of the windows that was not named"
                );
            }
        }
        if !self.keeper.scheduled && self.keeps_cache() && self.has_news() {
            self.keeper.scheduled = true;
            out.effect(Effect::SetTimer(TimerId::Keep, GATHER));
        }
    }

    pub(crate) fn kept_windows(&self) -> KeptWindows {
        let new = self.new.entries().iter().filter_map(|(card, new)| match card {
            CardKey::New(n) => Some((*n, new.clone())),
            CardKey::Conversation(_) => None,
        });
        let open = self.windows.cards().filter_map(|card| self.conversations.get(card.key().conversation()?));
        let to = open.map(|thread| (thread.conversation.id, thread.conversation.to_destination())).collect();
        KeptWindows { snapshot: self.windows.snapshot(), to, new: new.collect() }
    }

    fn keep_windows(&mut self, out: &mut Update) {
        let now = self.kept_windows();
        if now == self.keeper.windows {
            return;
        }
        let pinned = |kept: &KeptWindows| kept.snapshot.cards.iter().filter(|card| card.pinned).count();
        let first_pin = pinned(&self.keeper.windows) == 0 && pinned(&now) > 0;
        self.newly_pinned(&now.snapshot);
        self.tell_windows(&now, out);
        self.commit(vec![put(Store::Windows, WINDOWS.to_owned(), &now)], None, out);
        self.keeper.windows = now;
        if first_pin {
            out.effect(Effect::Db(DbCommand::Persist));
        }
    }

    /// A card that is pinned keeps all of its history that is here.
    fn newly_pinned(&mut self, now: &Snapshot) {
        let before = &self.keeper.windows.snapshot.cards;
        let was_pinned = |key| before.iter().any(|card| card.key == key && card.pinned);
        let fresh = now.cards.iter().filter(|card| card.pinned && !was_pinned(card.key));
        for id in fresh.filter_map(|card| card.key.conversation()).collect::<Vec<_>>() {
            self.conversations.touch_all(id);
        }
    }

    /// Whether this tab writes the cache now.
    fn keeps_cache(&self) -> bool {
        self.leads && self.keeper.depth != Depth::Nothing && self.session.is_signed_in() && !self.keeper.busy
    }

    fn has_news(&self) -> bool {
        self.keeper.stale
            || !self.keeper.forget.is_empty()
            || self.conversations.has_touched()
            || self.book.has_touched()
    }

    /// The time to write has come; much of it waits for a moment of rest.
    pub(crate) fn keep_when_quiet(&mut self, env: &Env, out: &mut Update) {
        let much = self.conversations.touched() + self.book.touched() > BATCH;
        if much && env.now.since(self.keeper.touched_at) < i64::from(REST) {
            self.keeper.scheduled = true;
            out.effect(Effect::SetTimer(TimerId::Keep, REST));
        } else {
            self.keep_now(out);
        }
    }

    pub(crate) fn keep_now(&mut self, out: &mut Update) {
        self.keeper.scheduled = false;
        if self.database.can_keep && self.keeps_cache() && self.has_news() {
            let (mut writes, rest) = self.batch(BATCH);
            if !rest {
                // What the server has not taken yet may never be so: after a crash it says anew how all of it stands.
                let sure = !self.requests.is_changing();
                writes.push(self.state(sure && self.keeper.depth == Depth::Whole));
                self.keeper.stale = false;
            }
            self.keeper.busy = true;
            self.commit(writes, Some(Token::Cache), out);
            let files = core::mem::take(&mut self.keeper.files);
            if !files.is_empty() {
                out.effect(Effect::Files(FileCommand::Fetch(files)));
            }
        }
    }

    /// What is new in a conversation joins a transaction, rather than wait for the next batch.
    pub(crate) fn cache_at_once(&mut self, id: ConversationId, writes: &mut Vec<Write>) {
        if self.database.can_keep && self.keeper.depth != Depth::Nothing {
            let floor = self.conversations.nth_activity(CONVERSATIONS);
            let forget = core::mem::take(&mut self.keeper.forget);
            let doubtful = !forget.is_empty() || self.requests.is_changing();
            writes.extend(forget.into_iter().map(Write::Delete));
            self.batch_conversation(id, floor, writes);
            if doubtful {
                // The server may not take what shows here: after a crash it says anew how all of it stands.
                writes.push(self.state(false));
            }
        }
    }

    /// The tab may go at any moment: what is not written yet is, all at once.
    pub(crate) fn flush_all(&mut self, out: &mut Update) {
        if self.database.can_keep && self.session.me().is_some() && self.keeper.depth != Depth::Nothing {
            let (mut writes, _) = self.batch(usize::MAX);
            // What is sealed is not the whole cache: the next start asks the server for all of it.
            writes.push(self.state(false));
            self.commit(writes, None, out);
        }
    }

    pub(crate) fn cache_written(&mut self, out: &mut Update) {
        self.keeper.busy = false;
        // What did not fit into the batch follows in a moment: the user comes first.
        if self.has_news() && !core::mem::replace(&mut self.keeper.scheduled, true) {
            out.effect(Effect::SetTimer(TimerId::Keep, NEXT_BATCH));
        }
    }

    /// A batch was not written: the device is full, or its database is broken. What was in it is not known any more, so
    /// the cache starts again with less.
    pub(crate) fn cache_not_written(&mut self, env: &Env, out: &mut Update) {
        self.keeper.busy = false;
        let (depth, word) = match self.keeper.depth {
            Depth::Whole => {
                (Depth::Pins, "This device is full: only pinned conversations are kept for when there is no network.")
            }
            Depth::Pins | Depth::Nothing => {
                (Depth::Nothing, "This device is full: nothing more is kept for when there is no network.")
            }
        };
        if self.keeper.depth == depth {
            return;
        }
        self.keeper.depth = depth;
        let caches =
            [Store::Conversations, Store::Contacts, Store::Messages].map(|store| Write::Delete(Range::all(store)));
        let mut writes = caches.to_vec();
        writes.push(self.state(false));
        self.commit(writes, None, out);
        for id in self.pinned() {
            self.conversations.touch_all(id);
        }
        self.complain(word.to_owned(), env, out);
    }

    fn pinned(&self) -> Vec<ConversationId> {
        self.windows.cards().filter(|card| card.is_pinned()).filter_map(|card| card.key().conversation()).collect()
    }

    /// The next rows to write, as many as fit; and whether there are more.
    fn batch(&mut self, room: usize) -> (Vec<Write>, bool) {
        let mut writes: Vec<Write> = core::mem::take(&mut self.keeper.forget).into_iter().map(Write::Delete).collect();
        let floor = self.conversations.nth_activity(CONVERSATIONS);
        while writes.len() < room {
            let Some(id) = self.conversations.next_touched() else { break };
            self.batch_conversation(id, floor, &mut writes);
        }
        while writes.len() < room {
            let Some(id) = self.book.next_touched_user() else { break };
            writes.push(match self.book.user(id) {
                Some(user) => put(Store::Users, id.to_string(), user),
                None => Write::Delete(Range::key(Store::Users, id.to_string())),
            });
        }
        while writes.len() < room {
            let Some(id) = self.book.next_touched() else { break };
            writes.extend(self.batch_contact(id));
        }
        (writes, self.conversations.has_touched() || self.book.has_touched())
    }

    fn batch_contact(&self, id: ContactId) -> Option<Write> {
        match self.book.contact(id) {
            Some(contact) if self.keeper.depth == Depth::Whole => Some(put(Store::Contacts, id.to_string(), contact)),
            Some(contact) => {
                // The names of those who are pinned.
                let named = contact
                    .numbers
                    .iter()
                    .flat_map(|entry| self.conversations.with(halyard_protocol::Peer::Number(entry.number)));
                let pinned = self.pinned();
                let named = named.into_iter().any(|id| pinned.contains(&id));
                named.then(|| put(Store::Contacts, id.to_string(), contact))
            }
            None => Some(Write::Delete(Range::key(Store::Contacts, id.to_string()))),
        }
    }

    fn batch_conversation(&mut self, id: ConversationId, floor: Option<UnixMs>, writes: &mut Vec<Write>) {
        let card = self.windows.get(CardKey::Conversation(id));
        let pinned = card.is_some_and(|card| card.is_pinned());
        let needed =
            card.is_some() || self.outbox.of(id).next().is_some() || self.drafts.has(CardKey::Conversation(id));
        let whole = self.keeper.depth == Depth::Whole;
        let Some(thread) = self.conversations.get_mut(id) else { return };
        let recent = whole && thread.listed && floor.is_none_or(|floor| thread.conversation.last_activity >= floor);
        let touched = core::mem::take(&mut thread.timeline.touched);
        thread.kept = recent || needed;
        if !thread.kept {
            writes.push(Write::Delete(Range::key(Store::Conversations, id.to_string())));
            writes.push(Write::Delete(messages(id, 0, Seq::MAX)));
            return;
        }
        let kept =
            KeptConversation { conversation: thread.conversation.clone(), listed: thread.listed, told: thread.told };
        writes.push(put(Store::Conversations, id.to_string(), &kept));
        if !pinned && !whole {
            return;
        }
        let (last, cleared) = (thread.conversation.last_seq, thread.conversation.cleared_seq);
        if cleared != thread.timeline.forgotten {
            thread.timeline.forgotten = cleared;
            writes.push(Write::Delete(messages(id, 0, cleared)));
        }
        let first = if pinned { 0 } else { last.saturating_sub(MESSAGES - 1) };
        for seq in touched.into_iter().filter(|seq| *seq >= first) {
            if let Some(message) = thread.timeline.at(seq) {
                writes.push(put(Store::Messages, message_key(id, seq), message));
                if pinned {
                    self.keeper.files.extend(message.media.iter().map(|file| file.id));
                }
            }
        }
        // What falls out of the newest goes, some at a time.
        if !pinned && first > thread.timeline.evicted + MESSAGES / 4 {
            thread.timeline.evicted = first;
            writes.push(Write::Delete(messages(id, 0, first - 1)));
        }
    }

    /// Where the user's device stands.
    fn state(&self, whole: bool) -> Write {
        let Some(me) = self.session.me() else { return Write::Delete(Range::key(Store::Account, STATE.to_owned())) };
        let state = State {
            me: me.clone(),
            cursor: (whole && self.sync.started).then_some(self.sync.cursor),
            favourites: self.book.favourites().collect(),
            older: self.conversations.kept_up_to(),
            contacts: whole && self.contacts_loading.done,
            reads: self.unsent_reads.entries().to_vec(),
            missing: self.conversations.asked().chain(self.missing.iter()).collect(),
        };
        put(Store::Account, STATE.to_owned(), &state)
    }
}

/// Whether the windows may be kept otherwise after this change: comparing them after each key would cost more than it.
fn concerns_windows(changed: &Changed) -> bool {
    matches!(
        changed,
        Changed::Session
            | Changed::Windows
            | Changed::Column
            | Changed::Recipients(_)
            | Changed::Composer(CardKey::New(_))
    )
}
