//! What the simulator knows: phones, business numbers, texts with their reports, files.
//!
//! Always holds: it is bounded. The oldest texts go, with their files, when there are more than [`TEXTS`] or their files have more than
//! [`FILE_BYTES`]. How far a text is only goes forward here, whatever is reported of it.

use std::collections::{BTreeMap, HashMap, VecDeque};

use axum::body::Bytes;
use halyard_carriers::Address;
use halyard_carriers::simulator::wire::{Listed, Receipt, State, StateOf, Submission};
use halyard_protocol::{MediaKind, PhoneNumber, UnixMs};
use serde::{Serialize, Serializer};

use super::behavior::{Behavior, THROTTLED};

/// Texts that are kept.
const TEXTS: usize = 1_000;
/// Bytes of files that are kept.
const FILE_BYTES: usize = 128 * 1024 * 1024;
/// Reports of a text that are kept.
const REPORTS: usize = 100;
/// References of Halyard's that are counted.
const REFERENCES: usize = 10_000;

/// A business number of Halyard's.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Line {
    /// Where Halyard takes texts to it.
    pub(super) webhook: Option<String>,
    /// Where Halyard reaches this simulator.
    #[serde(skip)]
    pub(super) base: Option<String>,
}

/// A file of a text.
#[derive(Clone, Debug, Serialize)]
pub(super) struct File {
    pub(super) id: String,
    /// By its first bytes; none for what is no kind that phones show.
    pub(super) kind: Option<MediaKind>,
    pub(super) size: usize,
    #[serde(skip)]
    pub(super) content: Bytes,
}

impl File {
    pub(super) fn new(id: String, content: Bytes) -> Self {
        Self { id, kind: MediaKind::of(&content), size: content.len(), content }
    }
}

/// What became of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    /// It waits until reports are no longer held.
    Held,
    /// It is on its way, or tried again.
    Sending,
    /// Halyard has taken it.
    Taken,
    /// Halyard has not, at any try: its status, 0 where it did not answer.
    Refused(u16),
    /// It is not known where Halyard would take it.
    Nowhere,
}

/// A webhook about a text.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Report {
    pub(super) at: UnixMs,
    /// What it says of a text of Halyard's; none where it brings a text of a phone.
    pub(super) receipt: Option<Receipt>,
    pub(super) told: Told,
    /// How often it was sent.
    pub(super) tries: u32,
}

/// Who writes, as the page names them: a phone by its number, a business by its word.
fn sender<S: Serializer>(address: &Address, serializer: S) -> Result<S::Ok, S::Error> {
    match address {
        Address::Number(number) => serializer.collect_str(number),
        Address::Word(word) => serializer.collect_str(word),
    }
}

/// A text, in either direction.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Text {
    pub(super) id: String,
    pub(super) at: UnixMs,
    /// Whether a phone wrote it.
    pub(super) of_phone: bool,
    #[serde(serialize_with = "sender")]
    pub(super) from: Address,
    /// Of a text that a phone wrote, the business number first.
    pub(super) to: Vec<PhoneNumber>,
    pub(super) body: String,
    pub(super) files: Vec<File>,
    /// How many files could not be fetched.
    pub(super) missing: usize,
    /// Halyard's reference.
    pub(super) reference: Option<String>,
    #[serde(skip)]
    pub(super) report_to: Option<String>,
    /// How far each phone has it.
    pub(super) states: Vec<StateOf>,
    pub(super) reports: Vec<Report>,
}

/// How often a reference came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Count {
    /// Handed over.
    pub(super) submitted: u32,
    /// And taken.
    pub(super) taken: u32,
}

/// Where in the book a report stands.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) text: String,
    /// Counted over all reports of the text.
    report: usize,
}

/// What to do with a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Take,
    Refuse(&'static str, &'static str),
    Throttle,
}

/// All of it.
#[derive(Default)]
pub(super) struct Book {
    lines: BTreeMap<PhoneNumber, Line>,
    /// The business number that texted last: for phones that write before theirs has.
    latest: Option<PhoneNumber>,
    phones: BTreeMap<PhoneNumber, Option<Behavior>>,
    texts: VecDeque<Text>,
    references: HashMap<String, Count>,
    /// Reports that were dropped of a text, so that places stay what they are.
    dropped: HashMap<String, usize>,
    pub(super) hold: bool,
}

impl Book {
    pub(super) fn lines(&self) -> &BTreeMap<PhoneNumber, Line> {
        &self.lines
    }

    /// A business number, or the one that texted last.
    pub(super) fn line(&self, number: PhoneNumber) -> Option<&Line> {
        let known = self.lines.get(&number).filter(|line| line.webhook.is_some());
        known.or_else(|| self.lines.get(&self.latest?))
    }

    pub(super) fn phones(&self) -> &BTreeMap<PhoneNumber, Option<Behavior>> {
        &self.phones
    }

    pub(super) fn texts(&self) -> &VecDeque<Text> {
        &self.texts
    }

    pub(super) fn text(&self, id: &str) -> Option<&Text> {
        self.texts.iter().find(|text| text.id == id)
    }

    pub(super) fn text_mut(&mut self, id: &str) -> Option<&mut Text> {
        self.texts.iter_mut().find(|text| text.id == id)
    }

    pub(super) fn references(&self) -> &HashMap<String, Count> {
        &self.references
    }

    pub(super) fn file(&self, id: &str) -> Option<&File> {
        self.texts.iter().flat_map(|text| &text.files).find(|file| file.id == id)
    }

