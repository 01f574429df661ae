//! Menu buttons, after the WAI-ARIA pattern: arrow keys, Home, End, the first letters; Escape and Tab close.

use std::sync::Arc;

use halyard_protocol::letters::is_alphanumeric;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::popover::Toggle;
use super::{Icon, IconName, unique_id};
use crate::prelude::*;

/// An entry of a menu.
#[derive(Clone)]
pub(crate) struct MenuItem {
    kind: Kind,
    text: String,
    note: String,
    class: &'static str,
    danger: bool,
    stays: bool,
    action: Arc<dyn Fn() + Send + Sync>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Action(IconName),
    Radio(bool),
    Heading,
    Separator,
}

impl MenuItem {
    fn of(kind: Kind, text: String, action: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self { kind, text, note: String::new(), class: "", danger: false, stays: false, action }
    }

    /// Something to do.
    pub(crate) fn new(icon: IconName, text: impl Into<String>, action: impl Fn() + Send + Sync + 'static) -> Self {
        Self::of(Kind::Action(icon), text.into(), Arc::new(action))
    }

    /// One choice of several.
    pub(crate) fn radio(checked: bool, text: impl Into<String>, action: impl Fn() + Send + Sync + 'static) -> Self {
        Self::of(Kind::Radio(checked), text.into(), Arc::new(action))
    }

    /// A line above the entries that it names.
    pub(crate) fn heading(text: impl Into<String>) -> Self {
        Self::of(Kind::Heading, text.into(), Arc::new(|| {}))
    }

    /// A line between entries.
    pub(crate) fn separator() -> Self {
        Self::of(Kind::Separator, String::new(), Arc::new(|| {}))
    }

    /// A quiet word behind the text.
    #[must_use]
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// A class of its own.
    #[must_use]
    pub(crate) fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// It destroys something.
    #[must_use]
    pub(crate) fn danger(mut self) -> Self {
        self.danger = true;
        self
    }

    /// The menu stays open: its entries change to what comes next.
    #[must_use]
    pub(crate) fn stays(mut self) -> Self {
        self.stays = true;
        self
    }
}

/// A button with a menu.
#[component]
pub(crate) fn MenuButton(
    /// The button's icon.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// The button's name, which is the menu's as well.
    #[prop(into)]
    label: Signal<String>,
    /// The button's classes; an icon alone needs none.
    #[prop(default = "tool")]
    class: &'static str,
    /// The entries. Read while the menu is open.
    #[prop(into)]
    items: Signal<Vec<MenuItem>>,
    /// What the button shows in place of an icon.
    #[prop(optional, into)]
    content: Option<ViewFn>,
    /// The menu is about to open.
    #[prop(optional, into)]
    on_open: Option<Callback<()>>,
) -> impl IntoView {
    let toggle = Toggle::new();
    let id = unique_id("menu");
    let open = move |last: bool| {
        if let Some(on_open) = on_open {
            on_open.run(());
        }
        toggle.show(move |menu| focus(menu, if last { usize::MAX } else { 0 }));
    };
    let button_key = move |event: KeyboardEvent| {
        let key = event.key();
        if key == "ArrowDown" || key == "ArrowUp" {
            event.prevent_default();
            open(key == "ArrowUp");
        }
    };
    let menu_key = move |event: KeyboardEvent| {
        if !toggle.escape(&event) {
            navigate(toggle, &event);
        }
    };
    view! {
        <button
            type="button"
            class=class
            aria-label=move || label.get()
            title=move || label.get()
            aria-haspopup="menu"
            aria-expanded=move || if toggle.open.get() { "true" } else { "false" }
            aria-controls=id.clone()
            node_ref=toggle.button
            on:pointerdown=move |event| toggle.pressed(event)
            on:click=move |_| {
                if toggle.clicked() {
                    open(false);
                }
            }
            on:keydown=button_key
        >
            {match (content, icon) {
                (Some(content), _) => content.run().into_any(),
                (None, Some(icon)) => view! { <Icon name=icon /> }.into_any(),
                (None, None) => ().into_any(),
            }}
        </button>
        <div
            class="menu"
            popover="auto"
            role="menu"
            aria-label=move || toggle.open.get().then(|| label.get())
            id=id
            node_ref=toggle.panel
            on:toggle=move |_| toggle.toggled()
            on:keydown=menu_key
        >
            {move || {
                toggle.open.get().then(|| items.get().into_iter().map(|item| entry(toggle, item)).collect::<Vec<_>>())
            }}
        </div>
    }
}

