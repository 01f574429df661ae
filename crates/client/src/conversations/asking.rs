//! Which conversations the server is asked for, and whose word on one counts.
//!
//! Always holds: a page's word never replaces what the log has said since the page was asked for.

use halyard_protocol::ConversationId;

use super::{Conversations, Thread};
use crate::sorted::SortedSet;

impl Conversations {
    /// The log speaks of a conversation. Says whether the server has to be asked for it, as it is not here.
    pub(crate) fn mention(&mut self, id: ConversationId) -> bool {
        if self.threads.get(&id).is_some_and(|thread| thread.complete) {
            return false;
        }
        if self.loading_older {
            self.mentioned.insert(id);
        }
        if let Some(since) = self.asked.get_mut(&id) {
            *since = true;
        }
        true
    }

    /// Whether a page's word on a conversation can be taken: not on one that is here, which the log moves on.
    pub(crate) fn is_news(&self, id: ConversationId) -> bool {
        self.threads.get(&id).is_none_or(|thread| !thread.complete)
    }

    /// The server's unread conversations that no page has brought.
    pub(crate) fn set_unread_elsewhere(&mut self, ids: Vec<ConversationId>) {
        for id in ids {
            self.note_unread(id, 1);
        }
    }

    /// So many messages are unread in a conversation that may not be here. Says whether that changes how many conversations are unread.
    pub(super) fn note_unread(&mut self, id: ConversationId, unread: u32) -> bool {
        let is_here = |thread: &Thread| thread.complete || thread.counted_unread;
        let changed = if unread > 0 && !self.threads.get(&id).is_some_and(is_here) {
            self.unread_elsewhere.insert(id)
        } else {
            self.unread_elsewhere.remove(&id)
        };
        self.unread_changed |= changed;
        changed
    }

    /// The unread conversations that the device's database does not have.
    pub(crate) fn unread_not_stored(&self) -> Vec<ConversationId> {
        let not_kept = self.threads.values().filter(|thread| thread.counted_unread && !thread.stored);
        self.unread_elsewhere.iter().chain(not_kept.map(|thread| thread.conversation.id)).collect()
    }

    /// What is here of a conversation may be old: the server's next word on it counts.
    pub(crate) fn mark_incomplete(&mut self, id: ConversationId) {
        if let Some(thread) = self.threads.get_mut(&id) {
            thread.complete = false;
        }
    }

    /// The page has come. Gives those that the log spoke of since it was asked for.
    pub(crate) fn page_came(&mut self) -> SortedSet<ConversationId> {
        self.loading_older = false;
        core::mem::take(&mut self.mentioned)
    }

    /// The server is asked for a conversation. Says whether it is not asked already.
    pub(crate) fn ask(&mut self, id: ConversationId) -> bool {
        let is_new = !self.asked.contains_key(&id);
        self.asked.get_or_insert(id, false);
        is_new
    }

    /// Those that the server is being asked for.
    pub(crate) fn asked(&self) -> impl Iterator<Item = ConversationId> {
        self.asked.keys()
    }

    /// The server has answered. Says whether the log has spoken of it since it was asked, if it was.
    pub(crate) fn is_answered(&mut self, id: ConversationId) -> Option<bool> {
        self.asked.remove(&id)
    }
}
