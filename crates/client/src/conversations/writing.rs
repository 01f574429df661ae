//! Writing: drafts, Enter, the outbox, and what the user does with a message that was refused.

use halyard_protocol::recipients::check_text;
use halyard_protocol::{
    ClientFrame, Conversation, ConversationId, ConversationKind, Destination, ErrorCode, Message, MessageId, Peer,
    PhoneNumber,
};

use crate::api::{CallError, read};
use crate::attachments::{forget_attachment, forget_file};
use crate::effect::{AppCommand, Effect, FocusTarget, TimerId};
use crate::env::Env;
use crate::event::HttpOutcome;
use crate::outbox::{OutboxRow, Outgoing};
use crate::session::draft_key;
use crate::softphone::Softphone;
use crate::storage::{Range, Row, Store, Token, Write};
use crate::tabs::TabFrame;
use crate::update::{Changed, Update};
use crate::windows::CardKey;

impl Softphone {
    pub(crate) fn draft(&mut self, card: CardKey, text: String, env: &Env, out: &mut Update) {
        if let CardKey::Conversation(id) = card
            && !text.is_empty()
            && self.conversations.get(id).is_some_and(|thread| !thread.conversation.kind.is_text())
            && self.presence.tell(id, env.now)
        {
            self.say(&ClientFrame::Typing { conversation: id }, out);
        }
        self.drafts.set(card, text.clone());
        self.problems.remove(&card);
        self.keep_draft(card, out);
        self.tell(&TabFrame::Draft(card, text), out);
        out.changed(Changed::Composer(card));
    }

    /// Keeps a card's draft on the device. While the device is still being read, what it has of an earlier time under the
    /// same key comes first: this one waits until it has joined that.
    pub(crate) fn keep_draft(&mut self, card: CardKey, out: &mut Update) {
        self.drafts.unkept.insert(card);
        self.keep_waiting_drafts(out);
    }

    /// The device has said all that it has: what waited for that is kept.
    pub(crate) fn keep_waiting_drafts(&mut self, out: &mut Update) {
        let Some(me) = self.session.me().map(|me| me.user.id).filter(|_| self.database.loads == 0) else { return };
        let cards = core::mem::take(&mut self.drafts.unkept);
        let mut writes: Vec<Write> = Vec::new();
        for card in cards.iter() {
            let (key, text) = (draft_key(me, card), self.drafts.get(card).to_owned());
            writes.push(if text.is_empty() {
                Write::Delete(Range::key(Store::Drafts, key))
            } else {
                Write::Put(Row { store: Store::Drafts, key, text })
            });
        }
        let joined = core::mem::take(&mut self.drafts.joined).into_iter();
        writes.extend(joined.map(|key| Write::Delete(Range::key(Store::Drafts, key))));
        if !writes.is_empty() {
            self.commit(writes, None, out);
        }
    }

    fn draft_key(&self, card: CardKey) -> Option<String> {
        self.session.me().map(|me| draft_key(me.user.id, card))
    }

    pub(crate) fn send_using(&mut self, card: CardKey, number: PhoneNumber, out: &mut Update) {
        if let Some(new) = self.new.get_mut(&card) {
            new.from = Some(number);
            out.changed(Changed::Composer(card));
            return;
        }
        let CardKey::Conversation(id) = card else { return };
        let Some(thread) = self.conversations.get(id) else { return };
        let to = Destination { from: Some(number), peers: thread.conversation.peers.clone() };
        if let Some(becomes) = self.open_thread(&to).map(CardKey::Conversation) {
            self.problems.remove(&card);
            self.carry_draft(card, becomes, out);
            self.retarget_card(card, becomes, out);
            out.effect(Effect::Focus(FocusTarget::Composer(becomes)));
        }
    }

