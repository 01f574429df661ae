//! Starting: from what the device has stored, then from what the server says; and signing in.
//!
//! Always holds: what the server says is newer than what was stored; the first screen waits for neither longer than it has
//! to.

use halyard_protocol::rest::{Bootstrap, Me};
use halyard_protocol::{Contact, ConversationId, Destination, Entry, FormerUser, User, UserId};

use super::{Softphone, context};
use crate::api::CallError;
use crate::cache::{StoredState, StoredWindows};
use crate::composer::Attachment;
use crate::context::Turn;
use crate::conversations::{Position, STORED_CONVERSATIONS, StoredConversation};
use crate::database::{Owner, Unclaimed};
use crate::effect::{Effect, FocusTarget, Timer};
use crate::fact::{Fact, Question};
use crate::json;
use crate::outbox::OutboxRow;
use crate::session::State;
use crate::storage::{DbCommand, LEAVING, Range, Row, STATE, Secret, Store, USER, WINDOWS, Write};
use crate::tabs::TabFrame;
use crate::update::Changed;
use crate::windows::{Card, CardKey};

/// What the device has stored, read. A row that this version can't read stays where it is and is not shown.
#[derive(Debug, Default)]
struct Stored {
    user: Option<UserId>,
    state: Option<StoredState>,
    leaving: bool,
    windows: StoredWindows,
    conversations: Vec<StoredConversation>,
    users: Vec<User>,
    former: Vec<FormerUser>,
    unclaimed: Unclaimed,
}

impl Stored {
    fn read(rows: Vec<Row>) -> Self {
        let mut stored = Self::default();
        for Row { store, key, text } in rows {
            match (store, key.as_str()) {
                (Store::Outbox, _) => stored.unclaimed.outbox.extend(OutboxRow::from_json(&text)),
                (Store::Drafts, _) => stored.unclaimed.drafts.push((key, text)),
                (Store::Attachments, _) => stored.unclaimed.files.extend(stored_file(&key, &text)),
                (Store::Account, USER) => stored.user = text.parse().ok(),
                (Store::Account, STATE) => stored.state = json::read(&text).ok(),
                (Store::Account, LEAVING) => stored.leaving = true,
                (Store::Windows, WINDOWS) => stored.windows = json::read(&text).unwrap_or_default(),
                (Store::Conversations, _) => stored.conversations.extend(StoredConversation::from_json(&text)),
                (Store::Users, _) => match json::read::<User>(&text) {
                    Ok(user) => stored.users.push(user),
                    Err(_) => stored.former.extend(json::read::<FormerUser>(&text)),
                },
                (Store::Account | Store::Windows | Store::Files | Store::Messages | Store::Contacts, _) => {}
            }
        }
        stored
    }
}

/// A file of a text box, with whose it is.
fn stored_file(key: &str, text: &str) -> Option<(UserId, Attachment, Option<String>)> {
    Some((key.split('/').next()?.parse().ok()?, json::read(text).ok()?, None))
}

impl Softphone {
    /// Asks the database for what it keeps.
    pub(super) fn load(&mut self, turn: &mut Turn<'_>) {
        self.database.loading();
        turn.effect(Effect::Db(DbCommand::Load));
        Self::expect_database(turn);
    }

    /// The database has given back what it keeps.
    pub(super) fn loaded(&mut self, rows: Vec<Row>, turn: &mut Turn<'_>) {
        let user = rows.iter().find(|row| row.store == Store::Account && row.key == USER);
        self.database.owner = Owner::Known(user.and_then(|row| row.text.parse().ok()));
        if matches!(self.session.state, State::Starting) && !self.session.is_asking_snapshot() {
            self.start_from_stored(rows, turn);
            return;
        }
        let stored = Stored::read(rows);
        self.database.unclaimed.join(stored.unclaimed);
        self.keep_waiting(stored.user, stored.windows, stored.state.as_ref());
        let Some(me) = self.user() else { return };
        if stored.user == Some(me) {
            self.take_waiting_cards(me, turn);
        }
        self.claim(me, turn);
        self.restore_unclaimed(me, turn);
        // The other tabs have signed in with this one, and have not seen what was sealed.
        self.send_to_tabs(TabFrame::Windows(self.stored_windows()), turn);
    }

