//! What the server answers about the session.

use halyard_protocol::ErrorCode;
use halyard_protocol::rest::{Bootstrap, Me};
use halyard_words as words;

use super::{Attempt, Session, State};
use crate::api::{read, succeeded};
use crate::context::Turn;
use crate::effect::{FocusTarget, HttpOutcome, Timer};
use crate::fact::Fact;
use crate::update::Changed;

/// How often the server is told that the user has signed out, until it hears it, in milliseconds.
const TELL_AGAIN: i64 = 15_000;

/// What the server was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    SignIn,
    SignOut,
    /// Everything there is.
    Snapshot,
    /// Whether the session still stands.
    Probe,
    /// To change what others see of me.
    UpdateMe,
    ChangePassword,
    /// To take the password that was chosen by a link.
    ChoosePassword,
}

impl Session {
    pub(crate) fn answered(&mut self, call: Call, outcome: HttpOutcome, turn: &mut Turn<'_>) {
        match call {
            Call::SignIn => self.sign_in_answered(outcome, turn),
            Call::SignOut => self.sign_out_answered(outcome, turn),
            Call::Snapshot => turn.fact(match read::<Bootstrap>(outcome) {
                Ok(snapshot) => Fact::Snapshot(Box::new(snapshot)),
                Err(error) if error.code == ErrorCode::SignedOut => Fact::Failed(error),
                Err(error) => Fact::SnapshotFailed(error),
            }),
            Call::Probe => turn.fact(Fact::Verified(read::<Me>(outcome).map(Box::new))),
            // What it is now, the log says; the answer may be older than that.
            Call::UpdateMe => {
                if let Err(error) = succeeded(outcome) {
                    turn.fact(Fact::MeUpdateFailed(error));
                }
            }
            Call::ChangePassword => self.change_answered(outcome, turn),
            Call::ChoosePassword => self.choice_answered(outcome, turn),
        }
    }

    fn sign_in_answered(&mut self, outcome: HttpOutcome, turn: &mut Turn<'_>) {
        let typed = self.attempt_mut().and_then(|attempt| attempt.typed.take());
        match read::<Me>(outcome) {
            Ok(me) => turn.fact(Fact::SignedIn { me: Box::new(me), typed }),
            Err(error) => {
                let unreachable = error.code == ErrorCode::Unavailable;
                let is_out = matches!(self.state, State::SignedOut { .. });
                let Some(attempt) = self.attempt_mut() else { return };
                *attempt = Attempt { error: Some(error.text()), ..Attempt::default() };
                turn.focus(FocusTarget::SignIn);
                if let Some(typed) = typed.filter(|_| unreachable && is_out) {
                    turn.fact(Fact::SignInUnreachable { typed });
                }
            }
        }
        turn.changed(Changed::Session);
    }

    fn sign_out_answered(&mut self, outcome: HttpOutcome, turn: &mut Turn<'_>) {
        if !self.leaving {
            return;
        }
        match succeeded(outcome) {
            // The cookie is still there: it is tried again, also after a restart. Say so, for the sake of the next person.
            Err(error) if error.is_temporary() => {
                if !core::mem::replace(&mut self.leaving_announced, true) {
                    self.mark_leaving(true, turn);
                    turn.complain(words::SIGN_OUT_NOT_HEARD);
                }
                turn.set_timer(Timer::Bootstrap, TELL_AGAIN);
            }
            Ok(_) | Err(_) => self.mark_leaving(false, turn),
        }
    }
}
