//! What the log and the states say of conversations.

use halyard_protocol::{
    Change, Conversation, ConversationId, Delivery, Entry, MessageId, PeerRead, ReadPosition, Seq, UserId,
};

use super::{ColumnFilter, Conversations, Thread};
use crate::context::Context;
use crate::fact::Fact;
use crate::update::Changed;
use crate::windows::CardKey;

impl Conversations {
    /// A change may speak of a conversation that no page has brought yet. What it says is in what the server answers
    /// then; an entry brings the conversation into the column, so that it has to be asked for.
    pub(crate) fn notice_unknown(&mut self, change: &Change, cx: &mut Context<'_, '_>) {
        let (id, wanted) = match change {
            Change::EntryAdded { entry, .. } => (entry.conversation(), true),
            Change::ConversationRemoved { conversation, .. } => {
                self.unread_noted(*conversation, 0, cx);
                (*conversation, false)
            }
            Change::DeliveryChanged { conversation, .. } => (*conversation, false),
            Change::ConversationChanged { .. }
            | Change::ContactChanged { .. }
            | Change::ContactRemoved { .. }
            | Change::ContactsReplaced
            | Change::FavouriteChanged { .. }
            | Change::UserChanged { .. }
            | Change::UserRemoved { .. }
            | Change::NumbersChanged { .. }
            | Change::Unknown => return,
        };
        if self.mention(id) && wanted {
            self.ask_for(id, cx);
        }
    }

    /// What is unread in a conversation that may not be here decides whether older pages have any for the column.
    fn unread_noted(&mut self, id: ConversationId, unread: u32, cx: &mut Context<'_, '_>) {
        if self.note_unread(id, unread) && self.column.filter == ColumnFilter::Unread {
            cx.changed(Changed::Column);
        }
    }

    /// There is one more entry. Says whether it is new here.
    pub(crate) fn entry_added(
        &mut self,
        entry: &Entry,
        unread: u32,
        read_seq: Seq,
        me: UserId,
        cx: &mut Context<'_, '_>,
    ) -> bool {
        let is_new = self.entry(entry, unread, read_seq, me);
        self.entry_arrived(entry.conversation(), cx);
        is_new
    }

    /// The server has answered that it has our message. The log says the rest; if its echo has come already, this changes
    /// nothing.
    pub(crate) fn message_sent(&mut self, entry: &Entry, cx: &mut Context<'_, '_>) {
        let Some(me) = cx.user() else { return };
        let id = entry.conversation();
        self.sent(entry, me);
        if self.is_news(id) {
            // A log that was cut since may not say what else there is to this conversation.
            self.ask_for(id, cx);
        }
        self.entry_arrived(id, cx);
    }

    /// What one more entry in a conversation changes, whoever says so first.
    fn entry_arrived(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        cx.changed(Changed::Timeline(CardKey::Conversation(id)));
        self.changed_unread(id, cx);
        self.changed_column(cx);
    }

    pub(crate) fn delivery_changed(
        &mut self,
        id: ConversationId,
        message: MessageId,
        delivery: &Delivery,
        pinned: bool,
        cx: &mut Context<'_, '_>,
    ) {
        let here = |thread: &Thread| !thread.stored || thread.timeline.contains(message.into());
        if !self.get(id).is_none_or(here) {
            // It may be a message that only the device's database has.
            self.read_stored(id, pinned, cx);
        }
        let moved = self.timeline(id).is_some_and(|timeline| timeline.deliver(message, delivery.clone()));
        self.edit(id, |known| {
            let last = known.last_entry.as_mut().and_then(Entry::message_mut).filter(|last| last.id == message);
            if let Some(known) = last.and_then(|last| last.deliveries.iter_mut().find(|known| known.to == delivery.to))
            {
                known.apply(delivery);
            }
        });
        if moved {
            self.mark_unstored(id);
            cx.changed(Changed::Timeline(CardKey::Conversation(id)));
        }
        cx.changed(Changed::Row(id));
    }

    pub(crate) fn conversation_changed(&mut self, conversation: Conversation, cx: &mut Context<'_, '_>) {
        let id = conversation.id;
        let unsent = self.unsent_reads.get(&id).copied();
        self.put(conversation, unsent);
        cx.fact(Fact::PageWanted(id));
        self.changed(id, cx);
    }

    pub(crate) fn conversation_removed(&mut self, id: ConversationId, cleared: Seq, cx: &mut Context<'_, '_>) {
        self.forget_read(id, cleared);
        self.removed(id, cleared);
        self.changed(id, cx);
        cx.fact(Fact::ConversationRemoved(id));
    }

    /// A member has read up to here: the user, on some device, or a colleague.
    pub(crate) fn read_position(&mut self, read: ReadPosition, cx: &mut Context<'_, '_>) {
        let ReadPosition { conversation: id, user, seq, unread } = read;
        self.mention(id);
        if let Some(unread) = unread {
            self.unread_noted(id, unread, cx);
            if self.read(id, seq, unread) {
                self.changed_unread(id, cx);
            }
            return;
        }
        self.edit(id, |known| match known.reads.iter_mut().find(|read| read.user == user) {
            Some(read) => read.seq = read.seq.max(seq),
            None => known.reads.push(PeerRead { user, seq, joined: None }),
        });
        cx.changed(Changed::Timeline(CardKey::Conversation(id)));
        cx.changed(Changed::Row(id));
    }
}
