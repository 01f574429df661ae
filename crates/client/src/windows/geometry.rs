//! Rectangles on the desk, and the two things that happen to one: it is kept on the desk, and it is resized.
//!
//! Always holds: no function here overflows or panics, whatever the numbers are.

use serde::{Deserialize, Serialize};

/// The size that a card has when it is opened, in CSS px.
pub const DEFAULT_SIZE: (i32, i32) = (330, 470);
/// A card can't be made smaller than this, in CSS px. It shows smaller only on a desk that is smaller.
pub const LEAST_SIZE: (i32, i32) = (280, 240);
/// Between cards, and between a card and the edge of the desk, in CSS px.
pub const GAP: i32 = 16;

/// How much shorter a card gets before it is moved, in CSS px: somewhat more than the dock and a banner take.
const YIELDS: i32 = 96;

/// No place or size goes beyond this; far more than any screen has, far less than what could overflow.
pub(super) const FARTHEST: i32 = 32_768;

/// A rectangle in whole CSS px, from the top left corner of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rect {
    /// The left edge.
    pub x: i32,
    /// The top edge.
    pub y: i32,
    /// Width.
    pub w: i32,
    /// Height.
    pub h: i32,
}

/// The part of a card's frame that is pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The top edge.
    Top,
    /// The corner of top and right.
    TopRight,
    /// The right edge.
    Right,
    /// The corner of bottom and right.
    BottomRight,
    /// The bottom edge.
    Bottom,
    /// The corner of bottom and left.
    BottomLeft,
    /// The left edge.
    Left,
    /// The corner of top and left.
    TopLeft,
}

/// Which end of a span is pulled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Neither,
    Low,
    High,
}

impl Edge {
    const fn ends(self) -> (End, End) {
        match self {
            Self::Top => (End::Neither, End::Low),
            Self::TopRight => (End::High, End::Low),
            Self::Right => (End::High, End::Neither),
            Self::BottomRight => (End::High, End::High),
            Self::Bottom => (End::Neither, End::High),
            Self::BottomLeft => (End::Low, End::High),
            Self::Left => (End::Low, End::Neither),
            Self::TopLeft => (End::Low, End::Low),
        }
    }
}

impl Rect {
    pub(super) const fn new(x: i32, y: i32, w: i32, h: i32) -> Self {
        Self { x, y, w, h }
    }

    /// The first x to the right of it.
    #[must_use]
    pub const fn right(self) -> i32 {
        self.x.saturating_add(self.w)
    }

    /// The first y below it.
    #[must_use]
    pub const fn bottom(self) -> i32 {
        self.y.saturating_add(self.h)
    }

    /// Whether the two share a pixel.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Whether all of `other` lies within.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.x <= other.x && self.y <= other.y && other.right() <= self.right() && other.bottom() <= self.bottom()
    }

    pub(super) const fn shifted(self, dx: i32, dy: i32) -> Self {
        Self { x: self.x.saturating_add(dx), y: self.y.saturating_add(dy), ..self }
    }

    /// All of it on a desk of this size: moved as little as possible, and shrunk only if the desk is too small.
    pub(super) fn on_desk(self, width: i32, height: i32) -> Self {
        let (x, w) = keep((self.x, self.w), width);
        let (y, h) = keep((self.y, self.h), height);
        Self { x, y, w, h }
    }

    /// The same for a card that lies still: before it is moved up it gets shorter, so that it does not cover the one above when the
    /// dock or a banner takes a bit of the desk.
    pub(super) fn fitted(self, width: i32, height: i32) -> Self {
        let room = height.saturating_sub(self.y.max(0));
        let least = self.h.saturating_sub(YIELDS).max(LEAST_SIZE.1);
        Self { h: self.h.min(room.max(least)), ..self }.on_desk(width, height)
    }

    /// A rectangle that a card may wish for: from a file, it can say anything.
    pub(super) fn sane(self) -> Self {
        Self {
            x: self.x.clamp(-FARTHEST, FARTHEST),
            y: self.y.clamp(-FARTHEST, FARTHEST),
            w: self.w.clamp(LEAST_SIZE.0, FARTHEST),
            h: self.h.clamp(LEAST_SIZE.1, FARTHEST),
        }
    }

    /// Pulled at `edge`: the opposite one stays, no side gets shorter than [`LEAST_SIZE`] or leaves the desk.
    pub(super) fn resized(self, edge: Edge, dx: i32, dy: i32, width: i32, height: i32) -> Self {
        let (across, down) = edge.ends();
        let (x, w) = pull((self.x, self.w), across, dx, LEAST_SIZE.0, width);
        let (y, h) = pull((self.y, self.h), down, dy, LEAST_SIZE.1, height);
        Self { x, y, w, h }
    }

    /// What to wish for after a card went from showing as `from` to showing as `to`: the direction in which nothing
    /// moved keeps the old wish, so that a small desk's clamping is not taken for the user's will.
    pub(super) fn wish(self, from: Self, to: Self) -> Self {
        let (x, w) = if (from.x, from.w) == (to.x, to.w) { (self.x, self.w) } else { (to.x, to.w) };
        let (y, h) = if (from.y, from.h) == (to.y, to.h) { (self.y, self.h) } else { (to.y, to.h) };
        Self { x, y, w, h }.sane()
    }
}

/// A span (start, length) kept within `0..room`.
fn keep((start, length): (i32, i32), room: i32) -> (i32, i32) {
    let length = length.min(room);
    (start.min(room - length).max(0), length)
}

/// A span (start, length) within `0..room`, one end of which is pulled by `by`.
fn pull((start, length): (i32, i32), end: End, by: i32, least: i32, room: i32) -> (i32, i32) {
    let least = least.min(length);
    match end {
        End::Neither => (start, length),
        End::High => (start, length.saturating_add(by).min(room - start).max(least)),
        End::Low => {
            let moved = start.saturating_add(by).max(0).min(start + length - least);
            (moved, start + length - moved)
        }
    }
}
