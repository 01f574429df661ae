//! Texts at a session: which of their parts wait for it, what came of those that it has, and what became known later.
//!
//! Always holds: of each text that was handed over its owner hears once, of all its parts. A text that nobody waits for any more leaves no
//! further parts. What the SMSC says of a part after that is a [`Report`], as soon as it is known of the whole text.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use halyard_carriers::smpp::Submission;
use halyard_carriers::{Outcome, Refusal, Why};
use tokio::sync::oneshot;

/// What came of the parts of a text.
pub(super) type Outcomes = Vec<(u8, Outcome)>;

/// Texts of which it is remembered that nobody knows whether they were taken.
const MOST_DOUBTS: usize = 1_000;

/// A text that is handed over.
pub(super) struct Handed {
    /// Its reference: ours.
    pub(super) id: String,
    /// Those of its parts that are to leave.
    pub(super) parts: Vec<Submission>,
    /// The carrier's references of those that it has taken before.
    pub(super) earlier: Vec<(u8, String)>,
    /// How long it may wait for room.
    pub(super) until: Duration,
    /// Who hears what came of it.
    pub(super) heard: oneshot::Sender<Outcomes>,
}

/// What has become known of a text of which nobody knew whether it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    /// Its reference: ours.
    pub(super) id: String,
    /// The carrier's references of its parts, or why it was not taken as a whole.
    pub(super) result: Result<Vec<String>, Refusal>,
}

/// A text at the session.
struct Text {
    parts: usize,
    until: Duration,
    earlier: Vec<(u8, String)>,
    outcomes: Outcomes,
    heard: Option<oneshot::Sender<Outcomes>>,
}

/// The texts at a session.
#[derive(Default)]
pub(super) struct Desk {
    queue: VecDeque<Submission>,
    texts: HashMap<String, Text>,
    doubts: HashMap<String, BTreeMap<u8, Outcome>>,
}

impl Desk {
    /// Takes a text.
    pub(super) fn take(&mut self, handed: Handed) {
        let Handed { id, parts, earlier, until, heard } = handed;
        if parts.is_empty() || self.texts.contains_key(&id) {
            // The same text is under way: what comes of it is not known yet.
            let _ = heard.send(parts.iter().map(|part| (part.part, Outcome::Unknown)).collect());
            return;
        }
        let text = Text { parts: parts.len(), until, earlier, outcomes: Vec::new(), heard: Some(heard) };
        self.texts.insert(id, text);
        self.queue.extend(parts);
    }

    /// The next part that is to leave.
    pub(super) fn next(&mut self) -> Option<Submission> {
        loop {
            let next = self.queue.pop_front()?;
            let text = self.texts.get(&next.id);
            if text.is_some_and(|text| text.heard.as_ref().is_some_and(|heard| !heard.is_closed())) {
                return Some(next);
            }
            self.ended(&next.id, next.part, later("The text is no longer waited for."));
        }
    }

