//! Lists whose rows keep their elements while they keep their keys.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use leptos::component;
use leptos::prelude::{Owner, untrack};

use super::binding::bind;
use super::call::{Call, CallWith};
use super::mount::{Mounted, mark, mount};
use super::view::{IntoView, Kind, View};

/// A list to show: its keys, read again when they may have changed, and how the row at an index is drawn.
pub(super) struct List {
    keys: Box<dyn Call<Vec<Key>>>,
    draw: Box<dyn CallWith<usize, View>>,
}

/// A list in the document.
pub(super) struct Shown {
    rows: RefCell<Vec<Row>>,
    end: web_sys::Text,
}

struct Row {
    key: Key,
    owner: Owner,
    mounted: Mounted,
}

/// A row for each item.
#[component]
pub(crate) fn For<T, I, K, V>(
    /// The items, in order.
    mut each: impl FnMut() -> I + 'static,
    /// What tells an item from the others.
    key: impl Fn(&T) -> K + 'static,
    /// Draws an item.
    mut children: impl FnMut(T) -> V + 'static,
) -> View
where
    I: IntoIterator<Item = T>,
    T: 'static,
    K: Hash,
    V: IntoView,
{
    let items = Rc::new(RefCell::new(Vec::<Option<T>>::new()));
    let read = Rc::clone(&items);
    let keys = move || {
        let (mut items, mut keys) = (read.borrow_mut(), Vec::new());
        items.clear();
        for item in each() {
            keys.push(Key::of(&key(&item)));
            items.push(Some(item));
        }
        keys
    };
    let draw = move |index: &usize| {
        let item = items.borrow_mut().get_mut(*index).and_then(Option::take);
        item.map_or(View::NOTHING, |item| children(item).into_view())
    };
    View(Kind::List(Box::new(List { keys: Box::new(keys), draw: Box::new(draw) })))
}

pub(super) fn mount_into(list: List, parent: &web_sys::Node, before: Option<&web_sys::Node>) -> Rc<Shown> {
    let shown = Rc::new(Shown { rows: RefCell::default(), end: mark(parent, before) });
    let List { mut keys, mut draw } = list;
    let into = Rc::clone(&shown);
    // Rows outlive a change of the list: they belong to where the list is, not to its last run.
    bind(Box::new(move || {
        let keys = keys.call();
        untrack(|| into.show(keys, &mut *draw));
    }));
    shown
}

impl Shown {
    /// Brings the rows to the new keys: what stays in its place is not touched.
    fn show(&self, keys: Vec<Key>, draw: &mut dyn CallWith<usize, View>) {
        let Some(parent) = self.end.parent_node() else { return };
        let mut rows = self.rows.take();
        let same = |(row, key): &(&Row, &Key)| row.key == **key;
        let head = rows.iter().zip(&keys).take_while(same).count();
        let tail = rows[head..].iter().rev().zip(keys[head..].iter().rev()).take_while(same).count();
        let after = rows.split_off(rows.len() - tail);
        let mut before: Vec<Option<Row>> = rows.drain(head..).map(Some).collect();
        // The new order; what is not in it goes.
        let wanted = &keys[head..keys.len() - tail];
        let mut next = 0;
        let mut places = Vec::with_capacity(wanted.len());
        let kept: Vec<Option<Row>> = wanted
            .iter()
            .map(|key| {
                // Most rows come in the order in which they were: the next one is the first to look at.
                let at = (next..before.len()).chain(0..next).find(|at| is(&before[*at], *key))?;
                next = at + 1;
                places.push(at);
                before[at].take()
            })
            .collect();
        for row in before.into_iter().flatten() {
            row.owner.cleanup();
            row.mounted.remove();
        }
        // A row that moves is laid out and its text shaped once more: as many as can stay where they are.
        let mut stays = ascending(&places);
        // What stands behind the row, from the last one on.
        let behind = after.iter().find_map(|row| row.mounted.first());
        let mut cursor = behind.unwrap_or_else(|| self.end.clone().into());
        let from = rows.len();
        for (index, (key, row)) in wanted.iter().zip(kept).enumerate().rev() {
            let row = row.unwrap_or_else(|| {
                stays.push(true);
                let owner = Owner::new();
                let mounted = owner.with(|| mount(draw.call_with(&(head + index)), &parent, Some(&cursor)));
                Row { key: *key, owner, mounted }
            });
            if stays.pop() != Some(true) {
                row.mounted.move_before(&parent, &cursor);
            }
            cursor = row.mounted.first().unwrap_or(cursor);
            rows.push(row);
        }
        rows[from..].reverse();
        rows.extend(after);
        self.rows.replace(rows);
    }

