//! The line under a message: how far it got.

use halyard_protocol::{Conversation, Delivery, DeliveryState, Message, Seq};
use halyard_words::{self as words, Text};

use crate::env::{Env, LocalTime};
use crate::reasons;
use crate::softphone::Softphone;

/// The line under a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateView {
    /// The words: "Delivered", "2 of 3 delivered", "Waiting for the network".
    pub words: Text,
    /// The icon.
    pub icon: StateIcon,
    /// How far it got for each recipient, in a group or where it may not have arrived.
    pub recipients: Vec<RecipientState>,
    /// Whether it was refused, and "Edit" and "Delete" are offered.
    pub parked: bool,
    /// Whether it waits, and "Edit" and "Delete" are offered.
    pub can_cancel: bool,
    /// What else is offered for it.
    pub again: Again,
}

/// What is offered for a message that did not arrive, or may not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Nothing.
    No,
    /// "Retry".
    Retry,
    /// "Send again": it asks first, as it may have arrived.
    SendAgain,
    /// "Edit": the same text would fail again.
    Edit,
}

/// How far a message got, for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientState {
    /// The recipient's name.
    pub name: Text,
    /// How far, or why not.
    pub words: Text,
    /// Since when.
    pub at: LocalTime,
    /// Whether it failed.
    pub failed: bool,
    /// What the carrier said, with its code; empty where the words say it.
    pub details: String,
}

/// The icon beside a state's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateIcon {
    /// A clock: not with the server yet.
    Waiting,
    /// One tick: on its way.
    Sent,
    /// Two ticks: it has arrived.
    Delivered,
    /// A red mark.
    Failed,
}

impl Softphone {
    /// How far a text got, by what became of it for each recipient.
    pub(super) fn text_state(&self, deliveries: &[Delivery], env: &Env) -> StateView {
        let count = |wanted: DeliveryState| deliveries.iter().filter(|delivery| delivery.state == wanted).count();
        let (all, delivered, failed) =
            (deliveries.len(), count(DeliveryState::Delivered), count(DeliveryState::Failed));
        let mut view = match (all, delivered, failed) {
            (1, 1, _) => state(words::STATE_DELIVERED, StateIcon::Delivered),
            (1, _, 1) => state(self.not_delivered(&deliveries[0]), StateIcon::Failed),
            (_, delivered, 0) if delivered == all && all > 0 => {
                state(words::STATE_DELIVERED_TO_ALL, StateIcon::Delivered)
            }
            (_, 0, 0) if count(DeliveryState::Unconfirmed) > 0 => state(words::STATE_UNCONFIRMED, StateIcon::Failed),
            (_, 0, 0) if count(DeliveryState::Sent) == all && all > 0 => state(words::STATE_SENT, StateIcon::Sent),
            (_, 0, 0) => state(words::STATE_ACCEPTED, StateIcon::Sent),
            (all, delivered, failed) => {
                let words = words::state_some_delivered(delivered, all);
                state(words, if failed > 0 { StateIcon::Failed } else { StateIcon::Sent })
            }
        };
        if all > 1 || view.icon == StateIcon::Failed {
            view.recipients = deliveries.iter().map(|delivery| self.recipient_state(delivery, env)).collect();
        }
        view
    }

    fn not_delivered(&self, delivery: &Delivery) -> Text {
        let why = delivery.cause.and_then(reasons::cause);
        words::state_not_delivered(
            why.or_else(|| self.said(delivery).map(Text::AsIs)).unwrap_or(words::NO_REASON.into()),
        )
    }

    /// What the carrier said. Carriers write the number as it is sent.
    fn said(&self, Delivery { to, reason, .. }: &Delivery) -> Option<String> {
        reason.as_ref().map(|reason| reason.replace(&to.to_string(), &to.display(self.home())))
    }

    fn recipient_state(&self, delivery: &Delivery, env: &Env) -> RecipientState {
        let words = match delivery.state {
            DeliveryState::Accepted | DeliveryState::Unknown => words::STATE_ACCEPTED.into(),
            DeliveryState::Unconfirmed => words::STATE_UNCONFIRMED.into(),
            DeliveryState::Sent => words::STATE_SENT.into(),
            DeliveryState::Delivered => words::STATE_DELIVERED.into(),
            DeliveryState::Failed => self.not_delivered(delivery),
        };
        RecipientState {
            name: self.contacts.book.name(halyard_protocol::Peer::Number(delivery.to), self.home()),
            words,
            at: env.local(delivery.at),
            failed: delivery.state == DeliveryState::Failed,
            details: self
                .said(delivery)
                .filter(|_| delivery.cause.and_then(reasons::cause).is_some())
                .unwrap_or_default(),
        }
    }
}

/// How far a chat message got: who has read it, of those who took part when it was written.
pub(super) fn chat_state(conversation: &Conversation, seq: Seq) -> StateView {
    let later = conversation.reads.iter().filter(|read| read.joined.is_some_and(|joined| joined >= seq)).count();
    let people = conversation.peers.len().saturating_sub(later);
    let read = conversation
        .reads
        .iter()
        .filter(|read| read.joined.is_none_or(|joined| joined < seq) && read.seq >= seq)
        .count();
    match (read, people) {
        (0, _) => state(words::STATE_SENT, StateIcon::Sent),
        (read, people) if read >= people => state(words::STATE_READ, StateIcon::Delivered),
        (read, people) => state(words::state_read_by(read, people), StateIcon::Sent),
    }
}

/// What is offered for a text that has left.
pub(super) fn again(message: &Message) -> Again {
    // To several it would come twice to those who have it.
    let [only] = &message.deliveries[..] else { return Again::No };
    // A file would have to be attached again.
    let alone = message.media.is_empty();
    match only.state {
        DeliveryState::Unconfirmed if alone => Again::SendAgain,
        DeliveryState::Failed if alone && reasons::may_pass(only.cause) => Again::Retry,
        DeliveryState::Failed | DeliveryState::Unconfirmed if !message.body.is_empty() => Again::Edit,
        DeliveryState::Failed
        | DeliveryState::Unconfirmed
        | DeliveryState::Accepted
        | DeliveryState::Sent
        | DeliveryState::Delivered
        | DeliveryState::Unknown => Again::No,
    }
}

/// A state that offers nothing.
pub(super) fn state(words: impl Into<Text>, icon: StateIcon) -> StateView {
    let (parked, can_cancel, again) = (false, false, Again::No);
    StateView { words: words.into(), icon, recipients: Vec::new(), parked, can_cancel, again }
}