    pub(super) fn add_phone(&mut self, phone: PhoneNumber) {
        if !self.lines.contains_key(&phone) {
            self.phones.entry(phone).or_default();
        }
    }

    /// Sets how a phone behaves, or lets its number say it again.
    pub(super) fn set_behavior(&mut self, phone: PhoneNumber, behavior: Option<Behavior>) {
        self.phones.insert(phone, behavior);
    }

    pub(super) fn behavior(&self, phone: PhoneNumber) -> Behavior {
        if self.lines.contains_key(&phone) {
            return Behavior::Delivers;
        }
        self.phones.get(&phone).copied().flatten().unwrap_or_else(|| Behavior::of(phone))
    }

    /// Learns of a business number from what it hands over.
    pub(super) fn learn(&mut self, submission: &Submission, base: Option<String>) {
        let line = self.lines.entry(submission.from).or_default();
        if let Some(url) = &submission.report_to {
            line.webhook = Some(url.split('?').next().unwrap_or_default().to_owned());
            self.latest = Some(submission.from);
        }
        line.base = base.or(line.base.take());
        self.phones.remove(&submission.from);
        for phone in &submission.to {
            self.add_phone(*phone);
        }
    }

    /// What to do with a submission, which counts. A group is refused or throttled as a whole where one phone in it is.
    pub(super) fn judge(&mut self, submission: &Submission) -> Verdict {
        let behaviors: Vec<Behavior> = submission.to.iter().map(|phone| self.behavior(*phone)).collect();
        if self.references.len() >= REFERENCES && !self.references.contains_key(&submission.reference) {
            self.references.clear();
        }
        let count = self.references.entry(submission.reference.clone()).or_default();
        count.submitted += 1;
        if let Some((why, words)) = behaviors.iter().find_map(|behavior| behavior.refuses()) {
            return Verdict::Refuse(why.name(), words);
        }
        if behaviors.contains(&Behavior::Throttles) && count.submitted <= THROTTLED {
            return Verdict::Throttle;
        }
        count.taken += 1;
        Verdict::Take
    }

    /// Keeps a text.
    pub(super) fn keep(&mut self, text: Text) {
        self.texts.push_back(text);
        self.trim();
    }

    /// Gives a text its files.
    pub(super) fn set_files(&mut self, id: &str, files: Vec<File>, missing: usize) {
        if let Some(text) = self.text_mut(id) {
            (text.files, text.missing) = (files, missing);
        }
        self.trim();
    }

    fn trim(&mut self) {
        let mut bytes: usize = self.texts.iter().flat_map(|text| &text.files).map(|file| file.size).sum();
        while self.texts.len() > TEXTS || (bytes > FILE_BYTES && self.texts.len() > 1) {
            let Some(oldest) = self.texts.pop_front() else { break };
            bytes -= oldest.files.iter().map(|file| file.size).sum::<usize>();
            self.dropped.remove(&oldest.id);
        }
    }

    /// Writes a report down, and moves the text forward. None where there is no such text.
    pub(super) fn report(&mut self, id: &str, report: Report) -> Option<Place> {
        let text = self.texts.iter_mut().find(|text| text.id == id)?;
        let dropped = self.dropped.entry(id.to_owned()).or_default();
        if let Some(receipt) = &report.receipt {
            for state in text.states.iter_mut().filter(|state| receipt.to.is_none_or(|to| to == state.to)) {
                if rank(receipt.state) > rank(state.state) {
                    *state = StateOf {
                        to: state.to,
                        state: receipt.state,
                        code: receipt.code.clone(),
                        message: receipt.message.clone(),
                    };
                }
            }
        }
        text.reports.push(report);
        if text.reports.len() > REPORTS {
            text.reports.remove(0);
            *dropped += 1;
        }
        Some(Place { text: id.to_owned(), report: *dropped + text.reports.len() - 1 })
    }

    /// A report by its place, if it is still kept.
    pub(super) fn report_at(&mut self, place: &Place) -> Option<&mut Report> {
        let dropped = self.dropped.get(&place.text).copied().unwrap_or_default();
        self.text_mut(&place.text)?.reports.get_mut(place.report.checked_sub(dropped)?)
    }

    /// Lets the reports leave that were held: they, in the order in which they came to be.
    pub(super) fn release(&mut self) -> Vec<Place> {
        let held = self.held();
        for place in &held {
            if let Some(report) = self.report_at(place) {
                report.told = Told::Sending;
            }
        }
        held
    }

    /// The reports that wait, in the order in which they came to be.
    pub(super) fn held(&self) -> Vec<Place> {
        let mut held = Vec::new();
        for text in &self.texts {
            let dropped = self.dropped.get(&text.id).copied().unwrap_or_default();
            for (place, report) in text.reports.iter().enumerate().filter(|(_, report)| report.told == Told::Held) {
                held.push((report.at, Place { text: text.id.clone(), report: dropped + place }));
            }
        }
        held.sort_by_key(|(at, _)| *at);
        held.into_iter().map(|(_, place)| place).collect()
    }

    /// What was taken under a reference.
    pub(super) fn listed(&self, reference: &str) -> Vec<Listed> {
        let under = self.texts.iter().filter(|text| text.reference.as_deref() == Some(reference));
        under.map(|text| Listed { id: text.id.clone(), states: text.states.clone() }).collect()
    }
}

/// How far a state is; the two ends are equally far.
fn rank(state: State) -> u8 {
    match state {
        State::Unknown => 0,
        State::Queued => 1,
        State::Sent => 2,
        State::Delivered | State::Failed => 3,
    }
}
