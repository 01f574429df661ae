//! Another password: what it means for the device, and the link by which one is chosen.

use halyard_words as words;

use super::Softphone;
use crate::context::Turn;
use crate::devices::DevicesAction;
use crate::effect::Effect;
use crate::storage::Secret;

impl Softphone {
    /// The user has another password: what they leave sealed from now on opens with it, by a key of its own. Their other devices
    /// were signed out.
    pub(super) fn password_changed(&mut self, login: String, password: Secret, turn: &mut Turn<'_>) {
        if let Some(user) = self.user() {
            self.unseal(user, login, password, turn);
        }
        self.devices.act(DevicesAction::Load, turn);
        turn.inform(words::PASSWORD_CHANGED);
    }

    /// The app was opened with a link for a new password. The address bar forgets it; whoever is signed in finds everything as it was
    /// when its page is left.
    pub(super) fn password_link(&mut self, token: Secret, turn: &mut Turn<'_>) {
        turn.effect(Effect::Navigate { route: self.desk.route, replace: true });
        self.session.open_link(token, turn);
    }

    /// A password was chosen by the link: its user is signed out everywhere, here too if they are the one.
    pub(super) fn password_chosen(&mut self, login: String, turn: &mut Turn<'_>) {
        self.database.last_login = login;
        if self.user().is_some() {
            turn.inform(words::PASSWORD_SAVED);
            self.session.probe(turn);
        }
    }
}
