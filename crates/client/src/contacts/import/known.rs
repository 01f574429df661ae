//! Who of a file is already known: told by a vCard's UID, or by a phone number together with the name.
//!
//! Always holds: people whose names differ stay separate people, whatever numbers they share; a row that is taken for somebody else's
//! has nothing in it that is lost with it.

use halyard_protocol::letters::is_alphanumeric;
use std::collections::HashMap;

use halyard_protocol::contact::ContactDetails;
use halyard_protocol::{Contact, ContactDraft, ContactId, ContactScope, NumberLabel, PhoneNumber, limits};

use super::ImportRow;
use crate::contacts::search::fold;

/// People with one number who are compared: a whole office, but not a whole file.
const MOST_OWNERS: usize = 64;

/// What a row of a file is to the contacts that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowMatch {
    /// Nobody known.
    New,
    /// This contact, and nothing about it is new.
    SameAs(ContactId),
    /// This contact, with something new: see [`merge`].
    UpdatesExisting(ContactId),
    /// This contact, which is somebody else's: a shared one while the file's become the user's own, or the other way round.
    Elsewhere {
        /// The contact that is there.
        contact: ContactId,
        /// Whether the file says something new of it.
        adds: bool,
    },
    /// Somebody who was on an earlier line of the file, the one with this number, and nothing is new.
    RepeatsLine(usize),
    /// Somebody who was on an earlier line of the file, the one with this number, with something new.
    AddsToLine(usize),
}

/// For each row, who it is when the file's contacts become those of `scope`.
///
/// A row is somebody with the same UID; else somebody who has one of its numbers and a name that agrees with the row's.
#[must_use]
pub fn duplicates(rows: &[ImportRow], existing: &[&Contact], scope: ContactScope) -> Vec<RowMatch> {
    let (mut known, mut earlier) = (KnownPeople::default(), KnownPeople::default());
    for contact in existing {
        known.add(Somebody::new(contact.to_draft(), contact.id.to_string()));
        if let Some(details) = &contact.details {
            known.own(known.all.len() - 1, &ContactDraft::default(), &details.uid);
        }
    }
    // For each person of the file, the line where they were first.
    let mut lines = Vec::new();
    let mut matches = Vec::with_capacity(rows.len());
    for row in rows {
        let somebody = Somebody::new(row.draft.clone(), row.uid.clone());
        // Whoever is known by their UID is not taken for somebody of the same name on an earlier line.
        let is_known = known.of_uid(&row.uid).is_some() && earlier.of_uid(&row.uid).is_none();
        let before = if is_known { None } else { earlier.find(&somebody, |_| false) };
        let whole = before.map(|before| merge_drafts(&earlier.all[before].draft, &row.draft));
        if let Some((before, whole)) = before.zip(whole).filter(|(_, whole)| has_all(whole, row)) {
            let adds = whole != earlier.all[before].draft;
            earlier.grow(before, whole, &somebody);
            matches.push(if adds { RowMatch::AddsToLine(lines[before]) } else { RowMatch::RepeatsLine(lines[before]) });
            continue;
        }
        let found = known.find(&somebody, |at| existing[at].scope != scope);
        matches.push(found.map_or(RowMatch::New, |at| {
            let (contact, id) = (existing[at], existing[at].id);
            let whole = merge_drafts(&known.all[at].draft, &row.draft);
            let (adds, fits) = (whole != known.all[at].draft, has_all(&whole, row));
            if contact.scope != scope {
                return RowMatch::Elsewhere { contact: id, adds: adds || !fits };
            }
            if !fits {
                // The contact has no room for it.
                return RowMatch::New;
            }
            known.grow(at, whole, &somebody);
            if adds { RowMatch::UpdatesExisting(id) } else { RowMatch::SameAs(id) }
        }));
        lines.push(row.line);
        earlier.add(somebody);
    }
    matches
}

/// Whether nothing of a row's numbers and addresses is missing.
fn has_all(whole: &ContactDraft, row: &ImportRow) -> bool {
    let number = |number: PhoneNumber| whole.numbers.iter().any(|entry| entry.number == number);
    let email = |email: &String| whole.emails.iter().any(|known| known.eq_ignore_ascii_case(email));
    let texts =
        |draft: &ContactDraft| draft.details.as_ref().map(|details| [details.address.clone(), details.notes.clone()]);
    let (there, wanted) = (texts(whole).unwrap_or_default(), texts(&row.draft).unwrap_or_default());
    row.draft.numbers.iter().all(|entry| number(entry.number))
        && row.draft.emails.iter().all(email)
        && wanted.iter().zip(&there).all(|(wanted, there)| there.contains(wanted))
}

/// The contact with what the file adds: numbers, addresses, and a name or company where there is none yet. What the
/// contact has stays; what would be too much of it is left out.
#[must_use]
pub fn merge(existing: &Contact, new: &ContactDraft) -> ContactDraft {
    merge_drafts(&existing.to_draft(), new)
}

