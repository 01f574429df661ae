//! Words that begin almost as typed: a letter wrong, missing, too many, or swapped with its neighbour.

use core::ops::Range;

use super::arena::Arena;

/// Longer words are not searched with typos: nobody types them to the end. They must fit into the bits of [`Step`].
const LONGEST: usize = 32;
/// Typos of a word at most.
const MOST: usize = 2;

/// How many edits a word of so many letters may have.
const fn allowed(letters: usize) -> usize {
    match letters {
        0..4 => 0,
        4..8 => 1,
        8..=LONGEST => MOST,
        _ => 0,
    }
}

/// A word that may be mistyped.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistyped {
    letters: Vec<char>,
    /// For each ASCII letter, where it stands in the word: bit `i` for the place `i`.
    places: [u64; 128],
    most: usize,
}

impl Mistyped {
    /// `None` if the word is too short for typos, or too long.
    pub(super) fn new(word: &str) -> Option<Self> {
        let letters: Vec<char> = word.chars().collect();
        let most = allowed(letters.len());
        let mut places = [0; 128];
        for (place, letter) in letters.iter().enumerate().take(LONGEST) {
            if let Some(places) = places.get_mut(*letter as usize) {
                *places |= 1 << place;
            }
        }
        (most > 0).then_some(Self { letters, places, most })
    }

    fn places_of(&self, letter: char) -> u64 {
        match self.places.get(letter as usize) {
            Some(places) => *places,
            None => {
                let places = self.letters.iter().zip(0..).map(|(known, place)| u64::from(*known == letter) << place);
                places.fold(0, |all, place| all | place)
            }
        }
    }
}

/// What is known after some letters of a word, for up to so many edits each.
#[derive(Clone, Copy)]
struct Step {
    letter: char,
    /// Bit `i`: the first `i` letters of the query have become the word's letters up to here.
    reached: [u64; MOST + 1],
    /// Bit `i`: the same but for two swapped letters, of which the second one is still to come.
    swapping: [u64; MOST + 1],
    /// The fewest edits from the whole query to a beginning of the word.
    best: usize,
}

/// Calls `found` with ranges of sorted words, and how many edits away (1 or more) their nearest beginning is from
/// the query, where that is allowed. Words that begin alike are compared once: the sorted words are walked like
/// a tree, and branches that can no longer match are left out.
pub(super) fn near(words: &Arena, query: &Mistyped, mut found: impl FnMut(Range<usize>, usize)) {
    let most = query.most;
    let mut root = Step { letter: '\0', reached: [0; MOST + 1], swapping: [0; MOST + 1], best: usize::MAX };
    for edits in 0..=most {
        // Leaves out the first letters of the query.
        root.reached[edits] = (2 << edits) - 1;
    }
    let mut path = vec![root];
    let mut place = 0;
    'words: while place < words.len() {
        let word = words.get(place);
        let mut shared = 0;
        let mut length = 0;
        for letter in word.chars() {
            match path.get(shared + 1) {
                Some(step) if step.letter == letter => shared += 1,
                _ => break,
            }
            length += letter.len_utf8();
        }
        path.truncate(shared + 1);
        let mut last = path.last().copied().unwrap_or(root);
        for letter in word[length..].chars() {
            length += letter.len_utf8();
            last = last.next(query, letter);
            path.push(last);
            let nearest = (0..=most).find(|&edits| last.reached[edits] | last.swapping[edits] != 0);
            // Below here nothing gets better: take all words that begin so, or none of them.
            if nearest.is_none_or(|edits| edits >= last.best) {
                let end = words.end_of_prefix(place, &word[..length]);
                if (1..=most).contains(&last.best) {
                    found(place..end, last.best);
                }
                place = end;
                continue 'words;
            }
        }
        if (1..=most).contains(&last.best) {
            found(place..place + 1, last.best);
        }
        place += 1;
    }
}

impl Step {
    /// One letter further (Wu and Manber's bit-parallel matching, with swaps).
    #[inline]
    fn next(&self, query: &Mistyped, letter: char) -> Self {
        let same = query.places_of(letter);
        let length = query.letters.len();
        let mut step = Self { letter, reached: [0; MOST + 1], swapping: [0; MOST + 1], best: self.best };
        for edits in 0..=query.most {
            let mut reached = (self.reached[edits] & same) << 1;
            if let Some(fewer) = edits.checked_sub(1) {
                let before = self.reached[fewer];
                // Too many, wrong, missing, and the second of two swapped.
                reached |= before | before << 1 | step.reached[fewer] << 1 | (self.swapping[edits] & same) << 2;
                step.swapping[edits] = before & same >> 1;
            }
            step.reached[edits] = reached & ((2 << length) - 1);
            if reached >> length & 1 == 1 {
                step.best = step.best.min(edits);
            }
        }
        step
    }
}
