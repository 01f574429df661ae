//! What did not get there: sent once more, edited, or taken back.
//!
//! Always holds: nothing that may have arrived is sent again before the user has said so; the draft is kept before its message is forgotten.

use halyard_protocol::{DeliveryState, Message, MessageId};

use super::{Softphone, context};
use crate::composer::forget_file;
use crate::context::Turn;
use crate::conversations::Thread;
use crate::effect::FocusTarget;
use crate::fact::{Fact, Question};
use crate::outbox::{OutboxRow, Outgoing};
use crate::storage::{Range, Store, Token, Write};
use crate::update::Changed;
use crate::windows::CardKey;

impl Softphone {
    /// A message that has left, and its conversation.
    fn sent(&self, id: MessageId) -> Option<(&Thread, &Message)> {
        let mut threads = self.conversations.in_order().filter_map(|conversation| self.conversations.get(conversation));
        threads.find_map(|thread| Some((thread, thread.timeline.message(id)?)))
    }

    /// Sends the text of a message that could not be delivered once more, as a new message. What is typed stays. One that may have
    /// arrived is asked for first, unless the user is `sure`.
    pub(super) fn resend(&mut self, id: MessageId, sure: bool, turn: &mut Turn<'_>) {
        let Some((thread, message)) = self.sent(id) else { return };
        match message.deliveries.first().map(|delivery| delivery.state) {
            Some(DeliveryState::Unconfirmed) if !sure => return turn.fact(Fact::Asked(Question::SendAgain(id))),
            Some(DeliveryState::Unconfirmed | DeliveryState::Failed) => {}
            // A receipt has come meanwhile.
            Some(DeliveryState::Accepted | DeliveryState::Sent | DeliveryState::Delivered | DeliveryState::Unknown)
            | None => return,
        }
        let (conversation, to, body) = (message.conversation, thread.destination(), message.body.clone());
        let card = CardKey::Conversation(conversation);
        let problem = self.conversations.get(conversation).and_then(|thread| self.cannot_write(&thread.conversation));
        match problem {
            Some(problem) => self.composer.refuse(card, problem, context!(self, turn)),
            None => self.write(conversation, to, body, false, turn),
        }
        turn.focus(FocusTarget::Composer(card));
    }

    /// Takes a message that was not sent out of the outbox; with `edit` its text goes back into the text box.
    pub(super) fn take_back(&mut self, id: MessageId, edit: bool, turn: &mut Turn<'_>) {
        match self.outbox.get(id) {
            Some(message) if message.state.can_be_taken_back() => {}
            // It has left, and did not arrive: its text is written anew.
            None if edit => return self.edit_anew(id, turn),
            Some(_) | None => return,
        }
        let Some(Outgoing { row, contents, .. }) = self.outbox.remove(id) else { return };
        if let Some(round) = row.round {
            self.outbox.leave_round(round);
        }
        let card = CardKey::Conversation(row.conversation);
        if edit {
            self.composer.attach_again(card, &row.media, &contents, context!(self, turn));
            // The draft is kept before the message is forgotten: at no moment is the text nowhere.
            self.put_before_draft(card, &row.body, turn);
        }
        self.taken_back(&row, !edit, turn);
        turn.focus(FocusTarget::Composer(card));
    }

    /// Puts the text of a message that has left into the text box, too.
    fn edit_anew(&mut self, id: MessageId, turn: &mut Turn<'_>) {
        let Some((_, message)) = self.sent(id) else { return };
        let (card, text) = (CardKey::Conversation(message.conversation), message.body.clone());
        self.put_before_draft(card, &text, turn);
        turn.focus(FocusTarget::Composer(card));
    }

    /// A message is out of the outbox, and was not sent. With `files` they are not needed any more.
    pub(super) fn taken_back(&mut self, row: &OutboxRow, files: bool, turn: &mut Turn<'_>) {
        self.forget_outgoing(row, files, turn);
        let waiting = self.outbox.of(row.conversation).next_back().map(|message| message.row.at);
        self.conversations.taken_back(row.conversation, waiting);
        self.conversations.changed_column(turn);
        turn.changed(Changed::Timeline(CardKey::Conversation(row.conversation)));
        turn.changed(Changed::Row(row.conversation));
        turn.changed(Changed::Connection);
    }

    /// Puts a text into a text box, above what is typed there.
    pub(super) fn put_before_draft(&mut self, card: CardKey, text: &str, turn: &mut Turn<'_>) {
        let typed = self.composer.drafts.get(card);
        let text = if typed.is_empty() { text.to_owned() } else { [text, "\n", typed].concat() };
        self.composer.drafts.set(card, text);
        self.composer.keep_draft(card, context!(self, turn));
        turn.changed(Changed::Composer(card));
    }

    /// Nothing of a message need be kept on the device; its files neither, unless they are in a text box again.
    pub(super) fn forget_outgoing(&self, row: &OutboxRow, files: bool, turn: &mut Turn<'_>) {
        let mut writes = vec![Write::Delete(Range::key(Store::Outbox, row.id.to_string()))];
        writes.extend(row.media.iter().filter(|_| files).map(|file| forget_file(file.id)));
        context!(self, turn).write(writes, Some(Token::Gone(row.id)));
    }
}
