//! Parts that came in, until they are a text.
//!
//! The caller keeps the parts, by sender, own number and reference, with when they came, and asks here what a new one makes of them. It
//! looks from time to time for sets whose first part came more than [`GIVE_UP_AFTER`] ago, and gives those to the user as [`incomplete`]
//! puts them.
//!
//! Always holds: no part is lost. A part that can't be of the set that is kept (another total, another content in the same place, days
//! later) begins a new one, and what was kept goes to the user as it is. Each part is read in its own coding; a character that was cut
//! apart between two is whole.

use core::time::Duration;

use halyard_protocol::UnixMs;

use crate::sms::coding::{Coding, Piece};
use crate::sms::header::Concat;

/// How long the parts of a text are waited for, from the first that came.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// What stands for parts that did not come.
pub const MISSING: &str = "[…]";

/// A part that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Which it is.
    pub concat: Concat,
    /// Its content.
    pub piece: Piece,
    /// When it came.
    pub at: UnixMs,
}

/// What a new part makes of those that are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The text is there: the caller takes it in and forgets what it kept.
    Complete(String),
    /// Others are still missing: the caller keeps the new part.
    Waiting,
    /// It is kept already: the caller does nothing.
    Duplicate,
    /// It is of another text with the same reference: the caller gives this to the user, forgets what it kept, and decides again.
    Another(String),
}

/// Decides about a new part, given all parts that are kept of the same sender, own number and reference.
#[must_use]
pub fn decide(kept: &[Kept], new: &Kept) -> Decision {
    let same_place = kept.iter().find(|kept| kept.concat.part == new.concat.part);
    let is_other = kept.iter().any(|kept| kept.concat.total != new.concat.total)
        || same_place.is_some_and(|kept| kept.piece != new.piece)
        || kept.iter().any(|kept| is_over(kept.at, new.at));
    if is_other {
        return Decision::Another(incomplete(kept));
    }
    if same_place.is_some() {
        return Decision::Duplicate;
    }
    let mut parts: Vec<&Kept> = kept.iter().chain([new]).collect();
    parts.sort_by_key(|kept| kept.concat.part);
    parts.dedup_by_key(|kept| kept.concat.part);
    if parts.len() == usize::from(new.concat.total) { Decision::Complete(joined(&parts)) } else { Decision::Waiting }
}

/// Whether parts that came at a moment are no longer waited for.
#[must_use]
pub fn is_over(first: UnixMs, now: UnixMs) -> bool {
    u128::try_from(now.since(first)).is_ok_and(|waited| waited > GIVE_UP_AFTER.as_millis())
}

/// The text of those parts that came, with [`MISSING`] in place of those that did not.
#[must_use]
pub fn incomplete(kept: &[Kept]) -> String {
    let mut parts: Vec<&Kept> = kept.iter().collect();
    parts.sort_by_key(|kept| kept.concat.part);
    parts.dedup_by_key(|kept| kept.concat.part);
    joined(&parts)
}

