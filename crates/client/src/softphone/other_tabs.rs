//! What the other tabs of this browser say, and what it means for this one to lead.

use halyard_protocol::UserId;

use super::{Softphone, context};
use crate::cache::StoredWindows;
use crate::context::Turn;
use crate::effect::{Effect, Timer};
use crate::env::Attention;
use crate::outbox::OutboxRow;
use crate::session::State;
use crate::storage::{DbCommand, Range, Store};
use crate::tabs::{self, LEADER_REPLY, TabFrame, WRITTEN_CHECK};
use crate::update::Changed;
use crate::windows::{CardKey, Snapshot, WindowsChange};

impl Softphone {
    /// This tab leads from now on, or waits for its turn.
    pub(super) fn lead(&mut self, leads: bool, turn: &mut Turn<'_>) {
        self.leads = leads;
        if leads {
            // What another tab had under way may have been lost with it.
            self.outbox.stop();
            self.read_outbox(turn);
            self.ask_unsent(turn);
        }
    }

    /// Something was written here, and the leading tab is to send it: it has to answer.
    pub(super) fn expect_leader(&mut self, turn: &mut Turn<'_>) {
        self.send_to_tabs(TabFrame::Writing, turn);
        // Whoever goes on writing gives it no more time.
        if !core::mem::replace(&mut self.expects_leader, true) {
            turn.set_timer(Timer::LeaderReply, LEADER_REPLY);
        }
    }

    /// The leading tab has not answered: it hangs, or sleeps. What waits is sent from here.
    pub(super) fn leader_is_silent(&mut self, turn: &mut Turn<'_>) {
        self.expects_leader = false;
        if !self.leads && self.outbox.waiting() > 0 {
            turn.effect(Effect::Lead);
        }
    }

    /// The leading tab asks for what only another tab has: it may have been said when nobody here could hear it, or have
    /// been cleared from the database.
    pub(super) fn ask_unsent(&self, turn: &mut Turn<'_>) {
        if self.leads && self.user().is_some() {
            self.send_to_tabs(TabFrame::Sends, turn);
        }
    }

    /// The leading tab looks for what others have kept: one may have died before it could say so.
    pub(super) fn read_outbox(&mut self, turn: &mut Turn<'_>) {
        if self.leads && self.database.can_keep && self.user().is_some() {
            self.database.outbox_reads += 1;
            Self::expect_database(turn);
            turn.effect(Effect::Db(DbCommand::Read { range: Range::all(Store::Outbox), limit: usize::MAX }));
        }
    }

    /// Another tab began to write some time ago.
    pub(super) fn look_for_written(&mut self, turn: &mut Turn<'_>) {
        self.expects_written = false;
        self.read_outbox(turn);
    }

    /// What the database, or another tab, has of the outbox joins what is here.
    pub(super) fn take_outbox(&mut self, rows: Vec<OutboxRow>, turn: &mut Turn<'_>) {
        let Some(me) = self.user() else { return };
        let mine = rows.into_iter().filter(|row| row.author == me);
        let (gone, rows): (Vec<_>, Vec<_>) = mine.partition(|row| self.outbox.is_gone(row.id));
        for row in gone {
            // The server has it: whoever sent it died before it could be forgotten.
            self.forget_outgoing(&row, true, turn);
        }
        let fresh: Vec<OutboxRow> = rows.into_iter().filter(|row| self.outbox.get(row.id).is_none()).collect();
        for id in self.reopen_waiting(&fresh) {
            self.conversations.changed(id, turn);
        }
        self.outbox.load(fresh);
        self.outbox_ready = true;
        turn.changed(Changed::Connection);
    }

