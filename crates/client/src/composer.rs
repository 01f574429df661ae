//! The composer: drafts, and which own number texts go from.
//!
//! Always holds: a draft is forgotten only when its message is in the outbox, or the user empties it.

use crate::sorted::{SortedMap, SortedSet};
use crate::windows::CardKey;

/// Drafts by card. Cards without one have none here.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    texts: SortedMap<CardKey, String>,
    /// Cards whose draft waits to be kept: what the device has under the same key was not read yet.
    pub(crate) unkept: SortedSet<CardKey>,
    /// Keys of the device whose texts have joined another: they are forgotten when that is kept.
    pub(crate) joined: Vec<String>,
}

impl Drafts {
    pub(crate) fn get(&self, card: CardKey) -> &str {
        self.texts.get(&card).map_or("", String::as_str)
    }

    pub(crate) fn set(&mut self, card: CardKey, text: String) {
        if text.is_empty() {
            self.texts.remove(&card);
        } else {
            self.texts.insert(card, text);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = (CardKey, &str)> {
        self.texts.entries().iter().map(|(card, text)| (*card, text.as_str()))
    }

    /// The cards that have one.
    pub(crate) fn cards(&self) -> impl Iterator<Item = CardKey> {
        self.texts.keys()
    }

    /// All of them, for when their user comes back.
    pub(crate) fn into_texts(self) -> impl Iterator<Item = (CardKey, String)> {
        self.texts.into_entries().into_iter()
    }

    /// What the device had kept joins what was typed since; says whether both were there.
    pub(crate) fn join(&mut self, card: CardKey, kept: String) -> bool {
        let typed = self.texts.get_or_insert(card, String::new());
        // What was kept a moment ago, and typed on since, is there already.
        if !kept.is_empty() && typed.starts_with(&kept) {
            return false;
        }
        let both = !typed.is_empty() && !kept.starts_with(typed.as_str());
        *typed = if both { [&kept, "\n", typed].concat() } else { kept };
        both
    }

    /// The draft goes along when a card becomes another conversation's; what was typed there before stays in front.
    pub(crate) fn carry(&mut self, from: CardKey, to: CardKey) {
        if from == to {
            return;
        }
        if let Some(text) = self.texts.remove(&from) {
            let kept = self.texts.get_or_insert(to, String::new());
            if !kept.is_empty() {
                kept.push('\n');
            }
            kept.push_str(&text);
        }
    }
}