    /// Whether parts wait.
    pub(super) fn has_next(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Until when the first of those that wait may wait.
    pub(super) fn first_until(&self) -> Option<Duration> {
        self.queue.iter().filter_map(|part| self.texts.get(&part.id)).map(|text| text.until).min()
    }

    /// Ends the wait of those that waited long enough, or of all (`now` is none).
    pub(super) fn expire(&mut self, now: Option<Duration>, words: &str) {
        let (texts, mut over) = (&self.texts, Vec::new());
        self.queue.retain(|part| {
            let is_over = texts.get(&part.id).is_none_or(|text| now.is_none_or(|now| now >= text.until));
            if is_over {
                over.push((part.id.clone(), part.part));
            }
            !is_over
        });
        for (id, part) in over {
            self.ended(&id, part, later(words));
        }
    }

    /// What came of a part. What that says of a text that nobody waits for any more.
    pub(super) fn ended(&mut self, id: &str, part: u8, outcome: Outcome) -> Option<Report> {
        let text = self.texts.get_mut(id)?;
        text.outcomes.push((part, outcome));
        if text.outcomes.len() < text.parts {
            return None;
        }
        let Text { outcomes, heard, earlier, .. } = self.texts.remove(id)?;
        let taken = |(part, reference): &(u8, String)| (*part, Outcome::Taken { references: vec![reference.clone()] });
        let all: BTreeMap<u8, Outcome> = earlier.iter().map(taken).chain(outcomes.iter().cloned()).collect();
        let is_heard = heard.is_some_and(|heard| heard.send(outcomes).is_ok());
        if is_heard && !all.values().any(|outcome| *outcome == Outcome::Unknown) {
            return None;
        }
        self.doubts.insert(id.to_owned(), all);
        if self.doubts.len() > MOST_DOUBTS {
            self.doubts.retain(|known, _| known == id);
        }
        self.settled(id)
    }

    /// What the SMSC says of a part after nobody knew.
    pub(super) fn late(&mut self, id: &str, part: u8, outcome: Outcome) -> Option<Report> {
        if let Some(known) = self.doubts.get_mut(id).and_then(|parts| parts.get_mut(&part)) {
            *known = outcome;
            return self.settled(id);
        }
        // Its other parts are still under way.
        let text = self.texts.get_mut(id)?;
        let known = text.outcomes.iter_mut().find(|(known, _)| *known == part)?;
        known.1 = outcome;
        None
    }

    /// Nothing is said of earlier submissions any more.
    pub(super) fn forget_doubts(&mut self) {
        self.doubts.clear();
    }

    fn settled(&mut self, id: &str) -> Option<Report> {
        let parts = self.doubts.get(id)?;
        if parts.values().any(|outcome| *outcome == Outcome::Unknown) {
            return None;
        }
        let parts = self.doubts.remove(id)?;
        let mut references = Vec::new();
        for outcome in parts.into_values() {
            match outcome {
                Outcome::Taken { references: more } => references.extend(more),
                Outcome::Refused(refusal) | Outcome::Later(refusal) => {
                    return Some(Report { id: id.to_owned(), result: Err(refusal) });
                }
                Outcome::Throttled { .. } | Outcome::Unknown => {
                    let words = "The carrier was asked too often.".to_owned();
                    let refusal = Refusal { why: Why::Unreachable, code: String::new(), words };
                    return Some(Report { id: id.to_owned(), result: Err(refusal) });
                }
            }
        }
        Some(Report { id: id.to_owned(), result: Ok(references) })
    }
}

/// A part that did not leave.
pub(super) fn later(words: &str) -> Outcome {
    Outcome::Later(Refusal { why: Why::Unreachable, code: String::new(), words: words.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use halyard_carriers::Address;
    use halyard_carriers::sms::{Part, Travels};
    use halyard_protocol::PhoneNumber;

    const SOON: Duration = Duration::from_secs(1);

    fn part(id: &str, part: u8) -> Submission {
        let address = Address::Number(PhoneNumber::short_code("555").unwrap());
        let content = Part { octets: vec![part], travels: Travels::Alone };
        Submission { id: id.to_owned(), part, from: address, to: address, data_coding: 0, content }
    }

    fn hand(desk: &mut Desk, id: &str, parts: u8) -> oneshot::Receiver<Outcomes> {
        let (heard, hears) = oneshot::channel();
        let parts = (1..=parts).map(|number| part(id, number)).collect();
        desk.take(Handed { id: id.to_owned(), parts, earlier: Vec::new(), until: SOON, heard });
        hears
    }

    fn taken(reference: &str) -> Outcome {
        Outcome::Taken { references: vec![reference.to_owned()] }
    }

    #[test]
    fn a_text_is_heard_of_when_all_its_parts_are_known() {
        let mut desk = Desk::default();
        let mut hears = hand(&mut desk, "a", 2);
        assert_eq!(desk.next().map(|part| part.part), Some(1));
        assert_eq!(desk.ended("a", 1, taken("x")), None);
        assert!(hears.try_recv().is_err());
        assert_eq!(desk.next().map(|part| part.part), Some(2));
        assert_eq!(desk.ended("a", 2, taken("y")), None);
        assert_eq!(hears.try_recv().unwrap(), [(1, taken("x")), (2, taken("y"))]);
        assert!(desk.next().is_none());
    }

    #[test]
    fn what_waits_too_long_is_told_so_and_so_are_all_in_the_end() {
        let mut desk = Desk::default();
        let (mut first, mut second) = (hand(&mut desk, "a", 1), hand(&mut desk, "b", 1));
        assert_eq!(desk.first_until(), Some(SOON));
        desk.expire(Some(SOON / 2), "No room.");
        assert!(first.try_recv().is_err());
        desk.expire(Some(SOON), "No room.");
        assert_eq!(first.try_recv().unwrap(), [(1, later("No room."))]);
        assert!(second.try_recv().is_ok());
        let mut third = hand(&mut desk, "c", 1);
        desk.expire(None, "Over.");
        assert_eq!(third.try_recv().unwrap(), [(1, later("Over."))]);
        assert!(!desk.has_next());
    }

    #[test]
    fn nothing_leaves_of_a_text_that_nobody_waits_for() {
        let mut desk = Desk::default();
        drop(hand(&mut desk, "a", 3));
        let _hears = hand(&mut desk, "b", 1);
        assert_eq!(desk.next().map(|part| part.id), Some("b".to_owned()));
    }

    #[test]
    fn a_text_that_is_under_way_does_not_leave_twice() {
        let mut desk = Desk::default();
        let (_first, mut second) = (hand(&mut desk, "a", 1), hand(&mut desk, "a", 1));
        assert_eq!(second.try_recv().unwrap(), [(1, Outcome::Unknown)]);
        assert!(desk.next().is_some() && desk.next().is_none());
    }

    #[test]
    fn what_becomes_known_late_is_reported_of_the_whole_text() {
        let mut desk = Desk::default();
        let _hears = hand(&mut desk, "a", 2);
        let (_first, _second) = (desk.next(), desk.next());
        desk.ended("a", 1, Outcome::Unknown);
        desk.ended("a", 2, Outcome::Unknown);
        assert_eq!(desk.late("a", 2, taken("y")), None);
        let report = Report { id: "a".to_owned(), result: Ok(vec!["x".to_owned(), "y".to_owned()]) };
        assert_eq!(desk.late("a", 1, taken("x")), Some(report));
        assert_eq!(desk.late("a", 1, taken("x")), None);
    }

    #[test]
    fn a_text_whose_owner_has_gone_is_reported_when_it_was_taken() {
        let mut desk = Desk::default();
        let hears = hand(&mut desk, "a", 1);
        assert!(desk.next().is_some());
        drop(hears);
        let report = desk.ended("a", 1, taken("x")).unwrap();
        assert_eq!(report.result, Ok(vec!["x".to_owned()]));
    }
}
