//! The column "Chat and SMS": which conversations show, and in what order.

use std::sync::Arc;

use halyard_protocol::{ConversationId, ConversationKind, DeliveryState, Message, PhoneNumber};

use super::{Conversations, Thread};
use crate::contacts::search::Matcher;

/// Which conversations the column shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ColumnFilter {
    /// All.
    #[default]
    All,
    /// With something unread.
    Unread,
    /// Texts, group MMS among them.
    Sms,
    /// Chats, group chats among them.
    Chat,
    /// With a message that could not be sent or delivered, as far as this device knows.
    Undelivered,
}

impl ColumnFilter {
    /// `unsent` says whether a message waits here that the server refused.
    fn keeps(self, thread: &Thread, unsent: impl FnOnce() -> bool) -> bool {
        let conversation = &thread.conversation;
        match self {
            Self::All => true,
            Self::Unread => conversation.unread > 0,
            Self::Sms => conversation.kind.is_text(),
            Self::Undelivered => thread.has_undelivered() || unsent(),
            Self::Chat => matches!(conversation.kind, ConversationKind::Chat | ConversationKind::GroupChat),
        }
    }
}

impl Thread {
    /// Whether a text in it did not arrive, as far as this device knows.
    fn has_undelivered(&self) -> bool {
        let failed = |message: &Message| message.deliveries.iter().any(|to| to.state == DeliveryState::Failed);
        let last = self.conversation.last_message().into_iter();
        last.chain(self.timeline.messages()).any(failed)
    }
}

/// The column as it stands.
#[derive(Debug, Default)]
pub(crate) struct Column {
    pub(crate) query: String,
    pub(crate) filter: ColumnFilter,
    /// Only what goes from this number of one's own.
    pub(crate) number: Option<PhoneNumber>,
    shown: Option<Arc<[ConversationId]>>,
}

impl Column {
    /// Whether not all conversations show.
    pub(crate) fn is_narrowed(&self) -> bool {
        !self.query.trim().is_empty() || self.filter != ColumnFilter::All || self.number.is_some()
    }

    /// An order, a name, the query or the filter has changed.
    pub(crate) fn stale(&mut self) {
        self.shown = None;
    }

    /// What shows, in order. `matches` says whether a conversation's names or numbers match what is looked for, `unsent` whether the
    /// server refused a message in it.
    pub(crate) fn shown(
        &mut self,
        all: &Conversations,
        matches: impl Fn(&Thread, &Matcher) -> bool,
        unsent: impl Fn(ConversationId) -> bool,
    ) -> Arc<[ConversationId]> {
        let wanted = Matcher::read(&self.query);
        let (filter, number) = (self.filter, self.number);
        self.shown
            .get_or_insert_with(|| {
                all.in_order()
                    .filter(|id| {
                        let found = |thread: &Thread| wanted.as_ref().is_none_or(|wanted| matches(thread, wanted));
                        let from = |thread: &Thread| number.is_none() || thread.conversation.own_number == number;
                        all.get(*id)
                            .is_some_and(|thread| filter.keeps(thread, || unsent(*id)) && from(thread) && found(thread))
                    })
                    .collect()
            })
            .clone()
    }
}
