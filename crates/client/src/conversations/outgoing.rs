//! What sending does to a conversation's place in the column, before and after the server has the message.

use halyard_protocol::{ConversationId, Entry, UnixMs};

use super::Conversations;

impl Conversations {
    /// Something is on its way from here: it stands in the column from now on.
    pub(crate) fn sending(&mut self, id: ConversationId, at: UnixMs) {
        if let Some(thread) = self.threads.get_mut(&id) {
            thread.in_column = true;
            thread.conversation.last_activity = thread.conversation.last_activity.max(at);
            // Also before the server knows: this is the number last used with these people.
            thread.conversation.last_sent_at = thread.conversation.last_sent_at.max(Some(at));
        }
        self.settle(id);
    }

    /// A message that was on its way from here is with the server: its time is the server's, whatever the clock says here.
    pub(crate) fn arrived(&mut self, id: ConversationId, waiting: Option<UnixMs>) {
        if let Some(thread) = self.threads.get_mut(&id)
            && let Some(newest) = thread.conversation.last_entry.as_ref().map(Entry::at)
        {
            thread.conversation.last_activity = waiting.map_or(newest, |waiting| waiting.max(newest));
        }
        self.settle(id);
    }

    /// A message that was on its way from here was taken back. What happened last is the newest entry, or the newest of
    /// those that are still on their way.
    pub(crate) fn taken_back(&mut self, id: ConversationId, waiting: Option<UnixMs>) {
        if let Some(thread) = self.threads.get_mut(&id) {
            let conversation = &mut thread.conversation;
            let newest = conversation.last_entry.as_ref().map(Entry::at);
            conversation.last_activity = newest.max(waiting).unwrap_or_default();
            // One that was only opened here is in the column by its outgoing messages alone.
            thread.in_column &= conversation.last_seq > 0 || waiting.is_some();
        }
        self.settle(id);
    }
}
