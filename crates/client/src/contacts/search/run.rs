//! A run: a few thousand entries with their words in sorted order. Never changed but for marking entries as removed;
//! two runs are merged into a new one.

use core::cmp::Ordering;

use super::arena::Arena;
use super::quality::{EXACT, NONE, PREFIX, TYPO};
use super::query::Term;
use super::typo;
use crate::sorted::sort_many;

/// Entries of a run at most: what 13 bits count.
pub(super) const LARGEST: usize = 1 << 13;

/// The place of an entry that is not merged, being removed.
const GONE: u16 = u16::MAX;

/// Where something is found, the weightier first.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(super) enum Field {
    Name,
    Extension,
    Company,
    Email,
    Number,
}

/// An entry that is in no run yet.
#[derive(Debug)]
pub(super) struct Pending<K> {
    pub(super) key: K,
    /// See [`Run::ids`].
    pub(super) id: u32,
    /// What equals are sorted by, folded.
    pub(super) name: String,
    /// Its words one after the other, where each one ends, and where it was found.
    pub(super) text: String,
    pub(super) ends: Vec<(u32, Field)>,
    pub(super) numbers: Vec<u64>,
}

/// See the module. Entries stand in the order of their names, equals in that of their keys.
#[derive(Debug)]
pub(super) struct Run<K> {
    pub(super) keys: Vec<K>,
    /// The index's own numbers of the entries, which stay when runs are merged.
    pub(super) ids: Vec<u32>,
    pub(super) alive: Vec<bool>,
    pub(super) dead: usize,
    /// The first eight bytes of each name: tells most apart without looking the names up.
    pub(super) order: Vec<u64>,
    pub(super) names: Arena,
    words: Arena,
    /// Where the postings of each word end. A posting is an entry's place times eight, plus the field.
    posting_ends: Vec<u32>,
    postings: Vec<u16>,
    numbers: Vec<u64>,
    /// Whose each number is.
    number_places: Vec<u16>,
}

fn first_bytes(name: &str) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(name.bytes()) {
        *to = from;
    }
    u64::from_be_bytes(bytes)
}

/// Places and counts within a run fit; see [`LARGEST`].
fn small(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}

impl<K: Copy + Ord> Run<K> {
    fn with_capacity(entries: usize, words: usize, postings: usize, numbers: usize) -> Self {
        Self {
            keys: Vec::with_capacity(entries),
            ids: Vec::with_capacity(entries),
            alive: Vec::with_capacity(entries),
            dead: 0,
            order: Vec::with_capacity(entries),
            names: Arena::with_capacity(entries),
            words: Arena::with_capacity(words),
            posting_ends: Vec::with_capacity(words),
            postings: Vec::with_capacity(postings),
            numbers: Vec::with_capacity(numbers),
            number_places: Vec::with_capacity(numbers),
        }
    }

    /// Sorts entries into a run. No more than [`LARGEST`] of them.
    pub(super) fn new(pending: &[Pending<K>]) -> Self {
        // Names and words are sorted as the same type: a second copy of the sort would cost some kilobytes of code.
        let mut names: Vec<(&str, u16)> =
            pending.iter().zip(0..).map(|(entry, at)| (entry.name.as_str(), at)).collect();
        sort_many(&mut names);
        for equals in names.chunk_by_mut(|a, b| a.0 == b.0) {
            for end in 1..equals.len() {
                let key = |at: usize| pending[usize::from(equals[at].1)].key;
                let at = (0..end).find(|&at| key(at) > key(end)).unwrap_or(end);
                equals[at..=end].rotate_right(1);
            }
        }
        let mut words: Vec<(&str, u16)> = Vec::with_capacity(names.len() * 8);
        let mut run = Self::with_capacity(names.len(), names.len() * 4, names.len() * 8, names.len());
        for (place, (_, at)) in names.into_iter().enumerate() {
            let entry = &pending[usize::from(at)];
            run.push_entry(entry.key, entry.id, &entry.name);
            let mut start = 0;
            for &(end, field) in &entry.ends {
                let word = entry.text.get(start..end as usize).unwrap_or_default();
                words.push((word, small(place << 3) | field as u16));
                start = end as usize;
            }
            for &number in &entry.numbers {
                run.numbers.push(number);
                run.number_places.push(small(place));
            }
        }
        sort_many(&mut words);
        words.dedup();
        for chunk in words.chunk_by(|a, b| a.0 == b.0) {
            run.postings.extend(chunk.iter().map(|(_, posting)| posting));
            run.close_word(chunk[0].0);
        }
        run
    }