    /// The device has no database.
    pub(super) fn no_database(&mut self, turn: &mut Turn<'_>) {
        self.database.is_missing();
        if matches!(self.session.state, State::Starting) && !self.session.is_asking_snapshot() {
            self.session.ask_snapshot(turn);
        }
        // The tab that sends them knows them from no database either.
        for id in self.outbox.mark_none_stored() {
            turn.fact(Fact::Written(id));
        }
        turn.changed(Changed::Connection);
        self.outbox_ready = true;
    }

    /// The first screen: the user who was here last, as they left it.
    pub(super) fn start_from_stored(&mut self, rows: Vec<Row>, turn: &mut Turn<'_>) {
        let stored = Stored::read(rows);
        self.database.unclaimed.join(stored.unclaimed);
        let Some(state) = stored.state.filter(|state| stored.user == Some(state.me.user.id)) else {
            if core::mem::take(&mut self.reading) {
                self.not_opened(turn);
            } else if stored.leaving {
                self.session.sign_out();
                self.session.resume_leaving(turn);
                turn.changed(Changed::Session);
            } else {
                // The cards wait until the server has said who is here.
                self.keep_waiting(stored.user, stored.windows, None);
                self.session.ask_snapshot(turn);
            }
            return;
        };
        let user = state.me.user.id;
        turn.cancel_timer(Timer::Bootstrap);
        let me = Box::new(state.me);
        self.session.state = if self.reading { State::Reading(me) } else { State::SignedIn(me) };
        // What a version did not know that wrote this, the snapshot says.
        self.sync.start_from_stored(state.cursor, state.states.filter(|_| state.knows_former));
        self.contacts.reset(Vec::new(), stored.former, state.favourites);
        self.contacts.set_all_here(state.contacts);
        self.conversations.older = state.older;
        self.conversations.set_missing(state.missing);
        self.conversations.set_unsent_reads(state.reads);
        let knew_less = state.kinds < Entry::KNOWN_KINDS;
        for conversation in stored.conversations {
            self.conversations.put_stored(conversation, knew_less);
        }
        self.conversations.set_unread_elsewhere(state.unread);
        self.conversations.evict(STORED_CONVERSATIONS);
        for user in stored.users {
            self.contacts.book.put_stored_user(user);
        }
        self.take_cards(stored.windows, turn);
        self.load_unclaimed(user, turn);
        self.reopen_all_waiting();
        if stored.leaving && !self.reading {
            // The app died in the middle of signing out.
            self.session.resume_leaving(turn);
            self.leave(turn);
            return;
        }
        self.desk.open_address(&self.conversations, context!(self, turn));
        self.read_contacts(String::new(), turn);
        self.connect(turn);
        self.outbox_ready = true;
        turn.changed(Changed::Session);
        self.everything_changed(turn);
        self.open_what_waits(turn);
    }

    /// The cards of whoever was here last wait for them.
    fn keep_waiting(&mut self, user: Option<UserId>, windows: StoredWindows, state: Option<&StoredState>) {
        self.database.unclaimed.cards = user.map(|user| (user, windows));
        self.database.unclaimed.login = state.map(|state| state.me.login()).unwrap_or_default();
    }

    /// The cards that waited for their user.
    fn take_waiting_cards(&mut self, user: UserId, turn: &mut Turn<'_>) {
        if let Some((owner, windows)) = self.database.unclaimed.cards.take()
            && owner == user
        {
            self.take_cards(windows, turn);
        }
    }

    /// The cards as they were, beside those that are open by now.
    fn take_cards(&mut self, stored: StoredWindows, turn: &mut Turn<'_>) {
        self.open_threads(&stored.to);
        self.recipients.take_stored(&stored.new);
        let known = |card: CardKey| match card {
            CardKey::Conversation(id) => self.conversations.get(id).is_some(),
            CardKey::New(_) => self.recipients.get(card).is_some(),
        };
        let mut snapshot = stored.snapshot.clone();
        snapshot.cards.retain(|card| known(card.key));
        let outcome = self.desk.windows.join(snapshot);
        self.cache.windows = stored;
        self.desk.cards_changed(outcome, turn);
        self.reopen_cards(turn);
    }

