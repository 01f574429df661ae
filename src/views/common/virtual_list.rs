//! A list of any length whose rows have one height: only the rows in sight, and a few around them, exist.
//!
//! Always holds: the row with the focus exists also when it is scrolled out of sight, so the focus is never lost; one
//! row at a time can be reached by Tab, the others by the arrow keys, Home, End and the page keys; a row that leaves
//! gives its elements to one that comes, or they wait, hidden, for the next one, so typing a search makes next to none;
//! when the list rests, its elements stand in the page in the order of its rows. Few of them are moved for that
//! ([`arrange::arrange`]): an element that is put elsewhere is styled and laid out anew with all that is in it.

mod arrange;
mod slots;

use std::rc::Rc;
use std::sync::Arc;

use leptos::html::Div;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDivElement, HtmlElement, KeyboardEvent};

use super::resize::on_resize;
use crate::erased::{Memo, Value};
use crate::prelude::*;
use slots::{Slot, Slots, assign, watch_order};

/// Rows that exist above and below the ones in sight.
const AROUND: usize = 3;
/// Rows from the end at which more are asked for.
const NEAR_END: usize = 12;
/// After so many frames without a scroll the list rests.
const REST: u8 = 10;

/// A list.
#[component]
pub(crate) fn VirtualList<K, F, R>(
    /// Its name.
    label: &'static str,
    /// How many rows it has.
    #[prop(into)]
    len: Signal<usize>,
    /// A row's height in CSS pixels at the usual size of type.
    row_height: f64,
    /// The key of a row. A row that keeps its key keeps its elements, wherever it moves.
    key: F,
    /// Draws the row of a key, which becomes another when the row is used again. The first button or link in it is
    /// what the arrow keys lead to.
    render: R,
    /// The end is near.
    #[prop(optional, into)]
    on_end: Option<Callback<()>>,
    /// When this changes, the list shows from its start.
    #[prop(optional, into)]
    restart: Option<Signal<String>>,
) -> impl IntoView
where
    K: PartialEq + Send + Sync + 'static,
    F: Fn(usize) -> Option<K> + Send + Sync + 'static,
    R: Fn(RwSignal<K>) -> AnyView + Send + Sync + 'static,
{
    let frame = Frame::new(len, row_height * type_scale());
    let key = move |index| key(index).map(Value::new);
    let render = move |key: RwSignal<Value>| render(key.typed());
    list(label, frame, Box::new(key), Arc::new(render), on_end, restart)
}

/// The list, whatever its keys are: one copy of its code.
fn list(
    label: &'static str,
    frame: Frame,
    key: Box<dyn Fn(usize) -> Option<Value> + Send + Sync>,
    render: Arc<dyn Fn(RwSignal<Value>) -> AnyView + Send + Sync>,
    on_end: Option<Callback<()>>,
    restart: Option<Signal<String>>,
) -> AnyView {
    let positions = Memo::new(move |_| {
        let keyed = |index| key(index).map(|key| (index, key));
        frame.rows().into_iter().filter_map(keyed).collect::<Vec<(usize, Value)>>()
    });
    // The slots' signals are as old as the list, whatever runs when they are made.
    let owner = Owner::current().unwrap_or_default();
    let slots = Memo::new(move |before: Option<&Slots>| {
        let before = before.cloned().unwrap_or_default();
        let (moves, has_focus) = (frame.moves.get(), frame.has_focus.get_untracked());
        positions.with(|positions| {
            // An empty list hides as a whole.
            if positions.is_empty() {
                before
            } else {
                owner.with(|| assign(&before, positions, has_focus || moves, moves && !has_focus))
            }
        })
    });
    // In the order in which they were made, so that `For` moves none of them.
    let made = Memo::new(move |_| slots.with(|slots| slots.made));
    let row = move |number: usize| {
        let slot = slots.with_untracked(|slots| slots.all.iter().find(|slot| slot.number == number).cloned());
        slot.map(|slot| frame.row(&slot, render(slot.key)))
    };
    watch_order(Signal::derive(move || {
        slots.with(|slots| slots.all.iter().map(|slot| (slot.number, slot.item)).collect())
    }));
    frame.watch_end(on_end);
    if let Some(restart) = restart {
        let mut is_first = true;
        Effect::new(move |_| {
            restart.track();
            if !core::mem::take(&mut is_first) {
                frame.restart();
            }
        });
    }
    view! {
        <div
            class="vlist rows"
            hidden=move || frame.len.get() == 0
            node_ref=frame.scroller
            on:scroll=move |_| frame.scrolled()
            on:keydown=move |event| frame.key(&event)
            on:focusin=move |event| frame.focus_came(&event)
            on:focusout=move |event| frame.focus_left(&event)
        >
            <ul class="vlist-canvas" role="list" aria-label=label style:block-size=move || frame.canvas()>
                <For each=move || 0..made.get() key=|number| *number children=row />
            </ul>
        </div>
    }
    .into_any()
}