    /// One run of what is left of two. No more than [`LARGEST`] entries.
    pub(super) fn merge(a: &Self, b: &Self) -> Self {
        let mut run = Self::with_capacity(
            a.len() + b.len(),
            a.words.len() + b.words.len(),
            a.postings.len() + b.postings.len(),
            a.numbers.len() + b.numbers.len(),
        );
        let mut moved_a = vec![GONE; a.keys.len()];
        let mut moved_b = vec![GONE; b.keys.len()];
        let (mut at_a, mut at_b) = (0, 0);
        while at_a < a.keys.len() || at_b < b.keys.len() {
            let from_a = at_b >= b.keys.len() || (at_a < a.keys.len() && a.compare(at_a, b, at_b).is_le());
            let (from, at, moved) = if from_a { (a, &mut at_a, &mut moved_a) } else { (b, &mut at_b, &mut moved_b) };
            if from.alive[*at] {
                moved[*at] = small(run.keys.len());
                run.push_entry(from.keys[*at], from.ids[*at], from.names.get(*at));
            }
            *at += 1;
        }
        run.copy_numbers(a, &moved_a);
        run.copy_numbers(b, &moved_b);
        let (mut at_a, mut at_b) = (0, 0);
        while at_a < a.words.len() || at_b < b.words.len() {
            let (word_a, word_b) = (a.words.get(at_a), b.words.get(at_b));
            let first = match (at_a < a.words.len(), at_b < b.words.len()) {
                (true, true) => word_a.cmp(word_b),
                (true, false) => Ordering::Less,
                _ => Ordering::Greater,
            };
            let before = run.postings.len();
            if first.is_le() {
                run.copy_postings(a, at_a, &moved_a);
                at_a += 1;
            }
            if first.is_ge() {
                run.copy_postings(b, at_b, &moved_b);
                at_b += 1;
            }
            if run.postings.len() > before {
                run.close_word(if first.is_le() { word_a } else { word_b });
            }
        }
        run
    }

    /// The order of an entry here and one of another run.
    #[inline]
    pub(super) fn compare(&self, place: usize, other: &Self, other_place: usize) -> Ordering {
        self.order[place].cmp(&other.order[other_place]).then_with(|| {
            let by_name = self.names.get(place).cmp(other.names.get(other_place));
            by_name.then_with(|| self.keys[place].cmp(&other.keys[other_place]))
        })
    }

    /// Whether an entry has no name to stand under.
    pub(super) fn is_nameless(&self, place: usize) -> bool {
        self.names.get(place).trim().is_empty()
    }

    fn push_entry(&mut self, key: K, id: u32, name: &str) {
        self.keys.push(key);
        self.ids.push(id);
        self.alive.push(true);
        self.order.push(first_bytes(name));
        self.names.push(name);
    }

    fn copy_numbers(&mut self, from: &Self, moved: &[u16]) {
        for (&number, &place) in from.numbers.iter().zip(&from.number_places) {
            let place = moved[usize::from(place)];
            if place != GONE {
                self.numbers.push(number);
                self.number_places.push(place);
            }
        }
    }

    fn close_word(&mut self, word: &str) {
        self.words.push(word);
        self.posting_ends.push(u32::try_from(self.postings.len()).unwrap_or(u32::MAX));
    }

    fn copy_postings(&mut self, from: &Self, word: usize, moved: &[u16]) {
        for &posting in from.postings_of(word..word + 1) {
            let place = moved[usize::from(posting >> 3)];
            if place != GONE {
                self.postings.push(place << 3 | posting & 7);
            }
        }
    }

    fn postings_of(&self, words: core::ops::Range<usize>) -> &[u16] {
        let end_of =
            |word: usize| word.checked_sub(1).and_then(|at| self.posting_ends.get(at)).map_or(0, |&at| at as usize);
        self.postings.get(end_of(words.start)..end_of(words.end)).unwrap_or_default()
    }

    /// Entries that are still there.
    pub(super) fn len(&self) -> usize {
        self.keys.len() - self.dead
    }

    /// Writes into `costs` what finding the term costs in each entry, [`NONE`] where it is not found. Says whether it
    /// is found at all.
    pub(super) fn find(&self, term: &Term, typos: bool, costs: &mut Vec<u8>) -> bool {
        costs.clear();
        costs.resize(self.keys.len(), NONE);
        let mut any = false;
        let mut take = |postings: &[u16], class: u8| {
            any |= !postings.is_empty();
            for &posting in postings {
                let cost = class << 3 | (posting & 7) as u8;
                let known = &mut costs[usize::from(posting >> 3)];
                *known = cost.min(*known);
            }
        };
        if !term.word.is_empty() {
            let words = self.words.with_prefix(&term.word);
            let exact = usize::from(self.words.get(words.start) == term.word && !words.is_empty());
            take(self.postings_of(words.start..words.start + exact), EXACT);
            take(self.postings_of(words.start + exact..words.end), PREFIX);
            if typos && let Some(mistyped) = &term.mistyped {
                typo::near(&self.words, mistyped, |words, edits| {
                    take(self.postings_of(words), if edits > 1 { TYPO + 1 } else { TYPO });
                });
            }
        }
        if let Some(query) = term.digits {
            for (&number, &place) in self.numbers.iter().zip(&self.number_places) {
                let class = query.class(number);
                if class != NONE {
                    any = true;
                    let known = &mut costs[usize::from(place)];
                    *known = (class << 3 | Field::Number as u8).min(*known);
                }
            }
        }
        any
    }
}
