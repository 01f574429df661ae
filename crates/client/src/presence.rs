//! Who is here, and who is typing: true only while connected, so never kept.

use std::collections::HashMap;

use halyard_protocol::socket::UserPresence;
use halyard_protocol::{ConversationId, Presence, UnixMs, UserId};

use crate::sorted::SortedMap;

/// How long a "typing" is true, in milliseconds.
const TYPING_LASTS: i64 = 5_000;
/// The least time between two "typing" that we send, in milliseconds.
const TYPING_EVERY: i64 = 3_000;

/// Presences of colleagues and who types where.
#[derive(Debug, Default)]
pub(crate) struct PresenceBook {
    presences: HashMap<UserId, Presence>,
    typing: SortedMap<(ConversationId, UserId), UnixMs>,
    told: SortedMap<ConversationId, UnixMs>,
}

impl PresenceBook {
    pub(crate) fn of(&self, user: UserId) -> Presence {
        self.presences.get(&user).copied().unwrap_or_default()
    }

    /// Takes in one presence. Says whether it changed.
    pub(crate) fn set(&mut self, entry: UserPresence) -> bool {
        self.presences.insert(entry.user, entry.presence).unwrap_or_default() != entry.presence
    }

    /// Takes in everybody's: whoever is not named is offline. Gives those that changed.
    pub(crate) fn replace(&mut self, all: &[UserPresence]) -> Vec<UserId> {
        let before = core::mem::take(&mut self.presences);
        self.presences.extend(all.iter().map(|entry| (entry.user, entry.presence)));
        let now = &self.presences;
        let gone = before.keys().filter(|user| !now.contains_key(*user));
        let other = now.iter().filter(|(user, presence)| before.get(*user) != Some(*presence)).map(|(user, _)| user);
        gone.chain(other).copied().collect()
    }

    pub(crate) fn typed(&mut self, conversation: ConversationId, user: UserId, now: UnixMs) {
        self.typing.insert((conversation, user), now.plus(TYPING_LASTS));
    }

    /// Their message is here: they have stopped. Says whether they were typing.
    pub(crate) fn stopped(&mut self, conversation: ConversationId, user: UserId) -> bool {
        self.typing.remove(&(conversation, user)).is_some()
    }

    /// Forgets who has stopped; gives where.
    pub(crate) fn expire(&mut self, now: UnixMs) -> Vec<ConversationId> {
        let over: Vec<_> =
            self.typing.entries().iter().filter(|(_, until)| *until <= now).map(|(key, _)| *key).collect();
        over.into_iter()
            .map(|key| {
                self.typing.remove(&key);
                key.0
            })
            .collect()
    }

    pub(crate) fn next_expiry(&self) -> Option<UnixMs> {
        self.typing.values().min().copied()
    }

    pub(crate) fn typing_in(&self, conversation: ConversationId) -> Vec<UserId> {
        // Of one conversation they stand by user.
        self.typing.keys().filter(|(place, _)| *place == conversation).map(|(_, user)| user).collect()
    }

    /// Whether the others should be told now that we type here.
    pub(crate) fn tell(&mut self, conversation: ConversationId, now: UnixMs) -> bool {
        let due = self.told.get(&conversation).is_none_or(|told| now.since(*told) >= TYPING_EVERY);
        if due {
            self.told.insert(conversation, now);
        }
        due
    }

    /// Our message has left: the next key press is told again at once.
    pub(crate) fn sent(&mut self, conversation: ConversationId) {
        self.told.remove(&conversation);
    }
}
