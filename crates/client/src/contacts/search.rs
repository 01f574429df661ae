//! The search index: who is found by what one types.
//!
//! Every word of a query must be found: as the beginning of a word of the name, extension, company or e-mail address,
//! or, from three digits on, in a phone number (at its beginning in the national or international form; from four
//! digits on anywhere). Case and accents don't matter. Where that finds hardly anybody, words of four letters and more
//! may have a typo, of eight and more two.
//!
//! Entries stand in runs of bounded size whose words are sorted; new ones wait in a short list that is searched, too.
//! So one keystroke is a few binary searches, adding is cheap however many there are, and no step is long: the largest
//! piece of work is merging two runs. Always holds: an entry is in exactly one place, and what is removed is never
//! found again; a run that is half empty is packed.

mod arena;
mod digits;
mod fold;
mod highlight;
mod matcher;
mod quality;
mod query;
mod rank;
mod run;
mod typo;

#[cfg(test)]
mod tests;

use core::cell::OnceCell;
use core::hash::{BuildHasherDefault, Hash, Hasher};
use std::collections::HashMap;

use halyard_protocol::PhoneNumber;

pub use fold::fold;
pub use highlight::highlight;
pub use matcher::Matcher;

use query::Query;
use run::{Field, LARGEST, Pending, Run};

/// New entries that wait before they are sorted into a run; few in tests, so that there are many runs.
const MOST_PENDING: usize = if cfg!(test) { 8 } else { 256 };
/// With fewer hits than this, typos are allowed.
const FEW: usize = 8;

/// What an entry is found by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fields<'a> {
    /// The name; equals are listed in its order.
    pub name: &'a str,
    /// Company or department.
    pub company: &'a str,
    /// E-mail addresses.
    pub emails: &'a [String],
    /// The extension; empty for people outside.
    pub extension: &'a str,
    /// Phone numbers.
    pub numbers: &'a [PhoneNumber],
}

/// Something found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit<K> {
    /// What.
    pub key: K,
    /// Only with a typo: for "Did you mean".
    pub by_typo: bool,
}

/// See the module. `K` names an entry.
#[derive(Debug)]
pub struct SearchIndex<K> {
    pending: Vec<Pending<K>>,
    /// The same as a run, once somebody has searched.
    waiting: OnceCell<Run<K>>,
    runs: Vec<(u32, Run<K>)>,
    ids: HashMap<K, u32, BuildHasherDefault<Mixer>>,
    /// By id: where the entry is.
    places: Vec<Place>,
    /// Ids that are free again.
    free: Vec<u32>,
    next_run: u32,
}

/// Where an entry is.
#[derive(Clone, Copy, Debug)]
enum Place {
    Waiting,
    In { run: u32, place: u16 },
}

impl<K> Default for SearchIndex<K> {
    fn default() -> Self {
        Self {
            pending: Vec::new(),
            waiting: OnceCell::new(),
            runs: Vec::new(),
            ids: HashMap::default(),
            places: Vec::new(),
            free: Vec::new(),
            next_run: 0,
        }
    }
}

impl<K: Copy + Ord + Hash> SearchIndex<K> {
    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Adds an entry, or replaces the one with this key.
    pub fn insert(&mut self, key: K, fields: Fields<'_>) {
        self.remove(key);
        let (mut text, mut ends) = (String::with_capacity(64), Vec::with_capacity(8));
        let mut add = |from: &str, field| {
            fold::words(from, |word| {
                text.push_str(word);
                ends.push((u32::try_from(text.len()).unwrap_or(u32::MAX), field));
            });
        };
        add(fields.name, Field::Name);
        add(fields.extension, Field::Extension);
        add(fields.company, Field::Company);
        for email in fields.emails {
            add(email, Field::Email);
        }
        let numbers = fields.numbers.iter().map(|&number| digits::pack(number)).collect();
        let id = self.free.pop().unwrap_or_else(|| {
            self.places.push(Place::Waiting);
            u32::try_from(self.places.len() - 1).unwrap_or(u32::MAX)
        });
        self.place(id, Place::Waiting);
        self.ids.insert(key, id);
        self.waiting.take();
        self.pending.push(Pending { key, id, name: fold(fields.name), text, ends, numbers });
        if self.pending.len() >= MOST_PENDING {
            let run = Run::new(&self.pending);
            self.pending.clear();
            self.add_run(run);
            self.settle();
        }
    }

