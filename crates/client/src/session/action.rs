//! What the user does about their session and what others see of them.

use halyard_protocol::rest::{SignIn, UpdateMe};
use halyard_protocol::{Availability, User, UserId, limits};
use halyard_words as words;

use super::{Attempt, Call, Secret, Session};
use crate::api::{bare, with_body};
use crate::context::Turn;
use crate::effect::{FocusTarget, Method};
use crate::update::Changed;

/// What the user does about their session and what others see of them.
#[derive(strum::IntoStaticStr, Clone, Debug)]
pub enum SessionAction {
    /// "Sign in".
    SignIn {
        /// `1001@harbor`.
        login: String,
        /// The password.
        password: String,
        /// What to call this device.
        device: String,
    },
    /// "Sign out".
    SignOut,
    /// "Remove" at somebody's sealed conversations.
    Forget(UserId),
    /// "Change password".
    ChangePassword {
        /// The password so far.
        current: String,
        /// The new one.
        new: String,
    },
    /// "Save password": what is chosen by a link.
    ChoosePassword(String),
    /// "Continue to Halyard", from the page of the link.
    LeaveLink,
    /// My availability.
    SetAvailability(Availability),
    /// My status text.
    SetStatusText(String),
}

impl Session {
    pub(crate) fn sign_in(&mut self, login: &str, password: String, device: String, turn: &mut Turn<'_>) {
        let Some(attempt) = self.attempt_mut() else { return };
        if attempt.busy {
            return;
        }
        let login = login.trim().to_owned();
        if login.is_empty() || password.is_empty() {
            attempt.error = Some(words::TYPE_EXTENSION_AND_PASSWORD.into());
            turn.focus(FocusTarget::SignIn);
        } else if !login.contains('@') {
            attempt.error = Some(words::TYPE_EXTENSION_WITH_COMPANY.into());
            turn.focus(FocusTarget::SignIn);
        } else {
            let typed = Some((login.clone(), Secret(password.clone())));
            *attempt = Attempt { busy: true, error: None, typed };
            let body = SignIn { login, password, device };
            self.requests.start(Call::SignIn, with_body(Method::Post, "session".to_owned(), &body), turn);
        }
        turn.changed(Changed::Session);
    }

    pub(crate) fn ask_sign_out(&mut self, turn: &mut Turn<'_>) {
        self.requests.start(Call::SignOut, bare(Method::Delete, "session".to_owned()), turn);
    }

    /// Asks the server for the snapshot of everything.
    pub(crate) fn ask_snapshot(&mut self, turn: &mut Turn<'_>) {
        self.requests.start(Call::Snapshot, bare(Method::Get, "bootstrap".to_owned()), turn);
    }

    /// Whether the server is being asked for everything.
    pub(crate) fn is_asking_snapshot(&self) -> bool {
        self.requests.any(|call| matches!(call, Call::Snapshot))
    }

    /// Asks whether the session still stands, and whose it is.
    pub(crate) fn probe(&mut self, turn: &mut Turn<'_>) {
        self.requests.start(Call::Probe, bare(Method::Get, "session".to_owned()), turn);
    }

    pub(crate) fn set_availability(&mut self, availability: Availability, turn: &mut Turn<'_>) {
        if let Some(me) = self.me_mut() {
            me.user.availability = availability;
            self.update_me(&UpdateMe { availability: Some(availability), status_text: None }, turn);
        }
    }

    pub(crate) fn set_status_text(&mut self, text: &str, turn: &mut Turn<'_>) {
        let text = text.trim().to_owned();
        if text.chars().count() > limits::STATUS_TEXT_LENGTH {
            turn.complain(words::status_too_long(limits::STATUS_TEXT_LENGTH));
        } else if let Some(me) = self.me_mut() {
            me.user.status_text.clone_from(&text);
            self.update_me(&UpdateMe { availability: None, status_text: Some(text) }, turn);
        }
    }

    fn update_me(&mut self, body: &UpdateMe, turn: &mut Turn<'_>) {
        self.requests.start(Call::UpdateMe, with_body(Method::Patch, "me".to_owned(), body), turn);
        turn.changed(Changed::Me);
    }

    /// My own entry of the directory says this.
    pub(crate) fn user_changed(&mut self, user: &User, turn: &mut Turn<'_>) {
        if let Some(me) = self.me_mut().filter(|me| me.user.id == user.id) {
            me.user = user.clone();
            turn.changed(Changed::Me);
        }
    }
}
