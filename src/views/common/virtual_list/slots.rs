//! Slots: the elements of rows, which of them shows which row, and in what order they stand in the page.
//!
//! Always holds: each row has a slot, and no slot shows two; a slot that is free waits, hidden, with what it showed last.

use leptos::html::Li;
use web_sys::Node;

use super::arrange::arrange;
use crate::erased::Value;
use crate::prelude::*;

/// A row's elements: which key they show now, and where; or showed last, while they wait.
#[derive(Clone)]
pub(super) struct Slot {
    pub(super) number: usize,
    pub(super) key: RwSignal<Value>,
    pub(super) index: RwSignal<usize>,
    pub(super) waits: RwSignal<bool>,
    pub(super) item: NodeRef<Li>,
    /// What the signals hold.
    shown: (usize, Value),
}

/// All slots of a list, in the order of their rows, and how many were made.
#[derive(Clone, Default)]
pub(super) struct Slots {
    pub(super) all: Vec<Slot>,
    pub(super) made: usize,
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
pub(super) fn watch_order(order: Signal<Vec<(usize, NodeRef<Li>)>>) {
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
pub(super) fn assign(before: &Slots, positions: &[(usize, Value)], stay: bool, mixed: bool) -> Slots {
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
