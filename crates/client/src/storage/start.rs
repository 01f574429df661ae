//! Starting from what the device has kept: paint first, ask the server then.
//!
//! Always holds: what the server says is newer than what was kept; what was kept of messages is shown only where it
//! joins what is here without a gap.

use halyard_protocol::rest::Me;
use halyard_protocol::{Contact, ConversationId, Destination, Message, User, UserId};

use super::keeping::{CONVERSATIONS, MESSAGES};
use super::{
    DbCommand, Kept, KeptConversation, KeptWindows, LEAVING, Owner, Range, Row, STATE, State, Store, USER, WINDOWS,
    messages,
};
use crate::api::{CallError, read};
use crate::attachments::Attachment;
use crate::contacts::book::Renamed;
use crate::effect::{Effect, TimerId};
use crate::env::Env;
use crate::event::HttpOutcome;
use crate::json;
use crate::outbox::OutboxRow;
use crate::session::{Attempt, Session};
use crate::softphone::Softphone;
use crate::sync::Link;
use crate::update::{Changed, Update};
use crate::windows::CardKey;

/// How long the first paint waits for the database, in milliseconds. Then the server is asked for everything.
pub(crate) const PATIENCE: u32 = 3_000;
/// Contacts that are read at once.
const CONTACTS: usize = 2_000;

/// What the device had kept, read. A row that this version can't read stays where it is and is not shown.
#[derive(Debug, Default)]
struct Disk {
    user: Option<UserId>,
    state: Option<State>,
    leaving: bool,
    windows: KeptWindows,
    conversations: Vec<KeptConversation>,
    users: Vec<User>,
    kept: Kept,
}

impl Disk {
    fn read(rows: Vec<Row>) -> Self {
        let mut disk = Self::default();
        for Row { store, key, text } in rows {
            match (store, key.as_str()) {
                (Store::Outbox, _) => disk.kept.outbox.extend(OutboxRow::from_json(&text)),
                (Store::Drafts, _) => disk.kept.drafts.push((key, text)),
                (Store::Attachments, _) => disk.kept.files.extend(kept_file(&key, &text)),
                (Store::Account, USER) => disk.user = text.parse().ok(),
                (Store::Account, STATE) => disk.state = json::read(&text).ok(),
                (Store::Account, LEAVING) => disk.leaving = true,
                (Store::Windows, WINDOWS) => disk.windows = json::read(&text).unwrap_or_default(),
                (Store::Conversations, _) => disk.conversations.extend(json::read::<KeptConversation>(&text)),
                (Store::Users, _) => disk.users.extend(json::read::<User>(&text)),
                _ => {}
            }
        }
        disk
    }
}

/// A file of a text box, with whose it is.
#[inline(never)]
fn kept_file(key: &str, text: &str) -> Option<(UserId, Attachment, Option<String>)> {
    Some((key.split('/').next()?.parse().ok()?, json::read(text).ok()?, None))
}

impl Softphone {
    /// Asks the database for what it keeps.
    pub(crate) fn load(&mut self, out: &mut Update) {
        self.database.loads += 1;
        out.effect(Effect::Db(DbCommand::Load));
    }

    /// The database has given back what it keeps.
    pub(crate) fn loaded(&mut self, rows: Vec<Row>, env: &Env, out: &mut Update) {
        let user = rows.iter().find(|row| row.store == Store::Account && row.key == USER);
        self.database.owner = Owner::Known(user.and_then(|row| row.text.parse().ok()));
        if matches!(self.session, Session::Starting) && !self.requests.is_asking_all() {
            self.start_from_disk(rows, env, out);
            return;
        }
        let disk = Disk::read(rows);
        self.database.kept.join(disk.kept);
        self.keep_waiting(disk.user, disk.windows, disk.state.as_ref());
        let Some(me) = self.session.me().map(|me| me.user.id) else { return };
        if disk.user == Some(me) {
            self.take_waiting_cards(me, out);
        }
        self.claim(me, out);
        self.take_kept(me, env, out);
        // The other tabs have signed in with this one, and have not seen what was sealed.
        self.tell_windows(&self.kept_windows(), out);
    }

