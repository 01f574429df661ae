//! One card: its name, where it is wished to lie and where it shows, and how it is placed.
//!
//! Always holds: what a card goes back to, from fullscreen or from the dock, is part of its placement.

use halyard_protocol::ConversationId;
use serde::{Deserialize, Serialize};

use super::desk::{Desk, SnapZone};
use super::geometry::{DEFAULT_SIZE, GAP, Rect};

/// Names a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CardKey {
    /// A conversation's.
    Conversation(ConversationId),
    /// A "New Conversation" that has no people yet; numbered as they are opened.
    New(u32),
}

impl CardKey {
    /// The conversation, if it is one's.
    #[must_use]
    pub const fn conversation(self) -> Option<ConversationId> {
        match self {
            Self::Conversation(id) => Some(id),
            Self::New(_) => None,
        }
    }

    /// The card in the value of an attribute: the conversation's id, or `new-1`.
    #[must_use]
    pub fn attribute(self) -> String {
        match self {
            Self::Conversation(id) => id.to_string(),
            Self::New(n) => ["new-", &n.to_string()].concat(),
        }
    }
}

/// How a card lies on the desk when it is neither in fullscreen nor in the dock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resting {
    /// Where the user put it.
    Floating,
    /// In a half or a quarter of the desk, whatever size that is.
    Snapped(SnapZone),
}

/// How a card shows when it isn't in the dock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Showing {
    /// On the desk, among the others.
    Resting(Resting),
    /// All over the desk.
    Fullscreen {
        /// How it lies after that.
        restore: Resting,
    },
}

/// How a card is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Placement {
    /// It shows.
    Showing(Showing),
    /// It waits in the dock.
    Minimised {
        /// How it shows after that.
        restore: Showing,
    },
}

impl Showing {
    const fn resting(self) -> Resting {
        match self {
            Self::Resting(resting) | Self::Fullscreen { restore: resting } => resting,
        }
    }
}

impl Placement {
    pub(super) const NEW: Self = Self::resting(Resting::Floating);

    pub(super) const fn resting(resting: Resting) -> Self {
        Self::Showing(Showing::Resting(resting))
    }

    const fn showing(self) -> Showing {
        match self {
            Self::Showing(showing) | Self::Minimised { restore: showing } => showing,
        }
    }

    pub(super) const fn minimise(self) -> Self {
        Self::Minimised { restore: self.showing() }
    }

    pub(super) const fn restore(self) -> Self {
        Self::Showing(self.showing())
    }

    /// Into fullscreen and back; out of the dock it can only go in.
    pub(super) const fn toggle_fullscreen(self) -> Self {
        match self {
            Self::Showing(Showing::Fullscreen { restore }) => Self::resting(restore),
            _ => Self::Showing(Showing::Fullscreen { restore: self.showing().resting() }),
        }
    }
}

/// A card of the desk or the dock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card {
    pub(super) key: CardKey,
    /// Where the user put it. Nothing until it shows on a wide desk for the first time.
    pub(super) wanted: Option<Rect>,
    pub(super) placement: Placement,
    pub(super) pinned: bool,
    pub(super) stacking: u32,
    // What follows is derived from the above and the desk, whenever one of them changes.
    pub(super) bounds: Rect,
    pub(super) front: bool,
}

impl Card {
    pub(super) const fn new(key: CardKey, stacking: u32) -> Self {
        let bounds = Rect::new(GAP, 0, DEFAULT_SIZE.0, DEFAULT_SIZE.1);
        Self { key, wanted: None, placement: Placement::NEW, pinned: false, stacking, bounds, front: false }
    }

    /// Its name.
    #[must_use]
    pub const fn key(&self) -> CardKey {
        self.key
    }

    /// Where it shows, wholly on the desk. For a minimised card: where it would.
    #[must_use]
    pub const fn bounds(&self) -> Rect {
        self.bounds
    }

    /// Its place in the pile: 0 lies at the bottom; every card has another one.
    #[must_use]
    pub const fn stacking(&self) -> u32 {
        self.stacking
    }

    /// How it is placed, and what it goes back to.
    #[must_use]
    pub const fn placement(&self) -> Placement {
        self.placement
    }

    /// Whether it waits in the dock.
    #[must_use]
    pub const fn is_minimised(&self) -> bool {
        matches!(self.placement, Placement::Minimised { .. })
    }

    /// Whether it fills the desk.
    #[must_use]
    pub const fn is_fullscreen(&self) -> bool {
        matches!(self.placement, Placement::Showing(Showing::Fullscreen { .. }))
    }

    /// The half or quarter that it is snapped to, if it lies there now.
    #[must_use]
    pub const fn snapped(&self) -> Option<SnapZone> {
        match self.placement {
            Placement::Showing(Showing::Resting(Resting::Snapped(zone))) => Some(zone),
            _ => None,
        }
    }

    /// Whether it stays on this device.
    #[must_use]
    pub const fn is_pinned(&self) -> bool {
        self.pinned
    }

    /// Whether it is the topmost of those that aren't minimised.
    #[must_use]
    pub const fn is_front(&self) -> bool {
        self.front
    }

    /// Whether it can be moved and resized: it lies on the desk, not all over it.
    pub(super) const fn is_resting(&self) -> bool {
        matches!(self.placement, Placement::Showing(Showing::Resting(_)))
    }

    /// Where it lies on a wide desk, or would after fullscreen.
    pub(super) fn resting_bounds(&self, desk: Desk) -> Option<Rect> {
        match self.placement.showing().resting() {
            Resting::Snapped(zone) => Some(desk.zone(zone)),
            Resting::Floating => self.wanted.map(|wanted| wanted.fitted(desk.width, desk.height)),
        }
    }

    pub(super) fn bounds_on(&self, desk: Desk) -> Rect {
        match self.placement.showing() {
            _ if desk.narrow => desk.whole(),
            Showing::Fullscreen { .. } => desk.whole(),
            Showing::Resting(_) => self
                .resting_bounds(desk)
                .unwrap_or_else(|| Rect::new(GAP, 0, DEFAULT_SIZE.0, DEFAULT_SIZE.1).on_desk(desk.width, desk.height)),
        }
    }
}
impl CardKey {
    /// Reads what [`CardKey::attribute`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("new-") {
            Some(n) => n.parse().ok().map(Self::New),
            None => text.parse().ok().map(Self::Conversation),
        }
    }
}
