//! A text field that offers what fits, after the WAI-ARIA combobox pattern with a list: the focus stays in the field,
//! the arrow keys move through the list, Enter takes what is marked or else what is typed.

use std::sync::Arc;

use leptos::html::{Div, Input};
use web_sys::{ClipboardEvent, KeyboardEvent};

use super::popover::{is_open, place, set};
use super::{is_composing, unique_id};
use crate::prelude::*;

use crate::erased::Memo;

/// Something that is offered.
#[derive(Clone)]
pub(crate) struct ComboboxOption<T> {
    /// What it stands for.
    pub(crate) value: T,
    /// Its name.
    pub(crate) label: String,
    /// What it shows.
    pub(crate) content: Arc<dyn Fn() -> AnyView + Send + Sync>,
}

/// The field, with what was chosen before it in the same box.
#[component]
pub(crate) fn Combobox<T>(
    /// Its name.
    label: &'static str,
    /// What it shows while it is empty.
    placeholder: &'static str,
    /// What is typed.
    #[prop(into)]
    value: Signal<String>,
    /// What is offered.
    #[prop(into)]
    options: Signal<Vec<ComboboxOption<T>>>,
    /// Its `data-focus`.
    focus: String,
    /// The id of its hint.
    described_by: String,
    /// Something was typed.
    #[prop(into)]
    on_input: Callback<String>,
    /// Something that is offered was taken.
    #[prop(into)]
    on_pick: Callback<T>,
    /// Take what is typed: Enter, a comma or a semicolon.
    #[prop(into)]
    on_enter: Callback<()>,
    /// Backspace in the empty field.
    #[prop(into)]
    on_backspace_empty: Callback<()>,
    /// What was chosen.
    children: Children,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    let count = Memo::new(move |_| options.with(Vec::len));
    let list = List::new(count);
    // Other options: none of them is marked yet.
    Effect::new(move |_| {
        options.track();
        list.marked.set(None);
        list.place();
    });
    let pick = move |index: usize| {
        let value = options.with_untracked(|options| options.get(index).map(|option| option.value.clone()));
        if let Some(value) = value {
            on_pick.run(value);
            list.focus_field();
        }
    };
    let key = move |event: KeyboardEvent| {
        if is_composing(&event) || event.alt_key() {
            return;
        }
        let empty = value.with_untracked(String::is_empty);
        match event.key().as_str() {
            "ArrowDown" => list.step(1),
            "ArrowUp" => list.step(-1),
            "Enter" => match list.marked.get_untracked() {
                Some(index) if list.expanded.get_untracked() => pick(index),
                _ if !empty => on_enter.run(()),
                _ => {}
            },
            "," | ";" if !empty => on_enter.run(()),
            "Escape" if list.expanded.get_untracked() => {
                list.dismissed.set(true);
                event.stop_propagation();
            }
            "Backspace" if empty => {
                on_backspace_empty.run(());
                return;
            }
            _ => return,
        }
        event.prevent_default();
    };
    // A field of one line would join the lines of what is pasted, as a column of a spreadsheet.
    let pasted = move |event: ClipboardEvent| {
        let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
        if text.trim().contains(['\n', '\r', '\t']) {
            event.prevent_default();
            let text = text.replace('\r', "\n");
            on_input.run(value.with_untracked(|value| [value.as_str(), &text].concat()));
        }
    };
    let id = list.id.get_value();
    let shown = reactive(move || {
        list.expanded.get().then(|| {
            let draw = |(index, option): (usize, ComboboxOption<T>)| {
                list.option(index, option.label, (option.content)(), move || pick(index))
            };
            options.get().into_iter().enumerate().map(draw).collect::<Vec<_>>()
        })
    });
    view! {
        <div class="combo" node_ref=list.frame on:click=move |_| list.focus_field()>
            {children()}
            <input
                type="text"
                role="combobox"
                aria-label=label
                aria-autocomplete="list"
                aria-haspopup="listbox"
                aria-expanded=move || if list.expanded.get() { "true" } else { "false" }
                aria-controls=id.clone()
                aria-activedescendant=move || list.marked.get().map(|index| list.option_id(index))
                aria-describedby=described_by
                data-focus=focus
                placeholder=placeholder
                autocomplete="off"
                autocapitalize="words"
                spellcheck="false"
                enterkeyhint="done"
                prop:value=move || value.get()
                node_ref=list.field
                on:input=move |event| {
                    list.dismissed.set(false);
                    on_input.run(event_target_value(&event));
                }
                on:keydown=key
                on:paste=pasted
                on:focus=move |_| list.focused.set(true)
                on:blur=move |_| list.focused.set(false)
            />
            <div
                class="listbox"
                role="listbox"
                aria-label=label
                popover="manual"
                id=id
                node_ref=list.panel
                on:mousedown=|event| event.prevent_default()
            >
                {shown}
            </div>
        </div>
    }
}

