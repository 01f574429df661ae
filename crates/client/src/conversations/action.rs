//! What the user does with conversations.

use halyard_protocol::rest::{AddPeople, UpdateConversation};
use halyard_protocol::{ConversationId, EntryId, Peer, PhoneNumber, UserId, limits};
use halyard_words as words;

use super::{Call, ColumnFilter, Conversations};
use crate::api::{item, with_body};
use crate::context::Context;
use crate::effect::Method;
use crate::fact::{Fact, Question};
use crate::windows::CardKey;

/// What the user does with conversations.
#[derive(strum::IntoStaticStr, Clone, Debug)]
pub enum ConversationsAction {
    /// Typed into the search of the column.
    Search(String),
    /// One of the filters above the column.
    Filter(ColumnFilter),
    /// Only what goes from this number of one's own, or from all.
    FilterNumber(Option<PhoneNumber>),
    /// A row of the column.
    Open(ConversationId),
    /// The column was scrolled to its end.
    More,
    /// The message icon: text or chat with them, from this number when one was chosen.
    Message {
        /// Them.
        peer: Peer,
        /// The own number that was chosen; the one last used with them otherwise.
        from: Option<PhoneNumber>,
    },
    /// "Turn off notifications" and back.
    SetMuted(ConversationId, bool),
    /// A group's name.
    SetTitle(ConversationId, String),
    /// A colleague joins a group chat.
    AddPerson(ConversationId, UserId),
    /// A colleague is removed from a group chat: asks first.
    RemovePerson(ConversationId, UserId),
    /// "Leave group": asks first.
    Leave(ConversationId),
    /// "View Contact".
    ViewContact(ConversationId),
    /// "Delete conversation": asks first.
    Delete(ConversationId),
    /// The timeline was scrolled near its top.
    LoadOlder(CardKey),
    /// Another part of the timeline is on screen.
    Scrolled {
        /// The card.
        card: CardKey,
        /// Whether its newest entry shows.
        at_bottom: bool,
        /// The last entry that shows to its end.
        last: Option<EntryId>,
        /// Whether this is so after [`Effect::ShowUnread`](crate::Effect::ShowUnread).
        to_unread: bool,
    },
}

impl Conversations {
    pub(crate) fn act(&mut self, action: ConversationsAction, cx: &mut Context<'_, '_>) {
        match action {
            ConversationsAction::Search(query) => {
                self.column.query = query;
                self.changed_column(cx);
                self.look_further(cx);
            }
            ConversationsAction::Filter(filter) => {
                self.column.filter = filter;
                self.changed_column(cx);
                self.look_further(cx);
            }
            ConversationsAction::FilterNumber(number) => {
                self.column.number = number;
                self.changed_column(cx);
                self.look_further(cx);
            }
            ConversationsAction::Open(id) => cx.fact(Fact::ConversationWanted(id)),
            ConversationsAction::More => self.load_more(cx),
            ConversationsAction::Message { peer, from } => cx.fact(Fact::MessageWanted { peer, from }),
            ConversationsAction::SetMuted(id, muted) => self.set_muted(id, muted, cx),
            ConversationsAction::SetTitle(id, title) => self.set_title(id, &title, cx),
            ConversationsAction::AddPerson(id, user) => {
                let request =
                    with_body(Method::Post, item("conversations", id, "/people"), &AddPeople { users: vec![user] });
                self.requests.start(Call::AddPerson(user), request, cx);
            }
            ConversationsAction::RemovePerson(id, user) => self.ask_to_remove(id, Some(user), cx),
            ConversationsAction::Leave(id) => self.ask_to_remove(id, cx.user(), cx),
            ConversationsAction::ViewContact(id) => {
                if let Some(peer) = self.get(id).and_then(|thread| thread.conversation.peers.first().copied()) {
                    cx.fact(Fact::ContactWanted(peer));
                }
            }
            ConversationsAction::Delete(id) => {
                if self.get(id).is_some() {
                    cx.fact(Fact::Asked(Question::DeleteConversation(id)));
                }
            }
            ConversationsAction::LoadOlder(card) => {
                if let CardKey::Conversation(id) = card {
                    self.load_older(id, cx);
                }
            }
            ConversationsAction::Scrolled { card, at_bottom, last, to_unread } => {
                if let CardKey::Conversation(id) = card {
                    self.scrolled(id, at_bottom, last, to_unread, cx);
                }
            }
        }
    }

    fn ask_to_remove(&self, id: ConversationId, user: Option<UserId>, cx: &mut Context<'_, '_>) {
        if let Some(user) = user.filter(|_| self.get(id).is_some()) {
            cx.fact(Fact::Asked(Question::RemovePerson(id, user)));
        }
    }

    fn set_muted(&mut self, id: ConversationId, muted: bool, cx: &mut Context<'_, '_>) {
        self.edit(id, |conversation| conversation.muted = muted);
        self.update(id, &UpdateConversation { muted: Some(muted), title: None }, cx);
        cx.announce(if muted { words::NOTIFICATIONS_OFF } else { words::NOTIFICATIONS_ON });
    }

    fn set_title(&mut self, id: ConversationId, title: &str, cx: &mut Context<'_, '_>) {
        let title = title.trim().to_owned();
        if title.chars().count() > limits::NAME_LENGTH {
            return cx.complain(words::group_name_too_long(limits::NAME_LENGTH));
        }
        self.edit(id, |conversation| conversation.title.clone_from(&title));
        if let Some(begin) = self.get_mut(id).and_then(|thread| thread.begin.as_mut()) {
            // Its first message brings the name along.
            begin.title = title;
            return self.changed(id, cx);
        }
        self.update(id, &UpdateConversation { muted: None, title: Some(title) }, cx);
    }

    fn update(&mut self, id: ConversationId, body: &UpdateConversation, cx: &mut Context<'_, '_>) {
        let request = with_body(Method::Patch, item("conversations", id, ""), body);
        self.requests.start(Call::Update(id), request, cx);
        self.changed(id, cx);
    }
}