    pub(crate) fn submit(&mut self, card: CardKey, env: &Env, out: &mut Update) {
        let card = match card {
            CardKey::New(_) => match self.finish_recipients(card, out) {
                Some(becomes) => becomes,
                None => return,
            },
            CardKey::Conversation(_) => card,
        };
        let CardKey::Conversation(id) = card else { return };
        match self.compose(id, self.drafts.get(card)) {
            // It leaves as soon as its files are ready.
            Ok(_) if !self.drafts.files(card).iter().all(|file| file.ready) => {
                self.drafts.sending.insert(card);
            }
            Ok((to, body)) => self.write(id, to, body, env, out),
            Err(problem) => {
                out.effect(Effect::Announce(problem.clone()));
                self.problems.insert(card, problem);
                out.effect(Effect::Focus(FocusTarget::Composer(card)));
                out.changed(Changed::Composer(card));
            }
        }
    }

    /// The message as it would leave, or what stands in the way.
    fn compose(&self, id: ConversationId, draft: &str) -> Result<(Destination, String), String> {
        let thread = self.conversations.get(id).ok_or("This conversation is gone.")?;
        let conversation = &thread.conversation;
        if let Some(problem) = self.cannot_write(conversation) {
            return Err(problem);
        }
        let card = CardKey::Conversation(id);
        let with_files = !self.drafts.files(card).is_empty();
        check_text(conversation.kind, draft, with_files).map_err(|error| error.to_string())?;
        if with_files {
            self.check_files(conversation.kind, card).map_err(|error| error.to_string())?;
        }
        let to = Destination { from: conversation.own_number, peers: conversation.peers.clone() };
        Ok((to, draft.trim_end().to_owned()))
    }

    /// Why nothing can be written here at all, if so.
    pub(crate) fn cannot_write(&self, conversation: &Conversation) -> Option<String> {
        let me = self.session.me()?;
        if self.reading {
            return Some("There is no network. What is pinned here can be read; sign in to write.".to_owned());
        }
        if conversation.kind == ConversationKind::Unknown {
            return Some("This app is too old for this conversation. Reload it.".to_owned());
        }
        let own = me.numbers.iter().find(|own| Some(own.number) == conversation.own_number);
        if conversation.kind.is_text()
            && own.is_none()
            && let Some(number) = conversation.own_number
        {
            let number = number.display(self.home());
            return Some(if me.numbers.is_empty() {
                "You have no SMS number. Please ask your administrator for one.".to_owned()
            } else {
                [&number, " is not one of your numbers. Choose another one to send from."].concat()
            });
        }
        let gone = |peer: &Peer| matches!(peer, Peer::User(user) if self.book.user(*user).is_none());
        // Before the directory is here nobody is in it, not even the user.
        let known = self.book.user(me.user.id).is_some();
        if !conversation.kind.is_text() && known && conversation.peers.iter().all(gone) {
            return Some("Nobody is left in this chat.".to_owned());
        }
        let to = Destination { from: conversation.own_number, peers: conversation.peers.clone() };
        to.key(me.user.id, own).err().map(|error| error.to_string())
    }

    /// Into the outbox: a row on screen now, kept on the device next, then on its way.
    fn write(&mut self, id: ConversationId, to: Destination, body: String, env: &Env, out: &mut Update) {
        let Some(author) = self.session.me().map(|me| me.user.id) else { return };
        let card = CardKey::Conversation(id);
        let files = self.drafts.take_files(card);
        let media = files.iter().map(|file| file.media.clone()).collect();
        let contents = files.into_iter().filter_map(|file| Some((file.media.id, file.content?))).collect();
        let row = OutboxRow { id: self.outbox.next_id(env), author, conversation: id, to, body, media, at: env.now };
        let draft = self.draft_key(card).filter(|_| self.database.loads == 0);
        if draft.is_none() {
            // What the device has of an earlier time is none of this message.
            self.drafts.unkept.insert(card);
        }
        self.outbox.write(row.clone(), contents);
        self.drafts.set(card, String::new());
        self.problems.remove(&card);
        self.presence.sent(id);
        self.conversations.sending(id, env.now);
        if let Some(timeline) = self.conversations.timeline(id) {
            timeline.at_bottom = true;
        }
        self.tell(&TabFrame::Draft(card, String::new()), out);
        if !row.media.is_empty() {
            self.tell(&TabFrame::Files(card, Vec::new()), out);
        }
        if self.database.can_keep {
            if !self.leads {
                self.tell(&TabFrame::Writing, out);
            }
            let kept = Row { store: Store::Outbox, key: row.id.to_string(), text: row.to_json() };
            // In one transaction: at no moment is the text nowhere.
            let mut writes = vec![Write::Put(kept)];
            writes.extend(draft.map(|key| Write::Delete(Range::key(Store::Drafts, key))));
            writes.extend(row.media.iter().map(|file| forget_attachment(author, file.id)));
            self.commit(writes, Some(Token::Message(row.id)), out);
        } else {
            self.outbox.not_kept(row.id);
            self.written(row.id, env, out);
        }
        self.timeline_changed(id, out);
        self.columns_changed(out);
        out.changed(Changed::Row(id));
        out.changed(Changed::Composer(card));
        out.changed(Changed::Connection);
        self.see(id, out);
    }

