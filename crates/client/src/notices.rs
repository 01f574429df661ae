//! Notices: short words at the edge of the screen, some with an "Undo", and the question that waits for an answer.

use halyard_protocol::{Contact, ConversationId, UnixMs};

/// How long a notice stays, in milliseconds. One with an "Undo" stays ten seconds, as promised where it is offered.
const STAYS: i64 = 6_000;
const STAYS_WITH_UNDO: i64 = 10_000;

/// What "Undo" brings back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Undo {
    Contact(Box<Contact>),
    Conversation(ConversationId),
}

/// A notice on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) id: u32,
    pub(crate) text: String,
    pub(crate) is_error: bool,
    pub(crate) undo: Option<Undo>,
    pub(crate) until: UnixMs,
}

/// What the user is asked before it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    DeleteConversation(ConversationId),
    /// Sign out although so many messages wait.
    SignOut(usize),
}

/// The notices on screen, oldest first, and the open question.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    last: u32,
    shown: Vec<Notice>,
    pub(crate) question: Option<Question>,
}

impl Notices {
    pub(crate) fn show(&mut self, text: String, is_error: bool, undo: Option<Undo>, now: UnixMs) {
        self.last += 1;
        let until = now.plus(if undo.is_some() { STAYS_WITH_UNDO } else { STAYS });
        self.shown.push(Notice { id: self.last, text, is_error, undo, until });
    }

    pub(crate) fn dismiss(&mut self, id: u32) -> Option<Notice> {
        let place = self.shown.iter().position(|notice| notice.id == id)?;
        Some(self.shown.remove(place))
    }

    /// Takes away those whose time is over. Says whether any went.
    pub(crate) fn expire(&mut self, now: UnixMs) -> bool {
        let before = self.shown.len();
        self.shown.retain(|notice| notice.until > now);
        self.shown.len() != before
    }

    pub(crate) fn next_expiry(&self) -> Option<UnixMs> {
        self.shown.iter().map(|notice| notice.until).min()
    }

    pub(crate) fn shown(&self) -> &[Notice] {
        &self.shown
    }
}
