//! Log out and log in on this device: what remains sealed, and how it comes back.
//!
//! Always holds: what the user typed and nobody has got, and what they pinned, is there again when they come back;
//! in between nobody reads a name or a word of it.

use halyard_protocol::{MediaId, Peer, Seq, UserId};

use super::{DbCommand, LEAVING, Owner, Range, Row, STATE, Store, USER, WINDOWS, Write, messages};
use crate::api::succeeded;
use crate::attachments::Attachment;
use crate::effect::{Effect, TimerId};
use crate::env::Env;
use crate::event::HttpOutcome;
use crate::json;
use crate::notices::Question;
use crate::session::{Attempt, Secret, Session, draft_key, file_key, later_draft_key};
use crate::softphone::Softphone;
use crate::update::{Changed, Update};
use crate::windows::CardKey;

/// While sealed rows are read without a network: how often the server is looked for, in milliseconds.
const LOOK_AGAIN: u32 = 10_000;

/// The user leaves: what is in these ranges is sealed, everything else of theirs goes, in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// What the log-in screen may say of it.
    pub label: SealedLabel,
    /// What stays, sealed; if nothing is named, nothing does.
    pub keep: Vec<Range>,
    /// What stays with it, whether the database has it or was too full for it: what was typed and not sent.
    pub rows: Vec<Row>,
}

/// What can be known of sealed rows without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedLabel {
    /// Whose.
    pub user: UserId,
    /// Their log-in: `1001@harbor`.
    pub login: String,
    /// How many conversations are pinned.
    pub pins: u32,
    /// How many messages wait to be sent.
    pub unsent: u32,
}

/// The user comes: their sealed rows are opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Unseal {
    /// Who, once the server has said so; without it, whoever signs in by this name.
    pub user: Option<UserId>,
    /// Their log-in.
    pub login: String,
    /// Their password.
    pub password: Secret,
}

impl core::fmt::Debug for Unseal {
    /// Never shows the password.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Unseal").field("login", &self.login).finish_non_exhaustive()
    }
}

impl Softphone {
    /// Seals what stays of the user, and takes everything else of theirs off the device.
    pub(crate) fn seal(&mut self, out: &mut Update) {
        let Some(me) = self.session.me() else { return };
        let user = me.user.id;
        let login = me.login();
        self.load_kept(user, out);
        self.flush_all(out);
        let pinned: Vec<CardKey> =
            self.windows.cards().filter(|card| card.is_pinned()).map(|card| card.key()).collect();
        let unsent = self.outbox.count();
        let (mut keep, mut rows) = (Vec::new(), Vec::new());
        let unread = self.database.loads > 0;
        if unread {
            // What the database has was not read yet: all of it stays.
            keep = Store::ALL.into_iter().filter(|store| *store != Store::Account).map(Range::all).collect();
        } else if !pinned.is_empty() || unsent > 0 || !self.drafts.is_empty() {
            keep = self.ranges_to_keep(user, &pinned);
            let mut windows = self.kept_windows();
            windows.snapshot = windows.snapshot.pinned();
            rows.push(Row::new(Store::Windows, WINDOWS.to_owned(), &windows));
        }
        let outgoing = self.outbox.rows();
        rows.extend(outgoing.map(|row| Row { store: Store::Outbox, key: row.id.to_string(), text: row.to_json() }));
        for (card, text) in self.drafts.texts() {
            let key = draft_key(user, card);
            // What was typed since may not take the place of what is there.
            let key = if unread { later_draft_key(&key, self.keeper.touched_at) } else { key };
            rows.push(Row { store: Store::Drafts, key, text: text.to_owned() });
        }
        rows.extend(self.files_to_keep(user));
        let pins = u32::try_from(pinned.len()).unwrap_or(u32::MAX);
        let label = SealedLabel { user, login, pins, unsent };
        out.effect(Effect::Db(DbCommand::Seal(Box::new(Seal { label, keep, rows }))));
        self.database.kept.sealing.push(user);
        self.database.owner = Owner::Known(None);
    }

    /// The database is still another user's, whose session ended and who did not come back: all of theirs is sealed.
    pub(crate) fn seal_other(&mut self, user: UserId, out: &mut Update) {
        let pins = match &self.database.kept.cards {
            Some((owner, windows)) if *owner == user => {
                windows.snapshot.cards.iter().filter(|card| card.pinned).count()
            }
            _ => 0,
        };
        let unsent = self.database.kept.outbox.iter().filter(|row| row.author == user).count();
        let [pins, unsent] = [pins, unsent].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let label = SealedLabel { user, login: self.database.kept.login.clone(), pins, unsent };
        let keep = Store::ALL.into_iter().filter(|store| *store != Store::Account).map(Range::all).collect();
        out.effect(Effect::Db(DbCommand::Seal(Box::new(Seal { label, keep, rows: Vec::new() }))));
        self.database.kept.sealing.push(user);
        self.database.kept.cards = None;
    }