/// The text of parts in their order: what is in one coding and without a gap is read together.
fn joined(parts: &[&Kept]) -> String {
    let (mut text, mut run, mut last) = (String::new(), Piece { coding: Coding::Other, octets: Vec::new() }, 0_u8);
    for kept in parts {
        let is_gap = kept.concat.part != last.saturating_add(1);
        let is_whole = run.coding != Coding::Ucs2 || run.octets.len().is_multiple_of(2);
        if is_gap || run.coding != kept.piece.coding || !is_whole {
            text.push_str(&run.text());
            run = Piece { coding: kept.piece.coding, octets: Vec::new() };
        }
        if is_gap {
            text.push_str(MISSING);
        }
        run.octets.extend_from_slice(&kept.piece.octets);
        last = kept.concat.part;
    }
    text.push_str(&run.text());
    if parts.last().is_some_and(|kept| kept.concat.part < kept.concat.total) {
        text.push_str(MISSING);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = 24 * 60 * 60 * 1_000;

    fn part(part: u8, total: u8, text: &str, at: i64) -> Kept {
        let piece = Piece { coding: Coding::Latin1, octets: text.as_bytes().to_vec() };
        Kept { concat: Concat { reference: 7, total, part }, piece, at: UnixMs(at) }
    }

    fn in_ucs2(number: u8, total: u8, octets: &[u8]) -> Kept {
        Kept { piece: Piece { coding: Coding::Ucs2, octets: octets.to_vec() }, ..part(number, total, "", 0) }
    }

    #[test]
    fn parts_come_in_any_order() {
        let kept = [part(3, 3, "c", 0), part(1, 3, "a", 1)];
        assert_eq!(decide(&kept[..1], &kept[1]), Decision::Waiting);
        assert_eq!(decide(&kept, &part(2, 3, "b", 2)), Decision::Complete("abc".to_owned()));
        assert_eq!(decide(&[], &part(1, 1, "all", 0)), Decision::Complete("all".to_owned()));
    }

    #[test]
    fn a_part_that_comes_twice_is_one() {
        assert_eq!(decide(&[part(1, 2, "a", 0)], &part(1, 2, "a", DAY)), Decision::Duplicate);
    }

    #[test]
    fn a_reference_is_used_again() {
        let kept = [part(2, 3, "b", 0)];
        for new in [part(1, 2, "x", 1), part(2, 3, "x", 1), part(1, 3, "a", 3 * DAY + 1)] {
            assert_eq!(decide(&kept, &new), Decision::Another("[…]b[…]".to_owned()));
            assert_eq!(decide(&[], &new), Decision::Waiting);
        }
        assert_eq!(decide(&kept, &part(1, 3, "a", 3 * DAY)), Decision::Waiting);
        assert!(is_over(UnixMs(0), UnixMs(3 * DAY + 1)) && !is_over(UnixMs(5), UnixMs(0)));
    }

    #[test]
    fn what_is_missing_is_marked() {
        assert_eq!(incomplete(&[part(1, 4, "a", 0), part(4, 4, "d", 0)]), "a[…]d");
        assert_eq!(incomplete(&[part(2, 4, "b", 0), part(3, 4, "c", 0)]), "[…]bc[…]");
    }

    #[test]
    fn a_character_that_was_cut_apart_is_whole() {
        let first = in_ucs2(1, 2, &[0, 0x41, 0xd8, 0x3d]);
        assert_eq!(decide(&[in_ucs2(2, 2, &[0xde, 0x42])], &first), Decision::Complete("A🙂".to_owned()));
        // An odd octet does not shift what follows.
        let odd = in_ucs2(1, 2, &[0, 0x41, 0]);
        assert_eq!(decide(&[odd], &in_ucs2(2, 2, &[0, 0x42])), Decision::Complete("A\u{fffd}B".to_owned()));
    }

    #[test]
    fn each_part_has_its_own_coding() {
        let kept = [part(1, 2, "caf", 0)];
        assert_eq!(decide(&kept, &in_ucs2(2, 2, &[0, 0xe9])), Decision::Complete("café".to_owned()));
    }

    proptest! {
        #[test]
        fn every_order_gives_the_text(text in "[a-z]{1,40}", seed in any::<u64>()) {
            let total = u8::try_from(text.len()).unwrap();
            let mut parts: Vec<Kept> =
                (1..=total).zip(text.chars()).map(|(number, c)| part(number, total, &c.to_string(), 0)).collect();
            let mut random = seed;
            for place in (1..parts.len()).rev() {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                parts.swap(place, (random >> 33) as usize % (place + 1));
            }
            let (last, kept) = parts.split_last().unwrap();
            for place in 0..kept.len() {
                prop_assert_eq!(decide(&kept[..place], &kept[place]), Decision::Waiting);
                prop_assert_eq!(decide(kept, &kept[place]), Decision::Duplicate);
            }
            prop_assert_eq!(decide(kept, last), Decision::Complete(text));
        }

        #[test]
        fn anything_that_is_kept_is_put_together(
            kept in prop::collection::vec((any::<u8>(), any::<u8>(), prop::collection::vec(any::<u8>(), 0..9), any::<i64>()), 0..20),
        ) {
            let kept: Vec<Kept> = kept
                .into_iter()
                .map(|(part, total, octets, at)| Kept {
                    concat: Concat { reference: 1, total, part },
                    piece: Piece { coding: Coding::of(total, crate::sms::Alphabet::Gsm), octets },
                    at: UnixMs(at),
                })
                .collect();
            prop_assert!(incomplete(&kept).len() <= kept.len() * (9 * 4 + 2 * MISSING.len()) + MISSING.len());
            if let Some((new, kept)) = kept.split_last() {
                let _ = decide(kept, new);
            }
        }
    }
}
