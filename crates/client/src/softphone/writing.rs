//! Writing: from a draft to a message in the outbox, and back.
//!
//! Always holds: at no moment is a text nowhere. It leaves the draft in the transaction that puts it into the outbox, and
//! the outbox in the one that puts it into the history.

use crate::reasons;
use halyard_protocol::recipients::check_text;
use halyard_protocol::{
    ClientFrame, Conversation, ConversationId, ConversationKind, Destination, MediaId, MessageId, Peer, PhoneNumber,
    SmsNumber,
};
use halyard_words::{self as words, Text};

use super::{Softphone, context, people};
use crate::composer::as_sent;
use crate::composer::{Place, draft_key, forget_attachment, forget_file};
use crate::context::Turn;
use crate::effect::{Effect, FocusTarget};
use crate::fact::Offer;
use crate::outbox::{OutboxRow, Outgoing};
use crate::recipients::NewConversation;
use crate::storage::{Range, Store, Token, Write};
use crate::sync::Sync;
use crate::tabs::TabFrame;
use crate::update::Changed;
use crate::windows::CardKey;

impl Softphone {
    /// Opens the card of a conversation, ready to write.
    pub(super) fn open_conversation(&mut self, id: ConversationId, turn: &mut Turn<'_>) {
        if self.conversations.get(id).is_some() {
            let card = CardKey::Conversation(id);
            self.desk.open(card, context!(self, turn));
            turn.focus(FocusTarget::Composer(card));
        }
    }

    /// The user wants to write to somebody, perhaps from this own number.
    pub(super) fn message_peer(&mut self, peer: Peer, from: Option<PhoneNumber>, turn: &mut Turn<'_>) {
        match self.people().check(&[peer], from) {
            Ok((to, _)) => {
                if let Some(id) = self.open_thread(&to) {
                    self.open_conversation(id, turn);
                }
            }
            Err(error) => turn.complain(reasons::rule(error)),
        }
    }

    /// "View Contact": the details of whoever is on the other side; a number that nobody has is offered to be saved.
    pub(super) fn view_contact(&mut self, peer: Peer, turn: &mut Turn<'_>) {
        match (self.contacts.entry_of(peer), peer) {
            (None, Peer::Number(number)) => self.contacts.begin(Some(number), context!(self, turn)),
            (None, Peer::Sender(_) | Peer::Unknown) => {}
            (entry, _) => self.contacts.select(entry, context!(self, turn)),
        }
    }

    pub(super) fn type_draft(&mut self, card: CardKey, text: String, turn: &mut Turn<'_>) {
        if let CardKey::Conversation(id) = card
            && !text.is_empty()
            && self.conversations.get(id).is_some_and(|thread| !thread.conversation.kind.is_text())
            && self.typing.is_typing_due(id, turn.env.now)
        {
            Sync::send(&ClientFrame::Typing { conversation: id }, turn);
        }
        self.composer.set_draft(card, text, context!(self, turn));
    }

    /// "Send SMS using".
    pub(super) fn send_using(&mut self, card: CardKey, number: PhoneNumber, turn: &mut Turn<'_>) {
        let CardKey::Conversation(id) = card else {
            return self.recipients.set_from(card, number, context!(self, turn));
        };
        let Some(thread) = self.conversations.get(id) else { return };
        let to = Destination::new(Some(number), thread.conversation.peers.clone());
        let before = thread.conversation.own_number.filter(|_| thread.conversation.last_entry.is_some());
        if let Some(becomes) = self.become_conversation(card, &to, turn) {
            turn.focus(FocusTarget::Composer(becomes));
            if let Some(before) = before.filter(|before| *before != number) {
                let text = words::switched_number(self.own_name(number), self.own_name(before));
                turn.offer(text, Offer::OpenConversation(id));
            }
        }
    }

    /// A card becomes another conversation's, and takes its draft along.
    fn become_conversation(&mut self, card: CardKey, to: &Destination, turn: &mut Turn<'_>) -> Option<CardKey> {
        let becomes = CardKey::Conversation(self.open_thread(to)?);
        self.composer.carry(card, becomes, context!(self, turn));
        self.desk.retarget(card, becomes, context!(self, turn));
        // In this order: at no moment is the text nowhere.
        self.composer.keep_draft(becomes, context!(self, turn));
        self.composer.keep_draft(card, context!(self, turn));
        Some(becomes)
    }

    /// "Done": the card becomes the conversation's. Says which, unless something stands in the way.
    pub(super) fn finish_recipients(&mut self, card: CardKey, turn: &mut Turn<'_>) -> Option<CardKey> {
        let to = self.recipients.finish(card, people!(self), context!(self, turn))?;
        self.recipients.remove(card);
        self.become_conversation(card, &to, turn)
    }

