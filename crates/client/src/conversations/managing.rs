//! Notifications, a group's name, deleting and its undo.
//!
//! Always holds: what the user changed shows at once; after a failure the server's last word does.

use halyard_protocol::rest::UpdateConversation;
use halyard_protocol::{Conversation, ConversationId, ErrorCode, MessageId, Seq, limits};

use crate::api::{read, succeeded};
use crate::effect::Effect;
use crate::env::Env;
use crate::event::HttpOutcome;
use crate::notices::{Question, Undo};
use crate::softphone::Softphone;
use crate::update::{Changed, Update};
use crate::windows::CardKey;

impl Softphone {
    pub(crate) fn set_muted(&mut self, id: ConversationId, muted: bool, out: &mut Update) {
        self.conversations.edit(id, |conversation| conversation.muted = muted);
        self.requests.update_conversation(id, &UpdateConversation { muted: Some(muted), title: None }, out);
        let word = if muted { "Notifications are off for this conversation" } else { "Notifications are on again" };
        out.effect(Effect::Announce(word.to_owned()));
        self.conversation_changed(id, out);
    }

    pub(crate) fn set_title(&mut self, id: ConversationId, title: String, env: &Env, out: &mut Update) {
        let title = title.trim().to_owned();
        if title.chars().count() > limits::NAME_LENGTH {
            self.complain(["A name has ", &limits::NAME_LENGTH.to_string(), " characters at most."].concat(), env, out);
            return;
        }
        self.conversations.edit(id, |conversation| conversation.title.clone_from(&title));
        self.requests.update_conversation(id, &UpdateConversation { muted: None, title: Some(title) }, out);
        self.conversation_changed(id, out);
    }

    /// What it is now, the log says; the answer may be older than that. After a failure its last word stands.
    pub(crate) fn conversation_updated(
        &mut self,
        id: ConversationId,
        outcome: HttpOutcome,
        env: &Env,
        out: &mut Update,
    ) {
        let Err(error) = succeeded(outcome) else { return };
        self.conversations.revert(id);
        self.conversation_changed(id, out);
        self.call_failed(error, env, out);
    }

    pub(crate) fn conversation_restored(
        &mut self,
        id: ConversationId,
        removals: u32,
        outcome: HttpOutcome,
        env: &Env,
        out: &mut Update,
    ) {
        match read::<Conversation>(outcome) {
            // If the log has spoken of it since, it knows better.
            Ok(conversation) => {
                if self.conversations.get(id).is_none_or(|known| !known.listed && known.said.removals == removals) {
                    self.conversations.put(conversation, None);
                }
            }
            Err(error) => self.call_failed(error, env, out),
        }
        self.load_if_open(id, out);
        self.conversation_changed(id, out);
    }

    pub(crate) fn ask_delete(&mut self, id: ConversationId, out: &mut Update) {
        if self.conversations.get(id).is_some() {
            self.notices.question = Some(Question::DeleteConversation(id));
            out.changed(Changed::Question);
        }
    }

    pub(crate) fn delete_conversation(&mut self, id: ConversationId, env: &Env, out: &mut Update) {
        let Some(thread) = self.conversations.get(id) else { return };
        let before = thread.conversation.clone();
        let last = before.last_seq;
        // One that is deleted already, or was only opened, just closes.
        let known = thread.listed && last > 0;
        let name = self.conversation_name(&before);
        let unsent: Vec<MessageId> = self.outbox.of(id).map(|message| message.row.id).collect();
        for message in unsent {
            self.take_back(message, false, out);
        }
        self.close_card(CardKey::Conversation(id), out);
        self.conversations.remove(id, last);
        if known {
            self.requests.delete_conversation(before, out);
            let text = ["The conversation with ", &name, " is deleted."].concat();
            self.notices.show(text, false, Some(Undo::Conversation(id)), env.now);
            self.set_expiry(env, out);
            out.changed(Changed::Notices);
        }
        self.conversation_changed(id, out);
    }

    pub(crate) fn conversation_deleted(
        &mut self,
        before: Conversation,
        outcome: HttpOutcome,
        env: &Env,
        out: &mut Update,
    ) {
        let id = before.id;
        let undone = self.undone.remove(&id);
        match succeeded(outcome) {
            Ok(_) => {
                self.forget_read(id, before.last_seq);
                if undone {
                    self.restore(id, out);
                }
            }
            Err(error) if error.code == ErrorCode::NotFound => {}
            Err(error) => {
                // It is still there, as far as is known: as it was, until the server says how it stands.
                if self.conversations.get(id).is_some_and(|known| !known.listed && !known.said.removed) {
                    let unsent = self.unsent_reads.get(&id).copied();
                    self.conversations.put(before, unsent);
                    self.conversations.doubt(id);
                    self.ask_for(id, out);
                    self.load_if_open(id, out);
                    self.conversation_changed(id, out);
                }
                self.call_failed(error, env, out);
            }
        }
    }

    /// How far it was read is no longer of interest, unless that was further than what is gone.
    pub(crate) fn forget_read(&mut self, id: ConversationId, gone: Seq) {
        if self.unsent_reads.get(&id).is_some_and(|seq| *seq <= gone) {
            self.unsent_reads.remove(&id);
        }
    }

    /// "Undo" of a deletion; the server hears of it after it has heard of the deletion.
    pub(crate) fn undo_delete(&mut self, id: ConversationId, out: &mut Update) {
        if self.requests.is_deleting(id) {
            self.undone.insert(id);
        } else {
            self.restore(id, out);
        }
        self.open_conversation(id, out);
    }

    fn restore(&mut self, id: ConversationId, out: &mut Update) {
        let removals = self.conversations.get(id).map_or(0, |thread| thread.said.removals);
        self.requests.restore_conversation(id, removals, out);
    }
}
