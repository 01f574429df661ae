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
        let mut cursor = None;
        let (mut first, mut next) = (usize::MAX, 0);
        let kept: Vec<Option<Row>> = wanted
            .iter()
            .map(|key| {
                // Most rows come in the order in which they were: the next one is the first to look at.
                let at = (next..before.len()).chain(0..next).find(|at| is(&before[*at], *key))?;
                let row = before[at].take()?;
                next = at + 1;
                if at < first {
                    (first, cursor) = (at, row.mounted.first());
                }
                Some(row)
            })
            .collect();
        for row in before.into_iter().flatten() {
            row.owner.cleanup();
            row.mounted.remove();
        }
        // What stands where the next row belongs.
        let mut cursor = cursor
            .or_else(|| after.iter().find_map(|row| row.mounted.first()))
            .unwrap_or_else(|| self.end.clone().into());
        for (index, (key, row)) in wanted.iter().zip(kept).enumerate() {
            rows.push(match row {
                None => {
                    let owner = Owner::new();
                    let mounted = owner.with(|| mount(draw.call_with(&(head + index)), &parent, Some(&cursor)));
                    Row { key: *key, owner, mounted }
                }
                Some(row) => {
                    if row.mounted.first().is_some_and(|first| first == cursor) {
                        let next = row.mounted.last().and_then(|last| last.next_sibling());
                        cursor = next.unwrap_or_else(|| self.end.clone().into());
                    } else {
                        row.mounted.move_before(&parent, &cursor);
                    }
                    row
                }
            });
        }
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

    /// The last of its nodes.
    pub(super) fn last(&self) -> web_sys::Node {
        self.end.clone().into()
    }
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
