//! The device's database: what it gives back, and when what has changed is written.

use halyard_protocol::{ConversationId, MessageId, UserId};
use halyard_words as words;

use super::{Softphone, context};
use crate::cache::{Sources, StoredWindows};
use crate::composer::{Attachment, keep_attachment, keep_content};
use crate::context::{Context, Turn};
use crate::conversations::stored_entry;
use crate::database::Owner;
use crate::effect::{Effect, Timer};
use crate::outbox::OutboxRow;
use crate::storage::{DbCommand, Health, Range, Reason, Row, SealedLabel, Store, Token, USER, WINDOWS, Write, put};
use crate::tabs::TabFrame;
use crate::update::Changed;
use crate::windows::{CardKey, Snapshot};

/// How long the database may take to answer what messages wait for, in milliseconds.
const ANSWER_DEADLINE: i64 = 8_000;

/// What the cache is written from; the cache itself stays free to be changed.
macro_rules! sources {
    ($phone:ident) => {
        &mut Sources {
            cursor: $phone.sync.started.then_some($phone.sync.cursor),
            states: $phone.sync.states,
            changing: $phone.is_changing(),
            all_contacts: $phone.contacts.are_all_here(),
            conversations: &mut $phone.conversations,
            book: &mut $phone.contacts.book,
            desk: &$phone.desk,
            outbox: &$phone.outbox,
            drafts: &$phone.composer.drafts,
        }
    };
}

impl Softphone {
    /// The database has given back some rows; `more` is where the rest begins.
    pub(super) fn rows_read(&mut self, range: &Range, rows: Vec<Row>, more: Option<String>, turn: &mut Turn<'_>) {
        match range.store {
            Store::Outbox => {
                self.database.outbox_reads = self.database.outbox_reads.saturating_sub(1);
                self.take_outbox(rows.iter().filter_map(|row| OutboxRow::from_json(&row.text)).collect(), turn);
            }
            Store::Files => self.outbox.file_read(&range.from, rows, turn),
            Store::Contacts => {
                self.take_contacts(&rows, more.is_none(), turn);
                if let Some(from) = more {
                    self.read_contacts(from, turn);
                }
            }
            Store::Messages => {
                if let Some(id) = range.from.split('/').next().and_then(|id| id.parse().ok()) {
                    self.entries_read(id, rows.iter(), turn);
                }
            }
            Store::Account => self.keep_all_again(rows.first().and_then(|row| row.text.parse().ok()), turn),
            // These are read as a whole, by another command.
            Store::Drafts | Store::Attachments | Store::Windows | Store::Conversations | Store::Users => {}
        }
    }