/// The list under the field, whatever its options are.
#[derive(Clone, Copy)]
struct List {
    id: StoredValue<String>,
    frame: NodeRef<Div>,
    field: NodeRef<Input>,
    panel: NodeRef<Div>,
    count: Memo<usize>,
    /// The option that the arrow keys have come to.
    marked: RwSignal<Option<usize>>,
    focused: RwSignal<bool>,
    /// Closed by Escape until something else is typed.
    dismissed: RwSignal<bool>,
    expanded: Memo<bool>,
}

impl List {
    fn new(count: Memo<usize>) -> Self {
        let (focused, dismissed) = (RwSignal::new(false), RwSignal::new(false));
        let list = Self {
            id: StoredValue::new(unique_id("listbox")),
            frame: NodeRef::new(),
            field: NodeRef::new(),
            panel: NodeRef::new(),
            count,
            marked: RwSignal::new(None),
            focused,
            dismissed,
            expanded: Memo::new(move |_| focused.get() && !dismissed.get() && count.get() > 0),
        };
        Effect::new(move |_| {
            let Some(panel) = list.panel.get() else { return };
            if list.expanded.get() {
                let _ = panel.show_popover();
                list.place();
            } else if is_open(&panel) {
                let _ = panel.hide_popover();
            }
        });
        list
    }

    /// Puts the list under the field, as wide as the box, once its options are drawn; under the field's whole form
    /// where one is marked by `data-list-below`, so that the list covers none of its buttons.
    fn place(self) {
        request_animation_frame(move || {
            let (panel, frame) = (self.panel.try_get_untracked(), self.frame.try_get_untracked());
            if let (Some(panel), Some(frame)) = (panel, frame)
                && is_open(&panel)
            {
                set(&panel, "width", frame.get_bounding_client_rect().width());
                let form = frame.closest("[data-list-below]").ok().flatten();
                place(&panel, form.as_ref().unwrap_or(&frame));
                set(&panel, "left", frame.get_bounding_client_rect().left());
            }
        });
    }

    fn option_id(self, index: usize) -> String {
        [&self.id.get_value(), "-", &index.to_string()].concat()
    }

    fn focus_field(self) {
        if let Some(field) = self.field.try_get_untracked() {
            let _ = field.focus();
        }
    }

    fn step(self, by: isize) {
        let count = self.count.get_untracked();
        if count == 0 {
            return;
        }
        self.dismissed.set(false);
        let next = match (self.marked.get_untracked(), by) {
            (None, 1) => 0,
            (None, _) => count - 1,
            (Some(index), by) => index.saturating_add_signed(by).min(count - 1),
        };
        self.marked.set(Some(next));
        if let Some(option) = document().get_element_by_id(&self.option_id(next)) {
            let nearest = web_sys::ScrollIntoViewOptions::new();
            nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
            option.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
    }

    fn option(self, index: usize, label: String, content: AnyView, pick: impl Fn() + 'static) -> AnyView {
        view! {
            <div
                class="option"
                role="option"
                id=self.option_id(index)
                title=label
                aria-selected=move || if self.marked.get() == Some(index) { "true" } else { "false" }
                // The focus stays in the field.
                on:pointerdown=|event| event.prevent_default()
                on:mousedown=|event| event.prevent_default()
                on:click=move |event| {
                    event.stop_propagation();
                    pick();
                }
            >
                {content}
            </div>
        }
        .into_any()
    }
}
