//! The desk: its size and shape, and where on it cards can go: slots, the cascade, tiles, and the zones for snapping.
//!
//! Always holds: what these functions offer lies on the desk, unless the desk is smaller than the smallest card.

use serde::{Deserialize, Serialize};

use super::geometry::{DEFAULT_SIZE, FARTHEST, GAP, LEAST_SIZE, Rect};

/// A viewport narrower than this, in CSS px, shows one pane at a time.
pub const NARROW_BELOW: u32 = 700;
/// A card of this width has room for all of its buttons (`style/card.css`), in CSS px.
const ROOMY: i32 = 316;
/// How far the next card of a cascade lies to the right and below, in CSS px: the title above stays readable.
const CASCADE_STEP: i32 = 32;
/// A pointer this close to the left, right or bottom edge of the desk asks for snapping, in CSS px.
const SNAP_EDGE: i32 = 16;
/// A pointer at an edge and this close to its end means the corner, in CSS px.
const SNAP_CORNER: i32 = 48;

/// A half or a quarter of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SnapZone {
    /// The left half.
    Left,
    /// The right half.
    Right,
    /// The upper half.
    Top,
    /// The lower half.
    Bottom,
    /// The upper left quarter.
    TopLeft,
    /// The upper right quarter.
    TopRight,
    /// The lower left quarter.
    BottomLeft,
    /// The lower right quarter.
    BottomRight,
}

/// The room that cards have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Desk {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) narrow: bool,
}

impl Desk {
    /// Until the browser has measured it: the desk in a window of 1440 by 900.
    pub(super) const ASSUMED: Self = Self { width: 1032, height: 786, narrow: false };

    /// As measured. A desk without an area is one that doesn't show now: its last size is kept.
    pub(super) fn measured(self, viewport_width: u32, width: u32, height: u32) -> Self {
        let narrow = viewport_width < NARROW_BELOW;
        if width == 0 || height == 0 {
            return Self { narrow, ..self };
        }
        let limit = |size: u32| i32::try_from(size).unwrap_or(FARTHEST).min(FARTHEST);
        Self { width: limit(width), height: limit(height), narrow }
    }

    pub(super) const fn whole(self) -> Rect {
        Rect::new(0, 0, self.width, self.height)
    }

    /// The desk without its margins. There is none at the top: the bar above has its own.
    fn area(self) -> Rect {
        Rect::new(GAP, 0, (self.width - 2 * GAP).max(1), (self.height - GAP).max(1))
    }

    /// A place for one more card beside `taken`: the first free slot of the grid of columns, else a tile that has become free, else the
    /// first free step of the cascade.
    pub(super) fn place(self, taken: &[Rect]) -> Rect {
        let mut places = self.slots().chain(self.tiles(taken.len() + 1));
        let free = places.find(|place| !taken.iter().any(|card| card.intersects(*place)));
        free.unwrap_or_else(|| self.cascade(taken)).sane()
    }

    /// Columns of the default width, or of somewhat less where one more has room; rows of the default height, of which the last takes
    /// what is left, if that is enough for a card.
    fn slots(self) -> impl Iterator<Item = Rect> {
        let area = self.area();
        let columns = even_spans(area.x, area.w, DEFAULT_SIZE.0, LEAST_SIZE.0);
        let rows = spans(area.y, area.h, DEFAULT_SIZE.1, LEAST_SIZE.1);
        rows.into_iter().flat_map(move |(y, h)| {
            let row: Vec<Rect> = columns.iter().map(|&(x, w)| Rect::new(x, y, w, h)).collect();
            row
        })
    }

    /// Stairs from the top left corner down, each flight a step further to the right than the one before.
    fn cascade(self, taken: &[Rect]) -> Rect {
        let area = self.area();
        let (w, h) = (DEFAULT_SIZE.0.min(area.w), DEFAULT_SIZE.1.min(area.h));
        let down = (area.h - h) / CASCADE_STEP + 1;
        let across = (area.w - w) / CASCADE_STEP + 1;
        let step = |n: i32| {
            let (row, flight) = (n % down, n / down);
            Rect::new(area.x + (row + flight) % across * CASCADE_STEP, area.y + row * CASCADE_STEP, w, h)
        };
        let free = |place: &Rect| !taken.iter().any(|card| (card.x, card.y) == (place.x, place.y));
        (0..down * across).map(step).find(free).unwrap_or_else(|| step(0))
    }

    /// Places for `count` cards that fill the desk without overlapping; fewer, if there is no room for all.
    pub(super) fn tiles(self, count: usize) -> Vec<Rect> {
        let area = self.area();
        let most_columns = ((area.w + GAP) / (LEAST_SIZE.0 + GAP)).max(1);
        let most_rows = ((area.h + GAP) / (LEAST_SIZE.1 + GAP)).max(1);
        let count = i32::try_from(count).unwrap_or(i32::MAX).min(most_columns * most_rows);
        let rows_of = |columns: i32| (count + columns - 1) / columns;
        let Some(columns) = (1..=most_columns.min(count))
            .filter(|columns| rows_of(*columns) <= most_rows)
            .min_by(|a, b| badness(area, count, *a, rows_of(*a)).total_cmp(&badness(area, count, *b, rows_of(*b))))
        else {
            return Vec::new();
        };
        let rows = rows_of(columns);
        (0..count)
            .map(|n| {
                let row = n / columns;
                // The last row's cards share its whole width.
                let in_row = columns.min(count - row * columns);
                let (x, w) = part(area.x, area.w, n % columns, in_row);
                let (y, h) = part(area.y, area.h, row, rows);
                Rect::new(x, y, w, h)
            })
            .collect()
    }

