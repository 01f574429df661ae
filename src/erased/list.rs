//! Leptos' keyed list, with one copy of its code for items and keys of all types.

use std::hash::{Hash, Hasher};

use leptos::prelude as stock;
use leptos::prelude::*;

use super::Value;

/// An item's key of any type.
#[derive(Clone)]
struct Key {
    value: Value,
    hash: fn(&Value, &mut dyn Hasher),
}

impl Key {
    fn new<K: Eq + Hash + Send + Sync + 'static>(key: K) -> Self {
        Self { value: Value::new(key), hash: |value, mut hasher| value.of::<K>().hash(&mut hasher) }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.hash)(&self.value, hasher);
    }
}

/// An item that can be drawn.
struct Item {
    key: Key,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

/// Draws each item, as Leptos' `For` does: those whose key stays keep their elements.
#[component]
pub(crate) fn For<Each, Items, Item, Draw, Drawn, KeyOf, K>(
    /// The items. The keys of one list are of one type.
    each: Each,
    /// What an item is known by.
    key: KeyOf,
    /// Draws an item.
    children: Draw,
) -> impl IntoView
where
    Each: Fn() -> Items + Send + 'static,
    Items: IntoIterator<Item = Item>,
    Item: Send + 'static,
    Draw: Fn(Item) -> Drawn + Send + Clone + 'static,
    Drawn: IntoView + 'static,
    KeyOf: Fn(&Item) -> K + Send + 'static,
    K: Eq + Hash + Send + Sync + 'static,
{
    list(Box::new(move || {
        let item = |item| {
            let (key, children) = (Key::new(key(&item)), children.clone());
            self::Item { key, draw: Box::new(move || children(item).into_any()) }
        };
        each().into_iter().map(item).collect()
    }))
}

fn list(items: Box<dyn Fn() -> Vec<Item> + Send>) -> AnyView {
    view! { <stock::For each=items key=|item| item.key.clone() children=|item| (item.draw)() /> }.into_any()
}
