//! The column "Chat and SMS" and its rows.

use std::borrow::Cow;
use std::sync::Arc;

use halyard_protocol::{Author, ConversationId, ConversationKind, DeliveryState, Media, UnixMs};

use super::AvatarView;
use crate::attachments;
use crate::contacts::search::fold;
use crate::conversations::{ColumnFilter, Thread};
use crate::env::Env;
use crate::outbox::SendState;
use crate::softphone::Softphone;

/// How a time is best written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Today: the time of day.
    Today,
    /// Within the last week: the day of the week.
    ThisWeek,
    /// Longer ago, or later than today: the date.
    Date,
}

impl When {
    /// How to write `at`, now.
    #[must_use]
    pub fn of(at: UnixMs, env: &Env) -> Self {
        match env.local_day(env.now) - env.local_day(at) {
            0 => Self::Today,
            1..=6 => Self::ThisWeek,
            _ => Self::Date,
        }
    }
}

/// A row of the column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowView {
    /// The conversation.
    pub id: ConversationId,
    /// Its name; for a colleague with the extension.
    pub title: String,
    /// Its avatar.
    pub avatar: AvatarView,
    /// The newest message, or "typing…".
    pub preview: String,
    /// When anything last happened.
    pub at: UnixMs,
    /// How to write that.
    pub when: When,
    /// Unread messages.
    pub unread: u32,
    /// Whether notifications are off.
    pub muted: bool,
    /// "SMS", "Chat", "Group".
    pub tag: &'static str,
    /// Whether a message of mine failed or could not be sent.
    pub failed: bool,
}

/// A message in one line: its text, or its files.
fn words_of<'text>(body: &'text str, media: &[Media]) -> Cow<'text, str> {
    if body.is_empty() { Cow::Owned(attachments::words(media)) } else { Cow::Borrowed(body) }
}

impl Softphone {
    /// Which conversations the column shows, in order.
    pub fn column_ids(&mut self) -> Arc<[ConversationId]> {
        let mut column = core::mem::take(&mut self.column);
        let ids = column.shown(&self.conversations, |thread, query| self.matches(thread, query));
        self.column = column;
        ids
    }

    /// What was typed into the column's search, and its filter.
    #[must_use]
    pub fn column_query(&self) -> (&str, ColumnFilter) {
        (&self.column.query, self.column.filter)
    }

    /// Whether there are older conversations on the server.
    #[must_use]
    pub fn column_has_more(&self) -> bool {
        self.conversations.older.is_some()
    }

    /// Each word of the query begins a word of the names, or stands in a number.
    pub(crate) fn matches(&self, thread: &Thread, query: &str) -> bool {
        let conversation = &thread.conversation;
        let home = self.home();
        let mut text = fold(&conversation.title);
        let mut digits = String::new();
        for peer in &conversation.peers {
            text.push(' ');
            text.push_str(&fold(&self.book.name(*peer, home)));
            match peer {
                halyard_protocol::Peer::Number(number) => {
                    digits.push(' ');
                    digits.push_str(&number.value().to_string());
                }
                halyard_protocol::Peer::User(user) => {
                    if let Some(user) = self.book.user(*user) {
                        digits.push(' ');
                        digits.push_str(&user.extension);
                    }
                }
                halyard_protocol::Peer::Unknown => {}
            }
        }
        query.split_whitespace().all(|word| {
            let typed: String = word.chars().filter(char::is_ascii_digit).collect();
            text.split_whitespace().any(|known| known.starts_with(word)) || (typed.len() > 1 && digits.contains(&typed))
        })
    }

    /// A row.
    #[must_use]
    pub fn row_view(&self, id: ConversationId, env: &Env) -> Option<RowView> {
        let thread = self.conversations.get(id)?;
        let conversation = &thread.conversation;
        let name = self.conversation_name(conversation);
        let at = self.last_activity(id);
        let unsent = self.outbox.of(id).next_back();
        let preview = match (self.typing_words(id), unsent) {
            (Some(_), _) => "typing\u{2026}".to_owned(),
            (None, Some(message)) => ["You: ", &words_of(&message.row.body, &message.row.media)].concat(),
            (None, None) => self.last_words(thread),
        };
        let parked = self.outbox.of(id).any(|message| matches!(message.state, SendState::Parked { .. }));
        let undelivered = conversation
            .last_message
            .as_ref()
            .is_some_and(|last| last.deliveries.iter().any(|delivery| delivery.state == DeliveryState::Failed));
        Some(RowView {
            id,
            title: self.with_extension(conversation, &name),
            avatar: self.avatar(&conversation.peers, &name),
            preview,
            at,
            when: When::of(at, env),
            unread: conversation.unread,
            muted: conversation.muted,
            tag: match conversation.kind {
                ConversationKind::Chat => "Chat",
                ConversationKind::Sms => "SMS",
                ConversationKind::GroupChat | ConversationKind::GroupMms => "Group",
                ConversationKind::Unknown => "",
            },
            failed: parked || undelivered,
        })
    }

    fn with_extension(&self, conversation: &halyard_protocol::Conversation, name: &str) -> String {
        if let [halyard_protocol::Peer::User(user)] = conversation.peers.as_slice()
            && let Some(user) = self.book.user(*user)
        {
            return [name, " \u{b7} ", &user.extension].concat();
        }
        name.to_owned()
    }

    fn last_words(&self, thread: &Thread) -> String {
        let conversation = &thread.conversation;
        let Some(message) = &conversation.last_message else { return "No messages yet".to_owned() };
        // One line of preview: what does not fit is cut by the view anyway.
        let body = words_of(&message.body, &message.media);
        let line: String = body.chars().take(160).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let me = self.session.me().map(|me| me.user.id);
        match message.author {
            Author::User(user) if Some(user) == me => ["You: ", &line].concat(),
            author
                if conversation.kind.is_group()
                    || (conversation.kind.is_text() && matches!(author, Author::User(_))) =>
            {
                let name = self.author_name(author);
                // A first name is enough to tell them apart; a number stays whole.
                let short = match author {
                    Author::Number(_) if name.starts_with(['(', '+']) => name.as_str(),
                    _ => name.split_whitespace().next().unwrap_or(&name),
                };
                [short, ": ", &line].concat()
            }
            _ => line,
        }
    }
}