    /// Enter or "Send".
    pub(super) fn submit(&mut self, card: CardKey, turn: &mut Turn<'_>) {
        let card = match card {
            CardKey::New(_) if self.recipients.get(card).is_some_and(|new| new.alone) => {
                if !self.takes_each(card, turn) {
                    return;
                }
                if self.recipients.get(card).is_some_and(NewConversation::is_each_alone) {
                    return self.write_each(card, turn);
                }
                match self.finish_recipients(card, turn) {
                    Some(becomes) => becomes,
                    None => return,
                }
            }
            CardKey::New(_) => match self.finish_recipients(card, turn) {
                Some(becomes) => becomes,
                None => return,
            },
            CardKey::Conversation(_) => card,
        };
        let CardKey::Conversation(id) = card else { return };
        match self.compose(id) {
            // It leaves as soon as its files are ready.
            Ok(_) if !self.composer.drafts.files(card).iter().all(|file| file.ready) => {
                self.composer.drafts.sending.insert(card);
            }
            Ok((to, body)) => self.write(id, to, body, true, turn),
            Err(problem) => self.composer.refuse(card, problem, context!(self, turn)),
        }
    }

    /// The message as it would leave, or what stands in the way.
    fn compose(&self, id: ConversationId) -> Result<(Destination, String), Text> {
        let thread = self.conversations.get(id).ok_or(words::CONVERSATION_GONE)?;
        let conversation = &thread.conversation;
        if let Some(problem) = self.cannot_write(conversation) {
            return Err(problem);
        }
        let card = CardKey::Conversation(id);
        let drafts = &self.composer.drafts;
        let draft = as_sent(conversation.kind, drafts.get(card));
        let with_files = !drafts.files(card).is_empty();
        check_text(conversation.kind, &draft, with_files).map_err(reasons::rule)?;
        if with_files {
            let own = self.own_number_of(conversation);
            self.composer.check_files(conversation.kind, card, own).map_err(reasons::rule)?;
        }
        Ok((thread.destination(), draft.trim_end().to_owned()))
    }

    /// The user's own number that a conversation goes from.
    fn own_number_of(&self, conversation: &Conversation) -> Option<&SmsNumber> {
        self.me()?.numbers.iter().find(|own| Some(own.number) == conversation.own_number)
    }

    /// Why nothing can be written here at all, if so.
    pub(crate) fn cannot_write(&self, conversation: &Conversation) -> Option<Text> {
        let me = self.me()?;
        if self.reading {
            return Some(words::OFFLINE_READING_ONLY.into());
        }
        if conversation.kind == ConversationKind::Unknown {
            return Some(words::APP_TOO_OLD.into());
        }
        let own = self.own_number_of(conversation);
        if conversation.kind.is_text()
            && own.is_none()
            && let Some(number) = conversation.own_number
        {
            let number = number.display(self.home());
            return Some(if me.numbers.is_empty() {
                words::NO_SMS_NUMBER.into()
            } else {
                words::number_not_yours(number)
            });
        }
        if let Some(closed) = self.closed(conversation) {
            return Some(closed);
        }
        let book = &self.contacts.book;
        let gone = |peer: &Peer| matches!(peer, Peer::User(user) if book.user(*user).is_none());
        // Before the directory is here nobody is in it, not even the user.
        let known = book.user(me.user.id).is_some();
        if !conversation.kind.is_text() && known && conversation.peers.iter().all(gone) {
            return Some(words::NOBODY_LEFT.into());
        }
        conversation.to_destination().key(me.user.id, own).err().map(reasons::rule)
    }

    /// What a card's text box takes.
    pub(super) fn place_of(&self, card: CardKey) -> Place {
        match card {
            CardKey::Conversation(id) => {
                let Some(thread) = self.conversations.get(id) else { return Place { text: false, blocked: None } };
                let conversation = &thread.conversation;
                let text = conversation.kind.is_text();
                let can = self.own_number_of(conversation).is_some_and(|own| own.capabilities.mms);
                let no_media =
                    || (text && !can).then(|| reasons::rule(halyard_protocol::media::MediaError::CannotSend));
                Place { text, blocked: self.cannot_write(conversation).or_else(no_media) }
            }
            // While nobody is in, it may become a text.
            CardKey::New(_) => {
                let text = self.recipients.get(card).is_none_or(|new| {
                    new.peers.is_empty() || new.peers.iter().any(|peer| matches!(peer, Peer::Number(_)))
                });
                let alone = self.recipients.get(card).is_some_and(NewConversation::is_each_alone);
                Place { text, blocked: alone.then(|| words::FILES_NOT_ALONE.into()) }
            }
        }
    }