    /// The open cards after a start: their conversations must exist, and their history be asked for.
    fn reopen_cards(&mut self, turn: &mut Turn<'_>) {
        for card in self.desk.cards() {
            self.desk.reopen(card, &self.conversations, context!(self, turn));
        }
    }

    /// The conversations of these people, where they are not here yet.
    pub(super) fn open_threads(&mut self, all: &[(ConversationId, Destination)]) {
        for (id, to) in all {
            if self.conversations.get(*id).is_none() {
                self.open_thread(to);
            }
        }
    }

    /// The conversation of these people, made here if nobody knows it yet.
    pub(super) fn open_thread(&mut self, to: &Destination) -> Option<ConversationId> {
        self.conversations.open_with(to, self.session.me()?)
    }

    /// Signs in, as the server says.
    pub(super) fn signed_in(&mut self, me: Me, typed: Option<(String, Secret)>, turn: &mut Turn<'_>) {
        let user = me.user.id;
        self.enter(me, turn);
        self.claim(user, turn);
        self.load(turn);
        // A key takes its time: it comes after what one waits for.
        if let Some((login, password)) = typed {
            self.unseal(user, login, password, turn);
        }
        self.send_to_tabs(TabFrame::SignedIn { user }, turn);
    }

    /// Somebody is signed in, as the server says.
    fn enter(&mut self, me: Me, turn: &mut Turn<'_>) {
        if self.user().is_some_and(|known| known != me.user.id) {
            self.forget_user(turn);
        }
        self.reading = false;
        self.session.stay();
        self.session.state = State::SignedIn(Box::new(me));
        self.sync.verified = true;
        self.session.ask_snapshot(turn);
        self.everything_changed(turn);
        turn.changed(Changed::Session);
    }

    /// The snapshot could not be had for now.
    pub(super) fn snapshot_failed(&mut self, error: &CallError, turn: &mut Turn<'_>) {
        if !self.database.sealed.is_empty() && matches!(self.session.state, State::Starting | State::Unreachable) {
            // The log-in opens what is sealed here, also without a network.
            self.session.sign_out();
            turn.focus(FocusTarget::SignIn);
            turn.changed(Changed::Session);
        } else if self.user().is_none() && !self.session.is_signed_out() {
            self.session.state = State::Unreachable;
            turn.changed(Changed::Session);
        }
        self.sync.snapshot_failed(error, turn);
    }

    /// The first snapshot, or a new one after the log could not be followed.
    pub(super) fn start_from(&mut self, snapshot: Bootstrap, turn: &mut Turn<'_>) {
        let Bootstrap {
            me, cursor, state_version, users, former, favourites, conversations, older, unread_older, ..
        } = snapshot;
        let user = me.user.id;
        if self.user().is_some_and(|known| known != user) {
            // Another tab has signed somebody else in.
            self.forget_user(turn);
        }
        self.session.state = State::SignedIn(Box::new(me));
        self.sync.verified = true;
        self.claim(user, turn);
        let open = self.open_destinations();
        self.contacts.reset(users, former, favourites);
        self.conversations.reset();
        for conversation in conversations {
            self.conversations.put(conversation, None);
        }
        self.conversations.older = older;
        self.conversations.set_unread_elsewhere(unread_older);
        self.session.requests.retain(|call| !matches!(call, crate::session::Call::Snapshot));
        turn.cancel_timer(Timer::Bootstrap);
        self.sync.start(cursor, state_version);
        self.cache.renew(&self.desk.pinned());
        self.sync.renewed = true;
        self.load_unclaimed(user, turn);
        self.take_waiting_cards(user, turn);
        self.reopen_threads(open, turn);
        self.drop_moot_question();
        self.contacts.load(context!(self, turn));
        self.connect(turn);
        self.outbox_ready = true;
        turn.changed(Changed::Session);
        self.everything_changed(turn);
        self.open_what_waits(turn);
    }

    /// What was asked about a conversation that is not here any more needs no answer.
    fn drop_moot_question(&mut self) {
        let about = match self.notices.question() {
            Some(Question::DeleteConversation(id) | Question::RemovePerson(id, _)) => Some(*id),
            Some(Question::SendAgain(_) | Question::SignOut(_) | Question::Forget(_) | Question::Cards { .. })
            | None => None,
        };
        if about.is_some_and(|id| self.conversations.get(id).is_none()) {
            self.notices.drop_question();
        }
    }