/// The reader's own size of type, against the usual 16 pixels.
fn type_scale() -> f64 {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    let size = style.and_then(|style| style.get_property_value("font-size").ok());
    size.map(|size| js_sys::parse_float(&size) / 16.0).filter(|scale| *scale > 0.5).unwrap_or(1.0)
}

/// All of the list that does not depend on what its rows are.
#[derive(Clone, Copy)]
struct Frame {
    scroller: NodeRef<Div>,
    len: Signal<usize>,
    row_height: f64,
    top: RwSignal<f64>,
    height: RwSignal<f64>,
    /// The row that Tab leads to.
    active: RwSignal<usize>,
    has_focus: RwSignal<bool>,
    /// Whether one scrolls.
    moves: RwSignal<bool>,
    /// How often one has scrolled.
    scrolls: StoredValue<u32>,
    /// The first row in sight and the one after the last.
    sight: Memo<(usize, usize)>,
    /// The row that Tab leads to, among those that exist.
    reachable: Memo<usize>,
}

impl Frame {
    fn new(len: Signal<usize>, row_height: f64) -> Self {
        let (top, height) = (RwSignal::new(0.0_f64), RwSignal::new(0.0_f64));
        let (active, has_focus) = (RwSignal::new(0_usize), RwSignal::new(false));
        let sight = Memo::new(move |_| {
            // Before it is measured, as many rows as a usual window has.
            let height = Some(height.get()).filter(|height| *height > 0.0).unwrap_or(800.0);
            let first = (top.get().max(0.0) / row_height) as usize;
            let shown = (height / row_height) as usize + 2;
            let len = len.get();
            (first.min(len), (first + shown).min(len))
        });
        let reachable = Memo::new(move |_| {
            let ((first, end), active) = (sight.get(), active.get());
            let exists = has_focus.get() || (first.saturating_sub(AROUND)..end + AROUND).contains(&active);
            if exists && active < len.get() { active } else { first }
        });
        let (scroller, moves, scrolls) = (NodeRef::new(), RwSignal::new(false), StoredValue::new(0));
        let frame =
            Self { scroller, len, row_height, top, height, active, has_focus, moves, scrolls, sight, reachable };
        frame.watch_size();
        frame
    }

    /// The rows that exist, in order.
    fn rows(self) -> Vec<usize> {
        let (first, end) = self.sight.get();
        let len = self.len.get();
        let (first, end) = (first.saturating_sub(AROUND), (end + AROUND).min(len));
        let mut rows: Vec<usize> = (first..end).collect();
        let active = self.active.get();
        if self.has_focus.get() && active < len {
            if active < first {
                rows.insert(0, active);
            } else if active >= end {
                rows.push(active);
            }
        }
        rows
    }

    fn canvas(self) -> String {
        pixels(self.len.get() as f64 * self.row_height)
    }

    fn row(self, slot: &Slot, content: AnyView) -> AnyView {
        let Slot { key, index, waits, item, .. } = *slot;
        Effect::new(move |_| {
            // Another key may have other buttons.
            key.track();
            let reachable = self.reachable.get() == index.get();
            // Those of which it is not so yet.
            let (wanted, selector) = if reachable {
                ("0", ":is(button:not([role^=menuitem]), a[href])[tabindex=\"-1\"]")
            } else {
                ("-1", ":is(button:not([role^=menuitem]), a[href]):not([tabindex=\"-1\"])")
            };
            if let Some(item) = item.get() {
                for_each(&item, selector, |control| {
                    let _ = control.set_attribute("tabindex", wanted);
                });
            }
        });
        view! {
            <li
                class="vlist-row row-item"
                hidden=move || waits.get()
                aria-setsize=move || self.len.get().to_string()
                aria-posinset=move || (index.get() + 1).to_string()
                style:translate=move || ["0 ", &pixels(index.get() as f64 * self.row_height)].concat()
                style:block-size=pixels(self.row_height)
                node_ref=item
            >
                {content}
            </li>
        }
        .into_any()
    }

