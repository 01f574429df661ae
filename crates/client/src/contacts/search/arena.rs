//! Many short texts in one allocation.

use core::ops::Range;

/// Texts, found by their place.
#[derive(Debug, Default)]
pub(super) struct Arena {
    text: String,
    ends: Vec<u32>,
}

impl Arena {
    pub(super) fn with_capacity(texts: usize) -> Self {
        Self { text: String::with_capacity(texts * 10), ends: Vec::with_capacity(texts) }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        // A run holds a few thousand entries of bounded length: far below 4 GB.
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text at a place; empty where there is none.
    pub(super) fn get(&self, place: usize) -> &str {
        let end = self.ends.get(place).copied().unwrap_or_default();
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// In sorted texts: where those that begin with `prefix` are.
    pub(super) fn with_prefix(&self, prefix: &str) -> Range<usize> {
        let start = partition(0, self.len(), |place| self.get(place) < prefix);
        start..self.end_of_prefix(start, prefix)
    }

    /// In sorted texts: where those that begin with `prefix` end, if `start` is the first of them.
    pub(super) fn end_of_prefix(&self, start: usize, prefix: &str) -> usize {
        // Most prefixes have few words: grow from the start rather than halve from the end.
        let mut step = 1;
        let mut known = start;
        while known + step <= self.len() && self.get(known + step - 1).starts_with(prefix) {
            known += step;
            step *= 2;
        }
        partition(known, self.len().min(known + step), |place| self.get(place).starts_with(prefix))
    }
}

/// The first place from `low` to `high` where `before` no longer holds.
fn partition(mut low: usize, mut high: usize, before: impl Fn(usize) -> bool) -> usize {
    while low < high {
        let middle = low.midpoint(high);
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn prefixes_are_found(mut words in prop::collection::vec("[ab]{0,4}", 0..40), prefix in "[ab]{0,3}") {
            words.sort();
            let mut arena = Arena::default();
            for word in &words {
                arena.push(word);
            }
            let found: Vec<&str> = arena.with_prefix(&prefix).map(|place| arena.get(place)).collect();
            let wanted: Vec<&String> = words.iter().filter(|word| word.starts_with(&prefix)).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
