//! Whom a fact concerns.

use halyard_protocol::{ConversationId, ErrorCode, MessageId, Peer};
use halyard_words as words;

use super::{Softphone, context};
use crate::context::Turn;
use crate::effect::FocusTarget;
use crate::fact::{Fact, Offer, Question, Renamed};
use crate::sorted::SortedSet;
use crate::sync::Sync;
use crate::tabs::TabFrame;
use crate::update::Changed;
use crate::windows::CardKey;

impl Softphone {
    /// Takes each fact to whom it concerns, until none is left.
    pub(super) fn settle_facts(&mut self, turn: &mut Turn<'_>) {
        while let Some(fact) = turn.next_fact() {
            self.on_fact(fact, turn);
        }
    }

    fn on_fact(&mut self, fact: Fact, turn: &mut Turn<'_>) {
        match fact {
            Fact::Notice(notice) => self.notices.show(notice, turn),
            Fact::Asked(question) => self.notices.ask(question, turn),
            Fact::Confirmed(question) => self.confirmed(question, turn),
            Fact::Accepted(Offer::RestoreContact(contact)) => self.contacts.undo_delete(*contact, context!(self, turn)),
            Fact::Accepted(Offer::RestoreConversation(id)) => {
                self.conversations.undo_delete(id, context!(self, turn));
                self.open_conversation(id, turn);
            }
            Fact::Accepted(Offer::OpenConversation(id)) => self.open_conversation(id, turn),
            Fact::Failed(error) if error.code == ErrorCode::SignedOut => self.session_ended(turn),
            Fact::Failed(error) => turn.complain(error.text()),
            Fact::TryLater => Sync::try_later(turn),

            Fact::SignedIn { me, typed } => self.signed_in(*me, typed, turn),
            Fact::SignInUnreachable { typed: (login, password) } => self.read_sealed(login, password, turn),
            Fact::PasswordLink(token) => self.password_link(token, turn),
            Fact::PasswordChosen(login) => self.password_chosen(login, turn),
            Fact::PasswordChanged { typed: (login, password) } => self.password_changed(login, password, turn),
            Fact::Snapshot(snapshot) => self.start_from(*snapshot, turn),
            Fact::SnapshotFailed(error) => self.snapshot_failed(&error, turn),
            Fact::Verified(answer) => self.probed(answer, turn),
            Fact::MeUpdateFailed(error) => {
                if let Some(known) = self.user().and_then(|me| self.contacts.book.user(me)) {
                    self.session.user_changed(known, turn);
                }
                turn.failed(error);
            }

            Fact::ProbeWanted => self.session.probe(turn),
            Fact::SnapshotWanted => {
                if !self.session.is_asking_snapshot() {
                    self.session.ask_snapshot(turn);
                }
            }
            Fact::Connected { again } => {
                if again {
                    // The server may have been started anew, with another release.
                    self.installation.reconnected(turn);
                }
                self.presences_changed(turn);
                self.outbox.hurry();
                turn.fact(Fact::OutboxReady);
                self.catch_up(turn);
            }
            Fact::Disconnected => self.presences_changed(turn),
            Fact::Logged(change) => {
                self.cache.cursor_moved();
                self.apply(*change, turn);
            }
            Fact::ConversationRemoved(id) => self.conversation_removed(id, turn),
            Fact::UserStates(states) => self.user_states(&states, turn),
            Fact::Reads(reads) => {
                self.cache.cursor_moved();
                for read in reads {
                    self.conversations.read_position(read, context!(self, turn));
                }
            }
            Fact::Typing(conversation, user) => self.typing.typed(conversation, user, turn),

            Fact::Renamed(renamed) => self.renamed(renamed, turn),
            Fact::Go { route, replace } => self.go(route, replace, turn),
            Fact::Jumped(target) => self.jump(target, turn),
            Fact::ConversationWanted(id) => self.open_conversation(id, turn),
            Fact::MessageWanted { peer, from } => self.message_peer(peer, from, turn),
            Fact::ContactWanted(peer) => self.view_contact(peer, turn),
            Fact::PageWanted(id) => {
                if self.desk.is_open(id) {
                    let pinned = self.desk.is_pinned(CardKey::Conversation(id));
                    self.conversations.load_page(id, pinned, context!(self, turn));
                }
            }
            Fact::FirstPage(id) => {
                if self.sync.renewed && self.desk.is_pinned(CardKey::Conversation(id)) {
                    self.conversations.read_above(id, context!(self, turn));
                }
            }
            Fact::ConversationMissing(id) => {
                if self.outbox.of(id).next().is_none() {
                    self.conversations.is_missing(id, context!(self, turn));
                }
            }
            // A row that comes or goes is not heard by itself. Who has left sees the card go.
            Fact::PersonAdded(user) => turn.announce(words::person_added(self.peer_name(Peer::User(user)))),
            Fact::PersonRemoved(user) => {
                if self.user() != Some(user) {
                    turn.announce(words::person_removed(self.peer_name(Peer::User(user))));
                }
            }
            Fact::CardClosed(card) => {
                self.composer.clear_problem(card);
                // Closing throws nothing away that was typed: "New Conversation" brings it back.
                if !self.composer.drafts.has(card) {
                    self.recipients.remove(card);
                }
            }

            Fact::RecipientsFinished(card) => {
                let becomes = match self.recipients.get(card) {
                    Some(new) if new.alone => self.takes_each(card, turn).then_some(card),
                    Some(_) | None => self.finish_recipients(card, turn),
                };
                if let Some(becomes) = becomes {
                    turn.focus(FocusTarget::Composer(becomes));
                }
            }
            Fact::DraftChanged(card) => {
                self.send_to_tabs(TabFrame::Draft(card, self.composer.drafts.get(card).to_owned()), turn)
            }
            Fact::FilesChanged(card) => {
                let ready = self.composer.drafts.files(card).iter().filter(|file| file.ready);
                let media = ready.map(|file| file.media.clone()).collect();
                self.send_to_tabs(TabFrame::Files(card, media), turn);
            }
            Fact::SubmitWanted(card) => self.submit(card, turn),

            Fact::OutboxReady => self.outbox_ready = true,
            Fact::Written(id) => {
                if let Some(message) = self.outbox.get(id) {
                    self.send_to_tabs(TabFrame::Written(Box::new(message.row.clone())), turn);
                }
                self.outbox_ready = true;
            }
            Fact::OutgoingChanged(id) => self.outgoing_changed(id, turn),
            Fact::Sent(message) => self.message_sent(*message, turn),
            Fact::RetryWanted(id) => self.send_to_tabs(TabFrame::Retry(id), turn),
            Fact::ResendWanted(id) => self.resend(id, false, turn),
            Fact::TakenBack { id, edit } => self.take_back(id, edit, turn),
            Fact::RoundStopped(round) => self.stop_round(round, turn),
            Fact::ReloadWanted => self.reload(turn),
        }
    }