    fn watch_size(self) {
        let resized = move |scroller: &HtmlDivElement| {
            // While it is hidden it has none, and comes back as it was.
            let height = scroller.client_height();
            if height > 0 {
                self.height.set(f64::from(height));
            }
        };
        on_resize(self.scroller, Rc::new(resized));
    }

    fn watch_end(self, on_end: Option<Callback<()>>) {
        let Some(on_end) = on_end else { return };
        Effect::new(move |_| {
            let ((_, end), len) = (self.sight.get(), self.len.get());
            if len > 0 && end + NEAR_END >= len {
                on_end.run(());
            }
        });
    }

    fn restart(self) {
        self.active.set(0);
        // Setting it makes the browser lay out the page at once.
        if self.top.get_untracked() > 0.0 {
            self.scroll_to(0.0);
        }
    }

    fn scrolled(self) {
        if let Some(scroller) = self.scroller.try_get_untracked() {
            self.scrolls.update_value(|scrolls| *scrolls = scrolls.wrapping_add(1));
            if !self.moves.get_untracked() {
                self.moves.set(true);
                self.rest(0);
            }
            self.top.set(f64::from(scroller.scroll_top()));
        }
    }

    /// Waits until nobody has scrolled for a while.
    fn rest(self, frames: u8) {
        let before = self.scrolls.get_value();
        request_animation_frame(move || {
            // `None` when the list has gone.
            let Some(now) = self.scrolls.try_get_value() else { return };
            match if now == before { frames + 1 } else { 0 } {
                REST => self.moves.set(false),
                frames => self.rest(frames),
            }
        });
    }

    fn scroll_to(self, top: f64) {
        if let Some(scroller) = self.scroller.try_get_untracked() {
            scroller.set_scroll_top(top as i32);
            self.top.set(top);
        }
    }

    fn key(self, event: &KeyboardEvent) {
        let len = self.len.get_untracked();
        let modified = event.alt_key() || event.ctrl_key() || event.meta_key();
        if event.default_prevented() || modified || len == 0 {
            return;
        }
        let (active, last) = (self.active.get_untracked(), len - 1);
        let page = ((self.height.get_untracked() / self.row_height) as usize).max(2) - 1;
        let next = match event.key().as_str() {
            "ArrowDown" => active + 1,
            "ArrowUp" => active.saturating_sub(1),
            "PageDown" => active + page,
            "PageUp" => active.saturating_sub(page),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        self.go(next.min(last));
    }

    /// Takes the focus to a row, and the row into sight.
    fn go(self, index: usize) {
        self.active.set(index);
        let (above, below) = (index as f64 * self.row_height, (index + 1) as f64 * self.row_height);
        let (top, height) = (self.top.get_untracked(), self.height.get_untracked());
        if above < top {
            self.scroll_to(above);
        } else if below > top + height {
            self.scroll_to((below - height).ceil());
        }
        request_animation_frame(move || {
            let Some(scroller) = self.scroller.try_get_untracked() else { return };
            let selector = ["[aria-posinset=\"", &(index + 1).to_string(), "\"]:not([hidden])"].concat();
            let row = scroller.query_selector(&selector).ok().flatten();
            let control = row.and_then(|row| row.query_selector("button, a[href]").ok().flatten());
            if let Some(control) = control.and_then(|control| control.dyn_into::<HtmlElement>().ok()) {
                let options = web_sys::FocusOptions::new();
                options.set_prevent_scroll(true);
                let _ = control.focus_with_options(&options);
            }
        });
    }

    fn focus_came(self, event: &web_sys::FocusEvent) {
        let row = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let row = row.and_then(|target| target.closest("[aria-posinset]").ok().flatten());
        let position = row.and_then(|row| row.get_attribute("aria-posinset")).and_then(|text| text.parse().ok());
        if let Some(position) = position.and_then(|position: usize| position.checked_sub(1)) {
            self.active.set(position);
            self.has_focus.set(true);
        }
    }

    fn focus_left(self, event: &web_sys::FocusEvent) {
        let to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let inside = self.scroller.try_get_untracked().is_some_and(|scroller| scroller.contains(to.as_ref()));
        if !(inside && to.is_some()) {
            self.has_focus.set(false);
        }
    }
}

fn pixels(length: f64) -> String {
    [&(length.round() as i64).to_string(), "px"].concat()
}

fn for_each(root: &Element, selector: &str, then: impl Fn(&Element)) {
    let Ok(found) = root.query_selector_all(selector) else { return };
    for index in 0..found.length() {
        if let Some(element) = found.get(index).and_then(|node| node.dyn_into::<Element>().ok()) {
            then(&element);
        }
    }
}