    /// The first of its nodes.
    pub(super) fn first(&self) -> web_sys::Node {
        let first = self.rows.borrow().iter().find_map(|row| row.mounted.first());
        first.unwrap_or_else(|| self.end.clone().into())
    }

    /// All of its nodes, in order.
    pub(super) fn each_node(&self, then: &mut dyn FnMut(&web_sys::Node)) {
        for row in self.rows.borrow().iter() {
            row.mounted.each_node(then);
        }
        then(&self.end);
    }
}

/// Of these different places, which make the longest ascending row of all that can be left.
fn ascending(places: &[usize]) -> Vec<bool> {
    // The last of the best row of each length so far, and what comes before each place in the best row that ends there.
    let (mut ends, mut before) = (Vec::<usize>::new(), Vec::with_capacity(places.len()));
    for (at, place) in places.iter().enumerate() {
        let length = ends.partition_point(|end| places[*end] < *place);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut chosen = vec![false; places.len()];
    let mut last = ends.last().copied();
    while let Some(at) = last {
        chosen[at] = true;
        last = before[at];
    }
    chosen
}

fn is(row: &Option<Row>, key: Key) -> bool {
    row.as_ref().is_some_and(|row| row.key == key)
}

/// A key as a number. Two keys that differ have the same number about as often as two random ids are the same.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key(u128);

impl Key {
    fn of(key: &impl Hash) -> Self {
        let mut digest = Digest(0xcbf2_9ce4_8422_2325_6c62_272e_07bb_0142);
        key.hash(&mut digest);
        Self(digest.0)
    }
}

/// Mixes what is hashed into 128 bits: multiplication by an odd number, and the upper half back into the lower.
struct Digest(u128);

impl Digest {
    fn mix(&mut self, word: u128) {
        let mixed = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        self.0 = mixed ^ (mixed >> 67);
    }
}

impl Hasher for Digest {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(16) {
            let mut word = [0; 16];
            word[..chunk.len()].copy_from_slice(chunk);
            self.mix(u128::from_le_bytes(word) ^ ((chunk.len() as u128) << 64));
        }
    }

    fn write_u128(&mut self, word: u128) {
        self.mix(word);
    }

    fn finish(&self) -> u64 {
        self.0 as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All orders of the first numbers.
    fn orders(count: usize) -> Vec<Vec<usize>> {
        if count == 0 {
            return vec![Vec::new()];
        }
        let shorter = orders(count - 1);
        let with = |at: usize| shorter.iter().map(move |order| [&order[..at], &[count - 1], &order[at..]].concat());
        (0..count).flat_map(with).collect()
    }

    #[test]
    fn as_many_rows_stay_as_can() {
        for order in (0..=7).flat_map(orders) {
            let picked = |chosen: &dyn Fn(usize) -> bool| -> Vec<usize> {
                (0..order.len()).filter(|at| chosen(*at)).map(|at| order[at]).collect()
            };
            let most = (0_u32..1 << order.len())
                .map(|bits| picked(&|at| bits >> at & 1 == 1))
                .filter(|some| some.is_sorted())
                .map(|some| some.len());
            let chosen = ascending(&order);
            let stay = picked(&|at| chosen[at]);
            assert!(stay.is_sorted(), "{order:?}");
            assert_eq!(Some(stay.len()), most.max(), "{order:?}");
        }
    }
}