    /// The first paint: the user who was here last, as they left it.
    pub(crate) fn start_from_disk(&mut self, rows: Vec<Row>, env: &Env, out: &mut Update) {
        let disk = Disk::read(rows);
        self.database.kept.join(disk.kept);
        let Some(state) = disk.state.filter(|state| disk.user == Some(state.me.user.id)) else {
            if core::mem::take(&mut self.reading) {
                self.not_opened(out);
            } else if disk.leaving {
                self.leaving = true;
                self.session = Session::SignedOut { attempt: Attempt::default() };
                self.requests.sign_out(out);
                out.changed(Changed::Session);
            } else {
                // The cards wait until the server has said who is here.
                self.keep_waiting(disk.user, disk.windows, None);
                self.requests.bootstrap(out);
            }
            return;
        };
        let user = state.me.user.id;
        out.effect(Effect::CancelTimer(TimerId::Bootstrap));
        self.session =
            if self.reading { Session::Reading(Box::new(state.me)) } else { Session::SignedIn(Box::new(state.me)) };
        self.sync.cached(state.cursor);
        self.book.reset(Vec::new(), state.favourites);
        self.conversations.older = state.older;
        self.contacts_loading.done = state.contacts;
        self.missing = state.missing.into_iter().collect();
        for (id, seq) in state.reads {
            self.unsent_reads.insert(id, seq);
        }
        for conversation in &disk.conversations {
            self.conversations.put_kept(conversation.clone());
        }
        self.conversations.evict(CONVERSATIONS);
        for user in disk.users {
            self.book.put_kept_user(user);
        }
        self.take_cards(disk.windows, out);
        self.load_kept(user, out);
        self.reopen_all_waiting();
        if disk.leaving && !self.reading {
            // The app died in the middle of signing out.
            self.leaving = true;
            self.requests.sign_out(out);
            self.leave(out);
            return;
        }
        self.open_address(out);
        self.read_contacts(String::new(), out);
        self.connect(out);
        self.pump_outbox(env, out);
        out.changed(Changed::Session);
        self.everything_changed(out);
        self.run_errands(env, out);
    }

    /// The cards of whoever was here last wait for them.
    fn keep_waiting(&mut self, user: Option<UserId>, windows: KeptWindows, state: Option<&State>) {
        self.database.kept.cards = user.map(|user| (user, windows));
        self.database.kept.login = state.map(|state| state.me.login()).unwrap_or_default();
    }

    /// The cards that waited for their user.
    pub(crate) fn take_waiting_cards(&mut self, user: UserId, out: &mut Update) {
        if let Some((owner, windows)) = self.database.kept.cards.take()
            && owner == user
        {
            self.take_cards(windows, out);
        }
    }

    /// The cards as they were, beside those that are open by now.
    fn take_cards(&mut self, kept: KeptWindows, out: &mut Update) {
        self.open_threads(&kept.to);
        for (n, new) in &kept.new {
            self.last_new = self.last_new.max(*n);
            let begun = self.new.get_or_insert(CardKey::New(*n), new.clone());
            if begun.peers.is_empty() && begun.query.is_empty() {
                begun.clone_from(new);
            }
        }
        let known = |card: CardKey| match card {
            CardKey::Conversation(id) => self.conversations.get(id).is_some(),
            CardKey::New(_) => self.new.get(&card).is_some(),
        };
        let mut snapshot = kept.snapshot.clone();
        snapshot.cards.retain(|card| known(card.key));
        let outcome = self.windows.join(snapshot);
        self.keeper.windows = kept;
        self.cards_changed(outcome, out);
        for card in self.open_cards() {
            self.reopen_card(card, out);
        }
    }

    /// The conversations of these people, where they are not here yet.
    pub(crate) fn open_threads(&mut self, all: &[(ConversationId, Destination)]) {
        for (id, to) in all {
            if self.conversations.get(*id).is_none() {
                self.open_thread(to);
            }
        }
    }

    /// Reads the contacts that are kept, some at a time.
    fn read_contacts(&mut self, from: String, out: &mut Update) {
        if !self.reading {
            let range = Range { from, ..Range::all(Store::Contacts) };
            out.effect(Effect::Db(DbCommand::Read { range, limit: CONTACTS }));
        }
    }

