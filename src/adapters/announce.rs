//! What screen readers say without the focus moving.
//!
//! Two live regions take turns: the same words twice in a row are a change of the page each time, so they are said
//! twice.
//!
//! Nothing outside of a modal dialog is heard while that is open, so they are in it then.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::{document, request_animation_frame};
use wasm_bindgen::JsCast as _;
use web_sys::Element;

/// Holds the live regions.
pub(super) struct Announcer {
    regions: Option<[Element; 2]>,
    /// How often something was said.
    said: Rc<Cell<u32>>,
}

impl Announcer {
    pub(super) fn new() -> Self {
        Self { regions: region().zip(region()).map(<[Element; 2]>::from), said: Rc::default() }
    }

    /// Says it when the screen reader has finished what it is saying; an empty text takes back what was said last.
    pub(super) fn say(&self, text: String) {
        let Some([first, second]) = &self.regions else { return };
        let number = self.said.get().wrapping_add(1);
        self.said.set(number);
        let (speaks, falls_silent) = if number % 2 == 1 { (first, second) } else { (second, first) };
        falls_silent.set_text_content(None);
        if self.follow_dialog() {
            // A region has to be there before what it says is.
            let (speaks, said) = (speaks.clone(), Rc::clone(&self.said));
            request_animation_frame(move || {
                if said.get() == number {
                    speaks.set_text_content(Some(&text));
                }
            });
        } else {
            speaks.set_text_content((!text.is_empty()).then_some(text.as_str()));
        }
    }

    /// Moves the regions to where they are heard. Says whether they were elsewhere.
    fn follow_dialog(&self) -> bool {
        let Some(place) = place() else { return false };
        let elsewhere = |region: &&Element| region.parent_element().as_ref() != Some(&place);
        let moves: Vec<&Element> = self.regions.iter().flatten().filter(elsewhere).collect();
        for region in &moves {
            region.set_text_content(None);
            let _ = place.append_child(region);
        }
        !moves.is_empty()
    }
}

/// The dialog that has the focus, one that is open, or the page.
fn place() -> Option<Element> {
    const OPEN: &str = "dialog[open]";
    let focused = document().active_element().and_then(|active| active.closest(OPEN).ok()?);
    // Of two the one that was opened last is in front; it comes later in the page.
    let open = focused.or_else(|| {
        let all = document().query_selector_all(OPEN).ok()?;
        all.item(all.length().checked_sub(1)?)?.dyn_into().ok()
    });
    open.or_else(|| document().body().map(Element::from))
}

/// A live region at the end of the page.
fn region() -> Option<Element> {
    let region = document().create_element("div").ok()?;
    region.set_class_name("sr");
    region.set_attribute("aria-live", "polite").ok()?;
    region.set_attribute("aria-atomic", "true").ok()?;
    document().body()?.append_child(&region).ok()?;
    Some(region)
}
