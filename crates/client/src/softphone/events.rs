//! Which noun hears which event.

use super::{Softphone, context};
use crate::context::Turn;
use crate::effect::{AppCommand, HttpOutcome, PhotoOf, RequestId, SocketEvent, Timer};
use crate::env::Attention;
use crate::event::{Event, Net, System};
use crate::fact::Fact;
use crate::outbox::Outbox;
use crate::session::State;
use crate::storage::{Db, Health, Range, Reason, Store, Token};
use crate::tabs::{TabEvent, TabFrame};
use crate::update::Changed;
use crate::windows::CardKey;
use halyard_words as words;

impl Softphone {
    pub(super) fn on_event(&mut self, event: Event, turn: &mut Turn<'_>) {
        match event {
            Event::Ui(ui) => self.on_ui(ui, turn),
            Event::Net(net) => self.on_net(net, turn),
            Event::Db(db) => self.on_db(db, turn),
            Event::Timer(timer) => self.on_timer(timer, turn),
            Event::System(system) => self.on_system(system, turn),
            Event::Tab(TabEvent::Leads(leads)) => self.lead(leads, turn),
            Event::Tab(TabEvent::Message(text)) => self.on_tab_message(&text, turn),
            Event::Files(files) => self.composer.prepared(files, context!(self, turn)),
            Event::Photo(PhotoOf::Form(id), small) => self.contacts.photo_ready(id, small, context!(self, turn)),
            Event::Photo(PhotoOf::Import(id), small) => self.import.photo_ready(id, small, context!(self, turn)),
        }
    }

    fn on_net(&mut self, net: Net, turn: &mut Turn<'_>) {
        match net {
            Net::Http(id, outcome) => self.answered(id, outcome, turn),
            Net::Socket(SocketEvent::Opened) if !self.session.is_signed_in() => {}
            Net::Socket(event) => self.sync.socket(event, turn),
        }
    }

    /// An answer goes to the noun that has asked.
    fn answered(&mut self, id: RequestId, outcome: HttpOutcome, turn: &mut Turn<'_>) {
        // What the server has taken, or refused, is no longer doubtful: the state may be written as it is now.
        let was_changing = self.is_changing();
        if let Some(call) = self.session.requests.take(id) {
            self.session.answered(call, outcome, turn);
        } else if let Some(call) = self.contacts.requests.take(id) {
            self.contacts.answered(call, outcome, context!(self, turn));
        } else if let Some(call) = self.conversations.requests.take(id) {
            self.conversations.answered(call, outcome, context!(self, turn));
        } else if let Some(call) = self.outbox.requests.take(id) {
            self.outbox.answered(call, outcome, context!(self, turn));
        } else if let Some(call) = self.import.requests.take(id) {
            self.import.answered(call, outcome, context!(self, turn));
        } else if let Some(call) = self.devices.requests.take(id) {
            self.devices.answered(call, outcome, turn);
        }
        if was_changing {
            self.cache.cursor_moved();
        }
    }

    fn on_db(&mut self, db: Db, turn: &mut Turn<'_>) {
        if has_worked(&db) {
            self.database.answers();
        }
        match db {
            Db::Loaded { rows, sealed } => {
                self.database.loads = self.database.loads.saturating_sub(1);
                self.sealed_are(sealed, turn);
                turn.changed(Changed::Session);
                self.loaded(rows, turn);
                self.composer.keep_waiting_drafts(context!(self, turn));
            }
            Db::Rows { range, rows, more } => self.rows_read(&range, rows, more, turn),
            Db::NotRead(Range { store: Store::Files, from, .. }) => self.outbox.file_not_read(&from, turn),
            Db::NotRead(Range { store: Store::Account, .. }) => {}
            // Without a database it is the same as one without these rows.
            Db::NotRead(range) => self.rows_read(&range, Vec::new(), None, turn),
            Db::Committed(token) => self.transaction_ended(token, Ok(()), turn),
            Db::Failed(token, reason) => self.transaction_ended(token, Err(reason), turn),
            Db::Sealed { user, done, sealed } => {
                self.sealed_are(sealed, turn);
                self.database.unclaimed.sealed(user, done);
                if !done {
                    self.keep_unsealed(turn);
                }
                turn.changed(Changed::Session);
            }
            Db::NotSealed(user) => {
                self.database.unclaimed.sealed(user, false);
                turn.changed(Changed::Session);
            }
            Db::NotUnsealed => {
                self.database.loads = self.database.loads.saturating_sub(1);
                self.composer.keep_waiting_drafts(context!(self, turn));
                turn.changed(Changed::Session);
            }
            Db::Unsealed { restored, sealed } => {
                self.sealed_are(sealed, turn);
                self.database.loads = self.database.loads.saturating_sub(1);
                if restored {
                    self.load(turn);
                }
                self.composer.keep_waiting_drafts(context!(self, turn));
                turn.changed(Changed::Session);
                self.announce_former_password(turn);
            }
            Db::Opened(rows) if rows.is_empty() => self.not_opened(turn),
            Db::Opened(rows) => self.opened(rows, turn),
            Db::Unavailable => self.no_database(turn),
            Db::Health(health) => self.database_is(health, turn),
        }
        self.store_unstored(turn);
    }