    /// The entries of a conversation that were stored, or that there are none.
    pub(super) fn entries_read<'row>(
        &mut self,
        id: ConversationId,
        rows: impl Iterator<Item = &'row Row>,
        turn: &mut Turn<'_>,
    ) {
        let found = rows.filter_map(|row| stored_entry(&row.text)).collect();
        let renewed = self.sync.renewed;
        self.conversations.take_stored_entries(id, found, renewed, context!(self, turn));
    }

    pub(super) fn sealed_are(&mut self, sealed: Vec<SealedLabel>, turn: &mut Turn<'_>) {
        self.database.sealed = sealed;
        turn.changed(Changed::Session);
        turn.changed(Changed::Question);
    }

    /// The database is to answer in time: messages wait for it.
    pub(super) fn expect_database(turn: &mut Turn<'_>) {
        turn.set_timer(Timer::Database, ANSWER_DEADLINE);
    }

    /// The database has not answered. Nothing waits for it any longer: messages leave without being kept, and the user is
    /// told.
    pub(super) fn database_is_silent(&mut self, turn: &mut Turn<'_>) {
        let waited_for = self.database.loads > 0 || self.database.outbox_reads > 0 || self.outbox.is_saving();
        if !waited_for || !self.database.can_keep {
            return;
        }
        self.no_database(turn);
        self.database.give_up();
        if self.user().is_some() {
            turn.complain(words::STORAGE_NOT_ANSWERING);
        }
    }

    /// The database has said how it is. Where it does not work nothing waits for it; lasting words are for the banners.
    pub(super) fn database_is(&mut self, health: Health, turn: &mut Turn<'_>) {
        self.database.health = health;
        turn.changed(Changed::Connection);
        match health {
            // What it was given up for is taken up again with any answer, this one too.
            Health::Works => {}
            Health::Reopened => {
                self.cache.mark_incomplete();
                let range = Range::key(Store::Account, USER.to_owned());
                turn.effect(Effect::Db(DbCommand::Read { range, limit: 1 }));
            }
            Health::SetAside => {
                self.cache.mark_incomplete();
                turn.complain(words::STORAGE_SET_ASIDE);
            }
            Health::Silent => self.database_is_silent(turn),
            Health::Blocked => {
                self.no_database(turn);
                self.database.give_up();
            }
            Health::Newer | Health::Refused => self.no_database(turn),
            Health::Full => {
                self.no_database(turn);
                turn.complain(words::DEVICE_FULL_TO_OPEN);
            }
        }
    }

    /// The database answers after all: what it could not keep meanwhile is kept, as soon as it is known to be the user's.
    pub(super) fn store_unstored(&mut self, turn: &mut Turn<'_>) {
        if !self.has_own_database() || self.reading || !core::mem::take(&mut self.database.is_back) {
            return;
        }
        for row in self.outbox.unstored() {
            context!(self, turn).write(vec![Write::Put(row.to_row())], Some(Token::Message(row.id)));
        }
        self.keep_drafts(turn);
        // What changed meanwhile is compared with what was last written.
        turn.changed(Changed::Windows);
    }

    /// Whether the database is the user's, as far as is known: until then it takes nothing of theirs.
    fn has_own_database(&self) -> bool {
        self.user().is_some_and(|user| self.database.owner == Owner::Known(Some(user)))
    }

    fn keep_drafts(&mut self, turn: &mut Turn<'_>) {
        for card in self.composer.drafts.cards().collect::<Vec<_>>() {
            self.composer.keep_draft(card, context!(self, turn));
        }
    }

    /// The database was opened again, and is this user's or nobody's: what the user owns is kept once more.
    fn keep_all_again(&mut self, owner: Option<UserId>, turn: &mut Turn<'_>) {
        let Some(user) = self.user() else {
            self.database.rewrites_at_sign_in = true;
            self.database.is_cleared = owner.is_none();
            return;
        };
        if self.reading || owner.is_some_and(|owner| owner != user) {
            return;
        }
        self.database.owner = Owner::Known(owner);
        self.claim(user, turn);
        self.keep_rows_again(turn);
        self.cache.windows = StoredWindows::default();
        turn.changed(Changed::Windows);
    }

    /// What a user had written who has left could not be sealed. Where the database was cleared just before, it is not there either: it is
    /// kept as it is, until they come back.
    pub(super) fn keep_unsealed(&mut self, turn: &mut Turn<'_>) {
        if !core::mem::take(&mut self.database.is_cleared) {
            return;
        }
        let unclaimed = &self.database.unclaimed;
        let mut writes: Vec<Write> = unclaimed.outbox.iter().map(|row| Write::Put(row.to_row())).collect();
        let drafts = unclaimed.drafts.iter();
        writes.extend(
            drafts.map(|(key, text)| Write::Put(Row { store: Store::Drafts, key: key.clone(), text: text.clone() })),
        );
        for (user, Attachment { card, media }, content) in &unclaimed.files {
            writes.push(keep_attachment(*user, *card, media));
            writes.extend(content.iter().map(|content| keep_content(media.id, content.clone())));
        }
        turn.effect(Effect::Db(DbCommand::Write { owner: None, writes, token: None }));
    }

    /// What the user has written is kept once more.
    pub(super) fn keep_rows_again(&mut self, turn: &mut Turn<'_>) {
        self.database.rewritten = true;
        let rows: Vec<Write> = self.outbox.rows().map(|row| Write::Put(row.to_row())).collect();
        context!(self, turn).write(rows, None);
        self.keep_drafts(turn);
    }

    /// Whether the server has still to take a change that shows here already.
    pub(super) fn is_changing(&self) -> bool {
        let me = |call: &crate::session::Call| matches!(call, crate::session::Call::UpdateMe);
        self.contacts.is_changing() || self.conversations.is_changing() || self.session.requests.any(me)
    }

    pub(super) fn write_cache(&mut self, turn: &mut Turn<'_>) {
        let device = self.device();
        self.cache.write(sources!(self), &mut Context::new(turn, self.session.me(), device));
    }

    pub(super) fn write_cache_when_quiet(&mut self, turn: &mut Turn<'_>) {
        let device = self.device();
        self.cache.write_when_quiet(sources!(self), &mut Context::new(turn, self.session.me(), device));
    }

    pub(super) fn write_all_of_cache(&mut self, turn: &mut Turn<'_>) {
        let device = self.device();
        self.cache.write_all(sources!(self), &mut Context::new(turn, self.session.me(), device));
    }

    pub(super) fn cache_written(&mut self, outcome: Result<(), Reason>, turn: &mut Turn<'_>) {
        match outcome {
            Ok(()) => self.cache.written(&self.conversations, &self.contacts.book, context!(self, turn)),
            Err(Reason::Full) => {
                let device = self.device();
                self.cache.not_written(sources!(self), &mut Context::new(turn, self.session.me(), device));
            }
            Err(Reason::Shut) => self.cache.lost(context!(self, turn)),
        }
    }

    /// A message could not be forgotten together with what took its place: a full device can still forget.
    pub(super) fn force_forget(&mut self, id: MessageId, reason: Reason, turn: &mut Turn<'_>) {
        self.forget_kept(id, turn);
        self.cache_written(Err(reason), turn);
    }

    /// What the database may have kept of a message that has left is forgotten.
    pub(super) fn forget_kept(&mut self, id: MessageId, turn: &mut Turn<'_>) {
        let row = Range::key(Store::Outbox, id.to_string());
        context!(self, turn).write(vec![Write::Delete(row)], None);
    }

    /// What is new in a conversation joins a transaction, rather than wait for the next batch.
    pub(super) fn join_transaction(&mut self, id: ConversationId, writes: &mut Vec<Write>, turn: &mut Turn<'_>) {
        let device = self.device();
        let cx = Context::new(turn, self.session.me(), device);
        self.cache.join_transaction(id, writes, sources!(self), &cx);
    }

    /// After each event: the windows are written when they have changed and nobody drags one; the rest in a while.
    pub(super) fn schedule_writes(&mut self, turn: &mut Turn<'_>) {
        self.windows_due |= turn.changes().any(concerns_windows);
        if !self.has_own_database() || self.reading || !self.database.can_keep {
            return;
        }
        if self.desk.windows.dragged().is_none() {
            if core::mem::take(&mut self.windows_due) {
                self.write_windows(turn);
            } else {
                debug_assert_eq!(
                    self.stored_windows(),
                    self.cache.windows,
                    "a change of the windows that was not named"
                );
            }
        }
        self.cache.schedule(&self.conversations, &self.contacts.book, context!(self, turn));
    }

    /// The cards as they are stored.
    pub(super) fn stored_windows(&self) -> StoredWindows {
        let new = self.recipients.entries().iter().filter_map(|(card, new)| match card {
            CardKey::New(n) => Some((*n, new.clone())),
            CardKey::Conversation(_) => None,
        });
        let windows = &self.desk.windows;
        let open = windows.cards().filter_map(|card| self.conversations.get(card.key().conversation()?));
        let to = open.map(|thread| (thread.conversation.id, thread.destination())).collect();
        StoredWindows { snapshot: windows.snapshot(), to, new: new.collect() }
    }

    fn write_windows(&mut self, turn: &mut Turn<'_>) {
        let now = self.stored_windows();
        if now == self.cache.windows {
            return;
        }
        let pinned = |stored: &StoredWindows| stored.snapshot.cards.iter().filter(|card| card.pinned).count();
        let first_pin = pinned(&self.cache.windows) == 0 && pinned(&now) > 0;
        self.newly_pinned(&now.snapshot);
        if now.is_news_after(&self.cache.windows) {
            self.send_to_tabs(TabFrame::Windows(now.clone()), turn);
        }
        context!(self, turn).write(vec![put(Store::Windows, WINDOWS.to_owned(), &now)], None);
        self.cache.windows = now;
        if first_pin {
            turn.effect(Effect::Db(DbCommand::Persist));
        }
    }

    /// A card that is pinned keeps all of its history that is here.
    fn newly_pinned(&mut self, now: &Snapshot) {
        let before = &self.cache.windows.snapshot.cards;
        let was_pinned = |key| before.iter().any(|card| card.key == key && card.pinned);
        let fresh = now.cards.iter().filter(|card| card.pinned && !was_pinned(card.key));
        for id in fresh.filter_map(|card| card.key.conversation()) {
            self.conversations.mark_all_unstored(id);
        }
    }
}

/// Whether the windows may be stored otherwise after this change: comparing them after each key would cost more than it.
fn concerns_windows(changed: Changed) -> bool {
    matches!(
        changed,
        Changed::Session
            | Changed::Windows
            | Changed::Column
            | Changed::Recipients(_)
            | Changed::Composer(CardKey::New(_))
    )
}