    /// The database has given back a part of the cache; `more` is where the rest of it begins.
    pub(crate) fn rows_read(
        &mut self,
        range: &Range,
        rows: Vec<Row>,
        more: Option<String>,
        env: &Env,
        out: &mut Update,
    ) {
        if range.store == Store::Outbox {
            self.database.outbox_reads = self.database.outbox_reads.saturating_sub(1);
            self.take_outbox(rows.iter().filter_map(|row| OutboxRow::from_json(&row.text)).collect(), env, out);
        } else if range.store == Store::Files {
            self.file_read(&range.from, rows, env, out);
        } else if range.store == Store::Contacts {
            self.take_contacts(rows, out);
            match more {
                Some(from) => self.read_contacts(from, out),
                None if self.contacts_loading.done => self.book.end_loading(),
                None => {}
            }
        } else if let Some(id) = range.from.split('/').next().and_then(|id| id.parse().ok()) {
            self.messages_read(id, rows.iter().filter_map(|row| json::read(&row.text).ok()).collect(), out);
        }
    }

    pub(crate) fn take_contacts(&mut self, rows: Vec<Row>, out: &mut Update) {
        let mut renamed = Renamed::default();
        for contact in rows.iter().filter_map(|row| json::read::<Contact>(&row.text).ok()) {
            renamed.numbers.append(&mut self.book.put_kept(contact).numbers);
        }
        self.contacts_changed(renamed, out);
    }

    /// Asks the database for a conversation's messages, once; the server is asked for what is not there. Says whether
    /// the database is being asked.
    pub(crate) fn read_messages(&mut self, id: ConversationId, out: &mut Update) -> bool {
        if !self.database.can_keep || self.reading {
            return false;
        }
        let Some(thread) = self.conversations.get_mut(id) else { return false };
        if !thread.timeline.ask_disk() {
            return thread.timeline.is_reading();
        }
        let last = thread.conversation.last_seq;
        let first = if self.is_pinned(CardKey::Conversation(id)) { 0 } else { last.saturating_sub(MESSAGES - 1) };
        out.effect(Effect::Db(DbCommand::Read { range: messages(id, first, u64::MAX), limit: usize::MAX }));
        true
    }

    /// The first page has come where what was kept was not to be trusted: of a pinned card the device has what is above.
    pub(crate) fn read_above(&mut self, id: ConversationId, out: &mut Update) {
        if self.sync.renewed
            && self.is_pinned(CardKey::Conversation(id))
            && let Some(timeline) = self.conversations.timeline(id)
        {
            timeline.ask_disk_again();
            self.read_messages(id, out);
        }
    }

    /// The messages of a conversation that were kept, or that there are none.
    pub(crate) fn messages_read(&mut self, id: ConversationId, found: Vec<Message>, out: &mut Update) {
        let Some(thread) = self.conversations.get_mut(id) else { return };
        let last = thread.conversation.last_seq;
        if self.sync.renewed && !thread.timeline.is_joined() {
            // A delivery may be further than the device knows: the server first.
            thread.timeline.doubt_kept();
        } else {
            thread.timeline.take_kept(found, last);
        }
        self.load_if_open(id, out);
        self.timeline_changed(id, out);
        self.see(id, out);
    }

    /// The server says whose session this is, the first time in this run.
    pub(crate) fn verified(&mut self, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        match read::<Me>(outcome) {
            Ok(me) if self.session.me().is_some_and(|known| known.user.id == me.user.id) => {
                self.session = Session::SignedIn(Box::new(me));
                self.sync.verified = true;
                self.sync.tries = 0;
                self.sync.link = Link::Down;
                out.changed(Changed::Me);
                if self.sync.started && !self.contacts_loading.done {
                    self.load_contacts(out);
                }
                self.connect(out);
                self.pump_outbox(env, out);
            }
            // Somebody else has signed in here since.
            Ok(me) => self.enter(me, out),
            Err(error) if error.is_temporary() => self.not_verified(&error, env, out),
            Err(_) => self.session_ended(out),
        }
    }

    fn not_verified(&mut self, error: &CallError, env: &Env, out: &mut Update) {
        self.sync.link = Link::Lost;
        self.sync.tries += 1;
        let wait = error.retry_after.map_or_else(|| crate::outbox::backoff(self.sync.tries, env), i64::from);
        out.effect(Effect::SetTimer(TimerId::Reconnect, u32::try_from(wait).unwrap_or(60_000)));
        out.changed(Changed::Connection);
    }
}
