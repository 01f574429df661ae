//! What the user does with conversations: open, read, write, mute, delete.

use halyard_protocol::recipients::check_text;
use halyard_protocol::rest::{ConversationsPage, MessagesPage, UpdateConversation};
use halyard_protocol::{
    Author, ClientFrame, Conversation, ConversationId, ConversationKind, Destination, ErrorCode, Message, MessageId,
    Peer, PhoneNumber, Seq, UnixMs, limits,
};

use super::Loaded;
use crate::api::{read, succeeded};
use crate::effect::{DbCommand, Effect, FocusTarget, TimerId};
use crate::env::Env;
use crate::event::HttpOutcome;
use crate::notices::{Question, Undo};
use crate::outbox::{OutboxRow, Outgoing};
use crate::session::draft_key;
use crate::softphone::Softphone;
use crate::update::{Changed, Update};
use crate::windows::CardKey;

impl Softphone {
    /// The conversation of these people, made here if nobody knows it yet.
    pub(crate) fn open_thread(&mut self, to: &Destination) -> Option<ConversationId> {
        let me = self.session.me()?;
        let own = me.numbers.iter().find(|own| Some(own.number) == to.from);
        let user = me.user.id;
        let tenant = me.tenant.id;
        // A number that is no longer the user's still has its old conversations.
        let key = to.key(user, own).ok().or_else(|| bare_key(to))?;
        let id = key.id(tenant);
        self.conversations.open(id, &key, user);
        Some(id)
    }

    pub(crate) fn message_peer(&mut self, peer: Peer, from: Option<PhoneNumber>, env: &Env, out: &mut Update) {
        match self.check_people(&[peer], from) {
            Ok((to, _)) => {
                if let Some(id) = self.open_thread(&to) {
                    self.open_conversation(id, out);
                }
            }
            Err(error) => self.complain(error.to_string(), env, out),
        }
    }

    pub(crate) fn open_conversation(&mut self, id: ConversationId, out: &mut Update) {
        if self.conversations.get(id).is_some() {
            let card = CardKey::Conversation(id);
            self.open_card(card, out);
            out.effect(Effect::Focus(FocusTarget::Composer(card)));
        }
    }

    /// Loads the newest page of a conversation whose card is open, once.
    pub(crate) fn load_if_open(&mut self, id: ConversationId, out: &mut Update) {
        if self.windows.is_open(CardKey::Conversation(id)) {
            self.load_page(id, out);
        }
    }

    pub(crate) fn load_page(&mut self, id: ConversationId, out: &mut Update) {
        let told = self.conversations.get(id).is_some_and(|thread| thread.told);
        let Some(timeline) = self.conversations.timeline(id) else { return };
        // A thread whose newest page is here already is asked only for what is older.
        let wanted = match timeline.loaded {
            Loaded::Nothing | Loaded::Failed => true,
            Loaded::Part => timeline.before().is_none(),
            Loaded::Loading | Loaded::All => false,
        };
        if !wanted {
            return;
        }
        timeline.loaded = Loaded::Loading;
        if told {
            self.requests.messages(id, timeline, out);
        } else {
            // Opened by its people's names, it may be one of those that no page has brought yet.
            self.ask_for(id, out);
        }
        self.timeline_changed(id, out);
    }

    /// Asks the server for a conversation that is not here.
    pub(crate) fn ask_for(&mut self, id: ConversationId, out: &mut Update) {
        if self.conversations.ask(id) {
            self.requests.conversation(id, out);
        }
    }

    pub(crate) fn conversation_answered(
        &mut self,
        id: ConversationId,
        outcome: HttpOutcome,
        env: &Env,
        out: &mut Update,
    ) {
        let Some(spoken_of) = self.conversations.answered(id) else { return };
        if !self.conversations.is_news(id) {
            return;
        }
        match read::<Conversation>(outcome) {
            // The log has moved on since this was read: ask again.
            Ok(_) if spoken_of => self.ask_for(id, out),
            Ok(conversation) => {
                self.conversations.put(conversation, None);
                self.load_if_open(id, out);
            }
            Err(error) if error.code == ErrorCode::SignedOut => self.session_ended(out),
            Err(error) if error.is_temporary() => {
                if let Some(timeline) = self.conversations.timeline(id) {
                    timeline.failed();
                }
                self.missing.insert(id);
                self.catch_up_later(env, out);
            }
            Err(_) => {
                // The server has none: it begins here, or was deleted.
                if let Some(timeline) = self.conversations.timeline(id) {
                    timeline.loaded = Loaded::All;
                }
                if self.outbox.of(id).next().is_none()
                    && let Some(last) = self.conversations.get(id).map(|thread| thread.conversation.last_seq)
                {
                    self.conversations.remove(id, last);
                }
            }
        }
        self.conversation_changed(id, out);
    }

