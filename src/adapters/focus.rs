//! The keyboard focus.
//!
//! Always holds: the focus is moved after the views have been drawn, once a frame at most and to where it was asked for
//! last, and the page scrolls only as far as is needed to show where it went.

use std::cell::Cell;

use halyard_client::{CardKey, FocusTarget};
use leptos::prelude::request_animation_frame;
use wasm_bindgen::JsCast;
use web_sys::{Event, FocusOptions, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::device;

/// Frames to wait for the place to be drawn.
const FRAMES: u8 = 4;

/// Frames to wait for a card's timeline to be drawn.
const TIMELINE_FRAMES: u8 = 30;

thread_local! {
    /// How often the focus was asked for: an older wish is dropped. Each step would lay the page out anew.
    static WISHES: Cell<u32> = const { Cell::new(0) };
}

/// The fields of the sign-in form. Whoever is in one of them stays there: what begins as a password must not end in the field beside
/// it.
const SIGN_IN_FIELDS: &str = "form:has([data-focus=sign-in]) input";

/// Puts the focus at the element with the target's `data-focus`, once there is one.
pub(super) fn run(target: FocusTarget) {
    let selector = ["[data-focus=\"", &target.attribute(), "\"]"].concat();
    // Whoever opens a conversation wants to read: the keyboard on the screen would cover half of it.
    if matches!(target, FocusTarget::Composer(_)) && device::is_touch_screen() && !is_active("textarea") {
        return;
    }
    let wish = WISHES.get().wrapping_add(1);
    WISHES.set(wish);
    let unless = (target == FocusTarget::SignIn).then_some(SIGN_IN_FIELDS);
    attempt(selector, unless, wish, FRAMES);
}

/// Moves the focus with the next frame, unless it is in one of these places by then.
fn attempt(selector: String, unless: Option<&'static str>, wish: u32, frames: u8) {
    request_animation_frame(move || {
        if WISHES.get() != wish || unless.is_some_and(is_active) {
            return;
        }
        match find(&selector) {
            Some(element) => focus(&element),
            None if frames > 1 => attempt(selector, unless, wish, frames - 1),
            // The place has gone again meanwhile: the focus stays where it is, if it is anywhere.
            None if is_active("body") => {
                if let Some(column) = find("[data-focus=column]") {
                    focus(&column);
                }
            }
            None => {}
        }
    });
}

/// Has a card's timeline show its newest entry, once that is drawn.
pub(super) fn show_newest(card: CardKey) {
    dispatch_to_timeline(card, "newest");
}

/// Has a card's timeline show its line "New".
pub(super) fn show_unread(card: CardKey) {
    dispatch_to_timeline(card, "unread");
}

/// The timeline's view hears an event of this name, once it is there.
fn dispatch_to_timeline(card: CardKey, name: &'static str) {
    dispatch_when_drawn(["[data-card=\"", &card.attribute(), "\"] [role=log]"].concat(), name, TIMELINE_FRAMES);
}

fn dispatch_when_drawn(selector: String, name: &'static str, frames: u8) {
    request_animation_frame(move || match (find(&selector), Event::new(name)) {
        (Some(place), Ok(event)) => drop(place.dispatch_event(&event)),
        (None, _) if frames > 1 => dispatch_when_drawn(selector, name, frames - 1),
        (None, _) | (Some(_), Err(_)) => {}
    });
}

/// Whether the focus is in a place of this kind.
fn is_active(places: &str) -> bool {
    let active = web_sys::window().and_then(|window| window.document()?.active_element());
    active.is_some_and(|active| active.matches(places).unwrap_or(false))
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
