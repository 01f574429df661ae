//! A conversation's history, and conversations that are not here yet: asking the server, and what it answers.

use halyard_protocol::rest::{ConversationsPage, MessagesPage};
use halyard_protocol::{Conversation, ConversationId, ErrorCode};

use super::Loaded;
use crate::api::read;
use crate::env::Env;
use crate::event::HttpOutcome;
use crate::softphone::Softphone;
use crate::update::Update;
use crate::windows::CardKey;

impl Softphone {
    /// Loads the newest page of a conversation whose card is open, once.
    pub(crate) fn load_if_open(&mut self, id: ConversationId, out: &mut Update) {
        if self.windows.is_open(CardKey::Conversation(id)) {
            self.load_page(id, out);
        }
    }

    pub(crate) fn load_page(&mut self, id: ConversationId, out: &mut Update) {
        // What the device has shows first; the server is asked for the rest.
        if self.read_messages(id, out) {
            return;
        }
        let told = self.conversations.get(id).is_some_and(|thread| thread.told);
        let Some(timeline) = self.conversations.timeline(id) else { return };
        // Where the newest are here already, the server is asked for more only if they would not fill a card.
        let wanted = match timeline.loaded {
            Loaded::Nothing | Loaded::Failed => true,
            Loaded::Part => timeline.is_short(),
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
            Ok(page) => {
                let first = !timeline.is_joined();
                timeline.page(page);
                self.conversations.touch(id);
                if first {
                    self.read_above(id, out);
                }
            }
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
}
