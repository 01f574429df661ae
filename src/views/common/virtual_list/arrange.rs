//! Puts things into another order with few moves.

/// A thing that is moved, another one, and whether it goes behind that one or before it.
pub(super) type Move = (usize, usize, bool);

/// Brings `stand` into the order of `wanted`, which has the same things, and tells of each move. Where two things stand the wrong way
/// round, the one that has the longer way goes: one that leaves the front for the end, or the other way, is one move.
pub(super) fn arrange(stand: &mut Vec<usize>, wanted: &[usize], moved: &mut dyn FnMut(Move)) {
    let place = |all: &[usize], one: usize| all.iter().position(|other| *other == one).unwrap_or_default();
    for at in 0..wanted.len().min(stand.len()) {
        while stand[at] != wanted[at] {
            let (here, next) = (stand[at], wanted[at]);
            let (to, from) = (place(wanted, here), place(stand, next));
            if to > from {
                let other = wanted[to - 1];
                stand.remove(at);
                let behind = place(stand, other) + 1;
                stand.insert(behind, here);
                moved((here, other, true));
            } else {
                stand.remove(from);
                stand.insert(at, next);
                moved((next, here, false));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Carries out the moves, as a page would, and gives how many there were.
    fn moves(stand: &[usize], wanted: &[usize]) -> usize {
        let (mut known, mut page, mut count) = (stand.to_vec(), stand.to_vec(), 0);
        arrange(&mut known, wanted, &mut |(one, other, behind)| {
            page.retain(|there| *there != one);
            let at = page.iter().position(|there| *there == other).unwrap();
            page.insert(at + usize::from(behind), one);
            count += 1;
        });
        assert_eq!((&*known, &*page), (wanted, wanted));
        count
    }

    #[test]
    fn one_that_goes_elsewhere_is_one_move() {
        assert_eq!(moves(&[0, 1, 2, 3, 4], &[0, 1, 2, 3, 4]), 0);
        assert_eq!(moves(&[0, 1, 2, 3, 4], &[1, 2, 3, 4, 0]), 1);
        assert_eq!(moves(&[0, 1, 2, 3, 4], &[4, 0, 1, 2, 3]), 1);
        assert_eq!(moves(&[0, 1, 2, 3, 4], &[3, 0, 1, 2, 4]), 1);
        assert_eq!(moves(&[0, 1, 2, 3, 4], &[0, 2, 3, 1, 4]), 1);
        assert_eq!(moves(&[0, 1, 2, 3, 4, 5, 6], &[2, 3, 4, 5, 6, 0, 1]), 2);
        assert_eq!(moves(&[0, 1, 2, 3, 4, 5, 6], &[5, 6, 0, 1, 2, 3, 4]), 2);
        assert_eq!(moves(&[0, 1, 2, 3, 4, 5, 6], &[0, 2, 3, 5, 6, 1, 4]), 2);
    }

    #[test]
    fn any_order_becomes_any_other() {
        assert_eq!(moves(&[], &[]), 0);
        let first: Vec<usize> = (0..9).collect();
        let (mut order, mut seed) = (first.clone(), 7_usize);
        for _ in 0..500 {
            let before = order.clone();
            for at in 1..order.len() {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                order.swap(at, (seed >> 33) % (at + 1));
            }
            assert!(moves(&before, &order) <= 2 * first.len());
        }
    }
}
