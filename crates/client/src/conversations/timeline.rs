//! A conversation's entries on this device: the newest part of its history, without gaps.
//!
//! Always holds: the entries' places are consecutive up to the newest one; each entry is here once; a delivery
//! never moves backwards.

use halyard_protocol::rest::EntriesPage;
use halyard_protocol::{Delivery, Entry, EntryId, Message, MessageId, Seq};

use super::position::Position;
use crate::sorted::{SortedMap, sort_few};

/// Rows on screen when a card opens.
const FIRST_ROWS: usize = 60;
/// Rows that scrolling up adds.
const MORE_ROWS: usize = 50;

/// How far the history reaches back on this device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Loaded {
    /// Nothing was asked for.
    #[default]
    Nothing,
    /// A page is under way.
    Loading,
    /// There is more before what is here.
    Part,
    /// All is here.
    All,
    /// The page could not be had.
    Failed,
}

/// The entries.
#[derive(Debug)]
pub(crate) struct Timeline {
    entries: SortedMap<Seq, Entry>,
    places: SortedMap<EntryId, Seq>,
    pub(crate) loaded: Loaded,
    /// Whether a first page has come.
    joined: bool,
    /// Up to here the user has deleted it.
    cleared: Seq,
    /// Grows with each deletion: a page that was asked for before is of another history.
    pub(crate) epoch: u32,
    /// What was reported of messages that are not here while a page is under way: the page may be older.
    reports: Vec<(MessageId, Delivery)>,
    /// Rows that show, counted from the newest.
    pub(crate) rows: usize,
    pub(crate) position: Position,
    /// Whether the device's database was asked for what it has.
    reading: Reading,
    /// Places of entries that it had and that the version which wrote them did not know, in order; the server was not asked since.
    pub(crate) stored_unknown: Vec<Seq>,
    /// Places of entries that are not written there as they are now.
    pub(crate) unstored: Vec<Seq>,
    /// Up to here the entries were taken out of it: too old, or deleted.
    pub(crate) evicted: Seq,
    pub(crate) forgotten: Seq,
}

/// Where reading from the device's database stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reading {
    #[default]
    Unasked,
    Asked,
    Read,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            entries: SortedMap::default(),
            places: SortedMap::default(),
            loaded: Loaded::Nothing,
            joined: false,
            cleared: 0,
            epoch: 0,
            reports: Vec::new(),
            rows: FIRST_ROWS,
            position: Position::default(),
            reading: Reading::Unasked,
            stored_unknown: Vec::new(),
            unstored: Vec::new(),
            evicted: 0,
            forgotten: 0,
        }
    }
}

impl Timeline {
    /// The history of a conversation that was begun on this device: the server has nothing to load.
    pub(crate) fn begun_here() -> Self {
        Self { loaded: Loaded::All, ..Self::default() }
    }

    pub(crate) fn contains(&self, id: EntryId) -> bool {
        self.places.contains_key(&id)
    }

    /// A message that is here.
    pub(crate) fn message(&self, id: MessageId) -> Option<&Message> {
        self.entries.get(self.places.get(&id.into())?)?.message()
    }

    /// The messages that are here.
    pub(crate) fn messages(&self) -> impl Iterator<Item = &Message> {
        self.entries.values().filter_map(Entry::message)
    }