/// The same of two drafts.
#[must_use]
pub fn merge_drafts(existing: &ContactDraft, new: &ContactDraft) -> ContactDraft {
    let mut merged = existing.clone();
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
            Some(known) => {
                if known.label == NumberLabel::Other {
                    known.label = entry.label;
                }
                if known.name.is_empty() {
                    known.name.clone_from(&entry.name);
                }
            }
            None if room => merged.numbers.push(entry.clone()),
            None => {}
        }
    }
    merged.photo = merged.photo.or(new.photo);
    if let Some(new) = &new.details {
        let details = merged.details.get_or_insert_default();
        let ContactDetails { prefix, suffix, nickname, address, consent, notes, uid } = &**new;
        for (text, new) in [
            (&mut details.prefix, prefix),
            (&mut details.suffix, suffix),
            (&mut details.nickname, nickname),
            (&mut details.consent, consent),
        ] {
            if text.is_empty() {
                text.clone_from(new);
            }
        }
        add_lines(&mut details.address, address, limits::CONTACT_ADDRESS_LENGTH);
        add_lines(&mut details.notes, notes, limits::CONTACT_NOTES_LENGTH);
        // Where the card came from is no news of its own.
        if existing.details.is_none() && **details == ContactDetails::default() {
            merged.details = None;
        }
        if merged != *existing
            && let details = merged.details.get_or_insert_default()
            && details.uid.is_empty()
        {
            details.uid.clone_from(uid);
        }
    }
    merged
}

/// What is written in lines is kept beside what is there already, where there is room for both.
fn add_lines(text: &mut String, new: &str, longest: usize) {
    if text.is_empty() {
        new.clone_into(text);
    } else if !text.contains(new) {
        let both = [text.as_str(), "\n", new].concat();
        if both.chars().count() <= longest {
            *text = both;
        }
    }
}

/// A draft, its UID, and the words of its name; of its company, where it has no name.
struct Somebody {
    draft: ContactDraft,
    uid: String,
    is_company: bool,
    words: Vec<String>,
}

impl Somebody {
    fn new(draft: ContactDraft, uid: String) -> Self {
        let mut words = words(&[draft.given.as_str(), " ", &draft.family].concat());
        let is_company = words.is_empty();
        if is_company {
            words = self::words(&draft.company);
        }
        Self { draft, uid, is_company, words }
    }

    /// Whether the names can be those of one person: all words of the shorter name are in the longer one, an initial standing for its
    /// word. Who has no name at all is whoever has all of their numbers.
    fn agrees_with(&self, other: &Self) -> bool {
        if self.words.is_empty() || other.words.is_empty() {
            return (self.words.is_empty() && other.has_all_of(self))
                || (other.words.is_empty() && self.has_all_of(other));
        }
        let (short, long) = if self.words.len() <= other.words.len() { (self, other) } else { (other, self) };
        let mut left: Vec<&str> = long.words.iter().map(String::as_str).collect();
        short.is_company == long.is_company
            && short.words.iter().all(|word| {
                let same = left.iter().position(|known| known == word);
                let at = same.or_else(|| left.iter().position(|known| is_initial(known, word)));
                at.map(|at| left.swap_remove(at)).is_some()
            })
    }

    fn has_all_of(&self, other: &Self) -> bool {
        other.draft.numbers.iter().all(|entry| self.draft.numbers.iter().any(|known| known.number == entry.number))
    }
}

fn words(name: &str) -> Vec<String> {
    let name = fold(name);
    name.split(|c: char| !is_alphanumeric(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether one word is a single letter, and the other begins with it.
fn is_initial(a: &str, b: &str) -> bool {
    let one = |word: &str| word.chars().nth(1).is_none();
    (one(a) && b.starts_with(a)) || (one(b) && a.starts_with(b))
}

/// People in a list, and by number and by UID who of them has it.
#[derive(Default)]
struct KnownPeople {
    all: Vec<Somebody>,
    /// By number, and by what [`hash`] makes of a UID. One map for both: each kind of map is code to load.
    owners: HashMap<u128, Vec<usize>>,
}

impl KnownPeople {
    fn add(&mut self, somebody: Somebody) {
        self.own(self.all.len(), &somebody.draft, &somebody.uid);
        self.all.push(somebody);
    }

    /// Somebody with what a row says besides: their name may be longer now.
    fn grow(&mut self, at: usize, whole: ContactDraft, row: &Somebody) {
        self.own(at, &whole, &row.uid);
        let known = &mut self.all[at];
        known.draft = whole;
        if row.words.len() > known.words.len() {
            known.words.clone_from(&row.words);
            known.is_company = row.is_company;
        }
    }

    fn own(&mut self, at: usize, draft: &ContactDraft, uid: &str) {
        let uid = Some(hash(uid)).filter(|_| !uid.is_empty());
        for key in draft.numbers.iter().map(|entry| u128::from(entry.number.value())).chain(uid) {
            let owners = self.owners.entry(key).or_default();
            if owners.len() < MOST_OWNERS && !owners.contains(&at) {
                owners.push(at);
            }
        }
    }

    fn of_uid(&self, uid: &str) -> Option<usize> {
        self.owners.get(&hash(uid)).and_then(|owners| owners.first()).copied()
    }

    /// The place of the one who is the same person: by UID, else by name and number. Of several, one for whom `last` holds comes after the
    /// others, one with all of the numbers before others, one with most of the name before who has less.
    fn find(&self, somebody: &Somebody, last: impl Fn(usize) -> bool) -> Option<usize> {
        if let Some(at) = self.of_uid(&somebody.uid) {
            return Some(at);
        }
        let numbers = somebody.draft.numbers.iter().filter_map(|entry| self.owners.get(&entry.number.value().into()));
        let same = numbers.flatten().copied().filter(|&at| somebody.agrees_with(&self.all[at]));
        same.min_by_key(|&at| {
            let other = &self.all[at];
            (last(at), !other.has_all_of(somebody), other.words.len().abs_diff(somebody.words.len()), at)
        })
    }
}

/// 128 bits of a text (FNV-1a): no two UIDs that anybody makes have the same, and no number has so many.
fn hash(text: &str) -> u128 {
    text.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash: u128, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b)
    })
}