    /// A transaction is committed, or was not.
    fn transaction_ended(&mut self, token: Token, outcome: Result<(), Reason>, turn: &mut Turn<'_>) {
        match token {
            // The database was silent when it left, and keeps it only now.
            Token::Message(id) if self.outbox.is_gone(id) => self.forget_kept(id, turn),
            Token::Message(id) => self.outbox.stored(id, outcome.is_ok(), turn),
            Token::Round(round) => {
                self.outbox.round_stored(round, outcome.is_ok(), turn);
                // What has left meanwhile is kept only now, and forgotten.
                self.read_outbox(turn);
            }
            // The others hear of it when no tab that starts now finds it any more.
            Token::Gone(id) => {
                if let Err(reason) = outcome {
                    self.force_forget(id, reason, turn);
                }
                self.send_to_tabs(TabFrame::Gone(id), turn);
            }
            Token::File(id) if outcome.is_ok() => {
                if !self.composer.mark_file_stored(id) {
                    self.outbox.mark_file_stored(id);
                }
            }
            Token::File(_) => {
                // It stays in this tab.
                turn.complain(words::CANNOT_KEEP_FILE);
            }
            Token::Cache => self.cache_written(outcome, turn),
        }
    }

    fn on_timer(&mut self, timer: Timer, turn: &mut Turn<'_>) {
        match timer {
            Timer::Bootstrap => {
                if self.session.is_leaving() {
                    self.session.ask_sign_out(turn);
                } else {
                    turn.fact(Fact::SnapshotWanted);
                }
            }
            Timer::Reconnect => {
                self.sync.reconnect(self.session.is_signed_in(), self.session.is_reading(), turn);
            }
            Timer::SocketSilence => self.sync.silent(turn),
            Timer::Database => self.database_is_silent(turn),
            Timer::WrittenCheck => self.look_for_written(turn),
            Timer::LeaderReply => self.leader_is_silent(turn),
            Timer::Outbox => turn.fact(Fact::OutboxReady),
            Timer::CatchUp => self.catch_up(turn),
            Timer::Notices => self.notices.expire(turn),
            Timer::Typing => self.typing.expire(turn),
            Timer::Cache => self.write_cache_when_quiet(turn),
            Timer::Clock => set_clock(turn),
        }
    }

    fn on_system(&mut self, system: System, turn: &mut Turn<'_>) {
        match system {
            System::Started { route, newest } => {
                self.outbox = Outbox::after(newest);
                self.desk.route = route;
                self.load(turn);
                turn.set_timer(Timer::Bootstrap, DATABASE_DEADLINE);
                set_clock(turn);
                turn.changed(Changed::Session);
                turn.changed(Changed::Route);
            }
            System::Attention(attention) => {
                self.desk.attention = attention;
                if attention == Attention::Focused {
                    self.read_outbox(turn);
                    self.hurry(turn);
                    self.installation.looked_at(turn);
                }
            }
            System::Leaving => {
                self.write_cache(turn);
                self.outbox.send_later(context!(self, turn));
            }
            System::Online(online) => {
                self.online = online;
                turn.changed(Changed::Connection);
                if online {
                    if matches!(self.session.state, State::Unreachable) {
                        self.forget_requests();
                        self.session.ask_snapshot(turn);
                    }
                    self.hurry(turn);
                }
            }
            System::Navigated(route) => {
                self.desk.route = route;
                self.contacts.leave_form(context!(self, turn));
                self.desk.arrive(&self.conversations, context!(self, turn));
            }
            System::Resized { viewport, width, height } => {
                self.desk.resize(viewport, width, height, context!(self, turn));
            }
            System::App(event) => {
                self.installation.app(event, turn);
                self.open_what_waits(turn);
            }
        }
    }

    /// The network is back, or the user looks again: don't wait for the timers.
    fn hurry(&mut self, turn: &mut Turn<'_>) {
        self.sync.hurry(self.session.is_signed_in(), turn);
        self.outbox.hurry();
        turn.fact(Fact::OutboxReady);
    }

    /// Tries again what failed for now. While the connection is lost that waits for it, too.
    pub(super) fn catch_up(&mut self, turn: &mut Turn<'_>) {
        if self.sync.connection == crate::sync::Connection::Live {
            self.conversations.catch_up(context!(self, turn));
            self.contacts.resume(context!(self, turn));
            // Pages that could not be had.
            for id in self.desk.cards().into_iter().filter_map(CardKey::conversation) {
                turn.fact(Fact::PageWanted(id));
            }
        }
    }

    /// The page starts anew, with another release.
    pub(super) fn reload(&mut self, turn: &mut Turn<'_>) {
        self.write_cache(turn);
        turn.effect(crate::effect::Effect::App(AppCommand::Reload));
    }
}

/// Whether the database has said this after it did something.
fn has_worked(db: &Db) -> bool {
    match db {
        Db::Loaded { .. }
        | Db::Rows { .. }
        | Db::Committed(_)
        | Db::Failed(_, Reason::Full)
        | Db::Sealed { .. }
        | Db::Unsealed { .. }
        | Db::Health(Health::Works | Health::SetAside | Health::Reopened) => true,
        Db::NotRead(_)
        | Db::Failed(_, Reason::Shut)
        | Db::NotSealed(_)
        | Db::NotUnsealed
        // Also said where there is none.
        | Db::Opened(_)
        | Db::Unavailable
        | Db::Health(Health::Silent | Health::Blocked | Health::Newer | Health::Refused | Health::Full) => false,
    }
}

/// How long the first screen waits for the database, in milliseconds. Then the server is asked for everything.
const DATABASE_DEADLINE: i64 = 3_000;

/// Looks at the clock at the next local midnight, and every hour: the zone may be another one after a journey.
fn set_clock(turn: &mut Turn<'_>) {
    turn.set_timer(Timer::Clock, turn.env.until_tomorrow().min(3_600_000));
}
