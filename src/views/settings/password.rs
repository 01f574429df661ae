//! Another password.

use halyard_client::Ui;
use halyard_client::session::SessionAction;

use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::auth::{PasswordField, ShowPassword, Submit};
use crate::words::{self, t};

/// The form. What is typed stays until the password is changed.
#[component]
pub(super) fn Password() -> impl IntoView {
    let app = expect_context::<App>();
    let me = app.signals(|signals| signals.me.clone());
    let login = {
        let me = me.clone();
        Memo::new(move |_| me.get().map(|me| me.login).unwrap_or_default())
    };
    let [current, new] = [(); 2].map(|()| RwSignal::new(String::new()));
    let shown = RwSignal::new(false);
    // What an earlier visit to the settings has left says nothing about what is typed now.
    let asked = RwSignal::new(false);
    let state = Memo::new(move |_| {
        let state = me.get().map(|me| (me.changing, me.change_error)).unwrap_or_default();
        if asked.get() { state } else { (false, None) }
    });
    Effect::new(move |_| {
        if state.get() == (false, None) {
            current.set(String::new());
            new.set(String::new());
        }
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        asked.set(true);
        let (current, new) = (current.get_untracked(), new.get_untracked());
        app.send(Ui::Session(SessionAction::ChangePassword { current, new }));
    };
    view! {
        <section class="setting" aria-labelledby="password-title">
            <h2 id="password-title">{t(words::CHANGE_PASSWORD)}</h2>
            <form class="form" on:submit=submit>
                // Whose password it is: a password manager looks for that in the form.
                <input hidden=true readonly=true autocomplete="username" prop:value=move || login.get() />
                <PasswordField label=t(words::CURRENT_PASSWORD) value=current shown=shown autocomplete="current-password" />
                <PasswordField
                    label=t(words::NEW_PASSWORD)
                    hint=t(words::PASSWORD_RULE)
                    value=new
                    shown=shown
                    autocomplete="new-password"
                />
                <ShowPassword shown=shown />
                <Submit state=state label=t(words::CHANGE_PASSWORD) class="btn quiet self-start" />
            </form>
        </section>
    }
}
