//! Who of a file is already known: told by phone numbers.

use std::collections::BTreeMap;

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
    let (mut owners, mut lines) = (Owners::default(), Owners::default());
    for (at, draft) in drafts.iter().enumerate() {
        owners.add(at, draft);
    }
    let mut outcomes = Vec::with_capacity(preview.rows.len());
    for (at, row) in preview.rows.iter().enumerate() {
        let earlier = lines.find(&row.draft, |at| preview.rows.get(at).map(|row| &row.draft));
        let known = owners.find(&row.draft, |at| drafts.get(at));
        outcomes.push(match (earlier, known) {
            (Some(earlier), _) => Outcome::RepeatsLine(preview.rows[earlier].line),
            (None, Some(known)) if merge(existing[known], &row.draft) == drafts[known] => {
                Outcome::SameAs(existing[known].id)
            }
            (None, Some(known)) => Outcome::UpdatesExisting(existing[known].id),
            (None, None) => Outcome::New,
        });
        lines.add(at, &row.draft);
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

/// Who has a number, by their place in a list.
#[derive(Default)]
struct Owners(BTreeMap<PhoneNumber, Vec<usize>>);

impl Owners {
    fn add(&mut self, at: usize, draft: &ContactDraft) {
        for entry in &draft.numbers {
            let owners = self.0.entry(entry.number).or_default();
            if owners.len() < MOST_OWNERS {
                owners.push(at);
            }
        }
    }

    /// The first who is the same person; one with a name in common before others.
    fn find<'a>(&self, draft: &ContactDraft, get: impl Fn(usize) -> Option<&'a ContactDraft>) -> Option<usize> {
        let mut best: Option<(bool, usize)> = None;
        for entry in &draft.numbers {
            for &at in self.0.get(&entry.number).into_iter().flatten() {
                let Some(other) = get(at) else { continue };
                let strangers = have_names_apart(draft, other);
                let is_same = |known: &ContactNumber| known.number == entry.number && is_own(known);
                if !strangers || (is_own(entry) && other.numbers.iter().any(is_same)) {
                    best = Some(best.map_or((strangers, at), |best| best.min((strangers, at))));
                }
            }
        }
        best.map(|(_, at)| at)
    }
}

/// A number that one person has for themselves.
fn is_own(entry: &ContactNumber) -> bool {
    !matches!(entry.label, NumberLabel::Work | NumberLabel::Fax)
}

/// Both have a name, and no word of one is in the other.
fn have_names_apart(a: &ContactDraft, b: &ContactDraft) -> bool {
    let words = |draft: &ContactDraft| {
        let name = fold(&[draft.given.as_str(), " ", &draft.family].concat());
        let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    let (a, b) = (words(a), words(b));
    !a.is_empty() && !b.is_empty() && !a.iter().any(|word| b.contains(word))
}
