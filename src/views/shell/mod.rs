//! The frame around everything: which screen shows, the rail, banners, notices, the open question, the palette.

mod banners;
mod keys;
mod notices;
mod offers;
mod palette;
mod question;
mod rail;
mod shortcuts;

use halyard_client::Route;
use halyard_client::view::{RailView, SessionView};

use crate::adapters::device;
use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App as Handle;
use crate::views::{auth, card, contacts, conversations, settings};
use crate::words::{self, t};

/// The app.
#[component]
pub(crate) fn App(app: Handle) -> impl IntoView {
    provide_context(app);
    keys::listen(app);
    crate::views::dropped::refuse_elsewhere();
    let session = app.signals(|signals| signals.session.clone());
    // An expired session keeps the screen: what is typed there stays.
    // Where nobody has ever signed in, the log-in need not wait for what the device and the server say.
    let is_new = device::is_new();
    let screen = Memo::new(move |_| match session.get() {
        SessionView::Starting if is_new => Screen::SignedOut,
        SessionView::Starting => Screen::Starting,
        SessionView::Unreachable => Screen::Unreachable,
        SessionView::SignedOut { .. } => Screen::SignedOut,
        SessionView::Choosing { .. } => Screen::Choosing,
        SessionView::SignedIn | SessionView::Expired { .. } => Screen::SignedIn,
    });
    Effect::new(move |_| {
        if screen.get() == Screen::SignedIn {
            device::remember();
        }
    });
    let installation = app.signals(|signals| signals.installation.clone());
    let session = app.signals(|signals| signals.session.clone());
    let expired = Memo::new(move |_| matches!(session.get(), SessionView::Expired { .. }));
    view! {
        {move || match screen.get() {
            Screen::Starting => ().into_any(),
            Screen::Unreachable => view! { <Unreachable /> }.into_any(),
            Screen::SignedOut => view! { <auth::SignIn /> }.into_any(),
            Screen::Choosing => view! { <auth::ChoosePassword /> }.into_any(),
            Screen::SignedIn => view! { <Workspace /> }.into_any(),
        }}
        // The workspace has a place of its own for it.
        {move || (installation.get().update && screen.get() != Screen::SignedIn).then(|| offers::outside(app))}
        {move || expired.get().then(|| view! { <auth::SignInAgain /> }.into_any())}
        <question::Question />
        <notices::Notices />
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Screen {
    Starting,
    Unreachable,
    SignedOut,
    Choosing,
    SignedIn,
}

#[component]
fn Unreachable() -> impl IntoView {
    view! {
        <main class="sign-in">
            <div class="empty">
                <crate::views::common::Icon name=crate::views::common::IconName::WifiOff />
                <h1>{t(words::SERVER_UNREACHABLE)}</h1>
                <p role="status">{t(words::SERVER_UNREACHABLE_HINT)}</p>
            </div>
        </main>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pane {
    Chats,
    Contacts,
    Settings,
}

/// Rail, column, workspace.
#[component]
fn Workspace() -> impl IntoView {
    let app = expect_context::<Handle>();
    let rail = app.signals(|signals| signals.rail.clone());
    let pane = Memo::new({
        let rail = rail.clone();
        move |_| match rail.get().route {
            Route::Contacts(_) => Pane::Contacts,
            Route::Settings => Pane::Settings,
            Route::Home | Route::Chats(_) => Pane::Chats,
        }
    });
    let details = app.signals(|signals| signals.details.clone());
    let form = app.signals(|signals| signals.form.clone());
    let in_details =
        Memo::new(move |_| pane.get() == Pane::Contacts && (details.get().is_some() || form.get().is_some()));
    let in_card = Memo::new(move |_| {
        let RailView { narrow, shows_column, .. } = rail.get();
        // The settings have their own heading, and the rail beside them.
        narrow && !shows_column && pane.get() != Pane::Settings
    });
    let covered = Memo::new(move |_| pane.get() == Pane::Settings);
    view! {
        <div class="app" class:in-card=move || in_card.get() class:in-details=move || in_details.get()>
            <rail::Rail />
            <banners::Banners />
            // One landmark, whichever pane a narrow window shows. The list's title is the page's heading; where the details or a card have
            // taken its place, the app's name is.
            <main class="panes">
                <h1 class="sr page-name">"Halyard"</h1>
                {move || match pane.get() {
                    Pane::Chats => view! { <conversations::Column /> }.into_any(),
                    Pane::Contacts => view! { <contacts::ContactsPane /> }.into_any(),
                    Pane::Settings => view! { <settings::SettingsPage /> }.into_any(),
                }}
                {move || in_details.get().then(|| view! { <contacts::Details /> }.into_any())}
                <card::Desk hidden=covered />
                <card::Dock hidden=covered />
                <contacts::ImportDialog />
            </main>
            <palette::Palette />
            <shortcuts::Shortcuts />
        </div>
    }
}
