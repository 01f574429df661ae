//! What the user does with cards, and how each of these moves the keyboard focus.

use super::card::{Card, CardKey, Placement, Resting};
use super::desk::SnapZone;
use super::geometry::Edge;
use super::{Pane, Windows};
use crate::sorted::sort_few;

/// What the user does with a card. Pointers and sizes are in CSS px from the top left corner of the desk.
///
/// A card that isn't open is never acted on. In the narrow shape, where a card fills its pane, the actions that place
/// a card (from [`Self::ToggleFullscreen`] to [`Self::CancelDrag`]) do nothing.
#[derive(strum::IntoStaticStr, Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowAction {
    /// Bring it to the front, out of the dock if it is there, and put the focus into it.
    Focus(CardKey),
    /// Bring it to the front, and leave the focus where the pointer or Tab has put it.
    Raise(CardKey),
    /// Close it.
    Close(CardKey),
    /// Into the dock.
    Minimise(CardKey),
    /// Out of the dock, to where it was.
    Restore(CardKey),
    /// To the next card in the order of Tab.
    FocusNext,
    /// To the one before.
    FocusPrevious,
    /// Narrow shapes: back from the card to the column.
    Back,
    /// "Pin", and back.
    SetPinned(CardKey, bool),
    /// "View in fullscreen", and back.
    ToggleFullscreen(CardKey),
    /// Lay all open cards side by side.
    Tile,
    /// To a half or a quarter of the desk.
    Snap {
        /// The card.
        card: CardKey,
        /// Which one.
        zone: SnapZone,
    },
    /// Out of its half or quarter, to where it floated before.
    Float(CardKey),
    /// By so much, as far as the desk goes.
    MoveBy {
        /// The card.
        card: CardKey,
        /// To the right.
        dx: i32,
        /// Down.
        dy: i32,
    },
    /// To this place, or as near as the desk allows.
    MoveTo {
        /// The card.
        card: CardKey,
        /// Its left edge.
        x: i32,
        /// Its top edge.
        y: i32,
    },
    /// Pull at its frame; the opposite side stays.
    ResizeBy {
        /// The card.
        card: CardKey,
        /// What is pulled.
        edge: Edge,
        /// To the right.
        dx: i32,
        /// Down.
        dy: i32,
    },
    /// The pointer has taken hold of a card.
    StartDrag {
        /// The card.
        card: CardKey,
        /// Where it is held.
        grip: Grip,
        /// The pointer.
        x: i32,
        /// The pointer.
        y: i32,
    },
    /// The pointer that holds a card is here now.
    Drag {
        /// The pointer.
        x: i32,
        /// The pointer.
        y: i32,
    },
    /// The pointer lets go: a card that is held by its title near an edge of the desk snaps.
    EndDrag {
        /// The pointer.
        x: i32,
        /// The pointer.
        y: i32,
    },
    /// Escape: the card goes back to where it was taken.
    CancelDrag,
}

/// Where a pointer holds a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grip {
    /// At its title: moves it.
    Title,
    /// At its frame: resizes it.
    Edge(Edge),
}

impl WindowAction {
    /// Whether it places cards anew: what a pointer is dragging at that moment stays where it is.
    const fn places(self) -> bool {
        matches!(
            self,
            Self::ToggleFullscreen(_)
                | Self::Tile
                | Self::Snap { .. }
                | Self::Float(_)
                | Self::MoveBy { .. }
                | Self::MoveTo { .. }
                | Self::ResizeBy { .. }
                | Self::StartDrag { .. }
        )
    }
}

