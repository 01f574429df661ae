//! Who is typing.
//!
//! Always holds: it is true only while connected, so it is never stored.

use halyard_protocol::{ConversationId, UnixMs, UserId};

use crate::context::Turn;
use crate::effect::Timer;
use crate::sorted::SortedMap;
use crate::update::Changed;
use crate::windows::CardKey;

/// How long a "typing" is true, in milliseconds.
const TYPING_LASTS: i64 = 5_000;
/// The least time between two "typing" that we send, in milliseconds.
const TYPING_EVERY: i64 = 3_000;

/// Who types where.
#[derive(Debug, Default)]
pub(crate) struct Typing {
    /// Until when somebody's typing is true.
    typing: SortedMap<(ConversationId, UserId), UnixMs>,
    /// When the others were last told that we type.
    sent: SortedMap<ConversationId, UnixMs>,
}

impl Typing {
    /// Somebody types.
    pub(crate) fn typed(&mut self, conversation: ConversationId, user: UserId, turn: &mut Turn<'_>) {
        self.typing.insert((conversation, user), turn.env.now.plus(TYPING_LASTS));
        typing_changed(conversation, turn);
        self.set_timer(turn);
    }

    /// Their message is here: they have stopped.
    pub(crate) fn stopped(&mut self, conversation: ConversationId, user: UserId, turn: &mut Turn<'_>) {
        if self.typing.remove(&(conversation, user)).is_some() {
            typing_changed(conversation, turn);
        }
    }

    /// The time of the first "typing" is over.
    pub(crate) fn expire(&mut self, turn: &mut Turn<'_>) {
        // What would be true for longer than that was said before the clock was set back.
        let still = 1..=TYPING_LASTS;
        let now = turn.env.now;
        let is_over = |until: UnixMs| !still.contains(&until.since(now));
        let over: Vec<_> =
            self.typing.entries().iter().filter(|(_, until)| is_over(*until)).map(|(key, _)| *key).collect();
        for key in over {
            self.typing.remove(&key);
            typing_changed(key.0, turn);
        }
        self.set_timer(turn);
    }

    fn set_timer(&self, turn: &mut Turn<'_>) {
        if let Some(next) = self.typing.values().min() {
            turn.set_timer(Timer::Typing, next.since(turn.env.now));
        }
    }

    pub(crate) fn typing_in(&self, conversation: ConversationId) -> Vec<UserId> {
        // Of one conversation they stand by user.
        self.typing.keys().filter(|(place, _)| *place == conversation).map(|(_, user)| user).collect()
    }

    /// The user types. Says whether the others should be told so now.
    pub(crate) fn is_typing_due(&mut self, conversation: ConversationId, now: UnixMs) -> bool {
        // Told in the future: the clock was set back.
        let due = self.sent.get(&conversation).is_none_or(|sent| !(0..TYPING_EVERY).contains(&now.since(*sent)));
        if due {
            self.sent.insert(conversation, now);
        }
        due
    }

    /// Our message has left: the next key press is told again at once.
    pub(crate) fn message_sent(&mut self, conversation: ConversationId) {
        self.sent.remove(&conversation);
    }
}

fn typing_changed(conversation: ConversationId, turn: &mut Turn<'_>) {
    turn.changed(Changed::Typing(CardKey::Conversation(conversation)));
    turn.changed(Changed::Row(conversation));
}

#[cfg(test)]
mod tests {
    use halyard_protocol::Ulid;

    use super::*;
    use crate::testing::Alone;

    fn somebody(n: u128) -> UserId {
        UserId(Ulid::from_bits(n))
    }

    fn here() -> ConversationId {
        ConversationId(Ulid::from_bits(9))
    }

    #[test]
    fn typing_is_true_for_five_seconds_after_the_last_word_of_it() {
        let (mut book, mut alone) = (Typing::default(), Alone::new());
        let done = alone.turn(|cx| book.typed(here(), somebody(1), cx));
        assert_eq!(done.timer(Timer::Typing), Some(5_000));
        alone.wait(3_000);
        alone.turn(|cx| book.typed(here(), somebody(1), cx));
        alone.wait(2_000);
        let done = alone.turn(|cx| book.expire(cx));
        assert_eq!(book.typing_in(here()), [somebody(1)]);
        assert_eq!(done.timer(Timer::Typing), Some(3_000));
        alone.wait(3_000);
        let done = alone.turn(|cx| book.expire(cx));
        assert!(book.typing_in(here()).is_empty() && done.changed.contains(&Changed::Row(here())));
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_type_longer() {
        let (mut book, mut alone) = (Typing::default(), Alone::new());
        alone.turn(|cx| book.typed(here(), somebody(1), cx));
        assert!(book.is_typing_due(here(), alone.now));
        alone.wait(-3_600_000);
        assert!(book.is_typing_due(here(), alone.now), "the others hear of it again");
        alone.wait(5_000);
        let done = alone.turn(|cx| book.expire(cx));
        assert!(book.typing_in(here()).is_empty() && done.changed.contains(&Changed::Row(here())));
        assert_eq!(done.timer(Timer::Typing), None);
    }
}
