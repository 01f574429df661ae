//! Modal dialogs, on the browser's own `<dialog>`: it keeps the focus inside and everything else still.
//!
//! A dialog is open for as long as its component exists. When that goes, the focus returns to where it came from.

use leptos::html::Dialog as DialogElement;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement};

use super::{IconButton, IconName, unique_id};
use crate::prelude::*;
use crate::words::{self, t};

/// A dialog. Its children bring their own buttons, in a `<footer class="buttons end">`.
#[component]
pub(crate) fn Dialog(
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// More classes: `roomy`.
    #[prop(optional)]
    class: &'static str,
    /// The user wants it gone: Escape, the cross, or a click beside it.
    #[prop(into)]
    on_close: Callback<()>,
    /// Whether it can be closed without an answer.
    #[prop(default = true)]
    closable: bool,
    /// Its content.
    children: Children,
) -> impl IntoView {
    let id = unique_id("dialog");
    let labelled_by = id.clone();
    let dialog = NodeRef::<DialogElement>::new();
    let before = StoredValue::new_local(document().active_element());
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            show(&dialog);
        }
    });
    on_cleanup(move || {
        let element = before.try_update_value(Option::take).flatten().and_then(|it| it.dyn_into::<HtmlElement>().ok());
        // The dialog goes after this; while it is open nothing else can take the focus. If something has taken it by
        // then, that is where it belongs.
        request_animation_frame(move || {
            if let Some(element) = element.filter(|_| is_focus_free()) {
                let _ = element.focus();
            }
        });
    });
    let close = move || {
        if closable {
            on_close.run(());
        }
    };
    let beside = move |event: web_sys::MouseEvent| {
        // The content fills the dialog, so a click that hits the dialog itself was on the backdrop.
        let target = event.target().and_then(|target| target.dyn_into::<HtmlDialogElement>().ok());
        if target.is_some() && target == dialog.try_get_untracked() {
            close();
        }
    };
    view! {
        <dialog
            class=["dialog ", class].concat()
            aria-labelledby=labelled_by
            node_ref=dialog
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                close();
            }
            on:mousedown=beside
        >
            <header>
                <h2 id=id>{move || title.get()}</h2>
                {closable.then(|| view! { <IconButton icon=IconName::X label=t(words::CLOSE) on_click=close /> }.into_any())}
            </header>
            <div class="dialog-body">{children()}</div>
        </dialog>
    }
}

/// Opens it with the focus on its first control that is not the cross.
fn show(dialog: &HtmlDialogElement) {
    if dialog.open() || dialog.show_modal().is_err() {
        return;
    }
    let first: Option<Element> = dialog
        .query_selector(".dialog-body :is(input:not([type=hidden]), textarea, select, button, a[href])")
        .ok()
        .flatten();
    if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
        let _ = first.focus();
    }
}

/// Whether the focus is nowhere: what had it is gone.
pub(crate) fn is_focus_free() -> bool {
    document().active_element().is_none_or(|active| active.tag_name() == "BODY")
}
