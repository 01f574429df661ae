//! A run: a few thousand entries with their words in sorted order. Never changed but for marking entries as removed;
//! two runs are merged into a new one.

use super::arena::Arena;
use super::query::Term;
use super::typo;

/// Entries of a run at most: what 13 bits count.
pub(super) const LARGEST: usize = 1 << 13;

/// How well something is found: the word itself.
pub(super) const EXACT: u8 = 0;
/// The beginning of a word or number.
pub(super) const PREFIX: u8 = 1;
/// Digits from the middle of a number.
pub(super) const INSIDE: u8 = 2;
/// A word that begins as typed but for one edit; one more with each further edit.
pub(super) const TYPO: u8 = 3;

/// Not found.
pub(super) const NONE: u8 = u8::MAX;
/// What a typo adds to an entry's cost: it comes after all that are found without.
pub(super) const TYPO_COST: u16 = 1 << 8;

/// Where something is found, the weightier first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// What equals are sorted by, folded.
    pub(super) name: String,
    pub(super) words: Vec<(Box<str>, Field)>,
    pub(super) numbers: Vec<u64>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Run<K> {
    pub(super) keys: Vec<K>,
    pub(super) alive: Vec<bool>,
    pub(super) dead: usize,
    /// The first eight bytes of each name: sorts most without looking the names up.
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

impl<K: Copy> Run<K> {
    fn empty() -> Self {
        Self {
            keys: Vec::new(),
            alive: Vec::new(),
            dead: 0,
            order: Vec::new(),
            names: Arena::default(),
            words: Arena::default(),
            posting_ends: Vec::new(),
            postings: Vec::new(),
            numbers: Vec::new(),
            number_places: Vec::new(),
        }
    }

    /// Sorts entries into a run. No more than [`LARGEST`] of them.
    pub(super) fn new(pending: &[Pending<K>]) -> Self {
        let mut run = Self::empty();
        let mut words: Vec<(&str, u16)> = Vec::new();
        for (place, entry) in pending.iter().enumerate() {
            run.push_entry(entry.key, &entry.name);
            words.extend(entry.words.iter().map(|(word, field)| (&**word, small(place << 3) | *field as u16)));
            for &number in &entry.numbers {
                run.numbers.push(number);
                run.number_places.push(small(place));
            }
        }
        words.sort_unstable();
        words.dedup();
        for chunk in words.chunk_by(|a, b| a.0 == b.0) {
            run.postings.extend(chunk.iter().map(|(_, posting)| posting));
            run.close_word(chunk[0].0);
        }
        run
    }

    /// One run of what is left of two. No more than [`LARGEST`] entries.
    pub(super) fn merge(a: &Self, b: &Self) -> Self {
        let mut run = Self::empty();
        let mut moved = [Vec::with_capacity(a.keys.len()), Vec::with_capacity(b.keys.len())];
        for (from, moved) in [a, b].into_iter().zip(&mut moved) {
            for place in 0..from.keys.len() {
                moved.push(from.alive[place].then(|| small(run.keys.len())));
                if from.alive[place] {
                    run.push_entry(from.keys[place], from.names.get(place));
                }
            }
            for (&number, &place) in from.numbers.iter().zip(&from.number_places) {
                if let Some(place) = moved[usize::from(place)] {
                    run.numbers.push(number);
                    run.number_places.push(place);
                }
            }
        }
        let (mut at_a, mut at_b) = (0, 0);
        while at_a < a.words.len() || at_b < b.words.len() {
            let (word_a, word_b) = (a.words.get(at_a), b.words.get(at_b));
            let take_a = at_b >= b.words.len() || (at_a < a.words.len() && word_a <= word_b);
            let take_b = at_a >= a.words.len() || (at_b < b.words.len() && word_b <= word_a);
            let before = run.postings.len();
            if take_a {
                run.copy_postings(a, at_a, &moved[0]);
                at_a += 1;
            }
            if take_b {
                run.copy_postings(b, at_b, &moved[1]);
                at_b += 1;
            }
            if run.postings.len() > before {
                run.close_word(if take_a { word_a } else { word_b });
            }
        }
        run
    }

    fn push_entry(&mut self, key: K, name: &str) {
        self.keys.push(key);
        self.alive.push(true);
        self.order.push(first_bytes(name));
        self.names.push(name);
    }

    fn close_word(&mut self, word: &str) {
        self.words.push(word);
        self.posting_ends.push(u32::try_from(self.postings.len()).unwrap_or(u32::MAX));
    }

    fn copy_postings(&mut self, from: &Self, word: usize, moved: &[Option<u16>]) {
        for posting in from.postings_of(word..word + 1) {
            if let Some(place) = moved[usize::from(posting >> 3)] {
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
            if typos {
                typo::near(&self.words, &term.letters, term.typos, |words, edits| {
                    take(self.postings_of(words), TYPO + edits - 1);
                });
            }
        }
        if let Some(query) = term.digits {
            for (&number, &place) in self.numbers.iter().zip(&self.number_places) {
                if let Some(class) = query.class(number) {
                    any = true;
                    let known = &mut costs[usize::from(place)];
                    *known = (class << 3 | Field::Number as u8).min(*known);
                }
            }
        }
        any
    }
}