    pub(crate) fn load_older(&mut self, card: CardKey, out: &mut Update) {
        let CardKey::Conversation(id) = card else { return };
        let Some(timeline) = self.conversations.timeline(id) else { return };
        if timeline.show_more() {
            timeline.loaded = Loaded::Loading;
            self.requests.messages(id, timeline, out);
        }
        self.timeline_changed(id, out);
    }

    pub(crate) fn page_answered(
        &mut self,
        id: ConversationId,
        epoch: u32,
        outcome: HttpOutcome,
        env: &Env,
        out: &mut Update,
    ) {
        let page = read::<MessagesPage>(outcome);
        let Some(timeline) = self.conversations.timeline(id).filter(|timeline| timeline.epoch == epoch) else { return };
        match page {
            Ok(page) => timeline.page(page),
            Err(error) if error.code == ErrorCode::NotFound => timeline.loaded = Loaded::All,
            Err(error) if error.code == ErrorCode::SignedOut => {
                timeline.failed();
                self.session_ended(out);
            }
            Err(error) => {
                timeline.failed();
                if !error.is_temporary() {
                    self.complain(error.message, env, out);
                }
            }
        }
        self.timeline_changed(id, out);
        self.see(id, out);
    }

    pub(crate) fn more_conversations(&mut self, out: &mut Update) {
        if let Some(before) = self.conversations.older
            && !self.conversations.loading_older
        {
            self.conversations.loading_older = true;
            self.requests.conversations(before, out);
        }
    }

    pub(crate) fn conversations_answered(&mut self, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        let spoken_of = self.conversations.page_came();
        match read::<ConversationsPage>(outcome) {
            Ok(page) => {
                self.conversations.older = page.older;
                for conversation in page.conversations {
                    let id = conversation.id;
                    // One that is here has been followed by the log since: the page may be older.
                    if !self.conversations.is_news(id) {
                        continue;
                    }
                    if spoken_of.contains(&id) {
                        self.ask_for(id, out);
                    } else {
                        self.conversations.put(conversation, None);
                        self.load_if_open(id, out);
                        self.conversation_changed(id, out);
                    }
                }
                self.columns_changed(out);
            }
            Err(error) => self.call_failed(error, env, out),
        }
    }

    pub(crate) fn at_bottom(&mut self, card: CardKey, at_bottom: bool, out: &mut Update) {
        let CardKey::Conversation(id) = card else { return };
        let Some(timeline) = self.conversations.timeline(id) else { return };
        timeline.at_bottom = at_bottom;
        if at_bottom && timeline.show_less() {
            self.timeline_changed(id, out);
        }
        self.see(id, out);
    }

    /// Marks as read what the user is looking at: the card in front, at its bottom, in the tab that has the focus.
    pub(crate) fn see(&mut self, id: ConversationId, out: &mut Update) {
        if !self.attention || !self.shows_cards() || self.windows.focused() != Some(CardKey::Conversation(id)) {
            return;
        }
        let Some(thread) = self.conversations.get(id) else { return };
        let conversation = &thread.conversation;
        let unseen = conversation.unread > 0 || conversation.read_seq < conversation.last_seq;
        if !thread.timeline.at_bottom || !unseen {
            return;
        }
        let (seq, was_unread) = (conversation.last_seq, conversation.unread > 0);
        if self.conversations.read(id, seq, 0) && was_unread {
            self.unsent_reads.insert(id, seq);
            self.requests.mark_read(id, seq, out);
        }
        self.unread_changed(id, out);
    }

    pub(crate) fn read_answered(
        &mut self,
        id: ConversationId,
        seq: Seq,
        outcome: HttpOutcome,
        env: &Env,
        out: &mut Update,
    ) {
        match succeeded(outcome) {
            Err(error) if error.code == ErrorCode::SignedOut => self.session_ended(out),
            Err(error) if error.is_temporary() => self.catch_up_later(env, out),
            Ok(_) | Err(_) => {
                if self.unsent_reads.get(&id) == Some(&seq) {
                    self.unsent_reads.remove(&id);
                }
            }
        }
    }