fn entry(toggle: Toggle, item: MenuItem) -> AnyView {
    let MenuItem { kind, text, note, class, danger, stays, action } = item;
    let note = (!note.is_empty()).then(|| view! { <span class="note">{note}</span> }.into_any());
    let (icon, checked) = match kind {
        Kind::Separator => return view! { <hr /> }.into_any(),
        Kind::Heading => return view! { <p class="menu-head">{text}</p> }.into_any(),
        Kind::Action(icon) => (Some(icon), None),
        Kind::Radio(checked) => (None, Some(checked)),
    };
    let chosen = move |_| {
        if stays {
            action();
            // The entries are others now.
            request_animation_frame(move || {
                if let Some(menu) = toggle.panel.try_get_untracked() {
                    focus(&menu, 0);
                }
            });
        } else {
            // The focus goes back first: what the entry does may send it elsewhere.
            toggle.dismiss();
            action();
        }
    };
    view! {
        <button
            type="button"
            role=if checked.is_some() { "menuitemradio" } else { "menuitem" }
            aria-checked=checked.map(|checked| if checked { "true" } else { "false" })
            class=class
            class:danger=danger
            tabindex="-1"
            on:click=chosen
        >
            {icon.map(|icon| view! { <Icon name=icon /> }.into_any())}
            <span>{text}</span>
            {note}
        </button>
    }
    .into_any()
}

/// The entries that can be used: those that the width hides are none.
fn entries(menu: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = menu.query_selector_all("[role^=menuitem]") else { return Vec::new() };
    (0..found.length())
        .filter_map(|index| found.get(index)?.dyn_into::<HtmlElement>().ok())
        .filter(|entry| entry.offset_height() > 0)
        .collect()
}

fn focus(menu: &HtmlElement, index: usize) {
    let entries = entries(menu);
    if let Some(entry) = entries.get(index).or(entries.last()) {
        let _ = entry.focus();
    }
}

fn navigate(toggle: Toggle, event: &KeyboardEvent) {
    let Some(menu) = toggle.panel.try_get_untracked() else { return };
    let entries = entries(&menu);
    let active = document().active_element();
    let current = entries.iter().position(|entry| active.as_ref().is_some_and(|active| *active == **entry));
    let count = entries.len();
    let next = match event.key().as_str() {
        "ArrowDown" => current.map_or(0, |current| (current + 1) % count.max(1)),
        "ArrowUp" => current.map_or(count.saturating_sub(1), |current| (current + count - 1) % count.max(1)),
        "Home" | "PageUp" => 0,
        "End" | "PageDown" => count.saturating_sub(1),
        "Tab" => {
            // The focus goes on from the button.
            toggle.dismiss();
            return;
        }
        letter => match by_letter(&entries, current, letter) {
            Some(found) if !(event.ctrl_key() || event.meta_key() || event.alt_key()) => found,
            _ => return,
        },
    };
    event.prevent_default();
    event.stop_propagation();
    if let Some(entry) = entries.get(next) {
        let _ = entry.focus();
    }
}

/// The next entry that begins with the letter.
fn by_letter(entries: &[HtmlElement], current: Option<usize>, key: &str) -> Option<usize> {
    let letter = key.chars().next().filter(|letter| key.chars().count() == 1 && is_alphanumeric(*letter))?;
    let begins = |index: &usize| {
        let text = entries[*index].text_content().unwrap_or_default();
        text.trim_start()
            .chars()
            .next()
            .is_some_and(|first| halyard_protocol::letters::lower(first) == halyard_protocol::letters::lower(letter))
    };
    let from = current.map_or(0, |current| current + 1);
    (from..entries.len()).chain(0..from.min(entries.len())).find(begins)
}