    /// A message is kept, or never will be: it may leave, from the tab that sends.
    pub(crate) fn written(&mut self, id: MessageId, env: &Env, out: &mut Update) {
        if let Some(message) = self.outbox.get(id) {
            self.tell(&TabFrame::Written(Box::new(message.row.clone())), out);
        }
        self.pump_outbox(env, out);
    }

    /// Lets leave what may leave, and sets the timer for what waits.
    pub(crate) fn pump_outbox(&mut self, env: &Env, out: &mut Update) {
        let Some(me) = self.session.me().map(|me| me.user.id) else { return };
        let may_send = self.session.is_signed_in() && self.sync.verified && self.leads;
        if !may_send || self.outbox.is_empty() || self.database.may_have_older(me) {
            return;
        }
        for id in self.outbox.start(env.now) {
            self.send_next(id, out);
            self.outgoing_changed(id, out);
        }
        if let Some(due) = self.outbox.next_due() {
            let wait = u32::try_from(due.since(env.now).max(1)).unwrap_or(60_000);
            out.effect(Effect::SetTimer(TimerId::Outbox, wait));
        }
        out.changed(Changed::Connection);
    }

    /// What is next of a message that leaves: a file of it, or it itself.
    pub(crate) fn send_next(&mut self, id: MessageId, out: &mut Update) {
        let Some(message) = self.outbox.get(id) else { return };
        if message.next_file().is_some() {
            self.upload(id, out);
        } else {
            self.requests.send(id, &message.body(), out);
        }
    }

    pub(crate) fn send_answered(&mut self, id: MessageId, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        match read::<Message>(outcome) {
            Ok(message) => {
                let conversation = message.conversation;
                let sent = self.outbox.remove(id);
                self.message_sent(message, env, out);
                self.forget_sent(sent, conversation, out);
            }
            Err(error) => self.not_sent(id, error, env, out),
        }
        out.changed(Changed::Connection);
    }

    /// A try to send a message, or a file of it, has failed.
    pub(crate) fn not_sent(&mut self, id: MessageId, mut error: CallError, env: &Env, out: &mut Update) {
        if error.code == ErrorCode::UnknownMedia && self.outbox.upload_again(id) {
            error.status = ErrorCode::Unavailable.status();
        }
        match error {
            error if error.code == ErrorCode::SignedOut => {
                self.outbox.requeue(id);
                self.session_ended(out);
            }
            error => {
                if error.is_temporary() && !self.database.can_keep && !self.database.told_cannot_keep {
                    self.database.told_cannot_keep = true;
                    let word = "This browser can't keep unsent messages. Leave Halyard open until they are sent.";
                    self.complain(word.to_owned(), env, out);
                }
                if error.is_temporary() {
                    self.send_later(out);
                } else {
                    out.effect(Effect::Announce(["Message not sent. ", &error.message].concat()));
                }
                self.outbox.failed(id, error, env);
                self.outgoing_changed(id, out);
                self.pump_outbox(env, out);
            }
        }
        out.changed(Changed::Connection);
    }

