//! Who of a file is already known: told by phone numbers.

use std::collections::HashMap;

use halyard_protocol::{Contact, ContactDraft, ContactId, ContactNumber, NumberLabel, PhoneNumber, limits};

use super::Preview;
use crate::contacts::search::fold;

/// People with one number who are compared: a whole office, but not a whole file.
const MOST_OWNERS: usize = 64;

/// What a row of a file is to the contacts that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody known.
    New,
    /// This contact, and nothing about it is new.
    SameAs(ContactId),
    /// This contact, with something new: see [`merge`].
    UpdatesExisting(ContactId),
    /// Somebody who was on an earlier line of the file, the one with this number.
    RepeatsLine(usize),
}

/// For each row, who it is. A row is somebody who has one of its numbers, unless that is a number at work, as a whole
/// office may share it, and the names have no word in common.
#[must_use]
pub fn duplicates(preview: &Preview, existing: &[&Contact]) -> Vec<Outcome> {
    let drafts: Vec<ContactDraft> = existing.iter().map(|contact| contact.to_draft()).collect();
    let (mut known, mut earlier) = (People::default(), People::default());
    for draft in &drafts {
        known.add(Somebody::new(draft));
    }
    let mut outcomes = Vec::with_capacity(preview.rows.len());
    for row in &preview.rows {
        let somebody = Somebody::new(&row.draft);
        outcomes.push(match (earlier.find(&somebody), known.find(&somebody)) {
            (Some(earlier), _) => Outcome::RepeatsLine(preview.rows[earlier].line),
            (None, Some(known)) if merge(existing[known], &row.draft) == drafts[known] => {
                Outcome::SameAs(existing[known].id)
            }
            (None, Some(known)) => Outcome::UpdatesExisting(existing[known].id),
            (None, None) => Outcome::New,
        });
        earlier.add(somebody);
    }
    outcomes
}

/// The contact with what the file adds: numbers, addresses, and a name or company where there is none yet. What the
/// contact has stays; what would be too much of it is left out.
#[must_use]
pub fn merge(existing: &Contact, new: &ContactDraft) -> ContactDraft {
    let mut merged = existing.to_draft();
    let is_blank = |text: &str| text.trim().is_empty();
    if is_blank(&merged.given) && is_blank(&merged.family) {
        merged.given.clone_from(&new.given);
        merged.family.clone_from(&new.family);
    }
    if is_blank(&merged.company) {
        merged.company.clone_from(&new.company);
    }
    for email in &new.emails {
        let known = merged.emails.iter().any(|known| known.eq_ignore_ascii_case(email));
        if !known && merged.emails.len() < limits::CONTACT_EMAILS {
            merged.emails.push(email.clone());
        }
    }
    for entry in &new.numbers {
        let room = merged.numbers.len() < limits::CONTACT_NUMBERS;
        match merged.numbers.iter_mut().find(|known| known.number == entry.number) {
            Some(known) if known.label == NumberLabel::Other => known.label = entry.label,
            None if room => merged.numbers.push(entry.clone()),
            Some(_) | None => {}
        }
    }
    merged
}

/// A draft, and the words of its name.
struct Somebody<'a> {
    draft: &'a ContactDraft,
    words: Vec<String>,
}

impl<'a> Somebody<'a> {
    fn new(draft: &'a ContactDraft) -> Self {
        let name = fold(&[draft.given.as_str(), " ", &draft.family].concat());
        let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        Self { draft, words: words.map(str::to_owned).collect() }
    }

    /// Both have a name, and no word of one is in the other.
    fn is_named_otherwise(&self, other: &Self) -> bool {
        let in_common = self.words.iter().any(|word| other.words.contains(word));
        !self.words.is_empty() && !other.words.is_empty() && !in_common
    }

    /// Whether this is a number of theirs alone.
    fn has_alone(&self, number: PhoneNumber) -> bool {
        let is_alone = |label| !matches!(label, NumberLabel::Work | NumberLabel::Fax);
        self.draft.numbers.iter().any(|entry| entry.number == number && is_alone(entry.label))
    }
}

/// People in a list, and by number who of them has it.
#[derive(Default)]
struct People<'a> {
    all: Vec<Somebody<'a>>,
    owners: HashMap<PhoneNumber, Vec<usize>>,
}

impl<'a> People<'a> {
    fn add(&mut self, somebody: Somebody<'a>) {
        for entry in &somebody.draft.numbers {
            let owners = self.owners.entry(entry.number).or_default();
            if owners.len() < MOST_OWNERS {
                owners.push(self.all.len());
            }
        }
        self.all.push(somebody);
    }

    /// The place of the first who is the same person; one with a name in common before others.
    fn find(&self, somebody: &Somebody<'_>) -> Option<usize> {
        let mut best: Option<(bool, usize)> = None;
        for ContactNumber { number, .. } in &somebody.draft.numbers {
            for &at in self.owners.get(number).into_iter().flatten() {
                let other = &self.all[at];
                let strangers = somebody.is_named_otherwise(other);
                if !strangers || (somebody.has_alone(*number) && other.has_alone(*number)) {
                    best = Some(best.map_or((strangers, at), |best| best.min((strangers, at))));
                }
            }
        }
        best.map(|(_, at)| at)
    }
}
