//! Signing in: a page of its own, or over the app when the session has ended; and the page of a link for a new password.

mod choose;
mod fields;

use halyard_client::Ui;
use halyard_client::session::SessionAction;
use halyard_client::view::{SealedView, SessionView};

use crate::adapters::device;
use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Dialog, Icon, IconName, TextField};
use crate::words::{self, Text, say, t};

pub(crate) use choose::ChoosePassword;
pub(crate) use fields::{PasswordField, ShowPassword, Submit};

/// A page of its own, without the app.
#[component]
fn Page(
    /// Its title.
    title: &'static str,
    /// Its content.
    children: Children,
) -> impl IntoView {
    view! {
        <main class="sign-in">
            <div class="sign-in-card">
                <p class="brand">
                    <span class="mark"></span>
                    "Halyard"
                </p>
                <h1>{title}</h1>
                {children()}
            </div>
        </main>
    }
}

/// The log-in page.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let app = expect_context::<App>();
    let session = app.signals(|signals| signals.session.clone());
    let (login, chosen) = session.with_untracked(|session| match session {
        SessionView::SignedOut { login, chosen, .. } => (login.clone(), *chosen),
        _ => (String::new(), false),
    });
    view! {
        <Page title=t(words::SIGN_IN)>
            {chosen.then(|| view! { <p role="status">{t(words::PASSWORD_SAVED)}</p> }.into_any())}
            <SealedAccounts />
            <Form login=login />
        </Page>
    }
}

/// Whose conversations are kept on this device, sealed.
#[component]
fn SealedAccounts() -> impl IntoView {
    let app = expect_context::<App>();
    let session = app.signals(|signals| signals.session.clone());
    let sealed = Memo::new(move |_| match session.get() {
        SessionView::SignedOut { sealed, .. } => sealed,
        _ => Vec::new(),
    });
    reactive(move || {
        sealed
            .get()
            .into_iter()
            .map(|SealedView { user, login, words }| {
                let label = say(&words::remove_saved_for(&login));
                view! {
                    <div class="kept">
                        <Icon name=IconName::Laptop />
                        <p>{say(&words)}</p>
                        <button
                            type="button"
                            class="btn quiet"
                            aria-label=label
                            on:click=move |_| app.send(Ui::Session(SessionAction::Forget(user)))
                        >
                            {t(words::REMOVE)}
                        </button>
                    </div>
                }
                .into_any()
            })
            .collect::<Vec<_>>()
    })
}

/// The log-in over the app: the session has ended, everything stays as it was.
#[component]
pub(crate) fn SignInAgain() -> impl IntoView {
    let app = expect_context::<App>();
    let session = app.signals(|signals| signals.session.clone());
    let login = session.with_untracked(|session| match session {
        SessionView::Expired { login, .. } => login.clone(),
        _ => String::new(),
    });
    view! {
        <Dialog title=t(words::PLEASE_SIGN_IN_AGAIN).to_owned() closable=false on_close=Callback::new(|()| ())>
            <p>{t(words::SESSION_ENDED_UNSENT_SAVED)}</p>
            <Form login=login />
        </Dialog>
    }
}

/// Whether an attempt is under way, or waits, and why the last one failed.
fn attempt(app: App, waiting: RwSignal<bool>) -> Memo<(bool, Option<Text>)> {
    let session = app.signals(|signals| signals.session.clone());
    Memo::new(move |_| match session.get() {
        SessionView::SignedOut { busy, error, .. }
        | SessionView::Expired { busy, error, .. }
        | SessionView::Choosing { busy, error } => (busy || waiting.get(), error),
        SessionView::Starting | SessionView::Unreachable | SessionView::SignedIn => (waiting.get(), None),
    })
}

/// Log-in and password. The browser's password manager knows the fields by their names.
#[component]
fn Form(login: String) -> impl IntoView {
    let app = expect_context::<App>();
    // Pressed before the app knew that nobody is signed in: it is sent as soon as it does.
    let waiting = RwSignal::new(false);
    let state = attempt(app, waiting);
    let starting = {
        let session = app.signals(|signals| signals.session.clone());
        Memo::new(move |_| session.with(|session| *session == SessionView::Starting))
    };
    // The device may say who was here last when the form is on screen already: nobody has typed by then.
    let last = {
        let session = app.signals(|signals| signals.session.clone());
        Memo::new(move |_| match session.get() {
            SessionView::SignedOut { login, .. } => login,
            _ => String::new(),
        })
    };
    let login = RwSignal::new(login);
    Effect::new(move |_| {
        let last = last.get();
        if login.with_untracked(String::is_empty) {
            login.set(last);
        }
    });
    let shown = RwSignal::new(false);
    let password = RwSignal::new(String::new());
    let send = move || {
        let (login, password) = (login.get_untracked(), password.get_untracked());
        app.send(Ui::Session(SessionAction::SignIn { login, password, device: device::name() }));
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if starting.get_untracked() {
            waiting.set(true);
        } else {
            send();
        }
    };
    Effect::new(move |_| {
        if waiting.get() && !starting.get() {
            waiting.set(false);
            send();
        }
    });
    view! {
        <form class="form" on:submit=submit>
            <TextField
                label=t(words::EXTENSION)
                hint=t(words::EXTENSION_HINT)
                value=login
                autocomplete="username"
                focus=Some("sign-in")
                on_input=Callback::new(move |text| login.set(text))
            />
            <PasswordField label=t(words::PASSWORD) value=password shown=shown autocomplete="current-password" />
            <ShowPassword shown=shown />
            <Submit state=state label=t(words::SIGN_IN) doing=t(words::SIGNING_IN) />
        </form>
    }
}
