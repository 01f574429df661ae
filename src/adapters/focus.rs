//! The keyboard focus.
//!
//! Always holds: the focus is moved after the views have been drawn, once a frame at most and to where it was asked for
//! last, and the page scrolls only as far as is needed to show where it went.

use std::cell::Cell;

use halyard_client::{CardKey, FocusTarget};
use leptos::prelude::request_animation_frame;
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::device;

/// Frames to wait for the place to be drawn.
const FRAMES: u8 = 4;

/// Frames to wait for the line "New": a long timeline takes longer.
const LINE_FRAMES: u8 = 30;
/// Pixels of the timeline that show above the line "New".
const ABOVE_NEW: i32 = 6;

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

/// Scrolls a card's timeline to its line "New", once that is drawn. The timeline's view hears of it by the event `jumped`, and says what
/// is on screen then. Of a card that does not show meanwhile nothing is said: nothing in it is read until it is looked at again.
pub(super) fn show_unread(card: CardKey) {
    let selector = ["[data-card=\"", &card.attribute(), "\"] [role=log]"].concat();
    scroll_to_new(selector, LINE_FRAMES);
}

fn scroll_to_new(selector: String, frames: u8) {
    request_animation_frame(move || {
        let log = find(&selector).filter(|log| log.client_height() > 0);
        let line = log.as_ref().and_then(|log| log.query_selector(".new-line").ok().flatten());
        if line.is_none() && frames > 1 {
            return scroll_to_new(selector, frames - 1);
        }
        let Some(log) = log else { return };
        if let Some(line) = line {
            let down = line.get_bounding_client_rect().top() - log.get_bounding_client_rect().top();
            log.set_scroll_top(log.scroll_top() + down as i32 - ABOVE_NEW);
        }
        if let Ok(jumped) = web_sys::Event::new("jumped") {
            let _ = log.dispatch_event(&jumped);
        }
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