    /// Removes an entry. Says whether it was there.
    pub fn remove(&mut self, key: K) -> bool {
        let Some(id) = self.ids.remove(&key) else { return false };
        self.free.push(id);
        match self.places.get(id as usize) {
            Some(&Place::In { run, place }) => self.remove_from(run, place),
            _ => {
                self.pending.retain(|entry| entry.id != id);
                self.waiting.take();
            }
        }
        true
    }

    fn remove_from(&mut self, number: u32, place: u16) {
        let Some(at) = self.runs.iter().position(|(known, _)| *known == number) else { return };
        let run = &mut self.runs[at].1;
        run.alive[usize::from(place)] = false;
        run.dead += 1;
        if run.dead * 2 > run.keys.len() {
            let (_, run) = self.runs.swap_remove(at);
            self.add_run(Run::merge(&run, &Run::new(&[])));
            self.settle();
        }
    }

    /// The best hits, at most `limit`: found as a whole word before found as a beginning, in the name before the
    /// extension, company, e-mail address and number; equals by name, then by key.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit<K>> {
        self.search_where(query, limit, |_| true)
    }

    /// The same among those that `keep` lets pass. It is asked about no more than needed.
    #[must_use]
    pub fn search_where(&self, query: &str, limit: usize, keep: impl Fn(K) -> bool) -> Vec<Hit<K>> {
        let query = Query::read(query);
        let hits = rank::best(rank::find(self.all_runs(), &query, false), limit, &keep);
        if hits.len() < FEW.min(limit) && query.may_have_typos() {
            return rank::best(rank::find(self.all_runs(), &query, true), limit, &keep);
        }
        hits
    }

    /// All that `keep` lets pass, in the order of their names, those without a name last; equals by key.
    #[must_use]
    pub fn in_order(&self, keep: impl Fn(K) -> bool) -> Vec<K> {
        rank::best(rank::all(self.all_runs()), usize::MAX, keep).into_iter().map(|hit| hit.key).collect()
    }

    fn all_runs(&self) -> impl Iterator<Item = &Run<K>> {
        let waiting = self.waiting.get_or_init(|| Run::new(&self.pending));
        self.runs.iter().map(|(_, run)| run).chain([waiting])
    }

    fn place(&mut self, id: u32, to: Place) {
        if let Some(place) = self.places.get_mut(id as usize) {
            *place = to;
        }
    }

    fn add_run(&mut self, run: Run<K>) {
        if run.keys.is_empty() {
            return;
        }
        let number = self.next_run;
        self.next_run = self.next_run.wrapping_add(1);
        for (place, &id) in (0..).zip(&run.ids) {
            self.place(id, Place::In { run: number, place });
        }
        self.runs.push((number, run));
    }

    /// Merges runs of about the same size, so that there are few of them and each entry is moved a few times only.
    fn settle(&mut self) {
        loop {
            // The two smallest, the smaller one first.
            let (mut smallest, mut second) = (None, None);
            for (at, (_, run)) in self.runs.iter().enumerate() {
                let one = Some((run.len(), at));
                if smallest.is_none_or(|smallest| one < Some(smallest)) {
                    second = smallest;
                    smallest = one;
                } else if second.is_none_or(|second| one < Some(second)) {
                    second = one;
                }
            }
            let (Some((smaller, a)), Some((larger, b))) = (smallest, second) else { return };
            if larger > smaller * 2 || larger + smaller > LARGEST {
                return;
            }
            let merged = Run::merge(&self.runs[b].1, &self.runs[a].1);
            // From the back, so that the other place stays.
            self.runs.swap_remove(a.max(b));
            self.runs.swap_remove(a.min(b));
            self.add_run(merged);
        }
    }
}

/// A small hasher for keys, which are ids: mixes eight bytes at a time.
#[derive(Debug, Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut eight = [0; 8];
            eight[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(eight));
        }
    }

    fn write_u64(&mut self, value: u64) {
        // The odd number closest to 2^64 divided by the golden ratio.
        let mixed = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 32;
    }

    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}
