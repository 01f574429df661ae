//! What the user does with conversations: open and read; and what they are called.

use halyard_protocol::{Author, Conversation, ConversationId, Destination, ErrorCode, Peer, PhoneNumber, Seq, UnixMs};

use crate::api::succeeded;
use crate::effect::{Effect, FocusTarget};
use crate::env::Env;
use crate::event::HttpOutcome;
use crate::notices::Question;
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
        // Of one that was deleted nothing is there to be seen; what was read stays, should the deletion be undone.
        let there = conversation.last_seq > conversation.cleared_seq;
        let unseen = there && (conversation.unread > 0 || conversation.read_seq < conversation.last_seq);
        if !thread.timeline.at_bottom || !unseen {
            return;
        }
        let (seq, was_unread) = (conversation.last_seq, conversation.unread > 0);
        if self.conversations.read(id, seq, 0) && was_unread {
            self.unsent_reads.insert(id, seq);
            self.send_read(id, out);
        }
        self.unread_changed(id, out);
    }

    /// Tells the server how far the user has read. One request at a time for each conversation: in a burst of messages
    /// the last position is the one that counts.
    pub(crate) fn send_read(&mut self, id: ConversationId, out: &mut Update) {
        if let Some(seq) = self.unsent_reads.get(&id).copied()
            && !self.requests.is_marking_read(id)
        {
            self.requests.mark_read(id, seq, out);
        }
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
            // It was deleted elsewhere when this was told, and has come back and been read since.
            Err(error)
                if error.code == ErrorCode::NotFound
                    && self.conversations.get(id).is_some_and(|thread| thread.listed) =>
            {
                self.catch_up_later(env, out);
            }
            Ok(_) | Err(_) => {
                if self.unsent_reads.get(&id) == Some(&seq) {
                    self.unsent_reads.remove(&id);
                }
                self.send_read(id, out);
            }
        }
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
        self.unread_stale = true;
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
            Author::Unknown => Peer::Unknown,
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
