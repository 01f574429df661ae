//! Words that begin almost as typed: a letter wrong, missing, too many, or swapped with its neighbour.

use core::ops::Range;

use super::arena::Arena;

/// Longer words are not searched with typos: nobody types them to the end.
pub(super) const LONGEST: usize = 32;

/// How many edits a word of so many letters may have.
pub(super) const fn allowed(letters: usize) -> u8 {
    match letters {
        0..4 => 0,
        4..8 => 1,
        8..=LONGEST => 2,
        _ => 0,
    }
}

type Row = [u8; LONGEST + 1];

/// What is known on the way down to a letter of a word.
#[derive(Clone, Copy)]
struct Step {
    letter: char,
    /// Edits from each beginning of the query to the word up to here.
    row: Row,
    /// The fewest of them.
    least: u8,
    /// Edits to the best beginning of the word so far.
    best: u8,
}

/// Calls `found` with ranges of sorted words, and how many edits away (1 or more) their nearest beginning is from
/// the query, where that is `most` or less. Words that begin alike are compared once: the sorted words are walked like
/// a tree, and branches that can no longer match are left out.
pub(super) fn near(words: &Arena, query: &[char], most: u8, mut found: impl FnMut(Range<usize>, u8)) {
    if most == 0 || query.len() > LONGEST {
        return;
    }
    let mut root: Row = [u8::MAX; LONGEST + 1];
    for (cost, place) in (0..).zip(&mut root[..=query.len()]) {
        *place = cost;
    }
    let root = Step { letter: '\0', row: root, least: 0, best: u8::MAX };
    let mut path = vec![root];
    let mut place = 0;
    'words: while place < words.len() {
        let word = words.get(place);
        let shared = word.chars().zip(&path[1..]).take_while(|(letter, step)| *letter == step.letter).count();
        path.truncate(shared + 1);
        let mut length: usize = path[1..].iter().map(|step| step.letter.len_utf8()).sum();
        for letter in word[length..].chars() {
            length += letter.len_utf8();
            let last = path.last().unwrap_or(&root);
            let before = path.len().checked_sub(2).and_then(|at| path.get(at));
            let step = next(query, most, path.len(), last, before, letter);
            // A swap with the next letter starts from the step before.
            let nearest = step.least.min(last.least.saturating_add(1));
            path.push(step);
            // Below here nothing gets better: take all words that begin so, or none of them.
            if nearest >= step.best || nearest > most {
                let end = words.end_of_prefix(place, &word[..length]);
                if (1..=most).contains(&step.best) {
                    found(place..end, step.best);
                }
                place = end;
                continue 'words;
            }
        }
        let best = path.last().map_or(u8::MAX, |step| step.best);
        if (1..=most).contains(&best) {
            found(place..place + 1, best);
        }
        place += 1;
    }
}

/// One letter further down, `depth` letters in all; `before` is the step before `last`, for swapped neighbours. Only
/// beginnings of about that length can be near enough: the others stay at the maximum.
fn next(query: &[char], most: u8, depth: usize, last: &Step, before: Option<&Step>, letter: char) -> Step {
    let mut row: Row = [u8::MAX; LONGEST + 1];
    let (first, end) = (depth.saturating_sub(usize::from(most)), query.len().min(depth + usize::from(most)));
    let mut least = u8::MAX;
    if first == 0 {
        row[0] = last.row[0].saturating_add(1);
        least = row[0];
    }
    for at in first.max(1)..=end {
        let wrong = u8::from(query[at - 1] != letter);
        let mut cost = (last.row[at - 1].saturating_add(wrong))
            .min(last.row[at].saturating_add(1))
            .min(row[at - 1].saturating_add(1));
        if let Some(before) = before
            && at > 1
            && query[at - 1] == last.letter
            && query[at - 2] == letter
        {
            cost = cost.min(before.row[at - 2].saturating_add(1));
        }
        row[at] = cost;
        least = least.min(cost);
    }
    Step { letter, row, least, best: last.best.min(row[query.len()]) }
}
