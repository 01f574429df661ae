//! The page of a link for a new password.

use halyard_client::Ui;
use halyard_client::session::SessionAction;
use halyard_client::view::SessionView;

use super::{Page, PasswordField, ShowPassword, Submit};
use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::words::{self, t};

/// The page. What is typed stays until the password is saved.
#[component]
pub(crate) fn ChoosePassword() -> impl IntoView {
    let app = expect_context::<App>();
    let session = app.signals(|signals| signals.session.clone());
    let state = Memo::new(move |_| match session.get() {
        SessionView::Choosing { busy, error, expired } => (busy, error, expired),
        _ => (false, None, false),
    });
    let expired = Signal::derive(move || state.with(|state| state.2));
    let password = RwSignal::new(String::new());
    let shown = RwSignal::new(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        app.send(Ui::Session(SessionAction::ChoosePassword(password.get_untracked())));
    };
    view! {
        <Page title=t(words::CHOOSE_A_PASSWORD)>
            <form class="form" on:submit=submit>
                <div class="form" hidden=move || expired.get()>
                    <PasswordField
                        label=t(words::NEW_PASSWORD)
                        hint=t(words::PASSWORD_RULE)
                        value=password
                        shown=shown
                        autocomplete="new-password"
                        focus="sign-in"
                    />
                    <ShowPassword shown=shown />
                </div>
                <Submit
                    error=Signal::derive(move || state.with(|state| state.1.clone()))
                    busy=Signal::derive(move || state.with(|state| state.0))
                    label=t(words::SAVE_PASSWORD)
                    hidden=expired
                />
                <button
                    type="button"
                    class="link"
                    data-focus="form"
                    on:click=move |_| app.send(Ui::Session(SessionAction::LeaveLink))
                >
                    {t(words::CONTINUE_TO_HALYARD)}
                </button>
            </form>
        </Page>
    }
}
