//! What the user changes in a conversation: edits, deletion and its undo.
//!
//! Always holds: what the user changed shows at once; after a failure the server's last word does.

use halyard_protocol::{Conversation, ConversationId, ErrorCode, Seq, UserId};

use super::{Call, Conversations, Thread};
use crate::api::{bare, item, read, succeeded};
use crate::context::Context;
use crate::effect::{HttpOutcome, Method};
use crate::fact::Fact;

impl Conversations {
    /// A change by the user was refused: what the server last said stands.
    pub(crate) fn revert(&mut self, id: ConversationId) {
        self.unstored.insert(id);
        if let Some(Thread { conversation, on_server, .. }) = self.threads.get_mut(&id) {
            conversation.muted = on_server.muted;
            conversation.title.clone_from(&on_server.title);
        }
    }

    /// Changes what neither the column's order nor the unread count follows.
    pub(crate) fn edit(&mut self, id: ConversationId, edit: impl FnOnce(&mut Conversation)) {
        if let Some(thread) = self.threads.get_mut(&id) {
            edit(&mut thread.conversation);
            self.unstored.insert(id);
        }
    }

    /// The user deleted a conversation.
    pub(crate) fn remove(&mut self, id: ConversationId, cleared_seq: Seq) {
        let Some(thread) = self.threads.get_mut(&id) else { return };
        thread.in_column = false;
        thread.timeline.clear(cleared_seq);
        let conversation = &mut thread.conversation;
        conversation.cleared_seq = cleared_seq;
        conversation.last_entry = thread.timeline.last().cloned();
        // What was read stays as it is, as on the server: the undo counts from there.
        conversation.unread = 0;
        self.settle(id);
    }

    /// The log says that the user deleted it.
    pub(crate) fn removed(&mut self, id: ConversationId, cleared_seq: Seq) {
        if let Some(thread) = self.threads.get_mut(&id) {
            thread.on_server.removed = true;
            thread.on_server.removals += 1;
        }
        self.remove(id, cleared_seq);
    }

    /// Deletes a conversation for this user, here at once. Says whether there is something to undo: one that was only
    /// opened just goes.
    pub(crate) fn delete(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) -> bool {
        let Some(thread) = self.get(id) else { return false };
        let before = thread.conversation.clone();
        let known = thread.in_column && before.last_seq > 0;
        self.remove(id, before.last_seq);
        if known {
            let request = bare(Method::Delete, item("conversations", id, ""));
            self.requests.start(Call::Delete(Box::new(before)), request, cx);
        }
        self.changed(id, cx);
        known
    }

    pub(super) fn delete_answered(&mut self, before: Conversation, outcome: HttpOutcome, cx: &mut Context<'_, '_>) {
        let id = before.id;
        let undone = self.undone.remove(&id);
        match succeeded(outcome) {
            Ok(_) => {
                self.forget_read(id, before.last_seq);
                if undone {
                    self.restore(id, cx);
                }
            }
            Err(error) if error.code == ErrorCode::NotFound => {}
            Err(error) => {
                // It is still there, as far as is known: as it was, until the server says how it stands.
                if self.get(id).is_some_and(|known| !known.in_column && !known.on_server.removed) {
                    let unsent = self.unsent_reads.get(&id).copied();
                    self.put(before, unsent);
                    self.mark_incomplete(id);
                    self.ask_for(id, cx);
                    cx.fact(Fact::PageWanted(id));
                    self.changed(id, cx);
                }
                cx.failed(error);
            }
        }
    }

    /// A colleague no longer takes part in a group chat, or the user. The log says so to everybody.
    pub(crate) fn remove_person(&mut self, id: ConversationId, user: UserId, cx: &mut Context<'_, '_>) {
        let path = item("conversations", id, &["/people/", &user.to_string()].concat());
        self.requests.start(Call::RemovePerson(user), bare(Method::Delete, path), cx);
    }

    /// Whether a deletion is being undone.
    pub(crate) fn is_coming_back(&self, id: ConversationId) -> bool {
        self.undone.contains(&id) || self.requests.any(|call| matches!(call, Call::Restore(going, _) if *going == id))
    }

    /// "Undo" of a deletion; the server hears of it after it has heard of the deletion.
    pub(crate) fn undo_delete(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        if self.requests.any(|call| matches!(call, Call::Delete(going) if going.id == id)) {
            self.undone.insert(id);
        } else {
            self.restore(id, cx);
        }
    }

    fn restore(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        let removals = self.get(id).map_or(0, |thread| thread.on_server.removals);
        let request = bare(Method::Post, item("conversations", id, "/restore"));
        self.requests.start(Call::Restore(id, removals), request, cx);
    }

    pub(super) fn restore_answered(
        &mut self,
        id: ConversationId,
        removals: u32,
        outcome: HttpOutcome,
        cx: &mut Context<'_, '_>,
    ) {
        match read::<Conversation>(outcome) {
            // If the log has spoken of it since, it knows better.
            Ok(conversation) => {
                if self.get(id).is_none_or(|known| !known.in_column && known.on_server.removals == removals) {
                    self.put(conversation, None);
                }
            }
            Err(error) => cx.failed(error),
        }
        cx.fact(Fact::PageWanted(id));
        self.changed(id, cx);
    }
}
