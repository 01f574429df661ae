//! What opens over the page beside a button, in the browser's top layer: nothing cuts it off.

use leptos::html::{Button, Div};
use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent};

use super::unique_id;
use crate::prelude::*;

/// Pixels between a popover and its button, and between it and the window's edge.
const GAP: f64 = 4.0;
const EDGE: f64 = 8.0;

/// Whether an element's popover is open.
pub(super) fn is_open(panel: &Element) -> bool {
    panel.matches(":popover-open").unwrap_or(false)
}

/// Puts an open popover beside its anchor: below it if it fits there, above it otherwise, and always inside of the
/// window. It begins where the anchor begins, unless it has more room where the anchor ends.
pub(super) fn place(panel: &HtmlElement, anchor: &Element) {
    let Some(window) = web_sys::window() else { return };
    let pixels = |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    let (width, height) = (pixels(window.inner_width()), pixels(window.inner_height()));
    let (around, own) = (anchor.get_bounding_client_rect(), panel.get_bounding_client_rect());
    let left = if around.left() + own.width() + EDGE <= width { around.left() } else { around.right() - own.width() };
    let left = left.min(width - own.width() - EDGE).max(EDGE);
    let below = around.bottom() + GAP;
    let above = around.top() - GAP - own.height();
    let top = if below + own.height() + EDGE <= height || above < EDGE { below } else { above };
    let top = top.min(height - own.height() - EDGE).max(EDGE);
    set(panel, "left", left);
    set(panel, "top", top);
}

/// Sets a length, in whole pixels so that text stays sharp.
pub(super) fn set(panel: &HtmlElement, property: &str, pixels: f64) {
    let text = [&(pixels as i32).to_string(), "px"].concat();
    let _ = web_sys::HtmlElement::style(panel).set_property(property, &text);
}

/// What a button with a popover needs: opens it, closes it, knows whether it is open.
#[derive(Clone, Copy)]
pub(super) struct Toggle {
    pub(super) button: NodeRef<Button>,
    pub(super) panel: NodeRef<Div>,
    /// Whether it is open: its content exists only then.
    pub(super) open: RwSignal<bool>,
    /// Whether it was open when the pointer went down: the browser closes it before the click arrives.
    was_open: StoredValue<bool>,
}

impl Toggle {
    pub(super) fn new() -> Self {
        Self {
            button: NodeRef::new(),
            panel: NodeRef::new(),
            open: RwSignal::new(false),
            was_open: StoredValue::new(false),
        }
    }

    pub(super) fn pressed(self, _: PointerEvent) {
        self.was_open.set_value(self.open.get_untracked());
    }

    pub(super) fn clicked(self) -> bool {
        let was_open = self.was_open.get_value();
        self.was_open.set_value(false);
        if was_open || self.open.get_untracked() {
            self.close();
            return false;
        }
        true
    }

    /// Opens it; calls back when its content is there and placed, before it is painted.
    pub(super) fn show(self, then: impl FnOnce(&HtmlElement) + 'static) {
        let Some(panel) = self.panel.try_get_untracked() else { return };
        self.open.set(true);
        // Fails only for one that is open already.
        let _ = panel.show_popover();
        request_animation_frame(move || {
            if let (Some(panel), Some(button)) = (self.panel.try_get_untracked(), self.button.try_get_untracked()) {
                place(&panel, &button);
                then(&panel);
            }
        });
    }

    pub(super) fn close(self) {
        if let Some(panel) = self.panel.try_get_untracked() {
            let _ = panel.hide_popover();
        }
        self.open.set(false);
    }

    /// Closes it with the focus back on the button.
    pub(super) fn dismiss(self) {
        self.close();
        if let Some(button) = self.button.try_get_untracked() {
            let _ = button.focus();
        }
    }

    /// The browser opened or closed it.
    pub(super) fn toggled(self) {
        if let Some(panel) = self.panel.try_get_untracked()
            && !is_open(&panel)
        {
            self.open.set(false);
        }
    }

    /// Escape closes it and nothing else.
    pub(super) fn escape(self, event: &KeyboardEvent) -> bool {
        let escape = event.key() == "Escape";
        if escape {
            event.prevent_default();
            event.stop_propagation();
            self.dismiss();
        }
        escape
    }
}

/// A button that opens a popover with something to read or to use.
#[component]
pub(crate) fn Popover(
    /// What the popover holds, for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// The button's classes.
    #[prop(optional)]
    class: &'static str,
    /// What the button shows.
    #[prop(into)]
    trigger: ViewFn,
    /// What the popover shows.
    #[prop(into)]
    content: ViewFn,
) -> impl IntoView {
    let toggle = Toggle::new();
    let id = unique_id("popover");
    view! {
        <button
            type="button"
            class=class
            aria-haspopup="dialog"
            aria-expanded=move || if toggle.open.get() { "true" } else { "false" }
            aria-controls=id.clone()
            node_ref=toggle.button
            on:pointerdown=move |event| toggle.pressed(event)
            on:click=move |_| {
                if toggle.clicked() {
                    toggle.show(|panel| {
                        let _ = panel.focus();
                    });
                }
            }
        >
            {trigger.run()}
        </button>
        <div
            class="popover"
            popover="auto"
            role="dialog"
            tabindex="-1"
            aria-label=move || label.get()
            id=id
            node_ref=toggle.panel
            on:toggle=move |_| toggle.toggled()
            on:keydown=move |event| {
                toggle.escape(&event);
            }
        >
            {move || toggle.open.get().then(|| content.run())}
        </div>
    }
}