    /// Another tab says something.
    pub(super) fn on_tab_message(&mut self, text: &str, turn: &mut Turn<'_>) {
        let Some((user, frame)) = tabs::read(text) else { return };
        let mine = user.is_some() && user == self.user();
        match frame {
            TabFrame::SignedIn { user } => return self.signed_in_there(user, turn),
            // Also of a user who is not here yet: it is not to be sent once more.
            TabFrame::Gone(id) => {
                self.database.unclaimed.outbox.retain(|row| row.id != id);
                if self.database.rewritten {
                    self.forget_kept(id, turn);
                }
                if let Some(message) = self.outbox.remove(id) {
                    turn.changed(Changed::Timeline(CardKey::Conversation(message.row.conversation)));
                    turn.changed(Changed::Row(message.row.conversation));
                    turn.changed(Changed::Connection);
                }
            }
            frame if mine => self.on_message_of_same_user(frame, turn),
            // Another user's.
            TabFrame::Writing
            | TabFrame::Leading
            | TabFrame::Written(_)
            | TabFrame::Sending(..)
            | TabFrame::Retry(_)
            | TabFrame::Sends
            | TabFrame::Windows(_)
            | TabFrame::Draft(..)
            | TabFrame::Files(..)
            | TabFrame::SignedOut => return,
        }
        turn.changed(Changed::Connection);
    }

    /// Another tab of the same user says something.
    fn on_message_of_same_user(&mut self, frame: TabFrame, turn: &mut Turn<'_>) {
        match frame {
            TabFrame::SignedOut => self.signed_out_there(turn),
            TabFrame::Writing => {
                if self.leads {
                    if !core::mem::replace(&mut self.expects_written, true) {
                        turn.set_timer(Timer::WrittenCheck, WRITTEN_CHECK);
                    }
                    self.send_to_tabs(TabFrame::Leading, turn);
                }
            }
            TabFrame::Leading => {
                self.expects_leader = false;
                turn.cancel_timer(Timer::LeaderReply);
            }
            TabFrame::Sends => {
                for row in self.outbox.ready_rows() {
                    self.send_to_tabs(TabFrame::Written(Box::new(row.clone())), turn);
                }
            }
            TabFrame::Written(row) => self.take_outbox(vec![*row], turn),
            TabFrame::Sending(id, state) => {
                if !self.leads {
                    self.outbox.mirror(id, state, turn.env.now);
                    self.outgoing_changed(id, turn);
                }
            }
            TabFrame::Retry(id) => {
                self.outbox.retry(id);
                self.outgoing_changed(id, turn);
                self.outbox_ready = true;
            }
            TabFrame::Windows(there) => self.windows_there(there, turn),
            // Where the user is, what they type counts.
            TabFrame::Draft(card, text) => {
                if self.desk.attention != Attention::Focused && card.conversation().is_some() {
                    self.composer.mirror_draft(card, text, context!(self, turn));
                }
            }
            TabFrame::Files(card, media) => {
                if self.desk.attention != Attention::Focused && card.conversation().is_some() {
                    self.composer.mirror_files(card, media, context!(self, turn));
                }
            }
            TabFrame::SignedIn { .. } | TabFrame::Gone(_) => {}
        }
    }

    fn windows_there(&mut self, StoredWindows { snapshot, to, .. }: StoredWindows, turn: &mut Turn<'_>) {
        self.open_threads(&to);
        for (id, to) in &to {
            if self.conversations.begin_otherwise(*id, to) {
                self.conversations.changed(*id, turn);
            }
        }
        let known = |card: CardKey| card.conversation().is_some_and(|id| self.conversations.get(id).is_some());
        let cards = snapshot.cards.iter().filter(|card| known(card.key)).copied().collect();
        let before = self.desk.cards();
        let outcome = self.desk.windows.adopt(Snapshot { cards, ..snapshot });
        self.cache.windows = self.stored_windows();
        // The focus stays where it is: the user is in the other tab.
        self.desk.changed(WindowsChange { focus: None, ..outcome }, context!(self, turn));
        for card in self.desk.cards().into_iter().filter(|card| !before.contains(card)) {
            self.desk.reopen(card, &self.conversations, context!(self, turn));
        }
    }

    fn signed_in_there(&mut self, user: UserId, turn: &mut Turn<'_>) {
        match &self.session.state {
            State::Starting => {}
            State::SignedIn(me) if me.user.id == user => {}
            State::SignedIn(_)
            | State::Unreachable
            | State::SignedOut { .. }
            | State::Expired { .. }
            | State::Reading(_) => {
                self.forget_requests();
                self.session.ask_snapshot(turn);
            }
        }
    }

    /// The other tab has sealed what is to be sealed: here it is only forgotten.
    fn signed_out_there(&mut self, turn: &mut Turn<'_>) {
        self.reading = true;
        self.forget_requests();
        self.leave(turn);
    }
}
