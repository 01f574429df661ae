//! A search that filters while one types.

use leptos::html::Input;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::{Icon, IconButton, IconName, is_composing};
use crate::prelude::*;

use crate::erased::Memo;
use crate::words::{self, t};

/// A search field. Escape empties it.
#[component]
pub(crate) fn SearchField(
    /// Its name, also shown in it while it is empty.
    label: &'static str,
    /// What is typed.
    #[prop(into)]
    value: Signal<String>,
    /// Something was typed.
    #[prop(into)]
    on_input: Callback<String>,
    /// Whether `/` leads here, which the field then says.
    #[prop(default = true)]
    slash: bool,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let is_empty = Memo::new(move |_| value.with(String::is_empty));
    let clear = move || {
        on_input.run(String::new());
        if let Some(field) = field.try_get_untracked() {
            // Fails only for a field that is gone.
            let _ = field.focus();
        }
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !is_empty.get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            clear();
        } else if event.key() == "ArrowDown" && !event.alt_key() && !is_composing(&event) {
            // Into the list below: the row that Tab would come to.
            let field = field.get_untracked();
            let row = field.and_then(|field| field.closest("section, aside, dialog").ok().flatten());
            let row = row.and_then(|section| {
                section.query_selector(".vlist :is(button, a[href]):not([tabindex=\"-1\"])").ok().flatten()
            });
            if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
                event.prevent_default();
                let _ = row.focus();
            }
        }
    };
    view! {
        <div class="field">
            <Icon name=IconName::Search />
            <input
                type="search"
                aria-label=label
                placeholder=label
                autocomplete="off"
                spellcheck="false"
                data-focus=slash.then_some("search")
                prop:value=move || value.get()
                node_ref=field
                on:input=move |event| on_input.run(event_target_value(&event))
                on:keydown=key
            />
            {slash.then(|| view! { <kbd aria-hidden="true" hidden=move || !is_empty.get()>"/"</kbd> }.into_any())}
            // It stands ready: making it would cost the first letter a part of its time.
            <span class="tools" hidden=move || is_empty.get()>
                <IconButton icon=IconName::X label=t(words::CLEAR_THE_SEARCH) on_click=clear />
            </span>
        </div>
    }
}
