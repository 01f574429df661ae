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