impl Windows {
    /// Does it; whether the keyboard focus goes to what is in front now.
    pub(super) fn apply(&mut self, action: WindowAction) -> bool {
        if action.places() {
            self.drag = None;
        }
        match action {
            WindowAction::Focus(card) | WindowAction::Restore(card) => self.show(card),
            WindowAction::Raise(card) => {
                if self.get(card).is_some_and(|card| !card.is_minimised()) {
                    self.raise(card);
                }
                false
            }
            WindowAction::Close(card) => self.remove(card),
            WindowAction::Minimise(card) => self.minimise(card),
            WindowAction::FocusNext => self.step(1),
            WindowAction::FocusPrevious => self.step(-1),
            WindowAction::Back => self.back(),
            WindowAction::SetPinned(card, pinned) => {
                if let Some(card) = self.card_mut(card) {
                    card.pinned = pinned;
                }
                false
            }
            _ if self.desk.narrow => false,
            WindowAction::ToggleFullscreen(card) => self.place(card, Placement::toggle_fullscreen),
            WindowAction::Tile => self.tile(),
            WindowAction::Snap { card, zone } => {
                self.get(card).is_some_and(|card| !card.is_minimised())
                    && self.place(card, |_| Placement::resting(Resting::Snapped(zone)))
            }
            WindowAction::Float(card) => {
                self.get(card).is_some_and(|card| card.snapped().is_some())
                    && self.place(card, |_| Placement::resting(Resting::Floating))
            }
            WindowAction::MoveBy { card, dx, dy } => self.move_by(card, dx, dy),
            WindowAction::MoveTo { card, x, y } => self.move_to(card, x, y),
            WindowAction::ResizeBy { card, edge, dx, dy } => self.resize_by(card, edge, dx, dy),
            // The pointer itself puts the focus where it is.
            WindowAction::StartDrag { card, grip, x, y } => {
                self.start_drag(card, grip, x, y);
                false
            }
            WindowAction::Drag { x, y } => {
                self.drag_to(x, y);
                false
            }
            WindowAction::EndDrag { x, y } => {
                self.end_drag(x, y);
                false
            }
            WindowAction::CancelDrag => {
                self.cancel_drag();
                false
            }
        }
    }

    /// To the front, out of the dock.
    pub(super) fn show(&mut self, card: CardKey) -> bool {
        let Some(shown) = self.card_mut(card) else { return false };
        shown.placement = shown.placement.restore();
        self.raise(card);
        true
    }

    /// To the top of the pile; whether the focus was elsewhere.
    pub(super) fn raise(&mut self, key: CardKey) -> bool {
        let elsewhere = self.focused() != Some(key);
        let Some(from) = self.get(key).map(Card::stacking) else { return false };
        for card in &mut self.cards {
            card.stacking -= u32::from(card.stacking > from);
        }
        let top = self.cards.len() as u32 - 1;
        if let Some(card) = self.card_mut(key) {
            card.stacking = top;
        }
        self.pane = Pane::Card;
        elsewhere
    }

    pub(super) fn remove(&mut self, card: CardKey) -> bool {
        let Some(at) = self.cards.iter().position(|open| open.key == card) else { return false };
        let closed = self.cards.remove(at);
        for open in &mut self.cards {
            open.stacking -= u32::from(open.stacking > closed.stacking);
        }
        true
    }

    fn minimise(&mut self, card: CardKey) -> bool {
        let Some(card) = self.card_mut(card).filter(|card| !card.is_minimised()) else { return false };
        card.placement = card.placement.minimise();
        true
    }

    fn back(&mut self) -> bool {
        let from_card = self.desk.narrow && self.pane == Pane::Card;
        if from_card {
            self.pane = Pane::Column;
        }
        from_card
    }

    /// To the card after, or before, the focused one in the order of Tab; from the column, to the one in front.
    fn step(&mut self, by: isize) -> bool {
        let open: Vec<CardKey> = self.cards.iter().filter(|card| !card.is_minimised()).map(|card| card.key).collect();
        let Some(front) = self.front() else { return false };
        let next = match self.focused().and_then(|focused| open.iter().position(|card| *card == focused)) {
            Some(at) => open[at.wrapping_add_signed(by).wrapping_add(open.len()) % open.len()],
            None => front,
        };
        self.show(next)
    }

    fn place(&mut self, card: CardKey, how: impl FnOnce(Placement) -> Placement) -> bool {
        let Some(found) = self.card_mut(card) else { return false };
        found.placement = how(found.placement);
        self.raise(card);
        true
    }

    /// Lays out what isn't minimised, in the order of Tab, as far as there is room; what was in front stays there.
    fn tile(&mut self) -> bool {
        let Some(front) = self.front() else { return false };
        let mut piled: Vec<(u32, CardKey)> =
            self.cards.iter().filter(|card| !card.is_minimised()).map(|card| (card.stacking, card.key)).collect();
        let tiles = self.desk.tiles(piled.len());
        // What has no room goes to the dock: those that were in front longest ago.
        sort_few(&mut piled, |a, b| a < b);
        let without = piled.len().saturating_sub(tiles.len());
        let (docked, _) = piled.split_at(without);
        let mut tiles = tiles.into_iter();
        for card in self.cards.iter_mut().filter(|card| !card.is_minimised()) {
            if docked.iter().any(|(_, key)| *key == card.key) {
                // Where it lay is another's now: it takes a free place when it comes back.
                card.placement = Placement::NEW.minimise();
                card.wanted = None;
            } else if let Some(bounds) = tiles.next() {
                card.wanted = Some(bounds.sane());
                card.placement = Placement::NEW;
            }
        }
        self.raise(front);
        true
    }
}
