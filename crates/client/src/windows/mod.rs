//! The cards as windows: where they lie, which is in front, which wait in the dock.
//!
//! Always holds, whatever the user does and however the desk changes:
//! - each card is open once, and has its own place in the pile;
//! - a card that shows lies on the desk with all of its frame, so its title and its text box are in reach. Where the
//!   user wanted it is kept beside that: a desk that grows again gives it back;
//! - the focused card, if there is one, isn't minimised and lies above all others;
//! - in the narrow shape one pane shows: the column, or the card in front, as large as the desk.
//!
//! The order of [`Windows::cards`] is the order of opening and of Tab. Draw the cards in that order, keyed, and use
//! [`Card::stacking`] for what lies above what: so raising a card never re-creates it, nor loses its focus.

mod action;
mod card;
mod desk;
mod drag;
mod geometry;
mod snapshot;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use action::{Grip, WindowAction};
pub use card::{Card, CardKey, Placement, Resting, Showing};
pub use desk::{NARROW_BELOW, SnapZone};
pub use geometry::{DEFAULT_SIZE, Edge, GAP, LEAST_SIZE, Rect};
pub use snapshot::{CardSnapshot, Snapshot};

use desk::Desk;
use drag::Drag;

/// All cards of the workspace, and the desk they lie on.
#[derive(Clone, Debug)]
pub struct Windows {
    desk: Desk,
    /// Whether the browser has said how large the desk is.
    measured: bool,
    pane: Pane,
    /// In the order of Tab.
    cards: Vec<Card>,
    drag: Option<Drag>,
}

/// What shows in the narrow shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pane {
    /// The list of conversations.
    #[default]
    Column,
    /// The card in front.
    Card,
}

/// What an action has led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct WindowsChange {
    /// Whether anything is different now: on screen, or in what [`Windows::snapshot`] keeps.
    pub changed: bool,
    /// Where the keyboard focus goes; if nowhere, it stays.
    pub focus: Option<Focus>,
}

/// A place for the keyboard focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Into this card.
    Card(CardKey),
    /// To the column: no card shows.
    Column,
}

impl Windows {
    /// No cards, on a desk that is yet to be measured.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The browser says how wide the viewport and how large the desk is, in CSS px. A desk without an area is hidden
    /// (by the other pane, or another screen) and keeps its size. When the window gets too narrow for both panes,
    /// the focus goes into the one that stays.
    pub fn resize_desk(&mut self, viewport_width: u32, desk_width: u32, desk_height: u32) -> WindowsChange {
        self.change(|windows| {
            let was_wide = windows.measured && !windows.desk.narrow;
            windows.desk = windows.desk.measured(viewport_width, desk_width, desk_height);
            windows.measured = true;
            was_wide && windows.desk.narrow && !windows.cards.is_empty()
        })
    }

    /// Opens a card beside the others: in the first free slot of a grid of columns, else in a cascade. One that is
    /// open already comes to the front, out of the dock if it is there.
    pub fn open(&mut self, card: CardKey) -> WindowsChange {
        self.change(|windows| {
            if !windows.is_open(card) {
                windows.cards.push(Card::new(card, windows.cards.len() as u32));
            }
            windows.show(card)
        })
    }

    /// A card becomes another one's, in the same place: a new conversation has got its people. If that one is open
    /// already, `from` closes and `to` comes to the front. Nothing happens if the user has closed `from`.
    pub fn retarget(&mut self, from: CardKey, to: CardKey) -> WindowsChange {
        self.change(|windows| {
            let Some(old) = windows.get(from).copied().filter(|_| from != to) else { return false };
            if let Some(open) = windows.card_mut(to) {
                open.pinned |= old.pinned;
                windows.remove(from);
                return windows.show(to);
            }
            let had_focus = windows.focused() == Some(from);
            if let Some(card) = windows.card_mut(from) {
                card.key = to;
            }
            if let Some(drag) = windows.drag.as_mut().filter(|drag| drag.card == from) {
                drag.card = to;
            }
            had_focus
        })
    }

    /// Does what the user asks for.
    pub fn act(&mut self, action: WindowAction) -> WindowsChange {
        self.change(|windows| windows.apply(action))
    }

    /// Whether the card is open, be it in the dock.
    #[must_use]
    pub fn is_open(&self, card: CardKey) -> bool {
        self.get(card).is_some()
    }

    /// The card that the user works in: the one in front that isn't minimised, if its pane shows.
    #[must_use]
    pub fn focused(&self) -> Option<CardKey> {
        self.front().filter(|_| self.shows_cards())
    }

    /// All cards, minimised ones too, in the order of Tab.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.cards.iter()
    }

    /// The cards in the dock, in the order of Tab.
    pub fn minimised(&self) -> impl Iterator<Item = &Card> {
        self.cards.iter().filter(|card| card.is_minimised())
    }

    /// A card, if it is open.
    #[must_use]
    pub fn get(&self, card: CardKey) -> Option<&Card> {
        self.cards.iter().find(|open| open.key == card)
    }

    /// Whether there is room for one pane only: the viewport is narrower than [`NARROW_BELOW`].
    #[must_use]
    pub const fn is_narrow(&self) -> bool {
        self.desk.narrow
    }

    /// Whether the column shows.
    #[must_use]
    pub fn shows_column(&self) -> bool {
        !self.desk.narrow || self.pane == Pane::Column
    }

    /// Whether the desk with its cards shows.
    #[must_use]
    pub fn shows_cards(&self) -> bool {
        !self.desk.narrow || self.pane == Pane::Card
    }

    fn card_mut(&mut self, card: CardKey) -> Option<&mut Card> {
        self.cards.iter_mut().find(|open| open.key == card)
    }

    fn front(&self) -> Option<CardKey> {
        self.cards.iter().filter(|card| !card.is_minimised()).max_by_key(|card| card.stacking).map(|card| card.key)
    }

    /// Runs a change, which says whether the keyboard focus goes to what is in front after it.
    fn change(&mut self, change: impl FnOnce(&mut Self) -> bool) -> WindowsChange {
        let shown = |windows: &Self| (windows.pane, windows.desk.narrow, windows.dragged(), windows.snap_preview());
        let before = (self.cards.clone(), shown(self));
        let refocus = change(self);
        self.settle();
        let changed = before.0 != self.cards || before.1 != shown(self);
        let focus = refocus.then(|| self.focused().map_or(Focus::Column, Focus::Card));
        WindowsChange { changed, focus }
    }

    /// Brings what is derived in line with cards and desk.
    fn settle(&mut self) {
        self.settle_drag();
        self.settle_places();
        let (front, desk) = (self.front(), self.desk);
        for card in &mut self.cards {
            card.bounds = card.bounds_on(desk);
            card.front = front == Some(card.key);
        }
        if front.is_none() {
            self.pane = Pane::Column;
        }
    }

    /// Finds a place for the cards that show on a wide desk for the first time.
    fn settle_places(&mut self) {
        if self.desk.narrow || !self.measured {
            return;
        }
        let homeless = |card: &Card| card.wanted.is_none() && !card.is_minimised();
        while let Some(at) = self.cards.iter().position(homeless) {
            let taken: Vec<Rect> = self
                .cards
                .iter()
                .filter(|card| !card.is_minimised())
                .filter_map(|card| card.resting_bounds(self.desk))
                .collect();
            self.cards[at].wanted = Some(self.desk.place(&taken));
        }
    }
}
