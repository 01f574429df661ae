//! The order of hits: what each costs, and the cheapest of all runs.

use super::Hit;
use super::quality::{NONE, TYPO};
use super::query::{Query, Term};
use super::run::Run;

/// What a typo adds to an entry's cost: it comes after all that are found without.
const TYPO_COST: u16 = 1 << 8;
/// The cost of what is not found.
const NOWHERE: u16 = u16::MAX;

/// What is found in one run, in the order of its entries: the cost in the upper half, the place in the lower.
pub(super) struct Found<'a, K> {
    run: &'a Run<K>,
    hits: Vec<u32>,
    next: usize,
}

/// Finds all entries that have every term of a reading, at the cost of the best reading.
pub(super) fn find<'a, K: Copy + Ord>(
    runs: impl Iterator<Item = &'a Run<K>>,
    query: &Query,
    typos: bool,
) -> Vec<Found<'a, K>> {
    let mut found = Vec::new();
    let (mut costs, mut sums, mut least) = (Vec::new(), Vec::new(), Vec::new());
    for run in runs {
        least.clear();
        for terms in &query.readings {
            sums.clear();
            sums.resize(run.keys.len(), 0);
            // Stops at the first term that is nowhere in the run.
            if !terms.iter().all(|term| add_costs(run, term, typos, &mut costs, &mut sums)) {
                continue;
            }
            if least.is_empty() {
                core::mem::swap(&mut least, &mut sums);
            } else {
                least.iter_mut().zip(&sums).for_each(|(least, &sum)| *least = sum.min(*least));
            }
        }
        let places =
            least.iter().zip(&run.alive).zip(0_u32..).filter(|((cost, alive), _)| **cost != NOWHERE && **alive);
        let hits: Vec<u32> = places.map(|((&cost, _), place)| u32::from(cost) << 16 | place).collect();
        if !hits.is_empty() {
            found.push(Found { run, hits, next: 0 });
        }
    }
    found
}

/// All entries, to be taken in the order of their names: those without one come last.
pub(super) fn all<'a, K: Copy + Ord>(runs: impl Iterator<Item = &'a Run<K>>) -> Vec<Found<'a, K>> {
    let entries = |run: &'a Run<K>| {
        let places = (0_u32..).zip(&run.alive).filter(|(_, alive)| **alive);
        let hits = places.map(|(place, _)| u32::from(run.is_nameless(place as usize)) << 16 | place).collect();
        Found { run, hits, next: 0 }
    };
    runs.map(entries).collect()
}

/// Adds what finding the term costs to each entry's sum; [`NOWHERE`] where it, or one before it, is not found.
fn add_costs<K: Copy + Ord>(run: &Run<K>, term: &Term, typos: bool, costs: &mut Vec<u8>, sums: &mut [u16]) -> bool {
    if !run.find(term, typos, costs) {
        return false;
    }
    for (sum, &cost) in sums.iter_mut().zip(&*costs) {
        if cost == NONE {
            *sum = NOWHERE;
        } else {
            let by_typo = if cost >> 3 >= TYPO { TYPO_COST } else { 0 };
            *sum = sum.saturating_add(by_typo + u16::from(cost));
        }
    }
    true
}

/// The best `limit` that `keep` lets pass. Each run's hits come in the order of names: for one cost after the other,
/// takes the first of all runs until there are enough.
pub(super) fn best<K: Copy + Ord>(mut found: Vec<Found<'_, K>>, limit: usize, keep: impl Fn(K) -> bool) -> Vec<Hit<K>> {
    let mut levels: Vec<u32> = Vec::new();
    for &hit in found.iter().flat_map(|found| &found.hits) {
        if let Err(at) = levels.binary_search(&(hit >> 16)) {
            levels.insert(at, hit >> 16);
        }
    }
    let mut hits = Vec::new();
    for level in levels {
        for found in &mut found {
            found.next = 0;
            found.skip_to(level);
        }
        while let Some(first) = first_of(&found) {
            if hits.len() == limit {
                return hits;
            }
            let (found, place) = (&mut found[first.0], first.1);
            let key = found.run.keys[place];
            if keep(key) {
                hits.push(Hit { key, by_typo: level >= u32::from(TYPO_COST) });
            }
            found.next += 1;
            found.skip_to(level);
        }
    }
    hits
}

/// Which of the runs has the next entry, and its place there.
fn first_of<K: Copy + Ord>(found: &[Found<'_, K>]) -> Option<(usize, usize)> {
    let mut first: Option<(usize, usize)> = None;
    for (at, one) in found.iter().enumerate() {
        let Some(&hit) = one.hits.get(one.next) else { continue };
        let place = (hit & 0xffff) as usize;
        if first.is_none_or(|(other, other_place)| one.run.compare(place, found[other].run, other_place).is_lt()) {
            first = Some((at, place));
        }
    }
    first
}

impl<K> Found<'_, K> {
    fn skip_to(&mut self, level: u32) {
        while self.hits.get(self.next).is_some_and(|hit| hit >> 16 != level) {
            self.next += 1;
        }
    }
}