    /// Takes an entry in. Says whether anything changed.
    pub(crate) fn put(&mut self, mut entry: Entry) -> bool {
        let (id, seq) = (entry.id(), entry.seq());
        if let Some(known) = self.places.get(&id).and_then(|seq| self.entries.get_mut(seq)) {
            let moved = match (known, entry) {
                // Two copies of one message differ in their deliveries alone: keep the furthest of each.
                (Entry::Message(known), Entry::Message(message)) => merge(&mut known.deliveries, message.deliveries),
                // What an earlier version did not know.
                (known, entry) => {
                    let is_known_now = known.is_unknown() && !entry.is_unknown();
                    if is_known_now {
                        *known = entry;
                    }
                    is_known_now
                }
            };
            if moved {
                self.unstored.push(seq);
            }
            return moved;
        }
        self.unstored.push(seq);
        if let Some(message) = entry.message_mut() {
            sort(&mut message.deliveries);
        }
        if !self.position.at_bottom && self.last().is_some_and(|last| last.seq() < seq) {
            // Somebody reads further up: what they read must not go because of what comes below.
            self.rows += 1;
        }
        self.places.insert(id, seq);
        self.entries.insert(seq, entry);
        true
    }

    /// Takes an older page in.
    pub(crate) fn page(&mut self, page: EntriesPage) {
        self.loaded = if page.more { Loaded::Part } else { Loaded::All };
        self.joined = true;
        for entry in page.entries {
            self.put(entry);
        }
        self.apply_reports();
    }

    /// Takes a page in that has entries as the server says them, of which the device had kept only the places.
    pub(crate) fn known_now(&mut self, page: EntriesPage) {
        // The newest of them were asked for. A page without entries says that they are gone.
        let first = page.entries.first().map_or(0, Entry::seq);
        self.stored_unknown.retain(|seq| *seq < first);
        if self.entries.keys().next().is_some_and(|oldest| first < oldest) && self.loaded != Loaded::Loading {
            self.loaded = if page.more { Loaded::Part } else { Loaded::All };
        }
        for entry in page.entries {
            self.put(entry);
        }
    }

    fn apply_reports(&mut self) {
        for (id, delivery) in core::mem::take(&mut self.reports) {
            self.deliver(id, delivery);
        }
    }

    /// The device's database is to be asked, if it has not been. Says whether it is for the first time.
    pub(crate) fn ask_database(&mut self) -> bool {
        self.reading == Reading::Unasked && {
            self.reading = Reading::Asked;
            true
        }
    }

    /// What the device's database had is not to be trusted.
    pub(crate) fn distrust_stored(&mut self) {
        self.reading = Reading::Read;
    }

    /// It may be asked once more.
    pub(crate) fn ask_database_again(&mut self) {
        self.reading = Reading::Unasked;
    }

    /// Whether a first page is here.
    pub(crate) fn is_joined(&self) -> bool {
        self.joined
    }

    /// Whether its answer is still to come.
    pub(crate) fn is_reading(&self) -> bool {
        self.reading == Reading::Asked
    }

    /// What the device's database had, in order; `last` is the place of the conversation's newest message. Only what
    /// joins what is here, or reaches up to the newest, is taken.
    pub(crate) fn take_stored(&mut self, mut found: Vec<Entry>, last: Seq) {
        self.reading = Reading::Read;
        let mut next = self.entries.keys().next().unwrap_or(last + 1);
        let unstored = core::mem::take(&mut self.unstored);
        while let Some(entry) = found.pop() {
            let seq = entry.seq();
            if seq >= next {
                // Here already: of the two copies the further delivery counts.
                if self.places.contains_key(&entry.id()) {
                    self.put(entry);
                }
                continue;
            }
            if seq + 1 != next || seq <= self.cleared {
                break;
            }
            next = seq;
            if entry.is_unknown() {
                self.stored_unknown.insert(0, seq);
            }
            self.put(entry);
            self.joined = true;
        }
        self.unstored = unstored;
        if self.joined && self.loaded != Loaded::Loading {
            self.loaded = if next == self.cleared + 1 { Loaded::All } else { Loaded::Part };
        }
        self.apply_reports();
    }

    /// All of it is to be written.
    pub(crate) fn mark_all_unstored(&mut self) {
        self.unstored = self.entries.keys().collect();
    }

    pub(crate) fn at(&self, seq: Seq) -> Option<&Entry> {
        self.entries.get(&seq)
    }

