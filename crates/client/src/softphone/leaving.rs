//! Leaving: a session that ends, signing out, and what of the user stays sealed on the device.
//!
//! Always holds: what the user typed and nobody has got, and what they pinned, is there again when they come back;
//! in between nobody reads a name or a word of it.

use halyard_protocol::{ConversationKind, MediaId, Peer, Seq, UserId};
use halyard_words::{self as words, Text};

use super::Softphone;
use crate::composer::{Attached, Attachment, draft_key, file_key, later_draft_key};
use crate::context::Turn;
use crate::conversations::Thread;
use crate::database::Owner;
use crate::effect::{Effect, FocusTarget, SocketCommand, Timer};
use crate::outbox::{Outbox, OutboxRow};
use crate::route::Route;
use crate::session::{Call, State};
use crate::sorted::sorted;
use crate::storage::{DbCommand, Range, Row, STATE, Seal, SealedLabel, Secret, Store, USER, Unseal, WINDOWS, entries};
use crate::sync::Sync;
use crate::tabs::TabFrame;
use crate::update::Changed;
use crate::windows::CardKey;

impl Softphone {
    /// No answer is waited for any more, but for that to a password that was chosen: whose it is does not depend on the session.
    pub(super) fn forget_requests(&mut self) {
        self.session.requests.retain(|call| matches!(call, Call::ChoosePassword));
        self.contacts.requests.forget();
        self.conversations.requests.forget();
        self.outbox.requests.forget();
        self.import.requests.forget();
        self.devices.requests.forget();
    }

    /// The server no longer knows this session.
    pub(super) fn session_ended(&mut self, turn: &mut Turn<'_>) {
        if matches!(self.session.state, State::SignedOut { .. } | State::Expired { .. }) {
            // Known already; an attempt to sign in again may be under way.
            return;
        }
        let was_signed_in = self.user().is_some();
        self.session.expire();
        self.sync.stop();
        self.forget_requests();
        self.outbox.stop();
        turn.effect(Effect::Socket(SocketCommand::Close));
        turn.cancel_timer(Timer::Reconnect);
        turn.cancel_timer(Timer::SocketSilence);
        turn.cancel_timer(Timer::Bootstrap);
        turn.focus(FocusTarget::SignIn);
        if was_signed_in {
            turn.announce(words::SIGNED_OUT);
        }
        turn.changed(Changed::Session);
        turn.changed(Changed::Me);
        turn.changed(Changed::Connection);
    }

    pub(super) fn sign_out(&mut self, turn: &mut Turn<'_>) {
        self.forget_requests();
        self.session.mark_leaving(true, turn);
        self.session.ask_sign_out(turn);
        self.send_to_tabs(TabFrame::SignedOut, turn);
        self.leave(turn);
    }

    /// The user has signed out, here or in another tab.
    pub(super) fn leave(&mut self, turn: &mut Turn<'_>) {
        self.database.last_login = self.me().map(|me| me.login()).unwrap_or_default();
        self.forget_user(turn);
        // Who comes next begins with their conversations, not with the settings in which somebody has signed out.
        if self.desk.route == Route::Settings {
            self.go(Route::Home, true, turn);
        }
        self.session.sign_out();
        turn.effect(Effect::Socket(SocketCommand::Close));
        for timer in [
            Timer::Reconnect,
            Timer::SocketSilence,
            Timer::Bootstrap,
            Timer::Outbox,
            Timer::Cache,
            Timer::WrittenCheck,
            Timer::LeaderReply,
        ] {
            turn.cancel_timer(timer);
        }
        turn.effect(Effect::Title(0));
        // Nothing that was said about messages is left in the page.
        turn.announce(Text::default());
        turn.focus(FocusTarget::SignIn);
        turn.changed(Changed::Session);
    }

