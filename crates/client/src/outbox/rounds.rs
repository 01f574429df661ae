//! Who leaves next; and rounds: the same text to several people, to each alone.
//!
//! Always holds: a round has at most half of the requests that may be under way, and what was written otherwise goes before it. While one
//! text of a round waits, or a limit is reached, its others wait, too.

use halyard_protocol::{ErrorCode, MessageId, UnixMs};

use super::{Outbox, Outgoing, SendState};
use crate::context::Turn;
use crate::fact::Fact;
use crate::sorted::SortedSet;
use crate::update::Changed;
use halyard_words as words;

/// Requests that may be under way at the same time, each for another conversation.
const PARALLEL: usize = 6;
/// So many of them for rounds.
const PARALLEL_IN_ROUNDS: usize = 3;
/// People of one round.
pub(crate) const ROUND_PEOPLE: usize = 500;

/// The same text to several people, to each alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Round {
    /// The id of its first message.
    pub(crate) id: MessageId,
    /// To how many people.
    pub(crate) people: u32,
}

/// How far a round is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress<'a> {
    pub(crate) round: Round,
    /// How many of its messages the server has.
    pub(crate) sent: u32,
    /// The message that the server refused for a limit: the others wait for what the user does with it.
    pub(crate) held: Option<&'a Outgoing>,
}

impl Outgoing {
    fn is_at_limit(&self) -> bool {
        matches!(self.state, SendState::Parked { code: ErrorCode::LimitReached, .. })
    }

    /// Whether the others of its round wait for it.
    fn holds(&self, now: UnixMs) -> bool {
        self.is_at_limit() || self.state.due().is_some_and(|due| due > now)
    }
}

impl Outbox {
    /// The messages that may leave now, each marked as sending: first their files, then they themselves.
    pub(crate) fn start(&mut self, now: UnixMs) -> Vec<MessageId> {
        self.look_at_clock(now);
        let (mut busy, mut held) = (SortedSet::default(), Vec::new());
        let (mut under_way, mut in_rounds) = (0, 0);
        for message in self.messages.values() {
            under_way += usize::from(message.is_under_way());
            if let Some(round) = message.row.round {
                in_rounds += usize::from(message.is_under_way());
                held.extend(message.holds(now).then_some(round));
            }
        }
        let (mut starting, mut rounds) = (Vec::new(), Vec::new());
        for message in self.messages.values() {
            if message.state.is_parked() || !busy.insert(message.row.conversation) || !message.state.is_due(now) {
                continue;
            }
            match message.row.round {
                None => starting.push(message.row.id),
                Some(round) if !held.contains(&round) => rounds.push(message.row.id),
                Some(_) => {}
            }
        }
        starting.truncate(PARALLEL.saturating_sub(under_way));
        let free = PARALLEL.saturating_sub(under_way + starting.len());
        rounds.truncate(free.min(PARALLEL_IN_ROUNDS.saturating_sub(in_rounds)));
        starting.append(&mut rounds);
        for id in &starting {
            self.step(*id, SendState::started);
        }
        starting
    }

    /// The messages of a round that are here, in the order of writing.
    pub(crate) fn of_round(&self, round: MessageId) -> impl Iterator<Item = &Outgoing> {
        self.messages.values().filter(move |message| message.row.round == Some(round))
    }

    /// How far the first round is that is not over. One is over when what is left of it was refused.
    pub(crate) fn progress(&self) -> Option<Progress<'_>> {
        let goes_on = |message: &&Outgoing| !message.state.is_parked() || message.is_at_limit();
        let mut rounds = self.messages.values().filter(goes_on).filter_map(|message| message.row.round());
        rounds.next().map(|round| self.progress_of(round))
    }

    /// How far a round is.
    pub(crate) fn progress_of(&self, round: Round) -> Progress<'_> {
        let left = u32::try_from(self.of_round(round.id).count()).unwrap_or(u32::MAX);
        let held = self.of_round(round.id).find(|message| message.is_at_limit());
        Progress { round, sent: round.people.saturating_sub(left), held }
    }

    /// Whether nothing of a round can leave any more.
    pub(crate) fn is_over(&self, round: Round) -> bool {
        self.of_round(round.id).all(|message| message.state.is_parked() && !message.is_at_limit())
    }

    /// Whether a limit was reached with another message of the same round: one says so for all.
    pub(super) fn is_held_by_another(&self, id: MessageId) -> bool {
        let round = self.get(id).and_then(|message| message.row.round);
        round.is_some_and(|round| self.of_round(round).any(|other| other.row.id != id && other.is_at_limit()))
    }

    /// The device has stored the messages of a round, or can't: they may leave.
    pub(crate) fn round_stored(&mut self, round: MessageId, done: bool, turn: &mut Turn<'_>) {
        let ids: Vec<MessageId> = self.of_round(round).map(|message| message.row.id).collect();
        for id in ids {
            if done {
                self.mark_stored(id);
            } else {
                self.mark_not_stored(id);
            }
            turn.fact(Fact::Written(id));
        }
        if !done {
            turn.complain(words::CANNOT_KEEP_MESSAGES);
        }
        turn.changed(Changed::Connection);
    }

    /// One message of a round was taken back by itself.
    pub(crate) fn leave_round(&mut self, round: MessageId) {
        for message in self.messages.values_mut() {
            if message.row.round == Some(round) {
                message.row.people = message.row.people.saturating_sub(1);
            }
        }
    }
}