    /// Where a card lies that is snapped to `zone`.
    pub(super) fn zone(self, zone: SnapZone) -> Rect {
        let (columns, rows) = zone.halves();
        let area = self.area();
        let (x, w) = half(area.x, area.w, columns, LEAST_SIZE.0);
        let (y, h) = half(area.y, area.h, rows, LEAST_SIZE.1);
        Rect::new(x, y, w, h).on_desk(self.width, self.height)
    }

    /// The zone that a pointer here asks for, if that zone has room for a card. At the top the pointer has to leave
    /// the desk, and its corners are small: cards lie along that edge, and dragging one to the side must not mean it.
    pub(super) fn zone_at(self, x: i32, y: i32) -> Option<SnapZone> {
        let (right, bottom) = (self.width.saturating_sub(x), self.height.saturating_sub(y));
        let (at_left, at_right) = (x <= SNAP_EDGE, right <= SNAP_EDGE);
        let (at_top, at_bottom) = (y <= 0, bottom <= SNAP_EDGE);
        if !(at_left || at_right || at_top || at_bottom) {
            return None;
        }
        let zone = match (x <= SNAP_CORNER, right <= SNAP_CORNER, y <= SNAP_EDGE, bottom <= SNAP_CORNER) {
            (true, _, true, _) => SnapZone::TopLeft,
            (true, _, _, true) => SnapZone::BottomLeft,
            (_, true, true, _) => SnapZone::TopRight,
            (_, true, _, true) => SnapZone::BottomRight,
            _ if at_left => SnapZone::Left,
            _ if at_right => SnapZone::Right,
            _ if at_top => SnapZone::Top,
            _ => SnapZone::Bottom,
        };
        let (columns, rows) = zone.halves();
        let area = self.area();
        let roomy = |half: Half, room: i32, least: i32| half == Half::Both || (room - GAP) / 2 >= least;
        (roomy(columns, area.w, LEAST_SIZE.0) && roomy(rows, area.h, LEAST_SIZE.1)).then_some(zone)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Both,
    First,
    Second,
}

impl SnapZone {
    /// What it takes of the width, and of the height.
    const fn halves(self) -> (Half, Half) {
        match self {
            Self::Left => (Half::First, Half::Both),
            Self::Right => (Half::Second, Half::Both),
            Self::Top => (Half::Both, Half::First),
            Self::Bottom => (Half::Both, Half::Second),
            Self::TopLeft => (Half::First, Half::First),
            Self::TopRight => (Half::Second, Half::First),
            Self::BottomLeft => (Half::First, Half::Second),
            Self::BottomRight => (Half::Second, Half::Second),
        }
    }
}

/// A span or one half of it, not shorter than `least`: on a small desk the halves overlap, each at its own end.
fn half(start: i32, room: i32, half: Half, least: i32) -> (i32, i32) {
    let (near, length) = match half {
        Half::Both => (start, room),
        Half::First => part(start, room, 0, 2),
        Half::Second => part(start, room, 1, 2),
    };
    let enough = length.max(least);
    if half == Half::Second { (near + length - enough, enough) } else { (near, enough) }
}

/// Part `n` of a span that is divided evenly into `of`, with gaps between.
fn part(start: i32, room: i32, n: i32, of: i32) -> (i32, i32) {
    let from = |n: i32| (room + GAP) * n / of;
    (start + from(n), (from(n + 1) - from(n) - GAP).max(1))
}

/// Spans of the `ideal` length with gaps between; the last one takes what is left, if that is at least `least`.
fn spans(start: i32, room: i32, ideal: i32, least: i32) -> Vec<(i32, i32)> {
    let whole = (room + GAP) / (ideal + GAP);
    let mut spans: Vec<(i32, i32)> = (0..whole).map(|n| (start + n * (ideal + GAP), ideal)).collect();
    let used = whole * (ideal + GAP);
    if room - used >= least || spans.is_empty() {
        spans.push((start + used, room - used));
    }
    spans
}

/// The same, but all of one length, if each has room for all of its buttons then: so none lacks what the others show.
fn even_spans(start: i32, room: i32, ideal: i32, least: i32) -> Vec<(i32, i32)> {
    let spans = spans(start, room, ideal, least);
    match i32::try_from(spans.len()) {
        Ok(count) if (ROOMY..ideal).contains(&part(start, room, 0, count).1) => {
            (0..count).map(|n| part(start, room, n, count)).collect()
        }
        _ => spans,
    }
}

/// How far tiles in this grid are from the shape of a card, made worse by holes in the last row. 1 is perfect.
fn badness(area: Rect, count: i32, columns: i32, rows: i32) -> f64 {
    let (_, w) = part(0, area.w, 0, columns);
    let (_, h) = part(0, area.h, 0, rows);
    let shape = f64::from(w) * f64::from(DEFAULT_SIZE.1) / (f64::from(h) * f64::from(DEFAULT_SIZE.0));
    let holes = f64::from(columns * rows) / f64::from(count);
    shape.max(shape.recip()) * holes * holes
}