    /// Nothing of the user stays on screen. What they wrote and nobody has got (unsent messages, drafts) stays kept
    /// until they come back.
    pub(super) fn forget_user(&mut self, turn: &mut Turn<'_>) {
        self.seal(turn);
        let user = self.user();
        let newest = self.outbox.newest();
        // While sealed rows are read, or after another tab has signed out, it is seen to elsewhere what stays.
        if let Some(user) = user.filter(|_| !self.reading) {
            let unclaimed = &mut self.database.unclaimed;
            unclaimed.outbox.extend(core::mem::take(&mut self.outbox).into_rows());
            let mut drafts = core::mem::take(&mut self.composer.drafts);
            let files = drafts.take_all_files().filter(|(_, file)| file.ready);
            let file = |(card, Attached { media, content, .. })| (user, Attachment { card, media }, content);
            unclaimed.files.extend(files.map(file));
            unclaimed.drafts.extend(drafts.into_texts().map(|(card, text)| (draft_key(user, card), text)));
        }
        let before = core::mem::take(self);
        let mut notices = before.notices;
        notices.drop_question();
        *self = Self {
            session: before.session.outlive(),
            desk: before.desk.outlive(turn),
            database: before.database,
            outbox: Outbox::after(newest),
            notices,
            installation: before.installation,
            online: before.online,
            shown_day: before.shown_day,
            leads: before.leads,
            words: before.words,
            ..Self::fresh()
        };
        self.everything_changed(turn);
    }

    /// Seals what stays of the user, and takes everything else of theirs off the device.
    fn seal(&mut self, turn: &mut Turn<'_>) {
        let Some(me) = self.me() else { return };
        let user = me.user.id;
        let login = me.login();
        self.load_unclaimed(user, turn);
        self.write_all_of_cache(turn);
        let pinned = self.desk.windows.cards().filter(|card| card.is_pinned()).count();
        let unsent = self.outbox.count();
        // What another tab has written here is not known to this one.
        let mut keep = Store::UNSENT.map(Range::all).to_vec();
        let mut rows = Vec::new();
        let unread = self.database.loads > 0;
        if unread {
            // What the database has was not read yet: all of it stays.
            keep = everything();
        } else if pinned > 0 || unsent > 0 || !self.composer.drafts.is_empty() {
            keep.append(&mut self.ranges_to_keep(user));
            let mut windows = self.stored_windows();
            windows.snapshot = windows.snapshot.pinned();
            rows.push(Row::new(Store::Windows, WINDOWS.to_owned(), &windows));
        }
        let outgoing = self.outbox.rows();
        rows.extend(outgoing.map(OutboxRow::to_row));
        for (card, text) in self.composer.drafts.texts() {
            let key = draft_key(user, card);
            // What was typed since may not take the place of what is there.
            let key = if unread { later_draft_key(&key, self.cache.last_input) } else { key };
            rows.push(Row { store: Store::Drafts, key, text: text.to_owned() });
        }
        rows.extend(self.files_to_keep(user));
        let pins = u32::try_from(pinned).unwrap_or(u32::MAX);
        let label = SealedLabel { user, login, pins, unsent };
        turn.effect(Effect::Db(DbCommand::Seal(Box::new(Seal { label, keep, rows }))));
        self.database.unclaimed.sealing.push(user);
        self.database.owner = Owner::Known(None);
    }

    /// The database is still another user's, whose session ended and who did not come back: all of theirs is sealed.
    pub(super) fn seal_other(&mut self, user: UserId, turn: &mut Turn<'_>) {
        let pins = match &self.database.unclaimed.cards {
            Some((owner, windows)) if *owner == user => {
                windows.snapshot.cards.iter().filter(|card| card.pinned).count()
            }
            _ => 0,
        };
        let unsent = self.database.unclaimed.outbox.iter().filter(|row| row.author == user).count();
        let [pins, unsent] = [pins, unsent].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let label = SealedLabel { user, login: self.database.unclaimed.login.clone(), pins, unsent };
        let seal = Seal { label, keep: everything(), rows: Vec::new() };
        turn.effect(Effect::Db(DbCommand::Seal(Box::new(seal))));
        self.database.unclaimed.sealing.push(user);
        self.database.unclaimed.cards = None;
    }

