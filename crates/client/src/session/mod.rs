//! Who is signed in.
//!
//! Owns the state of the sign-in, the signed-in user's own data, and the requests about the session. Always holds: what
//! belongs to a user is on screen only while that user's session is signed in, expired or being read; an expired session
//! keeps everything, and goes on when the same user signs in again.

mod action;
mod answer;
mod password;
#[cfg(test)]
mod tests;

use halyard_protocol::rest::Me;
use halyard_words::Text;

use crate::context::Turn;
use crate::effect::Effect;
use crate::requests::Requests;
use crate::storage::{DbCommand, LEAVING, Range, Row, Secret, Store, Write};

pub use action::SessionAction;
pub(crate) use answer::Call;

/// Where signing in stands.
#[derive(Debug, Default)]
pub(crate) enum State {
    /// Asking the server who is signed in.
    #[default]
    Starting,
    /// The server can't be reached yet; it is tried again.
    Unreachable,
    /// Nobody.
    SignedOut { attempt: Attempt },
    /// Somebody.
    SignedIn(Box<Me>),
    /// Somebody whose session has ended; everything waits for them.
    Expired { me: Box<Me>, attempt: Attempt },
    /// Somebody who has opened what is sealed here, without a network: to read, not to write.
    Reading(Box<Me>),
}

/// An attempt to sign in, or to change a password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) busy: bool,
    pub(crate) error: Option<Text>,
    /// What was typed, until the server has answered.
    typed: Option<(String, Secret)>,
}

/// A link for a new password.
#[derive(Debug, Default)]
pub(crate) struct PasswordLink {
    /// What the server knows it by.
    token: Secret,
    pub(crate) attempt: Attempt,
}

/// Who is signed in.
#[derive(Debug, Default)]
pub(crate) struct Session {
    pub(crate) state: State,
    /// Whether the server has not heard yet that the last user has signed out.
    leaving: bool,
    /// Whether the user was told so.
    leaving_announced: bool,
    /// The change of the user's password.
    pub(crate) change: Attempt,
    /// A link for a new password that the app was opened with, until its page is left.
    pub(crate) link: Option<PasswordLink>,
    /// Whether a password was chosen by it, and nobody has signed in since.
    pub(crate) chosen: bool,
    pub(crate) requests: Requests<Call>,
}

impl Session {
    /// The user whose things are on screen.
    pub(crate) fn me(&self) -> Option<&Me> {
        match &self.state {
            State::SignedIn(me) | State::Expired { me, .. } | State::Reading(me) => Some(me),
            State::Starting | State::Unreachable | State::SignedOut { .. } => None,
        }
    }

    pub(crate) fn me_mut(&mut self) -> Option<&mut Me> {
        match &mut self.state {
            State::SignedIn(me) | State::Expired { me, .. } | State::Reading(me) => Some(me),
            State::Starting | State::Unreachable | State::SignedOut { .. } => None,
        }
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        matches!(self.state, State::SignedIn(_))
    }

    /// Whether sealed rows are read without a network.
    pub(crate) fn is_reading(&self) -> bool {
        matches!(self.state, State::Reading(_))
    }

    pub(crate) fn is_signed_out(&self) -> bool {
        matches!(self.state, State::SignedOut { .. })
    }

    pub(crate) fn attempt_mut(&mut self) -> Option<&mut Attempt> {
        match &mut self.state {
            State::SignedOut { attempt } | State::Expired { attempt, .. } => Some(attempt),
            State::Starting | State::Unreachable | State::SignedIn(_) | State::Reading(_) => None,
        }
    }

    /// Nobody is signed in.
    pub(crate) fn sign_out(&mut self) {
        self.state = State::SignedOut { attempt: Attempt::default() };
    }

    /// The attempt to sign in has failed for this reason.
    pub(crate) fn refuse(&mut self, error: Text) {
        if let Some(attempt) = self.attempt_mut() {
            *attempt = Attempt { error: Some(error), ..Attempt::default() };
        }
    }

    /// The server says that the session has ended.
    pub(crate) fn expire(&mut self) {
        self.change = Attempt::default();
        self.state = match core::mem::take(&mut self.state) {
            State::SignedIn(me) | State::Reading(me) => State::Expired { me, attempt: Attempt::default() },
            expired @ State::Expired { .. } => expired,
            State::Starting | State::Unreachable | State::SignedOut { .. } => {
                State::SignedOut { attempt: Attempt::default() }
            }
        };
    }

    /// Whether the server has not heard yet that the last user has signed out.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving
    }

    /// Somebody is signed in again.
    pub(crate) fn stay(&mut self) {
        (self.leaving, self.chosen) = (false, false);
    }

    /// The device is told first that the user leaves, and last that the server has heard of it: if the app dies in
    /// between, the next start goes on with it.
    pub(crate) fn mark_leaving(&mut self, leaving: bool, turn: &mut Turn<'_>) {
        self.leaving = leaving;
        let writes = vec![if leaving {
            Write::Put(Row { store: Store::Account, key: LEAVING.to_owned(), text: "1".to_owned() })
        } else {
            Write::Delete(Range::key(Store::Account, LEAVING.to_owned()))
        }];
        turn.effect(Effect::Db(DbCommand::Write { owner: None, writes, token: None }));
    }

    /// What outlives the user who leaves.
    pub(crate) fn outlive(self) -> Self {
        Self { state: State::Starting, change: Attempt::default(), leaving_announced: false, chosen: false, ..self }
    }

    /// Goes on with a sign-out in whose middle the app died.
    pub(crate) fn resume_leaving(&mut self, turn: &mut Turn<'_>) {
        self.leaving = true;
        self.ask_sign_out(turn);
    }
}