    /// The page could not be had.
    pub(crate) fn failed(&mut self) {
        self.loaded = Loaded::Failed;
        self.reports.clear();
    }

    pub(crate) fn deliver(&mut self, id: MessageId, delivery: Delivery) -> bool {
        let entry = self.places.get(&id.into()).and_then(|seq| self.entries.get_mut(seq));
        let Some(message) = entry.and_then(Entry::message_mut) else {
            if self.loaded == Loaded::Loading || self.is_reading() {
                self.reports.push((id, delivery));
            }
            return false;
        };
        let moved = merge(&mut message.deliveries, vec![delivery]);
        if moved {
            self.unstored.push(message.seq);
        }
        moved
    }

    /// The place before which the next page ends; `None` when the newest page is wanted.
    pub(crate) fn before(&self) -> Option<Seq> {
        if self.joined { self.entries.keys().next() } else { None }
    }

    /// Whether what is here may not fill a card.
    pub(crate) fn is_short(&self) -> bool {
        !self.joined || self.entries.len() < MORE_ROWS / 2
    }

    /// The place of an entry that is here.
    pub(crate) fn place(&self, id: EntryId) -> Option<Seq> {
        self.places.get(&id).copied()
    }

    pub(crate) fn oldest(&self) -> Option<Seq> {
        self.entries.keys().next()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entries after this place.
    pub(crate) fn after(&self, place: Seq) -> impl Iterator<Item = &Entry> {
        self.entries.values().rev().take_while(move |entry| entry.seq() > place)
    }

    /// Shows rows from this place on, and so many above it.
    pub(crate) fn show_from(&mut self, place: Seq, above: usize) {
        let below = self.after(place.saturating_sub(1)).count();
        self.rows = self.rows.max(below + above);
    }

    /// Scrolled near the top: show more. Says whether a page must be fetched for it.
    pub(crate) fn show_more(&mut self) -> bool {
        if self.rows < self.entries.len() {
            self.rows += MORE_ROWS;
        }
        self.rows + MORE_ROWS > self.entries.len() && matches!(self.loaded, Loaded::Part | Loaded::Failed)
    }

    /// Back at the bottom: what is far above need not stay on screen. Says whether rows went.
    pub(crate) fn show_less(&mut self) -> bool {
        let less = self.rows > FIRST_ROWS + MORE_ROWS;
        if less {
            self.rows = FIRST_ROWS;
        }
        less
    }

    /// The entries that show, oldest first.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().skip(self.entries.len().saturating_sub(self.rows))
    }

    /// Whether scrolling up brings more.
    pub(crate) fn has_more(&self) -> bool {
        self.rows < self.entries.len() || !matches!(self.loaded, Loaded::All)
    }

    pub(crate) fn last(&self) -> Option<&Entry> {
        self.entries.values().next_back()
    }

    /// The user deleted everything up to this place, or took that back.
    pub(crate) fn clear(&mut self, up_to: Seq) {
        if up_to == self.cleared {
            return;
        }
        let back = up_to < self.cleared;
        self.cleared = up_to;
        self.epoch += 1;
        self.reports.clear();
        self.stored_unknown.retain(|seq| *seq > up_to);
        self.entries.retain(|seq, _| *seq > up_to);
        self.places.retain(|_, seq| *seq > up_to);
        self.loaded = if back { Loaded::Part } else { Loaded::All };
        self.joined = true;
    }
}

/// By recipient.
fn sort(deliveries: &mut [Delivery]) {
    sort_few(deliveries, |a, b| a.to < b.to);
}

fn merge(known: &mut Vec<Delivery>, reports: Vec<Delivery>) -> bool {
    let mut moved = false;
    for report in reports {
        match known.iter_mut().find(|delivery| delivery.to == report.to) {
            Some(delivery) => moved |= delivery.apply(&report),
            None => {
                known.push(report);
                sort(known);
                moved = true;
            }
        }
    }
    moved
}
