//! What the forms have that take a password: its field, the button that shows what is typed, and the end of the form.

use crate::erased::Memo;
use crate::prelude::*;
use crate::views::common::{Icon, IconName, TextField};
use crate::words::{self, Text, say, t};

/// A field for a password. The browser's password manager knows by `autocomplete` which one.
#[component]
pub(crate) fn PasswordField(
    /// Its label.
    label: &'static str,
    /// What is typed.
    value: RwSignal<String>,
    /// Whether what is typed can be read.
    shown: RwSignal<bool>,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// What to write, under the field.
    #[prop(optional)]
    hint: &'static str,
    /// `data-focus`: the name by which the focus is sent here.
    #[prop(optional)]
    focus: Option<&'static str>,
) -> impl IntoView {
    view! {
        <TextField
            label=label
            hint=hint
            kind=Signal::derive(move || if shown.get() { "text" } else { "password" })
            value=value
            autocomplete=autocomplete
            focus=focus
            on_input=Callback::new(move |text| value.set(text))
        />
    }
}

/// Shows what is typed into the fields above, or hides it again.
#[component]
pub(crate) fn ShowPassword(
    /// Whether it shows.
    shown: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <button type="button" class="link self-start" on:click=move |_| shown.set(!shown.get_untracked())>
            {move || if shown.get() { t(words::HIDE_PASSWORD) } else { t(words::SHOW_PASSWORD) }}
        </button>
    }
}

/// Why the last attempt failed, and the button for the next one.
#[component]
pub(crate) fn Submit(
    /// Whether one is under way, and why the last one failed.
    state: Memo<(bool, Option<Text>)>,
    /// What the button says.
    label: &'static str,
    /// What it says while one is under way.
    #[prop(default = label)]
    doing: &'static str,
    /// How the button looks.
    #[prop(default = "btn primary wide")]
    class: &'static str,
) -> impl IntoView {
    let busy = move || state.with(|state| state.0);
    view! {
        <p class="error" role="alert">
            {move || state.with(|state| state.1.clone()).map(|error| view! { <Icon name=IconName::CircleAlert /> {say(&error)} }.into_any())}
        </p>
        <button type="submit" class=class aria-disabled=move || busy().then_some("true")>
            {move || if busy() { doing } else { label }}
        </button>
    }
}