    /// Messages wait, and the app may be closed meanwhile.
    pub(crate) fn send_later(&self, out: &mut Update) {
        if self.database.can_keep && self.outbox.waiting() > 0 {
            out.effect(Effect::App(AppCommand::SendLater));
        }
    }

    /// The server has our message: the row moves from the outbox into the history, and stays the same row.
    fn message_sent(&mut self, message: Message, env: &Env, out: &mut Update) {
        let Some(me) = self.session.me().map(|me| me.user.id) else { return };
        let id = message.conversation;
        // The log says the rest; if its echo has come already, this changes nothing.
        self.conversations.sent(&message, me);
        if self.conversations.is_news(id) {
            // A log that was cut since may not say what else there is to this conversation.
            self.ask_for(id, out);
        }
        self.message_arrived(id, env, out);
    }

    /// A message of ours is with the server, and in the history here: on the device it goes from the outbox into that,
    /// too. The leading tab does it; should it die first, the next one to lead finds the message gone.
    pub(crate) fn forget_sent(&mut self, sent: Option<Outgoing>, conversation: ConversationId, out: &mut Update) {
        if let Some(Outgoing { row, kept, .. }) = sent {
            if self.leads {
                // In one transaction: at no moment is it nowhere.
                let mut writes = vec![Write::Delete(Range::key(Store::Outbox, row.id.to_string()))];
                writes.extend(row.media.iter().map(|file| forget_file(file.id)));
                self.cache_at_once(conversation, &mut writes);
                self.commit(writes, Some(Token::Gone(row.id)), out);
            }
            if !kept {
                // The draft was not forgotten with the message being kept: now it can be.
                self.keep_draft(CardKey::Conversation(row.conversation), out);
            }
            out.changed(Changed::Connection);
        }
    }

    pub(crate) fn retry(&mut self, id: MessageId, env: &Env, out: &mut Update) {
        self.outbox.retry(id);
        if !self.leads {
            self.tell(&TabFrame::Retry(id), out);
        }
        self.outgoing_changed(id, out);
        out.changed(Changed::Connection);
        self.pump_outbox(env, out);
    }

    /// Takes a message out of the outbox; with `edit` its text goes back into the text box.
    pub(crate) fn take_back(&mut self, id: MessageId, edit: bool, out: &mut Update) {
        // One that is under way may be with the server already: it can't be taken back.
        let parked =
            self.outbox.get(id).is_some_and(|message| matches!(message.state, crate::outbox::SendState::Parked { .. }));
        if !parked {
            return;
        }
        let Some(Outgoing { row, contents, .. }) = self.outbox.remove(id) else { return };
        let card = CardKey::Conversation(row.conversation);
        if edit {
            self.attach_again(card, &row, contents, out);
            let typed = self.drafts.get(card);
            let text = if typed.is_empty() { row.body.clone() } else { [&row.body, "\n", typed].concat() };
            self.drafts.set(card, text);
            // The draft is kept before the message is forgotten: at no moment is the text nowhere.
            self.keep_draft(card, out);
            out.changed(Changed::Composer(card));
        }
        self.forget_outgoing(&row, !edit, out);
        out.effect(Effect::Focus(FocusTarget::Composer(card)));
        self.timeline_changed(row.conversation, out);
        out.changed(Changed::Row(row.conversation));
        out.changed(Changed::Connection);
    }

    /// Nothing of it need be kept on the device; its files neither, unless they are in a text box again.
    pub(crate) fn forget_outgoing(&self, row: &OutboxRow, files: bool, out: &mut Update) {
        let mut writes = vec![Write::Delete(Range::key(Store::Outbox, row.id.to_string()))];
        writes.extend(row.media.iter().filter(|_| files).map(|file| forget_file(file.id)));
        self.commit(writes, Some(Token::Gone(row.id)), out);
    }

    pub(crate) fn outgoing_changed(&self, id: MessageId, out: &mut Update) {
        if let Some(message) = self.outbox.get(id) {
            if self.leads {
                self.tell(&TabFrame::Sending(id, message.state.clone()), out);
            }
            self.timeline_changed(message.row.conversation, out);
            out.changed(Changed::Row(message.row.conversation));
        }
    }
}
