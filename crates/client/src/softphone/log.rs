//! Applying what the server says: the log, one change after the other, and states.

use halyard_protocol::{Author, Change, ConversationId, ConversationKind, Entry, Message, Peer, Seq, UserState};
use halyard_words as words;

use super::{Softphone, context};
use crate::context::Turn;
use crate::conversations::Thread;
use crate::update::Changed;
use crate::windows::CardKey;

impl Softphone {
    pub(super) fn apply(&mut self, change: Change, turn: &mut Turn<'_>) {
        self.conversations.notice_unknown(&change, context!(self, turn));
        match change {
            Change::EntryAdded { entry, unread, read_seq } => self.entry_added(&entry, unread, read_seq, turn),
            Change::DeliveryChanged { conversation, message, delivery } => {
                let pinned = self.desk.is_pinned(CardKey::Conversation(conversation));
                self.conversations.delivery_changed(conversation, message, &delivery, pinned, context!(self, turn));
            }
            Change::ConversationChanged { conversation } => {
                self.conversations.conversation_changed(*conversation, context!(self, turn));
            }
            Change::ConversationRemoved { conversation, cleared_seq } => {
                self.conversations.conversation_removed(conversation, cleared_seq, context!(self, turn));
            }
            Change::ContactChanged { contact } => self.contacts.changed(contact, context!(self, turn)),
            Change::ContactRemoved { contact } => self.contacts.removed(contact, context!(self, turn)),
            Change::ContactsReplaced => self.contacts.load(context!(self, turn)),
            Change::FavouriteChanged { favourite, on } => {
                self.contacts.favourite_changed(favourite, on, context!(self, turn));
            }
            Change::UserChanged { user } => {
                self.session.user_changed(&user, turn);
                if self.contacts.user_changed(user, context!(self, turn)) {
                    self.authors_changed(turn);
                }
            }
            Change::UserRemoved { user } => {
                self.contacts.user_removed(user, context!(self, turn));
                self.authors_changed(turn);
                if self.user() == Some(user) {
                    // Whether somebody is left in a chat is said while the user is in the directory themselves.
                    self.everything_changed(turn);
                }
            }
            Change::NumbersChanged { numbers } => {
                let column = &mut self.conversations.column;
                column.number = column.number.filter(|number| numbers.iter().any(|own| own.number == *number));
                if let Some(me) = self.session.me_mut() {
                    me.numbers = numbers;
                }
                // Rows, headers and text boxes name them.
                self.everything_changed(turn);
            }
            Change::Unknown => {}
        }
    }

    /// The log has taken a conversation away. What was written in it here and has not left is still to be seen. A group that the user has
    /// left, or deleted elsewhere, is not looked at any more, unless something is typed in it, or it is back.
    pub(super) fn conversation_removed(&mut self, id: ConversationId, turn: &mut Turn<'_>) {
        if let Some(waiting) = self.outbox.of(id).next_back().map(|message| message.row.at) {
            self.conversations.sending(id, waiting);
        }
        let card = CardKey::Conversation(id);
        let is_gone = |thread: &Thread| {
            thread.conversation.kind == ConversationKind::GroupChat
                && !thread.in_column
                && !self.conversations.is_coming_back(id)
        };
        if self.conversations.get(id).is_some_and(is_gone) && !self.composer.drafts.has(card) {
            self.desk.close(card, context!(self, turn));
        }
    }

    /// Users are like this now.
    pub(super) fn user_states(&mut self, states: &[UserState], turn: &mut Turn<'_>) {
        self.cache.cursor_moved();
        for state in states {
            let Some(user) = self.contacts.book.take_state(state) else { continue };
            self.session.user_changed(user, turn);
            turn.changed(Changed::Presence(state.user));
            turn.changed(Changed::ContactDetails);
            for id in self.conversations.with(Peer::User(state.user)) {
                turn.changed(Changed::Header(CardKey::Conversation(id)));
            }
        }
    }

    /// Colleagues show as connected only while this device is.
    pub(super) fn presences_changed(&self, turn: &mut Turn<'_>) {
        for user in self.contacts.book.users().filter(|user| user.connected) {
            turn.changed(Changed::Presence(user.id));
        }
    }

    /// A colleague's name reads differently, also in texts from a shared number, where they are no peer.
    fn authors_changed(&self, turn: &mut Turn<'_>) {
        turn.changed(Changed::Question);
        for id in self.conversations.in_order() {
            turn.changed(Changed::Row(id));
        }
        for card in self.desk.cards() {
            turn.changed(Changed::Timeline(card));
            turn.changed(Changed::Typing(card));
        }
    }

    /// A timeline has one more entry. A message is by this device's own words, by another of the user's, or by somebody else.
    fn entry_added(&mut self, entry: &Entry, unread: u32, read_seq: Seq, turn: &mut Turn<'_>) {
        let Some(me) = self.user() else { return };
        let id = entry.conversation();
        let message = entry.message();
        let sent = message.and_then(|message| self.outbox.remove(message.id));
        let is_new = self.conversations.entry_added(entry, unread, read_seq, me, context!(self, turn));
        self.forget_sent(sent, id, turn);
        if let Some(Author::User(user)) = message.map(|message| message.author) {
            self.typing.stopped(id, user, turn);
        }
        if is_new {
            self.announce_entry(entry, turn);
        }
        self.outbox_ready = true;
    }

    /// Screen readers hear of an entry whose card is not in front; the one in front is a log and speaks by itself.
    fn announce_entry(&self, entry: &Entry, turn: &mut Turn<'_>) {
        let Some(me) = self.user() else { return };
        let id = entry.conversation();
        let Some(thread) = self.conversations.get(id) else { return };
        let conversation = &thread.conversation;
        let in_front = self.desk.windows.focused() == Some(CardKey::Conversation(id));
        if in_front || conversation.muted || !entry.is_inbound(me, conversation.kind.is_text()) {
            return;
        }
        let name = |from: Author| self.author_name(from);
        turn.announce(match entry {
            Entry::Message(message) => words::new_message_from(name(message.author)),
            // Of calls, those that were missed count.
            Entry::Call(call) => words::missed_call_from(name(call.from)),
            Entry::Voicemail(voicemail) => words::new_voicemail_from(name(voicemail.from)),
            Entry::Note(note) => words::new_note_from(name(Author::User(note.author))),
            Entry::System(_) | Entry::Unknown(_) => words::news_to_see(self.conversation_name(conversation)),
        });
    }

    /// The server has our message: the row moves from the outbox into the history, and stays the same row.
    pub(super) fn message_sent(&mut self, message: Message, turn: &mut Turn<'_>) {
        let conversation: ConversationId = message.conversation;
        let sent = self.outbox.remove(message.id);
        self.conversations.message_sent(&Entry::Message(message), context!(self, turn));
        self.forget_sent(sent, conversation, turn);
        self.outbox_ready = true;
        turn.changed(Changed::Connection);
    }
}
