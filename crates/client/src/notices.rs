//! Notices: short words at the edge of the screen, some with an "Undo", and the question that waits for an answer.

use halyard_protocol::{Contact, ConversationId, ErrorCode, UnixMs, UserId};

use crate::api::CallError;
use crate::effect::{Effect, TimerId};
use crate::env::Env;
use crate::softphone::Softphone;
use crate::update::{Changed, Update};

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
    /// Forget what is sealed of somebody.
    Forget(UserId),
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

impl Softphone {
    pub(crate) fn answer(&mut self, yes: bool, env: &Env, out: &mut Update) {
        let question = self.notices.question.take();
        out.changed(Changed::Question);
        match question {
            Some(Question::DeleteConversation(id)) if yes => self.delete_conversation(id, env, out),
            Some(Question::SignOut(_)) if yes => self.sign_out(true, out),
            Some(Question::Forget(user)) if yes => self.forget_sealed(user, out),
            _ => {}
        }
    }

    pub(crate) fn notice_action(&mut self, id: u32, out: &mut Update) {
        out.changed(Changed::Notices);
        match self.notices.dismiss(id).and_then(|notice| notice.undo) {
            Some(Undo::Contact(contact)) => self.restore_contact(*contact, out),
            Some(Undo::Conversation(id)) => {
                self.undo_delete(id, out);
            }
            None => {}
        }
    }

    pub(crate) fn presence_changed(&self, user: UserId, out: &mut Update) {
        out.changed(Changed::Presence(user));
    }

    /// A call failed in a way that the user should hear of. An ended session leads to signing in.
    pub(crate) fn call_failed(&mut self, error: CallError, env: &Env, out: &mut Update) {
        if error.code == ErrorCode::SignedOut {
            self.session_ended(out);
        } else {
            self.complain(error.message, env, out);
        }
    }

    /// A short word about something that went wrong.
    pub(crate) fn complain(&mut self, text: String, env: &Env, out: &mut Update) {
        self.notices.show(text, true, None, env.now);
        self.set_expiry(env, out);
        out.changed(Changed::Notices);
    }

    /// A short word about something that went right.
    pub(crate) fn inform(&mut self, text: String, env: &Env, out: &mut Update) {
        self.notices.show(text, false, None, env.now);
        self.set_expiry(env, out);
        out.changed(Changed::Notices);
    }

    pub(crate) fn expire(&mut self, env: &Env, out: &mut Update) {
        if self.notices.expire(env.now) {
            out.changed(Changed::Notices);
        }
        for id in self.presence.expire(env.now) {
            self.typing_changed(id, out);
        }
        self.set_expiry(env, out);
    }

    pub(crate) fn set_expiry(&self, env: &Env, out: &mut Update) {
        let next = self.notices.next_expiry().into_iter().chain(self.presence.next_expiry()).min();
        if let Some(next) = next {
            let wait = u32::try_from(next.since(env.now).max(1)).unwrap_or(60_000);
            out.effect(Effect::SetTimer(TimerId::Expiry, wait));
        }
    }
}
