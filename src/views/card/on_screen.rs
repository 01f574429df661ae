//! Where the rows of a timeline are on screen, and whether the user has something in hand there.

use halyard_protocol::EntryId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, NodeList};

use super::drawn::first_where;
use crate::signals::TimelineKey;

/// What is a row, among what a timeline draws.
const ROWS: &str = ":scope > .log-rows > :is(.item, .line, .day, .new-line)";

/// Where the rows end, in pixels of the page.
pub(super) struct Ends {
    rows: NodeList,
    /// Where the timeline's box begins and ends.
    pub(super) view: (f64, f64),
}

impl Ends {
    /// Of so many rows. `None` while the page has others than these.
    pub(super) fn of(log: &HtmlElement, count: usize) -> Option<Self> {
        let rows = log.query_selector_all(ROWS).ok().filter(|rows| rows.length() as usize == count)?;
        let log = log.get_bounding_client_rect();
        Some(Self { rows, view: (log.top(), log.bottom()) })
    }

    pub(super) fn end_of(&self, row: usize) -> f64 {
        let row = self.rows.item(row as u32);
        row.map_or(f64::INFINITY, |row| row.unchecked_ref::<Element>().get_bounding_client_rect().bottom())
    }

    /// The last entry that shows to its end.
    pub(super) fn last_shown(&self, rows: &[TimelineKey]) -> Option<EntryId> {
        let shown = first_where(rows.len(), |row| self.end_of(row) > self.view.1 + 1.0);
        rows.get(..shown)?.iter().rev().find_map(|key| match key {
            TimelineKey::Message(id) => Some((*id).into()),
            TimelineKey::Line(id) => Some(*id),
            TimelineKey::Day(_) | TimelineKey::New => None,
        })
    }
}

/// Whether the focus is in one of the rows, or the user has selected text.
pub(super) fn is_in_use(log: &HtmlElement) -> bool {
    let window = web_sys::window();
    let selection = window.as_ref().and_then(|window| window.get_selection().ok()?);
    let active = window.and_then(|window| window.document()?.active_element());
    let focused = active.is_some_and(|active| log.contains(Some(&active)) && !log.is_same_node(Some(&active)));
    focused || selection.is_some_and(|selection| !selection.is_collapsed())
}
