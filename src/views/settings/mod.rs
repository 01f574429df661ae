//! Settings: my status, how the app looks, the app on this device, my devices, my password.

mod devices;
mod installation;
mod password;

use halyard_client::Ui;
use halyard_client::session::SessionAction;
use halyard_protocol::{Availability, limits};

use crate::adapters::language;
use crate::adapters::theme::{self, Theme};
use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{AvatarSize, TextField};
use crate::views::person::Person;
use crate::words::{self, LANGUAGES, Word, t};

/// What one can say of oneself.
pub(crate) const AVAILABILITIES: [(Availability, Word); 4] = [
    (Availability::Available, words::AVAILABLE),
    (Availability::Busy, words::BUSY),
    (Availability::Away, words::AWAY),
    (Availability::DoNotDisturb, words::DO_NOT_DISTURB),
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
                {t(words::SETTINGS)}
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
            <Language />
            <installation::OnThisDevice />
            <devices::Devices />
            <password::Password />
            <section class="setting">
                <button class="btn quiet" on:click=move |_| app.send(Ui::Session(SessionAction::SignOut))>
                    <crate::views::common::Icon name=crate::views::common::IconName::LogOut />
                    {t(words::SIGN_OUT)}
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
    let saved = Memo::new(move |_| me.get().map(|me| me.status_text).unwrap_or_default());
    let typed = RwSignal::new(saved.get_untracked());
    // Another device may have said something else in the meantime.
    Effect::new(move |_| typed.set(saved.get()));
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        app.send(Ui::Session(SessionAction::SetStatusText(typed.get_untracked())));
    };
    let choices = AVAILABILITIES.into_iter().map(|(availability, word)| {
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
                <span>{t(word)}</span>
            </label>
        }
        .into_any()
    });
    view! {
        <section class="setting" aria-labelledby="status-title">
            <h2 id="status-title">{t(words::YOUR_STATUS)}</h2>
            <p class="muted">{t(words::YOUR_STATUS_HINT)}</p>
            <div class="segmented" role="radiogroup" aria-labelledby="status-title">
                {choices.collect::<Vec<_>>()}
            </div>
            <form class="form status-line" on:submit=save>
                <TextField
                    label=t(words::STATUS_TEXT)
                    value=typed
                    max_length=limits::STATUS_TEXT_LENGTH as u32
                    hint=t(words::STATUS_TEXT_HINT)
                    on_input=Callback::new(move |text| typed.set(text))
                />
                <button type="submit" class="btn quiet" disabled=move || typed.get() == saved.get()>
                    {t(words::SAVE)}
                </button>
            </form>
        </section>
    }
}

/// The language of the app. Another one starts the page anew.
#[component]
fn Language() -> impl IntoView {
    let chosen = language::chosen();
    let browser = [("", t(words::MATCH_BROWSER))];
    let options = browser.into_iter().chain(LANGUAGES).map(|(value, name)| {
        let lang = (!value.is_empty()).then_some(value);
        view! {
            <option value=value lang=lang selected=chosen.unwrap_or_default() == value>
                {name}
            </option>
        }
        .into_any()
    });
    let choose = move |event| {
        let value = event_target_value(&event);
        language::choose((!value.is_empty()).then_some(value.as_str()));
    };
    view! {
        <section class="setting" aria-labelledby="language-title">
            <h2 id="language-title">{t(words::LANGUAGE_SETTING)}</h2>
            <p class="muted">{t(words::LANGUAGE_HINT)}</p>
            <select class="input" aria-labelledby="language-title" on:change=choose>
                {options.collect::<Vec<_>>()}
            </select>
        </section>
    }
}

/// Light or dark.
#[component]
fn Looks() -> impl IntoView {
    let chosen = RwSignal::new(theme::chosen());
    let choices = Theme::ALL.into_iter().map(|theme| {
        let word = match theme {
            Theme::Device => t(words::MATCH_SYSTEM),
            Theme::Light => t(words::LIGHT),
            Theme::Dark => t(words::DARK),
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
        .into_any()
    });
    view! {
        <section class="setting" aria-labelledby="looks-title">
            <h2 id="looks-title">{t(words::APPEARANCE)}</h2>
            <div class="segmented" role="radiogroup" aria-labelledby="looks-title">
                {choices.collect::<Vec<_>>()}
            </div>
        </section>
    }
}
