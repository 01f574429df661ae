//! The keyboard focus.
//!
//! Always holds: the focus is moved after the views have been drawn, once a frame at most and to where it was asked for
//! last, and the page scrolls only as far as is needed to show where it went.

use std::cell::Cell;

use halyard_client::{CardKey, FocusTarget};
use leptos::prelude::request_animation_frame;
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement, HtmlInputElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::device;

/// Frames to wait for the place to be drawn.
const FRAMES: u8 = 4;

thread_local! {
    /// How often the focus was asked for: an older wish is dropped. Each step would lay the page out anew.
    static WISHES: Cell<u32> = const { Cell::new(0) };
}

/// Puts the focus at the element with the target's `data-focus`, once there is one. Somebody who is typing into the log-in already
/// goes on where they are: what begins as a password must not end in the field beside it.
pub(super) fn run(target: FocusTarget) {
    if target == FocusTarget::SignIn && is_typing("form:has([data-focus=sign-in]) input") {
        return;
    }
    let selector = ["[data-focus=\"", &target.attribute(), "\"]"].concat();
    // Whoever opens a conversation wants to read: the keyboard on the screen would cover half of it.
    if matches!(target, FocusTarget::Composer(_)) && device::is_touched() && !is_active("textarea") {
        return;
    }
    let wish = WISHES.get().wrapping_add(1);
    WISHES.set(wish);
    attempt(selector, wish, FRAMES);
}

fn attempt(selector: String, wish: u32, frames: u8) {
    request_animation_frame(move || {
        if WISHES.get() != wish {
            return;
        }
        match find(&selector) {
            Some(element) => focus(&element),
            None if frames > 1 => attempt(selector, wish, frames - 1),
            // The place has gone again meanwhile: the focus stays where it is.
            None => {}
        }
    });
}

/// Scrolls a card's timeline to its newest entry, once that is drawn. A timeline is laid out from its end: there it is at 0.
pub(super) fn show_newest(card: CardKey) {
    let selector = ["[data-card=\"", &card.attribute(), "\"] [role=log]"].concat();
    request_animation_frame(move || {
        if let Some(log) = find(&selector) {
            log.set_scroll_top(0);
        }
    });
}

/// Whether the focus is in a place of this kind.
fn is_active(places: &str) -> bool {
    let active = web_sys::window().and_then(|window| window.document()?.active_element());
    active.is_some_and(|active| active.matches(places).unwrap_or(false))
}

/// Whether the focus is in a field of this kind that holds something.
fn is_typing(fields: &str) -> bool {
    let active = web_sys::window().and_then(|window| window.document()?.active_element());
    let field = active.filter(|active| active.matches(fields).unwrap_or(false));
    field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()).is_some_and(|field| !field.value().is_empty())
}

/// The element, if it is drawn: one in a pane that is not shown can't take the focus.
fn find(selector: &str) -> Option<HtmlElement> {
    let document = web_sys::window()?.document()?;
    let element: HtmlElement = document.query_selector(selector).ok()??.dyn_into().ok()?;
    (element.get_client_rects().length() > 0).then_some(element)
}

fn focus(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
    let nearest = ScrollIntoViewOptions::new();
    nearest.set_block(ScrollLogicalPosition::Nearest);
    nearest.set_inline(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&nearest);
}
