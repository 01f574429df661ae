//! Another password for the user who is signed in.

use halyard_protocol::ErrorCode;
use halyard_protocol::rest::ChangePassword;

use super::{Attempt, Call, Secret, Session};
use crate::api::{succeeded, with_body};
use crate::context::Turn;
use crate::effect::{HttpOutcome, Method};
use crate::fact::Fact;
use crate::update::Changed;

impl Session {
    pub(crate) fn change_password(&mut self, current: String, new: String, turn: &mut Turn<'_>) {
        let Some(me) = self.me().filter(|_| !self.change.busy) else { return };
        let typed = Some((me.login(), Secret(new.clone())));
        self.change = Attempt { busy: true, error: None, typed };
        let body = ChangePassword { current, new };
        self.requests.start(Call::ChangePassword, with_body(Method::Put, "me/password".to_owned(), &body), turn);
        turn.changed(Changed::Me);
    }

    pub(super) fn change_answered(&mut self, outcome: HttpOutcome, turn: &mut Turn<'_>) {
        // Without it the user has left meanwhile.
        let Some(typed) = core::mem::take(&mut self.change).typed else { return };
        match succeeded(outcome) {
            Ok(_) => turn.fact(Fact::PasswordChanged { typed }),
            Err(error) if error.code == ErrorCode::SignedOut => turn.failed(error),
            Err(error) => self.change.error = Some(error.text()),
        }
        turn.changed(Changed::Me);
    }
}
