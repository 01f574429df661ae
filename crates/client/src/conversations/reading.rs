//! How far the user has read, here and as the server knows it.
//!
//! Always holds: read positions only move forward; what was not on screen while its card was in front is not read; the
//! server is told the last one, one request at a time for each conversation.

use halyard_protocol::rest::MarkRead;
use halyard_protocol::{ConversationId, ErrorCode, Seq};

use super::{Call, Conversations};
use crate::api::{item, succeeded, with_body};
use crate::context::Context;
use crate::effect::{HttpOutcome, Method};
use crate::fact::Fact;
use crate::sorted::SortedMap;

impl Conversations {
    /// Marks as read what the user has before them of a card: it is in front, in a tab that shows. Where the first unread entry is out of
    /// sight, they are taken there first.
    pub(crate) fn see(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        self.read_shown(id, cx);
        self.find_first_unread(id, cx);
    }

    fn read_shown(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        let (Some(me), Some(thread)) = (cx.user(), self.threads.get_mut(&id)) else { return };
        let conversation = &thread.conversation;
        // Of one that was deleted nothing is there to be seen; what was read stays, should the deletion be undone.
        let there = conversation.last_seq > conversation.cleared_seq;
        let unseen = there && (conversation.unread > 0 || conversation.read_seq < conversation.last_seq);
        let was_unread = conversation.unread > 0;
        let Some(seq) = unseen.then(|| thread.seen(cx)).flatten() else { return };
        let unread = thread.unread_after(seq, me);
        if self.read(id, seq, unread) && was_unread {
            self.unsent_reads.insert(id, seq);
            self.send_read(id, cx);
        }
        self.changed_unread(id, cx);
    }

    /// Tells the server how far the user has read. One request at a time for each conversation: in a burst of messages
    /// the last position is the one that counts.
    fn send_read(&mut self, id: ConversationId, cx: &mut Context<'_, '_>) {
        if let Some(seq) = self.unsent_reads.get(&id).copied()
            && !self.requests.any(|call| matches!(call, Call::MarkRead(known, _) if *known == id))
        {
            let request = with_body(Method::Post, item("conversations", id, "/read"), &MarkRead { seq });
            self.requests.start(Call::MarkRead(id, seq), request, cx);
        }
    }

    pub(super) fn read_answered(
        &mut self,
        id: ConversationId,
        seq: Seq,
        outcome: HttpOutcome,
        cx: &mut Context<'_, '_>,
    ) {
        match succeeded(outcome) {
            Err(error) if error.code == ErrorCode::SignedOut => cx.failed(error),
            Err(error) if error.is_temporary() => cx.fact(Fact::TryLater),
            // It was deleted elsewhere when this was told, and has come back and been read since.
            Err(error) if error.code == ErrorCode::NotFound && self.get(id).is_some_and(|thread| thread.in_column) => {
                cx.fact(Fact::TryLater);
            }
            Ok(_) | Err(_) => {
                if self.unsent_reads.get(&id) == Some(&seq) {
                    self.unsent_reads.remove(&id);
                }
                self.send_read(id, cx);
            }
        }
    }

    /// How far it was read is no longer of interest, unless that was further than what is gone.
    pub(super) fn forget_read(&mut self, id: ConversationId, gone: Seq) {
        if self.unsent_reads.get(&id).is_some_and(|seq| *seq <= gone) {
            self.unsent_reads.remove(&id);
        }
    }

    /// What was read here and the server has not heard of, as the device has stored it.
    pub(crate) fn set_unsent_reads(&mut self, reads: Vec<(ConversationId, Seq)>) {
        for (id, seq) in reads {
            self.unsent_reads.insert(id, seq);
        }
    }

    /// What was read here and the server has not heard of.
    pub(crate) fn unsent_reads(&self) -> &SortedMap<ConversationId, Seq> {
        &self.unsent_reads
    }

    /// Tries again what failed for now.
    pub(crate) fn catch_up(&mut self, cx: &mut Context<'_, '_>) {
        for id in self.unsent_reads.keys().collect::<Vec<_>>() {
            self.send_read(id, cx);
        }
        for id in core::mem::take(&mut self.missing).iter() {
            self.ask_for(id, cx);
        }
    }
}