    fn confirmed(&mut self, question: Question, turn: &mut Turn<'_>) {
        match question {
            Question::DeleteConversation(id) => self.delete_conversation(id, turn),
            Question::RemovePerson(id, user) => self.conversations.remove_person(id, user, context!(self, turn)),
            Question::SendAgain(id) => self.resend(id, true, turn),
            Question::SignOut(_) => self.sign_out(turn),
            Question::Forget(user) => self.forget_sealed(user, turn),
            Question::Cards { files, send: true } => self.attach_shared(files, turn),
            Question::Cards { files, send: false } => {
                for (name, bytes) in files {
                    self.import_file(name, bytes, turn);
                }
            }
        }
    }

    /// Names read differently, at once in every row and card of these people.
    fn renamed(&mut self, renamed: Renamed, turn: &mut Turn<'_>) {
        let peers = renamed.numbers.into_iter().map(Peer::Number).chain(renamed.user.map(Peer::User));
        let with = |peer| self.conversations.with(peer).collect::<Vec<_>>();
        let conversations: SortedSet<ConversationId> = peers.flat_map(with).collect();
        for id in conversations.iter() {
            self.conversations.changed(id, turn);
        }
        for card in self.recipients.cards() {
            turn.changed(Changed::Recipients(card));
        }
    }

    /// How far an outgoing message is has changed.
    pub(super) fn outgoing_changed(&mut self, id: MessageId, turn: &mut Turn<'_>) {
        let Some(message) = self.outbox.get(id) else { return };
        let conversation = message.row.conversation;
        if self.device().leads {
            self.send_to_tabs(TabFrame::Sending(id, message.state.clone()), turn);
        }
        if message.state.is_parked() {
            self.say_how_round_ended(message.row.round(), turn);
        }
        turn.changed(Changed::Connection);
        turn.changed(Changed::Timeline(CardKey::Conversation(conversation)));
        turn.changed(Changed::Row(conversation));
    }

    /// Says something to the other tabs.
    pub(super) fn send_to_tabs(&self, frame: TabFrame, turn: &mut Turn<'_>) {
        crate::tabs::send(self.user(), frame, turn);
    }
}
