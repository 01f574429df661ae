//! The column "Chat and SMS" and its rows.

use halyard_words::{self as words, Text};
use std::sync::Arc;

use halyard_protocol::{Author, ConversationId, ConversationKind, DeliveryState, Media, PhoneNumber, UnixMs};

use super::AvatarView;
use crate::composer;
use crate::conversations::{ColumnFilter, Thread};
use crate::env::{Env, LocalTime};
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
    /// A day of another year.
    DateAndYear,
}

impl When {
    /// How to write `at`, now.
    #[must_use]
    pub fn of(at: UnixMs, env: &Env) -> Self {
        match env.local_day(env.now) - env.local_day(at) {
            0 => Self::Today,
            1..=6 => Self::ThisWeek,
            _ if env.local(at).year() == env.local(env.now).year() => Self::Date,
            _ => Self::DateAndYear,
        }
    }
}

/// A row of the column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowView {
    /// The conversation.
    pub id: ConversationId,
    /// Its name.
    pub title: Text,
    /// A colleague's extension; empty for everybody else and for groups.
    pub extension: String,
    /// Its avatar.
    pub avatar: AvatarView,
    /// The newest entry, or "typing…".
    pub preview: Text,
    /// When anything last happened.
    pub at: LocalTime,
    /// How to write that.
    pub when: When,
    /// Unread messages.
    pub unread: u32,
    /// Whether notifications are off.
    pub muted: bool,
    /// "SMS", "Chat", "Group"; of a text the number of one's own, where one has several.
    pub tag: Option<Text>,
    /// Whether a message of mine failed or could not be sent.
    pub failed: bool,
}

/// A message in one line: its text, or its files.
fn words_of(body: &str, media: &[Media]) -> Text {
    if body.is_empty() {
        return composer::words(media);
    }
    one_line(body)
}

/// One line of preview: what does not fit is cut by the view anyway.
fn one_line(text: &str) -> Text {
    Text::AsIs(text.chars().take(160).map(|c| if c.is_control() { ' ' } else { c }).collect())
}

/// A first name is enough to tell people apart; a number stays whole.
pub(super) fn short_name(name: Text) -> Text {
    match name {
        Text::AsIs(name) if !name.starts_with(['(', '+']) => {
            Text::as_is(name.split_whitespace().next().unwrap_or_default())
        }
        name => name,
    }
}

impl Softphone {
    /// Which conversations the column shows, in order.
    pub fn column_ids(&mut self) -> Arc<[ConversationId]> {
        let mut column = core::mem::take(&mut self.conversations.column);
        let refused = |id| self.outbox.of(id).any(|message| message.state.is_parked());
        let ids = column.shown(&self.conversations, |thread, query| self.matches(thread, query), refused);
        self.conversations.column = column;
        ids
    }

    /// What was typed into the column's search, and its filters.
    #[must_use]
    pub fn column_query(&self) -> (&str, ColumnFilter, Option<PhoneNumber>) {
        let column = &self.conversations.column;
        (&column.query, column.filter, column.number)
    }

    /// The numbers of one's own that the column can be narrowed to: none where there is no choice.
    #[must_use]
    pub fn column_numbers(&self) -> Vec<(PhoneNumber, Text)> {
        let numbers = self.me().map(|me| me.numbers.as_slice()).unwrap_or_default();
        let all = numbers.iter().map(|own| (own.number, self.own_name(own.number)));
        if numbers.len() > 1 { all.collect() } else { Vec::new() }
    }

    /// What the business calls one of its numbers, or the number.
    pub(crate) fn own_name(&self, number: PhoneNumber) -> Text {
        let own = self.me().and_then(|me| me.numbers.iter().find(|own| own.number == number));
        match own {
            Some(own) if !own.label.is_empty() => Text::as_is(&own.label),
            _ => Text::AsIs(number.display(self.home())),
        }
    }

    /// The number of one's own that a conversation goes from, where one has several.
    pub(crate) fn own_of(&self, conversation: &halyard_protocol::Conversation) -> Option<Text> {
        let several = self.me().is_some_and(|me| me.numbers.len() > 1);
        conversation.own_number.filter(|_| several).map(|number| self.own_name(number))
    }

    /// Whether there are older conversations on the server.
    #[must_use]
    pub fn column_has_more(&self) -> bool {
        self.conversations.has_more()
    }

    /// A row.
    #[must_use]
    pub fn row_view(&self, id: ConversationId, env: &Env) -> Option<RowView> {
        let thread = self.conversations.get(id)?;
        let conversation = &thread.conversation;
        let name = self.conversation_name(conversation);
        let at = conversation.last_activity;
        let unsent = self.outbox.of(id).next_back();
        let preview = match (self.typing_words(id), unsent) {
            (Some(_), _) => words::TYPING.into(),
            (None, Some(message)) => words::you_wrote(words_of(&message.row.body, &message.row.media)),
            (None, None) => self.last_words(thread),
        };
        let parked = self.outbox.of(id).any(|message| message.state.is_parked());
        let undelivered = conversation
            .last_message()
            .is_some_and(|last| last.deliveries.iter().any(|delivery| delivery.state == DeliveryState::Failed));
        Some(RowView {
            id,
            extension: self.extension_of(conversation),
            avatar: self.avatar(conversation, name.as_written()),
            title: name,
            preview,
            at: env.local(at),
            when: When::of(at, env),
            unread: conversation.unread,
            muted: conversation.muted,
            tag: self.own_of(conversation).or_else(|| match conversation.kind {
                ConversationKind::Chat => Some(words::CHAT.into()),
                ConversationKind::Sms => Some(words::SMS.into()),
                ConversationKind::GroupChat | ConversationKind::GroupMms => Some(words::TAG_GROUP.into()),
                ConversationKind::Unknown => None,
            }),
            failed: parked || undelivered,
        })
    }

    /// The extension of a colleague who is alone on the other side.
    fn extension_of(&self, conversation: &halyard_protocol::Conversation) -> String {
        let Some(halyard_protocol::Peer::User(user)) = conversation.only_peer() else { return String::new() };
        self.contacts.book.user(user).map(|user| user.extension.clone()).unwrap_or_default()
    }

    fn last_words(&self, thread: &Thread) -> Text {
        let conversation = &thread.conversation;
        let Some(entry) = &conversation.last_entry else { return words::NO_MESSAGES_YET.into() };
        let message = match self.entry_words(entry, conversation) {
            Ok((_, words, text)) if text.is_empty() => return words,
            Ok((_, words, text)) => return words::they_wrote(words, one_line(&text)),
            Err(message) => message,
        };
        let line = words_of(&message.body, &message.media);
        let me = self.me().map(|me| me.user.id);
        match message.author {
            Author::User(user) if Some(user) == me => words::you_wrote(line),
            author
                if conversation.kind.is_group()
                    || (conversation.kind.is_text() && matches!(author, Author::User(_))) =>
            {
                words::they_wrote(short_name(self.author_name(author)), line)
            }
            _ => line,
        }
    }
}
