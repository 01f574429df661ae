//! Maps and sets that are sorted lists.
//!
//! For what is few, or comes in order: to put something in the middle moves all that stands behind it. For such they
//! take a tenth of the code that a tree takes for each kind of key and value, and the app is loaded over the wire.
//!
//! Always holds: the keys ascend, and each is there once.

/// A map as a sorted list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SortedMap<K, V>(Vec<(K, V)>);

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord + Copy, V> SortedMap<K, V> {
    /// Where the key is, or else where it would be.
    fn place(&self, key: &K) -> Result<usize, usize> {
        // Most that comes is new, and so the last.
        match self.0.last() {
            Some((last, _)) if last < key => Err(self.0.len()),
            Some(_) | None => self.0.binary_search_by(|(known, _)| known.cmp(key)),
        }
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.place(key).ok().and_then(|at| self.0.get(at)).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.place(key).ok().and_then(|at| self.0.get_mut(at)).map(|(_, value)| value)
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    /// Puts a value in; whether the key is new.
    pub(crate) fn insert(&mut self, key: K, value: V) -> bool {
        let place = self.place(&key);
        match place {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (key, value)),
        }
        place.is_err()
    }

    /// The key's value, put in if there is none.
    pub(crate) fn get_or_insert(&mut self, key: K, value: V) -> &mut V {
        let at = match self.place(&key) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, (key, value));
                at
            }
        };
        &mut self.0[at].1
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.place(key).ok().map(|at| self.0.remove(at).1)
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        self.0.retain(|(key, value)| keep(key, value));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The entries, by key.
    pub(crate) fn entries(&self) -> &[(K, V)] {
        &self.0
    }

    /// The entries, to move them out.
    pub(crate) fn into_entries(self) -> Vec<(K, V)> {
        self.0
    }

    pub(crate) fn keys(&self) -> impl DoubleEndedIterator<Item = K> {
        self.0.iter().map(|(key, _)| *key)
    }

    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }
}

/// A set as a sorted list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortedSet<K>(SortedMap<K, ()>);

impl<K> Default for SortedSet<K> {
    fn default() -> Self {
        Self(SortedMap::default())
    }
}

impl<K: Ord + Copy> SortedSet<K> {
    /// Whether a key is in it.
    pub fn contains(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }

    /// Whether it is new.
    pub fn insert(&mut self, key: K) -> bool {
        self.0.insert(key, ())
    }

    /// Whether it was there.
    pub(crate) fn remove(&mut self, key: &K) -> bool {
        self.0.remove(key).is_some()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes the last one out.
    pub(crate) fn pop(&mut self) -> Option<K> {
        self.0.0.pop().map(|(key, ())| key)
    }

    /// The keys, ascending.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = K> {
        self.0.keys()
    }
}

impl<K: Ord + Copy> FromIterator<K> for SortedSet<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        let mut set = Self::default();
        for key in keys {
            set.insert(key);
        }
        set
    }
}

/// These in order, each once.
pub(crate) fn sorted<K: Ord + Copy>(keys: &[K]) -> Vec<K> {
    keys.iter().copied().collect::<SortedSet<K>>().iter().collect()
}

/// Sorts what is many, by merging: a third of the code of the standard library's sort.
pub(crate) fn sort_many<T: Ord + Copy>(items: &mut Vec<T>) {
    let mut merged = Vec::with_capacity(items.len());
    let mut sorted = 1;
    while sorted < items.len() {
        merged.clear();
        for pair in items.chunks(sorted * 2) {
            let (mut left, mut right) = pair.split_at(sorted.min(pair.len()));
            while let ([first, rest @ ..], [other, others @ ..]) = (left, right) {
                if other < first {
                    merged.push(*other);
                    right = others;
                } else {
                    merged.push(*first);
                    left = rest;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        core::mem::swap(items, &mut merged);
        sorted *= 2;
    }
}

/// Sorts what is few: `before` says whether one comes before another, and equal ones stay in their order. The standard library's sort,
/// made for many, is several kilobytes of code for each type.
pub fn sort_few<T>(items: &mut [T], before: impl Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && before(&items[at], &items[at - 1]) {
            items.swap(at - 1, at);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn many_are_sorted(mut items in prop::collection::vec((0u8..6, any::<u8>()), 0..70)) {
            let mut wanted = items.clone();
            wanted.sort();
            sort_many(&mut items);
            prop_assert_eq!(items, wanted);
        }

        #[test]
        fn a_few_are_sorted_as_many(mut items in prop::collection::vec((0u8..6, any::<u8>()), 0..20)) {
            let mut wanted = items.clone();
            wanted.sort_by_key(|(key, _)| *key);
            sort_few(&mut items, |a, b| a.0 < b.0);
            prop_assert_eq!(items, wanted);
        }

        #[test]
        fn is_as_a_tree(steps in prop::collection::vec((0u8..4, 0u8..12, any::<u8>()), 0..60)) {
            let (mut list, mut tree) = (SortedMap::default(), BTreeMap::new());
            for (step, key, value) in steps {
                match step {
                    0 => prop_assert_eq!(list.insert(key, value), tree.insert(key, value).is_none()),
                    1 => prop_assert_eq!(list.remove(&key), tree.remove(&key)),
                    2 => prop_assert_eq!(list.get_or_insert(key, value), tree.entry(key).or_insert(value)),
                    _ => {
                        list.retain(|key, _| key % 3 != value % 3);
                        tree.retain(|key, _| key % 3 != value % 3);
                    }
                }
                prop_assert_eq!((list.len(), list.is_empty()), (tree.len(), tree.is_empty()));
                prop_assert_eq!(list.get(&key), tree.get(&key));
                prop_assert_eq!(list.get_mut(&value), tree.get_mut(&value));
                prop_assert_eq!(list.contains_key(&value), tree.contains_key(&value));
                prop_assert!(list.keys().eq(tree.keys().copied()) && list.values().eq(tree.values()));
            }
        }
    }
}