    /// Into the outbox: a row on screen now, kept on the device next, then on its way. `typed` says that it is what is in the text box,
    /// with its files: that is empty then.
    pub(super) fn write(
        &mut self,
        conversation: ConversationId,
        to: Destination,
        body: String,
        typed: bool,
        turn: &mut Turn<'_>,
    ) {
        let Some(author) = self.user() else { return };
        let card = CardKey::Conversation(conversation);
        let files = if typed { self.composer.drafts.take_files(card) } else { Vec::new() };
        let media = files.iter().map(|file| file.media.clone()).collect();
        let contents = files.into_iter().filter_map(|file| Some((file.media.id, file.content?))).collect();
        let at = turn.env.now;
        let id = self.outbox.next_id(turn.env);
        let row = OutboxRow { id, author, conversation, to, body, media, at, round: None, people: 0 };
        turn.effect(Effect::KeepNewest(row.id));
        let draft = (typed && self.database.loads == 0).then(|| draft_key(author, card));
        if typed && draft.is_none() {
            // What the device has of an earlier time is none of this message.
            self.composer.drafts.unstored.insert(card);
        }
        if typed {
            self.composer.drafts.set(card, String::new());
            self.send_to_tabs(TabFrame::Draft(card, String::new()), turn);
        }
        self.composer.clear_problem(card);
        self.typing.message_sent(conversation);
        self.put_out(&row, contents, turn);
        turn.effect(Effect::ShowNewest(card));
        if !row.media.is_empty() {
            self.send_to_tabs(TabFrame::Files(card, Vec::new()), turn);
        }
        self.keep_out(&[row], draft, Token::Message(id), turn);
    }

    /// Puts a message into the outbox, and on screen.
    pub(super) fn put_out(&mut self, row: &OutboxRow, contents: Vec<(MediaId, String)>, turn: &mut Turn<'_>) {
        let id = row.conversation;
        self.outbox.write(row.clone(), contents);
        self.conversations.sending(id, row.at);
        if let Some(thread) = self.conversations.get_mut(id) {
            thread.timeline.position.written(thread.conversation.last_seq);
        }
        self.conversations.changed_column(turn);
        turn.changed(Changed::Timeline(CardKey::Conversation(id)));
        turn.changed(Changed::Row(id));
        turn.changed(Changed::Composer(CardKey::Conversation(id)));
        turn.changed(Changed::Connection);
    }

    /// Keeps outgoing messages on the device, and forgets the draft that they were. In one transaction: at no moment is the text nowhere.
    pub(super) fn keep_out(&mut self, rows: &[OutboxRow], draft: Option<String>, token: Token, turn: &mut Turn<'_>) {
        if !self.database.can_keep {
            for row in rows {
                self.outbox.mark_not_stored(row.id);
                self.send_to_tabs(TabFrame::Written(Box::new(row.clone())), turn);
            }
            self.outbox_ready = true;
            return;
        }
        if !self.leads {
            self.expect_leader(turn);
        }
        let mut writes: Vec<Write> = rows.iter().map(|row| Write::Put(row.to_row())).collect();
        writes.extend(draft.map(|key| Write::Delete(Range::key(Store::Drafts, key))));
        for row in rows {
            writes.extend(row.media.iter().map(|file| forget_attachment(row.author, file.id)));
        }
        context!(self, turn).write(writes, Some(token));
        Self::expect_database(turn);
    }

    /// A message of ours is with the server, and in the history here: on the device it goes from the outbox into that,
    /// too. The leading tab does it; should it die first, the next one to lead finds the message gone.
    pub(super) fn forget_sent(&mut self, sent: Option<Outgoing>, conversation: ConversationId, turn: &mut Turn<'_>) {
        let Some(Outgoing { row, stored, .. }) = sent else { return };
        let waiting = self.outbox.of(conversation).next_back().map(|message| message.row.at);
        self.conversations.arrived(conversation, waiting);
        self.conversations.changed_column(turn);
        turn.changed(Changed::Row(conversation));
        if self.leads {
            // In one transaction: at no moment is it nowhere.
            let mut writes = vec![Write::Delete(Range::key(Store::Outbox, row.id.to_string()))];
            writes.extend(row.media.iter().map(|file| forget_file(file.id)));
            self.join_transaction(conversation, &mut writes, turn);
            context!(self, turn).write(writes, Some(Token::Gone(row.id)));
        }
        self.say_how_round_ended(row.round(), turn);
        if !stored {
            // The draft was not forgotten with the message being kept: now it can be.
            self.composer.keep_draft(CardKey::Conversation(row.conversation), context!(self, turn));
        }
        turn.changed(Changed::Connection);
    }

    /// Deletes a conversation for this user, and offers to bring it back.
    pub(super) fn delete_conversation(&mut self, id: ConversationId, turn: &mut Turn<'_>) {
        let Some(thread) = self.conversations.get(id) else { return };
        let name = self.conversation_name(&thread.conversation);
        let unsent: Vec<MessageId> = self.outbox.of(id).map(|message| message.row.id).collect();
        for message in unsent {
            self.take_back(message, false, turn);
        }
        self.desk.close(CardKey::Conversation(id), context!(self, turn));
        if self.conversations.delete(id, context!(self, turn)) {
            turn.offer(words::conversation_deleted(name), Offer::RestoreConversation(id));
        }
    }
}
