//! A list of any length whose rows have one height: only the rows in sight, and a few around them, exist.
//!
//! Always holds: the row with the focus exists also when it is scrolled out of sight, so the focus is never lost; one
//! row at a time can be reached by Tab, the others by the arrow keys, Home, End and the page keys; a row that leaves
//! gives its elements to one that comes, or they wait, hidden, for the next one, so typing a search makes next to none;
//! when the list rests, its elements stand in the page in the order of its rows. Few of them are moved for that
//! ([`arrange`]): an element that is put elsewhere is styled and laid out anew with all that is in it.

use std::rc::Rc;
use std::sync::Arc;

use leptos::html::{Div, Li};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDivElement, HtmlElement, KeyboardEvent, Node};

use super::arrange::arrange;
use super::resize::on_resize;
use crate::erased::{Memo, Value};
use crate::prelude::*;

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

/// A row's elements: which key they show now, and where; or showed last, while they wait.
#[derive(Clone)]
struct Slot {
    number: usize,
    key: RwSignal<Value>,
    index: RwSignal<usize>,
    waits: RwSignal<bool>,
    item: NodeRef<Li>,
    /// What the signals hold.
    shown: (usize, Value),
}

/// All slots of a list, in the order of their rows, and how many were made.
#[derive(Clone, Default)]
struct Slots {
    all: Vec<Slot>,
    made: usize,
    /// Another when the elements are to stand in the order of `all`, or there are more of them.
    order: usize,
    /// Whether they stand in the order of another time.
    mixed: bool,
}

impl PartialEq for Slots {
    /// Whether the elements stay where they are: what each shows, its own signals say.
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

/// Has the elements stand in this order, once all of them are there.
fn watch_order(order: Signal<Vec<(usize, NodeRef<Li>)>>) {
    let mut stand = Vec::new();
    Effect::new(move |_| {
        let (mut wanted, mut items) = (Vec::new(), Vec::new());
        for (number, item) in order.get() {
            let Some(item) = item.get() else { return };
            wanted.push(number);
            items.push((number, Node::from(item)));
        }
        // New ones come last.
        stand.extend(stand.len()..wanted.len());
        let item = |number| items.iter().find(|(known, _)| *known == number).map(|(_, item)| item);
        arrange(&mut stand, &wanted, &mut |(one, other, behind)| {
            let (Some(one), Some(other)) = (item(one), item(other)) else { return };
            let next = if behind { other.next_sibling() } else { Some(other.clone()) };
            if let Some(list) = other.parent_node() {
                let _ = list.insert_before(one, next.as_ref());
            }
        });
    });
}

/// The slots for these positions, in their order. Those that are free come last. `stay`: a key keeps its slot. `mixed`: an element keeps
/// its place in the page; to move it takes longer than all else that changes in a row.
fn assign(before: &Slots, positions: &[(usize, Value)], stay: bool, mixed: bool) -> Slots {
    let (slots, mut made) = (&before.all, before.made);
    let has_key = |slot: usize, position: usize| slots[slot].shown.1 == positions[position].1;
    let is_there = |slot: usize, position: usize| slots[slot].shown.0 == positions[position].0;
    let chosen = choose(slots.len(), positions.len(), stay, &has_key, &is_there);
    let place = |(shown, chosen): (&(usize, Value), &Option<usize>)| {
        let shown = shown.clone();
        if let Some(slot) = chosen {
            let slot = slots[*slot].clone();
            if slot.shown.1 != shown.1 {
                slot.key.put(shown.1.clone());
            }
            show(slot.index, shown.0);
            show(slot.waits, false);
            return Slot { shown, ..slot };
        }
        let number = made;
        made += 1;
        let (key, index) = (RwSignal::of(shown.1.clone()), RwSignal::new(shown.0));
        Slot { number, key, index, waits: RwSignal::new(false), item: NodeRef::new(), shown }
    };
    let mut all: Vec<Slot> = positions.iter().zip(&chosen).map(place).collect();
    for (at, slot) in slots.iter().enumerate() {
        if !chosen.contains(&Some(at)) {
            show(slot.waits, true);
            all.push(slot.clone());
        }
    }
    let stands = all.iter().map(|slot| slot.number).eq(slots.iter().map(|slot| slot.number));
    let stays = made == before.made && (mixed || (stands && !before.mixed));
    Slots { all, made, order: before.order + usize::from(!stays), mixed: mixed && stays }
}

/// Changes a signal of a slot, if its value is another.
fn show<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|known| *known != value) {
        signal.set(value);
    }
}

/// Which slot each position gets, if there is one left: a key keeps its slot; a key that comes gets the one that showed
/// its place before, or another that is free. Where most keys are new, those that were there may change their slots as
/// well, unless they are to stay: a row that moves costs more than one whose texts change.
fn choose(
    slots: usize,
    positions: usize,
    stay: bool,
    has_key: &dyn Fn(usize, usize) -> bool,
    is_there: &dyn Fn(usize, usize) -> bool,
) -> Vec<Option<usize>> {
    let known = (0..positions).filter(|position| (0..slots).any(|slot| has_key(slot, *position))).count();
    let rules: [&dyn Fn(usize, usize) -> bool; 3] = [has_key, is_there, &|_, _| true];
    let first = usize::from(!stay && known * 2 <= positions);
    let (mut chosen, mut taken) = (vec![None; positions], vec![false; slots]);
    for rule in &rules[first..] {
        for (position, chosen) in chosen.iter_mut().enumerate() {
            if chosen.is_none()
                && let Some(slot) = (0..slots).find(|slot| !taken[*slot] && rule(*slot, position))
            {
                taken[slot] = true;
                *chosen = Some(slot);
            }
        }
    }
    chosen
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

#[cfg(test)]
mod tests {
    use super::choose;

    /// What shows these keys from the first place on, after what showed those.
    fn chosen(before: &str, after: &str, stay: bool) -> Vec<Option<usize>> {
        let (before, after) = (before.as_bytes(), after.as_bytes());
        let has_key = |slot: usize, position: usize| before[slot] == after[position];
        choose(before.len(), after.len(), stay, &has_key, &|slot, position| slot == position)
    }

    #[test]
    fn keys_keep_their_slots_where_most_stay() {
        assert_eq!(chosen("abcd", "bcdx", false), [Some(1), Some(2), Some(3), Some(0)]);
        assert_eq!(chosen("abcd", "dabc", false), [Some(3), Some(0), Some(1), Some(2)]);
        assert_eq!(chosen("ab", "abc", false), [Some(0), Some(1), None]);
        assert_eq!(chosen("abcd", "b", false), [Some(1)]);
        assert_eq!(chosen("", "ab", false), [None, None]);
    }

    #[test]
    fn slots_keep_their_places_where_most_keys_are_new_unless_they_are_to_stay() {
        assert_eq!(chosen("abcd", "dxyz", false), [Some(0), Some(1), Some(2), Some(3)]);
        assert_eq!(chosen("abcd", "dxyz", true), [Some(3), Some(1), Some(2), Some(0)]);
    }

    #[test]
    fn no_slot_shows_two_keys() {
        for after in ["", "d", "axby", "xyzw", "badcxyz", "xabcdy"] {
            for stay in [false, true] {
                let mut slots: Vec<usize> = chosen("abcd", after, stay).into_iter().flatten().collect();
                assert_eq!(slots.len(), after.len().min(4), "{after}");
                slots.sort_unstable();
                slots.dedup();
                assert_eq!(slots.len(), after.len().min(4), "{after}");
            }
        }
    }
}
