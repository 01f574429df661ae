//! What screen readers say without the focus moving.
//!
//! Two live regions take turns: the same words twice in a row are a change of the page each time, so they are said
//! twice.

use std::cell::Cell;

use web_sys::Element;

/// Holds the live regions.
pub(super) struct Announcer {
    regions: Option<[Element; 2]>,
    turn: Cell<bool>,
}

impl Announcer {
    pub(super) fn new() -> Self {
        Self { regions: region().zip(region()).map(<[Element; 2]>::from), turn: Cell::new(false) }
    }

    /// Says it when the screen reader has finished what it is saying; an empty text takes back what was said last.
    pub(super) fn say(&self, text: String) {
        let Some([first, second]) = &self.regions else { return };
        let turn = !self.turn.get();
        self.turn.set(turn);
        let (speaks, falls_silent) = if turn { (first, second) } else { (second, first) };
        falls_silent.set_text_content(None);
        speaks.set_text_content((!text.is_empty()).then_some(text.as_str()));
    }
}

/// A live region at the end of the page.
fn region() -> Option<Element> {
    let document = web_sys::window()?.document()?;
    let region = document.create_element("div").ok()?;
    region.set_class_name("sr");
    region.set_attribute("aria-live", "polite").ok()?;
    region.set_attribute("aria-atomic", "true").ok()?;
    document.body()?.append_child(&region).ok()?;
    Some(region)
}
