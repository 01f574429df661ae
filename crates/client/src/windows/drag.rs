//! Moving and resizing: in one step by the keyboard, and by a pointer from where it takes hold to where it lets go.
//!
//! Always holds: while a card is dragged, its bounds follow from where it was taken and where the pointer is now
//! alone, so nothing drifts when the pointer goes beyond an edge and comes back.

use super::Windows;
use super::action::Grip;
use super::card::{Card, CardKey, Placement, Resting};
use super::desk::{Desk, SnapZone};
use super::geometry::{DEFAULT_SIZE, Edge, Rect};

/// The pointer has to go this far before a card follows, in CSS px: a click on the title moves nothing.
const THRESHOLD: u32 = 4;

/// A card in the user's hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Drag {
    pub(super) card: CardKey,
    grip: Grip,
    /// Where the pointer took hold.
    start: (i32, i32),
    /// What is moved or resized.
    hold: Hold,
    /// Where the card goes back to when the drag is cancelled.
    wanted: Option<Rect>,
    placement: Placement,
    /// Where the pointer is.
    at: (i32, i32),
    /// Whether the card follows already.
    moving: bool,
}

/// A card as it is taken: where it is wanted, and where on the desk that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hold {
    wanted: Rect,
    bounds: Rect,
}

impl Hold {
    /// To be moved, held at this x. A card that leaves its half or quarter takes its own size back, and hangs from
    /// the pointer by the same part of its title.
    fn by_title(card: &Card, x: i32, desk: Desk) -> Self {
        let own = card.wanted.unwrap_or(Rect::new(0, 0, DEFAULT_SIZE.0, DEFAULT_SIZE.1));
        if card.snapped().is_none() {
            return Self { wanted: own, bounds: card.bounds };
        }
        let along = (i64::from(x) - i64::from(card.bounds.x)) * i64::from(own.w) / i64::from(card.bounds.w.max(1));
        let left = x.saturating_sub(i32::try_from(along).unwrap_or(0));
        let wanted = Rect { x: left, y: card.bounds.y, ..own };
        Self { wanted, bounds: wanted.fitted(desk.width, desk.height) }
    }

    /// To be resized, as large as it shows.
    fn by_edge(card: &Card) -> Self {
        let floating = card.wanted.filter(|_| card.snapped().is_none());
        Self { wanted: floating.unwrap_or(card.bounds), bounds: card.bounds }
    }

    fn moved(self, dx: i32, dy: i32, desk: Desk) -> Rect {
        self.wanted.wish(self.bounds, self.bounds.shifted(dx, dy).on_desk(desk.width, desk.height))
    }

    fn resized(self, edge: Edge, dx: i32, dy: i32, desk: Desk) -> Rect {
        self.wanted.wish(self.bounds, self.bounds.resized(edge, dx, dy, desk.width, desk.height))
    }
}

impl Windows {
    /// Where the card in the user's hand would snap to, if the pointer let go now.
    #[must_use]
    pub fn snap_preview(&self) -> Option<(SnapZone, Rect)> {
        let drag = self.drag.filter(|drag| drag.moving && drag.grip == Grip::Title)?;
        let zone = self.desk.zone_at(drag.at.0, drag.at.1)?;
        Some((zone, self.desk.zone(zone)))
    }

    /// The card in the user's hand, once it follows the pointer.
    #[must_use]
    pub fn dragged(&self) -> Option<CardKey> {
        self.drag.filter(|drag| drag.moving).map(|drag| drag.card)
    }

    /// The card, if it lies on the desk: not all over it, and not in the dock.
    fn movable(&self, card: CardKey) -> Option<&Card> {
        self.get(card).filter(|card| card.is_resting() && !self.desk.narrow)
    }

    pub(super) fn move_by(&mut self, key: CardKey, dx: i32, dy: i32) -> bool {
        let Some(card) = self.movable(key).filter(|_| (dx, dy) != (0, 0)) else { return false };
        let hold = Hold::by_title(card, card.bounds.x, self.desk);
        self.float(key, hold.moved(dx, dy, self.desk))
    }

    pub(super) fn move_to(&mut self, key: CardKey, x: i32, y: i32) -> bool {
        let Some(Rect { x: from_x, y: from_y, .. }) = self.movable(key).map(Card::bounds) else { return false };
        self.move_by(key, x.saturating_sub(from_x), y.saturating_sub(from_y))
    }

    pub(super) fn resize_by(&mut self, key: CardKey, edge: Edge, dx: i32, dy: i32) -> bool {
        let Some(card) = self.movable(key).filter(|_| (dx, dy) != (0, 0)) else { return false };
        let resized = Hold::by_edge(card).resized(edge, dx, dy, self.desk);
        self.float(key, resized)
    }

    /// Floats there, in front; whether that moves the focus.
    fn float(&mut self, key: CardKey, wanted: Rect) -> bool {
        if let Some(card) = self.card_mut(key) {
            card.wanted = Some(wanted);
            card.placement = Placement::NEW;
        }
        self.raise(key)
    }

    pub(super) fn start_drag(&mut self, key: CardKey, grip: Grip, x: i32, y: i32) {
        let Some(card) = self.movable(key) else { return };
        let hold = match grip {
            Grip::Title => Hold::by_title(card, x, self.desk),
            Grip::Edge(_) => Hold::by_edge(card),
        };
        let Card { wanted, placement, .. } = *card;
        self.drag = Some(Drag { card: key, grip, start: (x, y), hold, wanted, placement, at: (x, y), moving: false });
        self.raise(key);
    }

    pub(super) fn drag_to(&mut self, x: i32, y: i32) {
        let desk = self.desk;
        let Some(drag) = &mut self.drag else { return };
        drag.at = (x, y);
        drag.moving |= x.abs_diff(drag.start.0).max(y.abs_diff(drag.start.1)) >= THRESHOLD;
        if !drag.moving {
            return;
        }
        let (dx, dy) = (x.saturating_sub(drag.start.0), y.saturating_sub(drag.start.1));
        let wanted = match drag.grip {
            Grip::Title => drag.hold.moved(dx, dy, desk),
            Grip::Edge(edge) => drag.hold.resized(edge, dx, dy, desk),
        };
        let card = drag.card;
        self.float(card, wanted);
    }

    pub(super) fn end_drag(&mut self, x: i32, y: i32) {
        self.drag_to(x, y);
        let preview = self.snap_preview();
        let Some(drag) = self.drag.take() else { return };
        if let Some((zone, _)) = preview
            && let Some(card) = self.card_mut(drag.card)
        {
            // Out of the zone again, it lies where the user had put it before.
            card.wanted = drag.wanted;
            card.placement = Placement::resting(Resting::Snapped(zone));
        }
    }

    pub(super) fn cancel_drag(&mut self) {
        if let Some(drag) = self.drag.take()
            && let Some(card) = self.card_mut(drag.card)
        {
            card.wanted = drag.wanted;
            card.placement = drag.placement;
        }
    }

    /// A drag ends where it is when its card can't be dragged any more.
    pub(super) fn settle_drag(&mut self) {
        if let Some(drag) = self.drag
            && self.movable(drag.card).is_none()
        {
            self.drag = None;
        }
    }
}
