//! Settings: my status, how the app looks, the app on this device, my devices.

mod devices;
mod installation;

use halyard_client::Ui;
use halyard_client::session::SessionAction;
use halyard_protocol::{Availability, limits};
use leptos::prelude::*;

use crate::adapters::theme::{self, Theme};
use crate::erased::Memo;
use crate::runtime::App;
use crate::views::common::{AvatarSize, TextField};
use crate::views::shell::Person;

const AVAILABILITIES: [(Availability, &str); 4] = [
    (Availability::Available, "Available"),
    (Availability::Busy, "Busy"),
    (Availability::Away, "Away"),
    (Availability::DoNotDisturb, "Do not disturb"),
];

/// The page.
#[component]
pub(crate) fn SettingsPage() -> impl IntoView {
    let app = expect_context::<App>();
    let me = app.signals(|signals| signals.me.clone());
    let me = Memo::new(move |_| me.get());
    let avatar = Signal::derive(move || me.get().map(|me| me.avatar).unwrap_or_default());
    view! {
        <section class="page settings" aria-labelledby="settings-title">
            <h1 id="settings-title" data-focus="column" tabindex="-1">
                "Settings"
            </h1>
            <section class="setting me-line">
                <Person avatar=avatar size=AvatarSize::Large />
                <div>
                    <h2>{move || me.get().map(|me| me.name)}</h2>
                    <p class="muted">{move || me.get().map(|me| [&me.login, " \u{b7} ", &me.tenant].concat())}</p>
                </div>
            </section>
            <Status />
            <Looks />
            <installation::OnThisDevice />
            <devices::Devices />
            <section class="setting">
                <button class="btn quiet" on:click=move |_| app.send(Ui::Session(SessionAction::SignOut))>
                    <crate::views::common::Icon name=crate::views::common::IconName::LogOut />
                    "Sign out"
                </button>
            </section>
        </section>
    }
}

/// Availability and status text.
#[component]
fn Status() -> impl IntoView {
    let app = expect_context::<App>();
    let me = app.signals(|signals| signals.me.clone());
    let me = Memo::new(move |_| me.get());
    let kept = Memo::new(move |_| me.get().map(|me| me.status_text).unwrap_or_default());
    let typed = RwSignal::new(kept.get_untracked());
    // Another device may have said something else in the meantime.
    Effect::new(move |_| typed.set(kept.get()));
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        app.send(Ui::Session(SessionAction::SetStatusText(typed.get_untracked())));
    };
    let choices = AVAILABILITIES.map(|(availability, word)| {
        let checked = move || me.with(|me| me.as_ref().is_some_and(|me| me.availability == availability));
        view! {
            <label>
                <input
                    type="radio"
                    class="sr"
                    name="availability"
                    prop:checked=checked
                    on:change=move |_| app.send(Ui::Session(SessionAction::SetAvailability(availability)))
                />
                <span>{word}</span>
            </label>
        }
    });
    view! {
        <section class="setting" aria-labelledby="status-title">
            <h2 id="status-title">"Your status"</h2>
            <p class="muted">"Your colleagues see it beside your name."</p>
            <div class="segmented" role="radiogroup" aria-labelledby="status-title">
                {choices.into_iter().collect::<Vec<_>>()}
            </div>
            <form class="form status-line" on:submit=save>
                <TextField
                    label="Status text"
                    value=typed
                    max_length=limits::STATUS_TEXT_LENGTH as u32
                    hint="A few words, like \u{201c}At the fuel dock until noon\u{201d}. Leave it empty for none."
                    on_input=Callback::new(move |text| typed.set(text))
                />
                <button type="submit" class="btn quiet" disabled=move || typed.get() == kept.get()>
                    "Save"
                </button>
            </form>
        </section>
    }
}

/// Light or dark.
#[component]
fn Looks() -> impl IntoView {
    let chosen = RwSignal::new(theme::chosen());
    let choices = Theme::ALL.map(|theme| {
        let word = match theme {
            Theme::Device => "Match system",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        };
        let choose = move |_| {
            theme::choose(theme);
            chosen.set(theme);
        };
        view! {
            <label>
                <input type="radio" class="sr" name="theme" prop:checked=move || chosen.get() == theme on:change=choose />
                <span>{word}</span>
            </label>
        }
    });
    view! {
        <section class="setting" aria-labelledby="looks-title">
            <h2 id="looks-title">"Appearance"</h2>
            <div class="segmented" role="radiogroup" aria-labelledby="looks-title">
                {choices.into_iter().collect::<Vec<_>>()}
            </div>
        </section>
    }
}
