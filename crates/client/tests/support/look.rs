//! What the user does and sees, in short.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::notices::NoticesAction;
use halyard_client::view::{Item, MessageView, RowView, SessionView};
use halyard_client::{CardKey, Ui};
use halyard_protocol::{ConversationId, ConversationKey, Peer, Seq};
use std::sync::Arc;

use super::people::number;
use super::world::World;

impl World {
    /// The conversation of an extension's own number and numbers outside.
    pub(crate) fn texts(&self, own: &str, remote: &[&str]) -> ConversationId {
        let remote = remote.iter().map(|remote| number(remote));
        ConversationKey::text(number(own), remote).id(self.server.tenant.id)
    }

    /// Another device of this extension has read a conversation to its end.
    pub(crate) fn read_all(&mut self, extension: &str, id: ConversationId) {
        let user = self.server.user(extension);
        assert!(self.server.mark_read(user, id, Seq::MAX), "a conversation to read");
    }

    /// The chat of these extensions.
    pub(crate) fn chat_of(&self, extensions: &[&str]) -> ConversationId {
        let users = extensions.iter().map(|extension| self.server.user(extension));
        ConversationKey::chat(users).id(self.server.tenant.id)
    }

    /// A colleague, as somebody to write to.
    pub(crate) fn colleague(&self, extension: &str) -> Peer {
        Peer::User(self.server.user(extension))
    }

    /// The rows of the column: title, preview, unread.
    pub(crate) fn column(&mut self, at: usize) -> Vec<String> {
        let env = self.env();
        let phone = &mut self.devices[at].phone;
        let ids = phone.column_ids();
        let row = |id: &ConversationId| phone.row_view(*id, &env);
        let words = |row: RowView| match row.unread {
            0 => [&row.title.english(), ": ", &*row.preview.english()].concat(),
            unread => [&row.title.english(), ": ", &*row.preview.english(), " (", &unread.to_string(), ")"].concat(),
        };
        ids.iter().filter_map(row).map(words).collect()
    }

    /// The messages that a card shows.
    pub(crate) fn messages(&mut self, at: usize, id: ConversationId) -> Vec<Arc<MessageView>> {
        let env = self.env();
        let view = self.phone(at).timeline_view(CardKey::Conversation(id), &env);
        let items = view.map(|view| view.items).unwrap_or_default();
        items.into_iter().filter_map(|item| if let Item::Message(row) = item { Some(row) } else { None }).collect()
    }

    /// The messages that a card shows: text and state.
    pub(crate) fn log_of(&mut self, at: usize, id: ConversationId) -> Vec<String> {
        let words = |row: Arc<MessageView>| match &row.state {
            Some(state) => [&row.body, " [", &*state.words.english(), "]"].concat(),
            None => row.body.clone(),
        };
        self.messages(at, id).into_iter().map(words).collect()
    }

    /// The new conversations whose cards are open, in the order of Tab.
    pub(crate) fn new_cards(&self, at: usize) -> Vec<CardKey> {
        let keys = self.phone(at).cards_view().into_iter().map(|card| card.key);
        keys.filter(|key| matches!(key, CardKey::New(_))).collect()
    }

    /// The titles of the open cards.
    pub(crate) fn titles(&self, at: usize) -> Vec<String> {
        let phone = self.phone(at);
        let cards = phone.cards_view();
        cards.iter().filter_map(|card| phone.header_view(card.key)).map(|header| header.title.english()).collect()
    }

    /// The card in front.
    pub(crate) fn front(&self, at: usize) -> CardKey {
        self.phone(at).cards_view().iter().find(|card| card.front).expect("a card in front").key
    }

    /// Types into a card and presses Enter.
    pub(crate) fn send(&mut self, at: usize, card: CardKey, text: &str) {
        self.ui(at, Ui::Composer(card, ComposerAction::Draft(text.to_owned())));
        self.act(at, Ui::Composer(card, ComposerAction::Submit));
    }

    /// What a card shows, a line each: "New" too.
    pub(crate) fn lines(&mut self, at: usize, card: CardKey) -> Vec<String> {
        let env = self.env();
        let items = self.phone(at).timeline_view(card, &env).map(|view| view.items).unwrap_or_default();
        let words = |item: Item| match item {
            Item::Day { .. } => None,
            Item::New => Some("New".to_owned()),
            Item::Message(row) => Some(row.body.clone()),
            Item::Line(line) => Some(line.words.english()),
        };
        items.into_iter().filter_map(words).collect()
    }

    /// The view does what it was asked: it scrolls a card to its line "New", and says what is on screen then. Says whether it was.
    pub(crate) fn show_unread(&mut self, at: usize) -> bool {
        let Some(card) = self.devices[at].to_unread.pop_front() else { return false };
        let lines = self.lines(at, card);
        let below = lines.iter().position(|line| line == "New").map_or(0, |new| lines.len() - new - 1);
        self.scroll(at, card, below.saturating_sub(self.devices[at].fits), true);
        true
    }

    /// A card's timeline is scrolled until so many rows are below what shows.
    pub(crate) fn scroll(&mut self, at: usize, card: CardKey, below: usize, to_unread: bool) {
        let env = self.env();
        let items = self.phone(at).timeline_view(card, &env).map(|view| view.items).unwrap_or_default();
        let id = |item: &Item| match item {
            Item::Day { .. } | Item::New => None,
            Item::Message(row) => Some(row.id.into()),
            Item::Line(line) => Some(line.id),
        };
        let last = items.iter().rev().filter_map(id).nth(below);
        self.ui(at, Ui::Conversations(ConversationsAction::Scrolled { card, at_bottom: below == 0, last, to_unread }));
    }

    /// The notices on screen.
    pub(crate) fn notices(&self, at: usize) -> Vec<String> {
        self.phone(at).notices_view().into_iter().map(|notice| notice.text.english()).collect()
    }

    /// "Undo" of the newest notice.
    pub(crate) fn undo(&mut self, at: usize) {
        self.accept(at, "Undo");
    }

    /// The button of the newest notice that has one with this label.
    pub(crate) fn accept(&mut self, at: usize, label: &str) {
        let notices = self.phone(at).notices_view();
        let mut newest = notices.iter().rev();
        let notice = newest.find(|notice| notice.action.is_some_and(|action| action == label)).expect("a button");
        self.act(at, Ui::Notices(NoticesAction::Accept(notice.id)));
    }

    pub(crate) fn is_signed_in(&self, at: usize) -> bool {
        self.phone(at).session_view() == SessionView::SignedIn
    }
}