    /// Connects, if somebody is signed in.
    pub(super) fn connect(&mut self, turn: &mut Turn<'_>) {
        self.sync.connect(self.session.is_signed_in(), turn);
    }

    /// The conversations of open cards and waiting messages exist here even if the snapshot did not name them.
    fn reopen_threads(&mut self, open: Vec<(Destination, Position)>, turn: &mut Turn<'_>) {
        self.reopen_all_waiting();
        for (to, position) in open {
            if let Some(id) = self.open_thread(&to)
                && let Some(timeline) = self.conversations.timeline(id)
            {
                timeline.position = position;
            }
        }
        if self.desk.cards().is_empty() {
            self.desk.open_address(&self.conversations, context!(self, turn));
        }
        self.reopen_cards(turn);
    }

    /// Where the open cards write to, and where the user is in them.
    fn open_destinations(&self) -> Vec<(Destination, Position)> {
        let cards =
            self.desk.windows.cards().filter_map(|card: &Card| self.conversations.get(card.key().conversation()?));
        cards.map(|thread| (thread.destination(), thread.timeline.position)).collect()
    }

    /// Once it is known whose the session is, only its end is of interest.
    pub(super) fn probed(&mut self, answer: Result<Box<Me>, CallError>, turn: &mut Turn<'_>) {
        if self.session.is_reading() {
            // While sealed rows are read: is the server there again? Then one can sign in.
            match answer {
                Err(error) if error.is_temporary() => crate::sync::Sync::look_again(turn),
                Ok(_) | Err(_) => self.session_ended(turn),
            }
        } else if self.sync.verified {
            if answer.is_err_and(|error| error.code == halyard_protocol::ErrorCode::SignedOut) {
                self.session_ended(turn);
            }
        } else {
            self.verified(answer, turn);
        }
    }

    /// The server says whose session this is, the first time in this run.
    fn verified(&mut self, answer: Result<Box<Me>, CallError>, turn: &mut Turn<'_>) {
        match answer {
            Ok(me) if self.user() == Some(me.user.id) => {
                self.session.state = State::SignedIn(me);
                self.sync.verify();
                turn.changed(Changed::Me);
                if self.sync.started && !self.contacts.are_all_here() {
                    self.contacts.load(context!(self, turn));
                }
                self.connect(turn);
                self.outbox_ready = true;
            }
            // Somebody else has signed in here since.
            Ok(me) => self.enter(*me, turn),
            Err(error) if error.is_temporary() => self.sync.not_verified(&error, turn),
            Err(_) => self.session_ended(turn),
        }
    }

    /// Reads the contacts that are stored, some at a time.
    pub(super) fn read_contacts(&mut self, from: String, turn: &mut Turn<'_>) {
        if !self.reading {
            let range = Range { from, ..Range::all(Store::Contacts) };
            turn.effect(Effect::Db(DbCommand::Read { range, limit: CONTACTS_AT_ONCE }));
        }
    }

    pub(super) fn take_contacts(&mut self, rows: &[Row], last: bool, turn: &mut Turn<'_>) {
        let contacts = rows.iter().filter_map(|row| json::read::<Contact>(&row.text).ok());
        self.contacts.take_stored(contacts, last, context!(self, turn));
    }

    /// The database is this user's from now on. What is there of another one is sealed first. Before the database has
    /// said whose it is, nothing is claimed.
    pub(super) fn claim(&mut self, user: UserId, turn: &mut Turn<'_>) {
        match core::mem::replace(&mut self.database.owner, Owner::Known(Some(user))) {
            Owner::Unknown => {
                self.database.owner = Owner::Unknown;
                return;
            }
            Owner::Known(Some(other)) if other != user => self.seal_other(other, turn),
            Owner::Known(_) => {}
        }
        let row = Row { store: Store::Account, key: USER.to_owned(), text: user.to_string() };
        let leaving = Range::key(Store::Account, LEAVING.to_owned());
        let writes = vec![Write::Put(row), Write::Delete(leaving)];
        turn.effect(Effect::Db(DbCommand::Write { owner: None, writes, token: None }));
    }
}

/// Contacts that are read from the device at once.
const CONTACTS_AT_ONCE: usize = 2_000;