    /// The pinned cards with their history and the names in it, and where unsent messages and drafts go.
    fn ranges_to_keep(&self, user: UserId) -> Vec<Range> {
        let drafts = &self.composer.drafts;
        let mut keep = [USER, STATE].map(|key| Range::key(Store::Account, key.to_owned())).to_vec();
        keep.push(Range::key(Store::Users, user.to_string()));
        let mut ids = self.desk.pinned();
        for id in &ids {
            keep.push(entries(*id, 0, Seq::MAX));
        }
        ids.extend(self.outbox.conversations());
        ids.extend(drafts.cards().filter_map(CardKey::conversation));
        for id in sorted(&ids) {
            keep.push(Range::key(Store::Conversations, id.to_string()));
            let is_group = |thread: &Thread| thread.conversation.kind == ConversationKind::GroupChat;
            if self.conversations.get(id).is_some_and(is_group) {
                // Somebody who is no longer in it may have written there.
                keep.push(Range::all(Store::Users));
            }
            let peers = self.conversations.get(id).map(|thread| thread.conversation.peers.as_slice());
            for peer in peers.unwrap_or_default() {
                match peer {
                    Peer::User(user) => keep.push(Range::key(Store::Users, user.to_string())),
                    Peer::Number(number) => {
                        if let Some(contact) = self.contacts.book.owner(*number) {
                            keep.push(Range::key(Store::Contacts, contact.id.to_string()));
                        }
                    }
                    Peer::Sender(_) | Peer::Unknown => {}
                }
            }
        }
        keep
    }

    /// The files of text boxes, and what is in files of which the device has nothing.
    fn files_to_keep(&self, user: UserId) -> Vec<Row> {
        let content = |id: MediaId, text: &str| Row { store: Store::Files, key: id.to_string(), text: text.to_owned() };
        let mut rows: Vec<Row> = self.outbox.contents().map(|(id, text)| content(id, text)).collect();
        for (card, file) in self.composer.drafts.all_files().filter(|(_, file)| file.ready) {
            let attachment = Attachment { card, media: file.media.clone() };
            rows.push(Row::new(Store::Attachments, file_key(user, file.media.id), &attachment));
            rows.extend(file.content.as_ref().map(|text| content(file.media.id, text)));
        }
        rows
    }

    /// Opens what is sealed of the user who has signed in, and gives it back to the database.
    pub(super) fn unseal(&mut self, user: UserId, login: String, password: Secret, turn: &mut Turn<'_>) {
        self.database.loading();
        let unseal = Unseal { user: Some(user), login, password };
        turn.effect(Effect::Db(DbCommand::Unseal(Box::new(unseal))));
    }

    /// There is no network: the same password opens what is kept here, to be read.
    pub(super) fn read_sealed(&self, login: String, password: Secret, turn: &mut Turn<'_>) {
        if self.database.sealed.iter().any(|label| label.login.eq_ignore_ascii_case(&login)) {
            turn.effect(Effect::Db(DbCommand::Unseal(Box::new(Unseal { user: None, login, password }))));
        }
    }

    /// The sealed rows are open, to be read: nothing of them is written anywhere.
    pub(super) fn opened(&mut self, rows: Vec<Row>, turn: &mut Turn<'_>) {
        if !self.session.is_signed_out() {
            return;
        }
        let (messages, rows): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.store == Store::Messages);
        let (contacts, first): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.store == Store::Contacts);
        self.reading = true;
        self.start_from_stored(first, turn);
        self.take_contacts(&contacts, true, turn);
        for card in self.desk.cards() {
            let Some(id) = card.conversation() else { continue };
            let prefix = [&id.to_string(), "/"].concat();
            self.entries_read(id, messages.iter().filter(|row| row.key.starts_with(&prefix)), turn);
        }
        Sync::look_again(turn);
    }

    /// The password does not open what is sealed.
    pub(super) fn not_opened(&mut self, turn: &mut Turn<'_>) {
        if self.session.is_signed_out() {
            self.session.refuse(words::PASSWORD_DOES_NOT_OPEN.into());
            turn.changed(Changed::Session);
        }
    }

    /// What is left sealed of the user who is signed in was sealed with another password.
    pub(super) fn announce_former_password(&self, turn: &mut Turn<'_>) {
        let me = self.user();
        if self.database.sealed.iter().any(|label| Some(label.user) == me) {
            turn.complain(words::SEALED_WITH_FORMER_PASSWORD);
        }
    }

    /// Removes what is sealed on this device for somebody.
    pub(super) fn forget_sealed(&mut self, user: UserId, turn: &mut Turn<'_>) {
        self.database.forget(user);
        turn.effect(Effect::Db(DbCommand::Forget(user)));
        turn.changed(Changed::Session);
    }
}

/// All that the database has of its user.
fn everything() -> Vec<Range> {
    Store::ALL.into_iter().filter(|store| *store != Store::Account).map(Range::all).collect()
}
