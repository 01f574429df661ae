//! Applying the log: one change after the other.

use halyard_protocol::{Author, Change, ConversationId, Message, Seq};

use crate::conversations::{Thread, is_inbound};
use crate::effect::Effect;
use crate::env::Env;
use crate::softphone::Softphone;
use crate::update::{Changed, Update};

impl Softphone {
    pub(crate) fn apply(&mut self, change: Change, env: &Env, out: &mut Update) {
        self.notice_stranger(&change, out);
        match change {
            Change::MessageAdded { message, unread, read_seq } => {
                self.message_added(message, unread, read_seq, env, out);
            }
            Change::DeliveryChanged { conversation, message, delivery } => {
                let here = |thread: &Thread| !thread.kept || thread.timeline.contains(message);
                if !self.conversations.get(conversation).is_none_or(here) {
                    // It may be a message that only the device's database has.
                    self.read_messages(conversation, out);
                }
                let moved = self
                    .conversations
                    .timeline(conversation)
                    .is_some_and(|timeline| timeline.deliver(message, delivery.clone()));
                self.conversations.edit(conversation, |known| {
                    if let Some(last) = known.last_message.as_mut().filter(|last| last.id == message)
                        && let Some(entry) = last.deliveries.iter_mut().find(|entry| entry.to == delivery.to)
                    {
                        entry.apply(&delivery);
                    }
                });
                if moved {
                    self.conversations.touch(conversation);
                    self.timeline_changed(conversation, out);
                }
                out.changed(Changed::Row(conversation));
            }
            Change::ConversationChanged { conversation } => {
                let id = conversation.id;
                let unsent = self.unsent_reads.get(&id).copied();
                self.conversations.put(*conversation, unsent);
                self.load_if_open(id, out);
                self.conversation_changed(id, out);
            }
            Change::ConversationRemoved { conversation, cleared_seq } => {
                self.forget_read(conversation, cleared_seq);
                self.conversations.removed(conversation, cleared_seq);
                self.conversation_changed(conversation, out);
            }
            Change::Read { conversation, seq, unread } => {
                if self.conversations.read(conversation, seq, unread) {
                    self.unread_changed(conversation, out);
                }
            }
            Change::PeerRead { conversation, user, seq } => {
                self.conversations.edit(conversation, |known| {
                    match known.reads.iter_mut().find(|read| read.user == user) {
                        Some(read) => read.seq = read.seq.max(seq),
                        None => known.reads.push(halyard_protocol::PeerRead { user, seq }),
                    }
                });
                self.timeline_changed(conversation, out);
                out.changed(Changed::Row(conversation));
            }
            Change::ContactChanged { contact } => {
                let renamed = self.book.put(contact, false);
                self.contacts_changed(renamed, out);
            }
            Change::ContactRemoved { contact } => {
                if let Some((_, renamed)) = self.book.remove(contact) {
                    self.contacts_changed(renamed, out);
                }
            }
            Change::ContactsReplaced => self.load_contacts(out),
            Change::FavouriteChanged { favourite, on } => {
                self.book.set_favourite(favourite, on);
                self.contacts_changed(crate::contacts::book::Renamed::default(), out);
            }
            Change::UserChanged { user } => {
                if let Some(me) = self.session.me_mut().filter(|me| me.user.id == user.id) {
                    me.user = user.clone();
                    out.changed(Changed::Me);
                }
                let known = self.book.user(user.id).is_some_and(|known| known.name == user.name);
                let renamed = self.book.put_user(user);
                self.contacts_changed(renamed, out);
                if !known {
                    self.authors_changed(out);
                }
            }
            Change::UserRemoved { user } => {
                let renamed = self.book.remove_user(user);
                self.contacts_changed(renamed, out);
                self.authors_changed(out);
            }
            Change::NumbersChanged { numbers } => {
                if let Some(me) = self.session.me_mut() {
                    me.numbers = numbers;
                }
                out.changed(Changed::Me);
                for card in self.open_cards() {
                    out.changed(Changed::Composer(card));
                }
            }
            Change::Unknown => {}
        }
    }

    /// A colleague's name reads differently, also in texts from a shared number, where they are no peer.
    fn authors_changed(&self, out: &mut Update) {
        for id in self.conversations.in_order() {
            out.changed(Changed::Row(id));
        }
        for card in self.open_cards() {
            out.changed(Changed::Timeline(card));
            out.changed(Changed::Typing(card));
        }
    }

    /// A change may speak of a conversation that no page has brought yet. What it says is in what the server answers
    /// then; a message brings the conversation into the column, so that it has to be asked for.
    fn notice_stranger(&mut self, change: &Change, out: &mut Update) {
        let (id, wanted) = match change {
            Change::MessageAdded { message, .. } => (message.conversation, true),
            Change::DeliveryChanged { conversation, .. }
            | Change::Read { conversation, .. }
            | Change::PeerRead { conversation, .. }
            | Change::ConversationRemoved { conversation, .. } => (*conversation, false),
            _ => return,
        };
        if self.conversations.speak_of(id) && wanted {
            self.ask_for(id, out);
        }
    }

    /// A message was committed: by this device's own words, by another of the user's, or by somebody else.
    pub(crate) fn message_added(&mut self, message: Message, unread: u32, read_seq: Seq, env: &Env, out: &mut Update) {
        let Some(me) = self.session.me().map(|me| me.user.id) else { return };
        let id = message.conversation;
        let sent = self.outbox.remove(message.id);
        let is_new = self.conversations.message(&message, unread, read_seq, me);
        self.forget_sent(sent, id, out);
        if let Author::User(user) = message.author
            && self.presence.stopped(id, user)
        {
            self.typing_changed(id, out);
        }
        if is_new {
            self.announce_message(&message, out);
        }
        self.message_arrived(id, env, out);
    }

    /// What a message in a conversation changes, whoever says so first.
    pub(crate) fn message_arrived(&mut self, id: ConversationId, env: &Env, out: &mut Update) {
        self.timeline_changed(id, out);
        self.unread_changed(id, out);
        self.columns_changed(out);
        self.see(id, out);
        self.pump_outbox(env, out);
    }

    /// Screen readers hear of a message whose card is not in front; the one in front is a log and speaks by itself.
    fn announce_message(&self, message: &Message, out: &mut Update) {
        let Some(me) = self.session.me() else { return };
        let Some(thread) = self.conversations.get(message.conversation) else { return };
        let in_front = self.windows.focused() == Some(crate::windows::CardKey::Conversation(message.conversation));
        if in_front || thread.conversation.muted || !is_inbound(&thread.conversation, message.author, me.user.id) {
            return;
        }
        let name = self.author_name(message.author);
        out.effect(Effect::Announce(["New message from ", &name].concat()));
    }

    pub(crate) fn typing_changed(&self, conversation: ConversationId, out: &mut Update) {
        out.changed(Changed::Typing(crate::windows::CardKey::Conversation(conversation)));
        out.changed(Changed::Row(conversation));
    }
}