    pub(crate) fn draft(&mut self, card: CardKey, text: String, env: &Env, out: &mut Update) {
        if let CardKey::Conversation(id) = card
            && !text.is_empty()
            && self.conversations.get(id).is_some_and(|thread| !thread.conversation.kind.is_text())
            && self.presence.tell(id, env.now)
        {
            self.say(&ClientFrame::Typing { conversation: id }, out);
        }
        self.drafts.set(card, text);
        self.problems.remove(&card);
        self.keep_draft(card, out);
        out.changed(Changed::Composer(card));
    }

    pub(crate) fn keep_draft(&self, card: CardKey, out: &mut Update) {
        if let Some(key) = self.draft_key(card) {
            let text = self.drafts.get(card).to_owned();
            out.effect(Effect::Db(DbCommand::PutDraft { key, text }));
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
            self.drafts.carry(card, becomes);
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
        check_text(conversation.kind, draft).map_err(|error| error.to_string())?;
        let to = Destination { from: conversation.own_number, peers: conversation.peers.clone() };
        Ok((to, draft.trim_end().to_owned()))
    }

    /// Why nothing can be written here at all, if so.
    pub(crate) fn cannot_write(&self, conversation: &Conversation) -> Option<String> {
        let me = self.session.me()?;
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
        if !conversation.kind.is_text() && conversation.peers.iter().all(gone) {
            return Some("Nobody is left in this chat.".to_owned());
        }
        let to = Destination { from: conversation.own_number, peers: conversation.peers.clone() };
        to.key(me.user.id, own).err().map(|error| error.to_string())
    }

    /// Into the outbox: a row on screen now, kept on the device next, then on its way.
    fn write(&mut self, id: ConversationId, to: Destination, body: String, env: &Env, out: &mut Update) {
        let Some(author) = self.session.me().map(|me| me.user.id) else { return };
        let card = CardKey::Conversation(id);
        let row = OutboxRow { id: self.outbox.next_id(env), author, conversation: id, to, body, at: env.now };
        let draft = self.draft_key(card);
        self.outbox.write(row.clone());
        self.drafts.set(card, String::new());
        self.problems.remove(&card);
        self.presence.sent(id);
        self.conversations.sending(id, env.now);
        if let Some(timeline) = self.conversations.timeline(id) {
            timeline.at_bottom = true;
        }
        if self.can_keep {
            out.effect(Effect::Db(DbCommand::PutOutbox { row: Box::new(row), draft }));
        } else {
            self.outbox.not_kept(row.id);
            self.pump_outbox(env, out);
        }
        self.timeline_changed(id, out);
        self.columns_changed(out);
        out.changed(Changed::Row(id));
        out.changed(Changed::Composer(card));
        out.changed(Changed::Connection);
        self.see(id, out);
    }

    /// Lets leave what may leave, and sets the timer for what waits.
    pub(crate) fn pump_outbox(&mut self, env: &Env, out: &mut Update) {
        if !self.session.is_signed_in() || self.outbox.is_empty() {
            return;
        }
        for (id, body) in self.outbox.start(env.now) {
            self.requests.send(id, &body, out);
            self.outgoing_changed(id, out);
        }
        if let Some(due) = self.outbox.next_due() {
            let wait = u32::try_from(due.since(env.now).max(1)).unwrap_or(60_000);
            out.effect(Effect::SetTimer(TimerId::Outbox, wait));
        }
        out.changed(Changed::Connection);
    }

    pub(crate) fn send_answered(&mut self, id: MessageId, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        match read::<Message>(outcome) {
            Ok(message) => {
                self.forget_sent(id, out);
                self.message_sent(message, env, out);
            }
            Err(error) if error.code == ErrorCode::SignedOut => {
                self.outbox.requeue(id);
                self.session_ended(out);
            }
            Err(error) => {
                if error.is_temporary() && !self.can_keep && !self.told_cannot_keep {
                    self.told_cannot_keep = true;
                    let word = "This browser can't keep unsent messages. Leave Halyard open until they are sent.";
                    self.complain(word.to_owned(), env, out);
                }
                if !error.is_temporary() {
                    out.effect(Effect::Announce(["Message not sent. ", &error.message].concat()));
                }
                self.outbox.failed(id, error, env);
                self.outgoing_changed(id, out);
                self.pump_outbox(env, out);
            }
        }
        out.changed(Changed::Connection);
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

    /// A message of ours is with the server: nothing of it need be kept.
    pub(crate) fn forget_sent(&mut self, id: MessageId, out: &mut Update) {
        if let Some(Outgoing { row, kept, .. }) = self.outbox.remove(id) {
            out.effect(Effect::Db(DbCommand::DeleteOutbox(id)));
            if !kept {
                // The draft was not forgotten with the message being kept: now it can be.
                self.keep_draft(CardKey::Conversation(row.conversation), out);
            }
            out.changed(Changed::Connection);
        }
    }

    pub(crate) fn retry(&mut self, id: MessageId, env: &Env, out: &mut Update) {
        self.outbox.retry(id);
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
        let Some(Outgoing { row, .. }) = self.outbox.remove(id) else { return };
        let card = CardKey::Conversation(row.conversation);
        if edit {
            let typed = self.drafts.get(card);
            let text = if typed.is_empty() { row.body } else { [&row.body, "\n", typed].concat() };
            self.drafts.set(card, text);
            // The draft is kept before the message is forgotten: at no moment is the text nowhere.
            self.keep_draft(card, out);
            out.changed(Changed::Composer(card));
        }
        out.effect(Effect::Db(DbCommand::DeleteOutbox(id)));
        out.effect(Effect::Focus(FocusTarget::Composer(card)));
        self.timeline_changed(row.conversation, out);
        out.changed(Changed::Row(row.conversation));
        out.changed(Changed::Connection);
    }

    fn outgoing_changed(&self, id: MessageId, out: &mut Update) {
        if let Some(message) = self.outbox.get(id) {
            self.timeline_changed(message.row.conversation, out);
            out.changed(Changed::Row(message.row.conversation));
        }
    }

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
                // How far it was read is no longer of interest.
                self.unsent_reads.remove(&id);
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

    /// A conversation's names, order or unread changed: its row, and its card if that is open.
    pub(crate) fn conversation_changed(&mut self, id: ConversationId, out: &mut Update) {
        let card = CardKey::Conversation(id);
        if self.notices.question == Some(Question::DeleteConversation(id)) {
            out.changed(Changed::Question);
        }
        out.changed(Changed::Row(id));
        out.changed(Changed::Header(card));
        out.changed(Changed::Composer(card));
        self.timeline_changed(id, out);
        self.unread_changed(id, out);
        self.columns_changed(out);
    }

    pub(crate) fn unread_changed(&mut self, id: ConversationId, out: &mut Update) {
        out.changed(Changed::Row(id));
        out.changed(Changed::Header(CardKey::Conversation(id)));
        let unread = self.conversations.unread();
        if self.told_unread != unread {
            self.told_unread = unread;
            out.effect(Effect::Title(unread));
            out.changed(Changed::Unread);
        }
        if self.column.filter == super::ColumnFilter::Unread {
            self.columns_changed(out);
        }
    }

    pub(crate) fn columns_changed(&mut self, out: &mut Update) {
        self.column.stale();
        out.changed(Changed::Column);
    }

    pub(crate) fn timeline_changed(&self, id: ConversationId, out: &mut Update) {
        let card = CardKey::Conversation(id);
        if self.windows.is_open(card) {
            out.changed(Changed::Timeline(card));
        }
    }

    /// What a conversation is called: its title, or the others' names.
    pub(crate) fn conversation_name(&self, conversation: &Conversation) -> String {
        if !conversation.title.is_empty() {
            return conversation.title.clone();
        }
        let home = self.home();
        let names: Vec<String> = conversation.peers.iter().map(|peer| self.book.name(*peer, home)).collect();
        names.join(", ")
    }

    pub(crate) fn author_name(&self, author: Author) -> String {
        let peer = match author {
            Author::User(user) => Peer::User(user),
            Author::Number(number) => Peer::Number(number),
        };
        self.book.name(peer, self.home())
    }

    /// When anything last happened in a conversation, on the server or here.
    pub(crate) fn last_activity(&self, id: ConversationId) -> UnixMs {
        self.conversations.get(id).map(|thread| thread.conversation.last_activity).unwrap_or_default()
    }
}

/// The key by the people alone, for a number that the user no longer has.
fn bare_key(to: &Destination) -> Option<halyard_protocol::ConversationKey> {
    let own = to.from?;
    let remote: Vec<PhoneNumber> =
        to.peers.iter().filter_map(|peer| if let Peer::Number(number) = peer { Some(*number) } else { None }).collect();
    (!remote.is_empty()).then(|| halyard_protocol::ConversationKey::text(own, remote))
}
