//! Notices: short messages at the edge of the screen, some with a button ("Undo", "Open"), and the question that waits for an answer.

use halyard_protocol::UnixMs;
use halyard_words::Text;

use crate::context::Turn;
use crate::effect::Timer;
use crate::fact::{Fact, NewNotice, Offer, Question};
use crate::update::Changed;

/// How long a notice stays, in milliseconds. One with a button stays ten seconds: "Undo" promises so where it is offered.
const STAYS: i64 = 6_000;
const STAYS_WITH_OFFER: i64 = 10_000;
/// How long one stays at least after the pointer and the focus have left the notices.
const STAYS_AFTER_HOLD: i64 = 3_000;

/// What the user does with a notice or a question.
#[derive(strum::IntoStaticStr, Clone, Copy, Debug)]
pub enum NoticesAction {
    /// The answer to the question that is open.
    Answer(bool),
    /// Files of cards are to be sent, not imported.
    SendCards,
    /// A notice's button: "Undo", "Open".
    Accept(u32),
    /// A notice's cross.
    Dismiss(u32),
    /// Whether the pointer or the focus is on the notices: then they stay.
    Hold(bool),
}

/// A notice on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) id: u32,
    pub(crate) text: Text,
    pub(crate) is_error: bool,
    pub(crate) offer: Option<Offer>,
    until: UnixMs,
}

/// The notices on screen, oldest first, and the open question.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    last: u32,
    shown: Vec<Notice>,
    held: bool,
    question: Option<Question>,
}

impl Notices {
    pub(crate) fn act(&mut self, action: NoticesAction, turn: &mut Turn<'_>) {
        match action {
            NoticesAction::Answer(yes) => {
                let question = self.question.take();
                turn.changed(Changed::Question);
                if let Some(question) = question.filter(|_| yes) {
                    turn.fact(Fact::Confirmed(question));
                }
            }
            NoticesAction::SendCards => {
                if let Some(Question::Cards { send, .. }) = &mut self.question {
                    *send = true;
                    self.act(NoticesAction::Answer(true), turn);
                }
            }
            NoticesAction::Accept(id) => {
                if let Some(offer) = self.dismiss(id, turn).and_then(|notice| notice.offer) {
                    turn.fact(Fact::Accepted(offer));
                }
            }
            NoticesAction::Dismiss(id) => {
                self.dismiss(id, turn);
            }
            NoticesAction::Hold(held) => self.hold(held, turn),
        }
    }

    pub(crate) fn show(&mut self, NewNotice { text, is_error, offer }: NewNotice, turn: &mut Turn<'_>) {
        self.last += 1;
        turn.announce(text.clone());
        let until = turn.env.now.plus(if offer.is_some() { STAYS_WITH_OFFER } else { STAYS });
        self.shown.push(Notice { id: self.last, text, is_error, offer, until });
        self.set_timer(turn);
        turn.changed(Changed::Notices);
    }

    fn dismiss(&mut self, id: u32, turn: &mut Turn<'_>) -> Option<Notice> {
        turn.changed(Changed::Notices);
        let place = self.shown.iter().position(|notice| notice.id == id)?;
        let notice = self.shown.remove(place);
        // What the focus was on is gone with it, and then nobody says that it has left.
        if core::mem::take(&mut self.held) {
            self.hold(false, turn);
        }
        Some(notice)
    }

    fn hold(&mut self, held: bool, turn: &mut Turn<'_>) {
        self.held = held;
        let until = turn.env.now.plus(STAYS_AFTER_HOLD);
        for notice in self.shown.iter_mut().filter(|_| !held) {
            notice.until = notice.until.max(until);
        }
        self.set_timer(turn);
    }

    /// The time of the first notice is over.
    pub(crate) fn expire(&mut self, turn: &mut Turn<'_>) {
        let before = self.shown.len();
        let held = self.held;
        self.shown.retain(|notice| held || notice.until > turn.env.now);
        if self.shown.len() != before {
            turn.changed(Changed::Notices);
        }
        self.set_timer(turn);
    }

    fn set_timer(&self, turn: &mut Turn<'_>) {
        if self.held {
            turn.cancel_timer(Timer::Notices);
        } else if let Some(next) = self.shown.iter().map(|notice| notice.until).min() {
            turn.set_timer(Timer::Notices, next.since(turn.env.now));
        }
    }

