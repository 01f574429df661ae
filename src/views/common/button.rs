//! A button that shows an icon alone.

use super::{Icon, IconName};
use crate::prelude::*;

/// A button with an icon and a name that is heard, and shown on hover.
#[component]
pub(crate) fn IconButton(
    /// Its icon.
    #[prop(into)]
    icon: Signal<IconName>,
    /// Its name.
    #[prop(into)]
    label: Signal<String>,
    /// More classes.
    #[prop(optional)]
    class: &'static str,
    /// Whether it is on, for one that switches.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Whether it can't be used now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Its `data-focus`.
    #[prop(optional)]
    focus: Option<&'static str>,
    /// It was used.
    #[prop(into)]
    on_click: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=["tool ", class].concat()
            aria-label=move || label.get()
            title=move || label.get()
            aria-pressed=move || pressed.map(|pressed| if pressed.get() { "true" } else { "false" })
            disabled=move || disabled.get()
            data-focus=focus
            on:click=move |_| on_click.run(())
        >
            <Icon name=icon />
        </button>
    }
}
