//! What the server answers to requests about conversations.

use halyard_protocol::{Conversation, ConversationId, ErrorCode, Seq, UserId};

use super::Conversations;
use crate::api::succeeded;
use crate::context::Context;
use crate::effect::HttpOutcome;
use crate::fact::Fact;

/// What the server was asked.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    /// The next page of conversations.
    Page,
    /// One conversation.
    Conversation(ConversationId),
    /// A page of a conversation's history, for the timeline of this epoch: the page of an earlier one is dropped.
    Entries(ConversationId, u32),
    /// The same once more, for entries that were kept by a version that did not know them.
    Unknown(ConversationId, u32),
    /// To take in how far the user has read.
    MarkRead(ConversationId, Seq),
    /// To mute or rename it.
    Update(ConversationId),
    /// To let a colleague into a group chat.
    AddPerson(UserId),
    /// To let somebody out of one.
    RemovePerson(UserId),
    /// To delete this conversation, which is put back if the server refuses.
    Delete(Box<Conversation>),
    /// To bring it back; with how often the log had said by then that it is deleted.
    Restore(ConversationId, u32),
}

impl Conversations {
    pub(crate) fn answered(&mut self, call: Call, outcome: HttpOutcome, cx: &mut Context<'_, '_>) {
        match call {
            Call::Page => self.page_answered(outcome, cx),
            Call::Conversation(id) => self.conversation_answered(id, outcome, cx),
            Call::Entries(id, epoch) => self.entries_answered(id, epoch, outcome, cx),
            Call::Unknown(id, epoch) => self.unknown_answered(id, epoch, outcome, cx),
            Call::MarkRead(id, seq) => self.read_answered(id, seq, outcome, cx),
            // What it is now, the log says; the answer may be older than that. After a failure its last word stands.
            Call::Update(id) => {
                if let Err(error) = succeeded(outcome) {
                    self.revert(id);
                    self.changed(id, cx);
                    cx.failed(error);
                }
            }
            // Who is in it, the log says.
            Call::AddPerson(user) => match succeeded(outcome) {
                Ok(_) => cx.fact(Fact::PersonAdded(user)),
                Err(error) => cx.failed(error),
            },
            Call::RemovePerson(user) => match succeeded(outcome) {
                Ok(_) => cx.fact(Fact::PersonRemoved(user)),
                // They are not in it any more, or the user is not: the log says which.
                Err(error) if error.code == ErrorCode::NotFound => {}
                Err(error) => cx.failed(error),
            },
            Call::Delete(before) => self.delete_answered(*before, outcome, cx),
            Call::Restore(id, removals) => self.restore_answered(id, removals, outcome, cx),
        }
    }

    /// Whether the server has still to take a change that shows here already.
    pub(crate) fn is_changing(&self) -> bool {
        self.requests.any(|call| matches!(call, Call::Update(_) | Call::Delete(_) | Call::Restore(..)))
    }
}