    /// Asks the user.
    pub(crate) fn ask(&mut self, question: Question, turn: &mut Turn<'_>) {
        self.question = Some(question);
        turn.changed(Changed::Question);
    }

    /// Asks what to do with a file of cards that the app was opened with: for all that come until there is an answer.
    pub(crate) fn ask_cards(&mut self, name: String, bytes: Vec<u8>, turn: &mut Turn<'_>) {
        match &mut self.question {
            Some(Question::Cards { files, .. }) => files.push((name, bytes)),
            question => *question = Some(Question::Cards { files: vec![(name, bytes)], send: false }),
        }
        turn.changed(Changed::Question);
    }

    /// Nobody waits for an answer any more.
    pub(crate) fn drop_question(&mut self) {
        self.question = None;
    }

    pub(crate) fn question(&self) -> Option<&Question> {
        self.question.as_ref()
    }

    pub(crate) fn shown(&self) -> &[Notice] {
        &self.shown
    }
}

#[cfg(test)]
mod tests {
    use halyard_protocol::{ConversationId, Ulid};

    use super::*;
    use crate::testing::Alone;

    fn notice(offer: Option<Offer>) -> NewNotice {
        NewNotice { text: Text::as_is("Done."), is_error: false, offer }
    }

    #[test]
    fn a_notice_stays_six_seconds_and_one_with_a_button_ten() {
        let (mut notices, mut alone) = (Notices::default(), Alone::new());
        let offer = Offer::RestoreConversation(ConversationId(Ulid::from_bits(1)));
        let done = alone.turn(|cx| {
            notices.show(notice(Some(offer)), cx);
            notices.show(notice(None), cx);
        });
        assert_eq!(done.timer(Timer::Notices), Some(6_000));
        alone.wait(6_000);
        let done = alone.turn(|cx| notices.expire(cx));
        assert_eq!(notices.shown().len(), 1);
        assert_eq!(done.timer(Timer::Notices), Some(4_000));
        alone.wait(4_000);
        alone.turn(|cx| notices.expire(cx));
        assert!(notices.shown().is_empty());
    }

    #[test]
    fn a_notice_under_the_pointer_stays_and_goes_a_while_after_it_has_left() {
        let (mut notices, mut alone) = (Notices::default(), Alone::new());
        alone.turn(|cx| notices.show(notice(None), cx));
        alone.turn(|cx| notices.act(NoticesAction::Hold(true), cx));
        alone.wait(60_000);
        alone.turn(|cx| notices.expire(cx));
        assert_eq!(notices.shown().len(), 1);
        let done = alone.turn(|cx| notices.act(NoticesAction::Hold(false), cx));
        assert_eq!(done.timer(Timer::Notices), Some(3_000));
        alone.wait(3_000);
        alone.turn(|cx| notices.expire(cx));
        assert!(notices.shown().is_empty());
    }

    #[test]
    fn a_button_works_once_and_its_notice_goes() {
        let (mut notices, mut alone) = (Notices::default(), Alone::new());
        let offer = Offer::OpenConversation(ConversationId(Ulid::from_bits(1)));
        alone.turn(|cx| notices.show(notice(Some(offer.clone())), cx));
        let id = notices.shown()[0].id;
        let done = alone.turn(|cx| notices.act(NoticesAction::Accept(id), cx));
        assert!(matches!(&done.facts[..], [Fact::Accepted(accepted)] if *accepted == offer));
        assert!(notices.shown().is_empty());
        assert!(alone.turn(|cx| notices.act(NoticesAction::Accept(id), cx)).facts.is_empty());
    }

    #[test]
    fn a_yes_is_a_fact_and_a_no_is_nothing() {
        let (mut notices, mut alone) = (Notices::default(), Alone::new());
        for (yes, facts) in [(true, 1), (false, 0)] {
            alone.turn(|cx| notices.ask(Question::SignOut(2), cx));
            let done = alone.turn(|cx| notices.act(NoticesAction::Answer(yes), cx));
            assert_eq!(done.facts.len(), facts);
            assert_eq!(notices.question(), None);
        }
    }
}
