//! What is kept of the windows: on this device, for a reload or a restart, and for the user's other tabs.

use serde::{Deserialize, Serialize};

use super::card::{Card, CardKey, Placement};
use super::desk::Desk;
use super::geometry::Rect;
use super::{Pane, Windows, WindowsChange};

/// The windows as they are kept: what the user wanted, not what the desk of that day allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The cards in the order of Tab.
    pub cards: Vec<CardSnapshot>,
    /// Narrow shapes: which pane showed.
    #[serde(default)]
    pub pane: Pane,
}

/// A card as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardSnapshot {
    /// Its name.
    pub key: CardKey,
    /// Where the user put it; nothing if it has never shown on a wide desk.
    #[serde(default)]
    pub wanted: Option<Rect>,
    /// How it is placed.
    pub placement: Placement,
    /// Whether it is pinned.
    #[serde(default)]
    pub pinned: bool,
    /// Its place in the pile, from 0 at the bottom.
    #[serde(default)]
    pub stacking: u32,
}

impl Snapshot {
    /// What remains after a log out: the pinned cards.
    #[must_use]
    pub fn pinned(mut self) -> Self {
        self.cards.retain(|card| card.pinned);
        self
    }

    /// The cards of it that can be shown: each key once, sizes and the pile made sound.
    fn into_cards(self) -> Vec<Card> {
        let mut cards: Vec<Card> = Vec::with_capacity(self.cards.len());
        for stored in self.cards {
            if !cards.iter().any(|card| card.key == stored.key) {
                let CardSnapshot { key, wanted, placement, pinned, stacking } = stored;
                cards.push(Card { wanted: wanted.map(Rect::sane), placement, pinned, ..Card::new(key, stacking) });
            }
        }
        // They are few: the standard sort would be kilobytes of code for them.
        let places: Vec<u32> = cards.iter().map(|card| card.stacking).collect();
        for (at, card) in cards.iter_mut().enumerate() {
            let below = |(other, place): (usize, &u32)| (*place, other) < (places[at], at);
            card.stacking = places.iter().enumerate().filter(|place| below(*place)).count() as u32;
        }
        cards
    }
}

impl Windows {
    /// What to keep.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let keep = |card: &Card| CardSnapshot {
            key: card.key,
            wanted: card.wanted,
            placement: card.placement,
            pinned: card.pinned,
            stacking: card.stacking,
        };
        Snapshot { cards: self.cards.iter().map(keep).collect(), pane: self.pane }
    }

    /// The windows as they were kept, on a desk that is yet to be measured. Whatever the snapshot says, the cards
    /// can be shown: each one once, on the desk.
    #[must_use]
    pub fn restore(snapshot: Snapshot) -> Self {
        let mut windows = Self::default();
        windows.take(snapshot);
        windows.settle();
        windows
    }

    /// The windows as another tab has them now, on this tab's desk and in its pane. The focus goes elsewhere only if
    /// the card that has it is gone.
    pub fn adopt(&mut self, mut snapshot: Snapshot) -> WindowsChange {
        self.change(|windows| {
            let (focused, pane) = (windows.focused(), windows.pane);
            // What has no people yet is each tab's own.
            let own = |card: &CardSnapshot| matches!(card.key, CardKey::New(_));
            snapshot.cards.retain(|card| !own(card));
            snapshot.cards.extend(windows.snapshot().cards.into_iter().filter(own));
            windows.take(snapshot);
            windows.pane = pane;
            match focused {
                Some(card) if windows.get(card).is_some_and(|card| !card.is_minimised()) => {
                    windows.raise(card);
                    false
                }
                Some(_) => true,
                None => false,
            }
        })
    }

    /// The cards that were kept come beside those that are open already, which stay above them. The focus stays.
    pub fn join(&mut self, stored: Snapshot) -> WindowsChange {
        self.change(|windows| {
            let open = windows.snapshot();
            let above = stored.cards.len() as u32;
            let mut all = Snapshot { pane: if open.cards.is_empty() { stored.pane } else { open.pane }, ..stored };
            for mut card in open.cards {
                card.stacking += above;
                match all.cards.iter_mut().find(|known| known.key == card.key) {
                    Some(known) => {
                        known.pinned |= card.pinned;
                        known.stacking = card.stacking;
                        known.placement = card.placement;
                    }
                    None => all.cards.push(card),
                }
            }
            windows.take(all);
            false
        })
    }

    fn take(&mut self, snapshot: Snapshot) {
        self.pane = snapshot.pane;
        self.cards = snapshot.into_cards();
    }
}

impl Default for Windows {
    fn default() -> Self {
        Self { desk: Desk::ASSUMED, measured: false, pane: Pane::Column, cards: Vec::new(), drag: None }
    }
}
