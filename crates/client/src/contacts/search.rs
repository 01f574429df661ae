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
mod query;
mod run;
mod typo;

#[cfg(test)]
mod tests;

use core::cmp::Ordering;
use core::hash::{BuildHasherDefault, Hash};
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;

use halyard_protocol::PhoneNumber;

pub use fold::fold;
pub use highlight::highlight;

use query::Query;
use run::{Field, LARGEST, NONE, Pending, Run, TYPO, TYPO_COST};

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
    runs: Vec<(u32, Run<K>)>,
    /// Where each entry is: its run's number and its place there; `None` while it waits.
    places: HashMap<K, Option<(u32, u16)>, BuildHasherDefault<DefaultHasher>>,
    next_run: u32,
}

/// A hit on its way into the order of hits.
struct Candidate<'a, K> {
    cost: u16,
    order: u64,
    place: u16,
    run: &'a Run<K>,
}

impl<K> Default for SearchIndex<K> {
    fn default() -> Self {
        Self { pending: Vec::new(), runs: Vec::new(), places: HashMap::default(), next_run: 0 }
    }
}

impl<K: Copy + Ord + Hash> SearchIndex<K> {
    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Adds an entry, or replaces the one with this key.
    pub fn insert(&mut self, key: K, fields: Fields<'_>) {
        self.remove(key);
        let mut words = Vec::new();
        let mut add = |text: &str, field| fold::words(text, |word| words.push((Box::from(word), field)));
        add(fields.name, Field::Name);
        add(fields.extension, Field::Extension);
        add(fields.company, Field::Company);
        for email in fields.emails {
            add(email, Field::Email);
        }
        let numbers = fields.numbers.iter().map(|&number| digits::pack(number)).collect();
        self.pending.push(Pending { key, name: fold(fields.name), words, numbers });
        self.places.insert(key, None);
        if self.pending.len() >= MOST_PENDING {
            let run = Run::new(&self.pending);
            self.pending.clear();
            self.add_run(run);
            self.settle();
        }
    }

    /// Removes an entry. Says whether it was there.
    pub fn remove(&mut self, key: K) -> bool {
        let Some(place) = self.places.remove(&key) else { return false };
        let Some((number, place)) = place else {
            self.pending.retain(|entry| entry.key != key);
            return true;
        };
        let Some(at) = self.runs.iter().position(|(known, _)| *known == number) else { return true };
        let run = &mut self.runs[at].1;
        run.alive[usize::from(place)] = false;
        run.dead += 1;
        if run.dead * 2 > run.keys.len() {
            let (_, run) = self.runs.swap_remove(at);
            self.add_run(Run::merge(&run, &Run::new(&[])));
            self.settle();
        }
        true
    }

    /// The best hits, at most `limit`: found as a whole word before found as a beginning, in the name before the
    /// extension, company, e-mail address and number; equals by name, then by key.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit<K>> {
        self.search_where(query, limit, |_| true)
    }

    /// The same among those that `keep` lets pass. It is asked about few more than are returned.
    #[must_use]
    pub fn search_where(&self, query: &str, limit: usize, keep: impl Fn(K) -> bool) -> Vec<Hit<K>> {
        let query = Query::read(query);
        let waiting = Run::new(&self.pending);
        let hits = best(self.candidates(&query, &waiting, false), limit, &keep);
        if hits.len() < FEW.min(limit) && query.may_have_typos() {
            return best(self.candidates(&query, &waiting, true), limit, &keep);
        }
        hits
    }

    fn candidates<'a>(&'a self, query: &Query, waiting: &'a Run<K>, typos: bool) -> Vec<Candidate<'a, K>> {
        let mut candidates = Vec::new();
        let (mut costs, mut sums, mut least) = (Vec::new(), Vec::new(), Vec::new());
        for run in self.runs.iter().map(|(_, run)| run).chain([waiting]) {
            least.clear();
            for terms in &query.readings {
                sums.clear();
                sums.resize(run.keys.len(), 0);
                // Stops at the first term that is nowhere in the run.
                if !terms.iter().all(|term| add_costs(run, term, typos, &mut costs, &mut sums)) {
                    continue;
                }
                if least.is_empty() {
                    least.clone_from(&sums);
                } else {
                    least.iter_mut().zip(&sums).for_each(|(least, &sum)| *least = sum.min(*least));
                }
            }
            for (place, &cost) in least.iter().enumerate() {
                if cost != u16::MAX && run.alive[place] {
                    let order = run.order[place];
                    candidates.push(Candidate { cost, order, place: u16::try_from(place).unwrap_or(u16::MAX), run });
                }
            }
        }
        candidates
    }

    fn add_run(&mut self, run: Run<K>) {
        if run.keys.is_empty() {
            return;
        }
        let number = self.next_run;
        self.next_run = self.next_run.wrapping_add(1);
        for (place, &key) in (0..).zip(&run.keys) {
            self.places.insert(key, Some((number, place)));
        }
        self.runs.push((number, run));
    }

    /// Merges runs of about the same size, so that there are few of them and each entry is moved a few times only.
    fn settle(&mut self) {
        loop {
            self.runs.sort_by_key(|(_, run)| core::cmp::Reverse(run.len()));
            let [.., (_, larger), (_, smaller)] = self.runs.as_slice() else { return };
            if larger.len() > smaller.len() * 2 || larger.len() + smaller.len() > LARGEST {
                return;
            }
            let merged = Run::merge(larger, smaller);
            self.runs.truncate(self.runs.len() - 2);
            self.add_run(merged);
        }
    }
}

/// Adds what finding the term costs to each entry's sum; `u16::MAX` where it, or one before it, is not found.
fn add_costs<K: Copy>(run: &Run<K>, term: &query::Term, typos: bool, costs: &mut Vec<u8>, sums: &mut [u16]) -> bool {
    if !run.find(term, typos, costs) {
        return false;
    }
    for (sum, &cost) in sums.iter_mut().zip(&*costs) {
        let added = if cost >> 3 >= TYPO { TYPO_COST + u16::from(cost) } else { u16::from(cost) };
        *sum = if cost == NONE { u16::MAX } else { sum.saturating_add(added) };
    }
    true
}

impl<K: Copy + Ord> Candidate<'_, K> {
    fn compare(&self, other: &Self) -> Ordering {
        self.cost.cmp(&other.cost).then(self.order.cmp(&other.order)).then_with(|| {
            let (place, other_place) = (usize::from(self.place), usize::from(other.place));
            let by_name = self.run.names.get(place).cmp(other.run.names.get(other_place));
            by_name.then_with(|| self.run.keys[place].cmp(&other.run.keys[other_place]))
        })
    }
}

/// The best `limit` that `keep` lets pass; sorts no more than it must.
fn best<K: Copy + Ord>(mut all: Vec<Candidate<'_, K>>, limit: usize, keep: impl Fn(K) -> bool) -> Vec<Hit<K>> {
    let mut hits = Vec::new();
    let mut rest = all.as_mut_slice();
    let mut portion = limit.max(16);
    while hits.len() < limit && !rest.is_empty() {
        if portion < rest.len() {
            rest.select_nth_unstable_by(portion, Candidate::compare);
        }
        let (next, later) = rest.split_at_mut(portion.min(rest.len()));
        next.sort_unstable_by(Candidate::compare);
        let next =
            next.iter().map(|one| Hit { key: one.run.keys[usize::from(one.place)], by_typo: one.cost >= TYPO_COST });
        hits.extend(next.filter(|hit| keep(hit.key)));
        rest = later;
        portion *= 2;
    }
    hits.truncate(limit);
    hits
}
