//! The page of a link for a new password.

use halyard_client::Ui;
use halyard_client::session::SessionAction;

use super::{Page, PasswordField, ShowPassword, Submit, attempt};
use crate::prelude::*;
use crate::runtime::App;
use crate::words::{self, t};

/// The page. What is typed stays until the password is saved.
#[component]
pub(crate) fn ChoosePassword() -> impl IntoView {
    let app = expect_context::<App>();
    let state = attempt(app, RwSignal::new(false));
    let password = RwSignal::new(String::new());
    let shown = RwSignal::new(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        app.send(Ui::Session(SessionAction::ChoosePassword(password.get_untracked())));
    };
    view! {
        <Page title=t(words::CHOOSE_A_PASSWORD)>
            <form class="form" on:submit=submit>
                <PasswordField
                    label=t(words::NEW_PASSWORD)
                    hint=t(words::PASSWORD_RULE)
                    value=password
                    shown=shown
                    autocomplete="new-password"
                    focus="sign-in"
                />
                <ShowPassword shown=shown />
                <Submit state=state label=t(words::SAVE_PASSWORD) />
                <button
                    type="button"
                    class="link self-start"
                    on:click=move |_| app.send(Ui::Session(SessionAction::LeaveLink))
                >
                    {t(words::CONTINUE_TO_HALYARD)}
                </button>
            </form>
        </Page>
    }
}
