//! Another password: for the user who is signed in, or by a link, for whoever has one.
//!
//! Always holds: a link's token is nowhere but in memory, and is sent only with the password that the user has chosen.

use halyard_protocol::ErrorCode;
use halyard_protocol::rest::{ChangePassword, PasswordChosen, UsePasswordLink};

use super::{Attempt, Call, PasswordLink, Secret, Session};
use crate::api::{read, succeeded, with_body};
use crate::context::Turn;
use crate::effect::{FocusTarget, HttpOutcome, Method};
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

    /// The app was opened with a link.
    pub(crate) fn open_link(&mut self, token: Secret, turn: &mut Turn<'_>) {
        self.link = Some(PasswordLink { token, ..PasswordLink::default() });
        turn.focus(FocusTarget::SignIn);
        turn.changed(Changed::Session);
    }

    pub(crate) fn choose_password(&mut self, password: String, turn: &mut Turn<'_>) {
        let Some(link) = self.link.as_mut().filter(|link| !link.attempt.busy) else { return };
        link.attempt = Attempt { busy: true, ..Attempt::default() };
        let body = UsePasswordLink { token: link.token.0.clone(), password };
        let request = with_body(Method::Post, "password-links/use".to_owned(), &body);
        self.requests.start(Call::ChoosePassword, request, turn);
        turn.changed(Changed::Session);
    }

    pub(super) fn choice_answered(&mut self, outcome: HttpOutcome, turn: &mut Turn<'_>) {
        match read::<PasswordChosen>(outcome) {
            Ok(PasswordChosen { login }) => {
                self.chosen = true;
                turn.fact(Fact::PasswordChosen(login));
                self.leave_link(turn);
            }
            Err(error) => {
                let Some(link) = &mut self.link else { return };
                link.attempt = Attempt { error: Some(error.text()), ..Attempt::default() };
                turn.focus(FocusTarget::SignIn);
                turn.changed(Changed::Session);
            }
        }
    }

    pub(crate) fn leave_link(&mut self, turn: &mut Turn<'_>) {
        self.link = None;
        turn.focus(FocusTarget::SignIn);
        turn.changed(Changed::Session);
    }
}
