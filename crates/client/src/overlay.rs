//! What lies over everything else: the palette, one field that jumps to an open card, a conversation, a person or an
//! action; and the sheet of shortcuts.
//!
//! Always holds: what is offered is found when something is typed and stays until something else is, so what one picks is
//! what one saw; what has gone meanwhile does nothing.

use crate::commands::Target;
use crate::context::Turn;
use crate::fact::Fact;
use crate::update::Changed;

/// What the user does in the palette and the sheet of shortcuts.
#[derive(strum::IntoStaticStr, Clone, Debug)]
pub enum OverlayAction {
    /// Typed into the palette.
    Query(String),
    /// The palette's mark goes on by so many.
    Step(isize),
    /// What is marked or clicked in it.
    Pick(Target),
    /// The palette or the sheet of shortcuts goes.
    Close,
}

/// What lies over everything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Overlay {
    /// Nothing.
    #[default]
    Nothing,
    /// The palette.
    Palette {
        /// What is typed.
        query: String,
        /// What was found for it, best first.
        targets: Vec<Target>,
        /// Which of these Enter takes.
        marked: usize,
    },
    /// The sheet of shortcuts.
    Shortcuts,
}

impl Overlay {
    /// The palette offers this for what is typed.
    pub(crate) fn offer(&mut self, query: String, (targets, marked): (Vec<Target>, usize), turn: &mut Turn<'_>) {
        *self = Self::Palette { query, targets, marked };
        turn.changed(Changed::Palette);
    }

    /// The mark goes on by so many, round at both ends.
    pub(crate) fn step(&mut self, by: isize, turn: &mut Turn<'_>) {
        if let Self::Palette { targets, marked, .. } = self {
            let count = targets.len().max(1);
            *marked = (*marked + count).wrapping_add_signed(by % count as isize) % count;
            turn.changed(Changed::Palette);
        }
    }

    /// Something was picked.
    pub(crate) fn pick(&mut self, target: Target, turn: &mut Turn<'_>) {
        self.close(turn);
        turn.fact(Fact::Jumped(target));
    }

    pub(crate) fn close(&mut self, turn: &mut Turn<'_>) {
        *self = Self::Nothing;
        turn.changed(Changed::Palette);
    }

    pub(crate) fn open_shortcuts(&mut self, turn: &mut Turn<'_>) {
        *self = Self::Shortcuts;
        turn.changed(Changed::Palette);
    }

    /// Something else has changed: what the palette offers may read differently.
    pub(crate) fn refresh(&self, turn: &mut Turn<'_>) {
        if matches!(self, Self::Palette { .. }) && turn.changes().next().is_some() {
            turn.changed(Changed::Palette);
        }
    }
}

#[cfg(test)]
mod tests {
    use halyard_protocol::{ConversationId, Ulid};

    use super::*;
    use crate::testing::Alone;

    fn targets(count: u128) -> Vec<Target> {
        (0..count).map(|n| Target::Conversation(ConversationId(Ulid::from_bits(n)))).collect()
    }

    fn palette(count: u128) -> (Overlay, Alone) {
        let (mut overlay, mut alone) = (Overlay::default(), Alone::new());
        alone.turn(|cx| overlay.offer("an".to_owned(), (targets(count), 0), cx));
        (overlay, alone)
    }

    fn marked(overlay: &Overlay) -> usize {
        if let Overlay::Palette { marked, .. } = overlay { *marked } else { panic!("no palette") }
    }

    #[test]
    fn the_mark_goes_round_at_both_ends() {
        let (mut overlay, mut alone) = palette(3);
        for (by, at) in [(-1, 2), (1, 0), (5, 2), (-5, 0), (-3, 0)] {
            alone.turn(|cx| overlay.step(by, cx));
            assert_eq!(marked(&overlay), at, "after {by}");
        }
        let (mut overlay, mut alone) = palette(0);
        alone.turn(|cx| overlay.step(1, cx));
        assert_eq!(marked(&overlay), 0, "where nothing was found");
    }

    #[test]
    fn what_is_offered_stays_while_other_things_change_and_reads_anew() {
        let (overlay, mut alone) = palette(3);
        let done = alone.turn(|cx| {
            cx.changed(Changed::Contacts);
            overlay.refresh(cx);
        });
        assert!(done.changed.contains(&Changed::Palette));
        assert!(matches!(&overlay, Overlay::Palette { targets: kept, .. } if *kept == targets(3)));
        assert_eq!(alone.turn(|cx| overlay.refresh(cx)).changed, [], "nothing has changed");
        let closed = alone.turn(|cx| {
            cx.changed(Changed::Contacts);
            Overlay::Nothing.refresh(cx);
        });
        assert_eq!(closed.changed, [Changed::Contacts]);
    }

    #[test]
    fn what_is_picked_is_a_fact_and_closes_the_palette() {
        let (mut overlay, mut alone) = palette(3);
        let picked = targets(3)[1];
        let done = alone.turn(|cx| overlay.pick(picked, cx));
        assert!(matches!(&done.facts[..], [Fact::Jumped(target)] if *target == picked));
        assert_eq!((overlay, done.changed), (Overlay::Nothing, vec![Changed::Palette]));
    }
}