    /// The pinned cards with their history and the names in it, unsent messages with where they go, drafts.
    fn ranges_to_keep(&self, user: UserId, pinned: &[CardKey]) -> Vec<Range> {
        let mut keep = [USER, STATE].map(|key| Range::key(Store::Account, key.to_owned())).to_vec();
        keep.push(Range::key(Store::Users, user.to_string()));
        let mut ids: Vec<_> = pinned.iter().filter_map(|card| card.conversation()).collect();
        for id in &ids {
            keep.push(messages(*id, 0, Seq::MAX));
        }
        let files = self.drafts.all_files().map(|(_, file)| file.media.id);
        for id in files.chain(self.outbox.files()) {
            keep.push(Range::key(Store::Files, id.to_string()));
        }
        ids.extend(self.outbox.conversations());
        ids.extend(self.drafts.cards().filter_map(CardKey::conversation));
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            keep.push(Range::key(Store::Conversations, id.to_string()));
            let peers = self.conversations.get(id).map(|thread| thread.conversation.peers.as_slice());
            for peer in peers.unwrap_or_default() {
                match peer {
                    Peer::User(user) => keep.push(Range::key(Store::Users, user.to_string())),
                    Peer::Number(number) => {
                        if let Some(contact) = self.book.owner(*number) {
                            keep.push(Range::key(Store::Contacts, contact.id.to_string()));
                        }
                    }
                    Peer::Unknown => {}
                }
            }
        }
        keep
    }

    /// The files of text boxes, and what is in files of which the device has nothing.
    fn files_to_keep(&self, user: UserId) -> Vec<Row> {
        let content = |id: MediaId, text: &str| Row { store: Store::Files, key: id.to_string(), text: text.to_owned() };
        let mut rows: Vec<Row> = self.outbox.contents().map(|(id, text)| content(id, text)).collect();
        for (card, file) in self.drafts.all_files().filter(|(_, file)| file.ready) {
            let attachment = Attachment { card, media: file.media.clone() };
            rows.push(Row::new(Store::Attachments, file_key(user, file.media.id), &attachment));
            rows.extend(file.content.as_ref().map(|text| content(file.media.id, text)));
        }
        rows
    }

    /// The device is told first that the user leaves, and last that the server has heard of it: if the app dies in between,
    /// the next start goes on with it.
    pub(crate) fn mark_leaving(&mut self, leaving: bool, out: &mut Update) {
        self.leaving = leaving;
        let writes = vec![if leaving {
            Write::Put(Row { store: Store::Account, key: LEAVING.to_owned(), text: "1".to_owned() })
        } else {
            Write::Delete(Range::key(Store::Account, LEAVING.to_owned()))
        }];
        out.effect(Effect::Db(DbCommand::Write { owner: None, writes, token: None }));
    }

    /// Opens what is sealed of the user who has signed in, and gives it back to the database.
    pub(crate) fn unseal(&mut self, user: UserId, login: String, password: Secret, out: &mut Update) {
        self.database.loads += 1;
        let unseal = Unseal { user: Some(user), login, password };
        out.effect(Effect::Db(DbCommand::Unseal(Box::new(unseal))));
    }

    /// There is no network: the same password opens what is kept here, to be read.
    pub(crate) fn read_sealed(&mut self, login: String, password: Secret, out: &mut Update) -> bool {
        let here = self.database.sealed.iter().any(|label| label.login.eq_ignore_ascii_case(&login));
        if here {
            out.effect(Effect::Db(DbCommand::Unseal(Box::new(Unseal { user: None, login, password }))));
        }
        here
    }

    /// The sealed rows are open, to be read: nothing of them is written anywhere.
    pub(crate) fn opened(&mut self, rows: Vec<Row>, env: &Env, out: &mut Update) {
        if !matches!(self.session, Session::SignedOut { .. }) {
            return;
        }
        let (messages, rows): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.store == Store::Messages);
        let (contacts, first) = rows.into_iter().partition(|row| row.store == Store::Contacts);
        self.reading = true;
        self.start_from_disk(first, env, out);
        self.take_contacts(contacts, out);
        for card in self.open_cards() {
            let Some(id) = card.conversation() else { continue };
            let prefix = [&id.to_string(), "/"].concat();
            let its = messages.iter().filter(|row| row.key.starts_with(&prefix));
            self.messages_read(id, its.filter_map(|row| json::read(&row.text).ok()).collect(), out);
        }
        out.effect(Effect::SetTimer(TimerId::Reconnect, LOOK_AGAIN));
    }

    /// While sealed rows are read: is the server there again? Then one can sign in.
    pub(crate) fn looked_again(&mut self, outcome: HttpOutcome, out: &mut Update) {
        match succeeded(outcome) {
            Err(error) if error.is_temporary() => out.effect(Effect::SetTimer(TimerId::Reconnect, LOOK_AGAIN)),
            _ => self.session_ended(out),
        }
    }

    /// The password does not open what is sealed.
    pub(crate) fn not_opened(&mut self, out: &mut Update) {
        if let Session::SignedOut { attempt } = &mut self.session {
            let word = "The server can't be reached, and this password does not open what is kept here.";
            *attempt = Attempt { error: Some(word.to_owned()), ..Attempt::default() };
            out.changed(Changed::Session);
        }
    }

    /// What is left sealed of the user who is signed in was sealed with another password.
    pub(crate) fn tell_former_password(&mut self, env: &Env, out: &mut Update) {
        let me = self.session.me().map(|me| me.user.id);
        if self.database.sealed.iter().any(|label| Some(label.user) == me) {
            let word = "Conversations that were pinned here are sealed with your former password. They stay sealed.";
            self.complain(word.to_owned(), env, out);
        }
    }

    /// "Forget this device": asks first.
    pub(crate) fn ask_forget(&mut self, user: UserId, out: &mut Update) {
        if self.database.sealed.iter().any(|label| label.user == user) {
            self.notices.question = Some(Question::Forget(user));
            out.changed(Changed::Question);
        }
    }

    pub(crate) fn forget_sealed(&mut self, user: UserId, out: &mut Update) {
        self.database.sealed.retain(|label| label.user != user);
        self.database.kept.outbox.retain(|row| row.author != user);
        let prefix = [&user.to_string(), "/"].concat();
        self.database.kept.drafts.retain(|(key, _)| !key.starts_with(&prefix));
        self.database.kept.files.retain(|(owner, ..)| *owner != user);
        out.effect(Effect::Db(DbCommand::Forget(user)));
        out.changed(Changed::Session);
    }
}
