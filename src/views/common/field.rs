//! Text fields with their label, hint and error.

use std::sync::atomic::{AtomicU32, Ordering};

use super::{Icon, IconName};
use crate::prelude::*;

/// An id that no other element of the page has.
#[must_use]
pub(crate) fn unique_id(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    [prefix, "-", &NEXT.fetch_add(1, Ordering::Relaxed).to_string()].concat()
}

/// What is wrong with a field, under it.
#[component]
pub(crate) fn FieldError(
    /// The error's id, for `aria-describedby`.
    id: String,
    /// What is wrong.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <p class="error" id=id>
            {move || error.get().map(|error| view! { <Icon name=IconName::CircleAlert /> {error} }.into_any())}
        </p>
    }
}

/// A text field. The browser's own features are named by `autocomplete` and `kind`.
#[component]
pub(crate) fn TextField(
    /// Its label.
    #[prop(into)]
    label: String,
    /// What is typed.
    #[prop(into)]
    value: Signal<String>,
    /// Something was typed.
    #[prop(into)]
    on_input: Callback<String>,
    /// What to write, under the field.
    #[prop(optional)]
    hint: &'static str,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The field's type.
    #[prop(default = Signal::stored("text"), into)]
    kind: Signal<&'static str>,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Most characters.
    #[prop(optional)]
    max_length: Option<u32>,
    /// `data-focus`: the name by which the focus is sent here.
    #[prop(optional, into)]
    focus: Signal<Option<&'static str>>,
) -> impl IntoView {
    let id = unique_id("field");
    let hint_id = [&id, "-hint"].concat();
    let error_id = [&id, "-error"].concat();
    let described = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || match (hint.is_empty(), error.with(Option::is_some)) {
            (true, false) => None,
            (true, true) => Some(error_id.clone()),
            (false, false) => Some(hint_id.clone()),
            (false, true) => Some([&hint_id, " ", &error_id].concat()),
        }
    };
    view! {
        <div class="form-field">
            <label for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                type=move || kind.get()
                autocomplete=autocomplete
                maxlength=max_length.map(|max| max.to_string())
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                data-focus=move || focus.get()
                prop:value=move || value.get()
                on:input=move |event| on_input.run(event_target_value(&event))
            />
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> }.into_any())}
            <FieldError id=error_id error=error />
        </div>
    }
}
