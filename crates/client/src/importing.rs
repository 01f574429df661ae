//! The import: the rows of one or more files as a preview, which of them to take, and the requests that save them, one after the other.
//!
//! Always holds: nothing is saved before "Import"; then all that is chosen, or the user is told how many were saved and why the others
//! were not. A row has its contact's id from the moment when the file is read, and keeps it however the file
//! is read again, so a row that is sent again is saved once.

mod photos;

use std::collections::HashMap;

use halyard_protocol::rest::{ImportContacts, Imported, ImportedContact};
use halyard_protocol::{Contact, ContactDraft, ContactId, ContactScope, ErrorCode, limits};
use halyard_words::{self as words, Text};

use crate::api::{read, with_body};
use crate::contacts::Book;
use crate::contacts::import::{
    CARDS_BYTES, ENCODINGS, ImportRow, Preview, Reading, RowMatch, duplicates, merge, merge_drafts, parse,
    photo_of_line,
};
use crate::context::Context;
use crate::effect::{HttpOutcome, Method};
use crate::env::Env;
use crate::fact::Fact;
use crate::requests::Requests;
use crate::route::Route;
use crate::update::Changed;

/// Bytes of text in one request, by a rough count: quotes and names of fields at least double it.
const REQUEST_BYTES: usize = limits::IMPORT_BYTES / 4;

/// What the user does with an import.
#[derive(strum::IntoStaticStr, Clone, Debug)]
pub enum ImportAction {
    /// A file to import contacts from: added to the import that is open.
    File {
        /// Its name.
        name: String,
        /// What is in it.
        bytes: Vec<u8>,
    },
    /// Save the imported ones as shared contacts, or as mine.
    Shared(bool),
    /// Take a row in, or leave it out.
    Toggle(usize),
    /// Take a column of a file for something, by its place in [`crate::contacts::import::choices`]; or for nothing.
    Map(usize, usize, Option<usize>),
    /// Read a file in an encoding, by its place in [`ENCODINGS`]; or in what it seems to be written in.
    Encoding(usize, Option<usize>),
    /// Take all rows in, or leave all out.
    All(bool),
    /// "Import".
    Confirm,
    /// "Cancel" or "Close".
    Cancel,
}

/// What the server was asked: to save so many of what was chosen, after so many others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    before: usize,
    count: usize,
}

/// The import, while one is open.
#[derive(Debug, Default)]
pub(crate) struct Import {
    open: Option<Importing>,
    pub(crate) requests: Requests<Call>,
}

/// An import that is open.
#[derive(Debug)]
pub(crate) struct Importing {
    pub(crate) files: Vec<ImportFile>,
    /// The contacts of all files, in their order.
    pub(crate) rows: Vec<ImportRow>,
    /// For each row: what it is to the contacts that are here.
    pub(crate) matches: Vec<RowMatch>,
    /// For each row: whether it is taken.
    pub(crate) taken: Vec<bool>,
    pub(crate) shared: bool,
    pub(crate) saving: bool,
    pub(crate) error: Option<Text>,
    /// The line of the card whose photo is being made small.
    photo_under_way: Option<usize>,
    /// When the first file was opened: what the ids of new contacts are made of.
    begun: Env,
    /// What is still to be sent, once the photos are small, and how many are saved.
    left: Vec<ImportedContact>,
    saved: usize,
}

/// A file of an import.
#[derive(Debug)]
pub(crate) struct ImportFile {
    pub(crate) name: String,
    /// What was read in it, but for its rows, which are among those of all files.
    pub(crate) preview: Preview,
    /// How many its rows are.
    pub(crate) contacts: usize,
    /// Where its lines are among those of all files: so many are before them.
    pub(crate) before: usize,
    bytes: Vec<u8>,
    /// What the user says that it is written in.
    encoding: Option<&'static str>,
    /// Columns that the user takes for something.
    columns: Vec<(usize, usize)>,
}

impl Import {
    pub(crate) fn open(&self) -> Option<&Importing> {
        self.open.as_ref()
    }

    pub(crate) fn act(&mut self, action: ImportAction, book: &Book, cx: &mut Context<'_, '_>) {
        match action {
            ImportAction::File { name, bytes } => self.add(name, bytes, book, cx),
            ImportAction::Shared(shared) => {
                if let Some(importing) = &mut self.open {
                    importing.shared = shared;
                    importing.compare(book);
                }
            }
            ImportAction::Toggle(row) => {
                if let Some(importing) = &mut self.open
                    && let (Some(taken), Some(row)) = (importing.taken.get_mut(row), importing.rows.get_mut(row))
                {
                    *taken = !*taken;
                    row.chosen = Some(*taken);
                }
            }
            ImportAction::Map(file, column, choice) => self.read_again(file, book, cx, &|file| {
                file.columns.retain(|(known, _)| *known != column);
                file.columns.extend(choice.map(|choice| (column, choice)));
            }),
            ImportAction::Encoding(file, choice) => self.read_again(file, book, cx, &|file| {
                file.encoding = choice.and_then(|choice| ENCODINGS.get(choice).copied());
            }),
            ImportAction::All(all) => {
                if let Some(importing) = &mut self.open {
                    importing.taken.fill(all);
                    importing.rows.iter_mut().for_each(|row| row.chosen = Some(all));
                }
            }
            ImportAction::Confirm => self.confirm(book, cx),
            ImportAction::Cancel => self.open = None,
        }
        cx.changed(Changed::Import);
    }

    /// Opens an import with a file, or adds the file to the one that is open.
    fn add(&mut self, name: String, bytes: Vec<u8>, book: &Book, cx: &mut Context<'_, '_>) {
        let importing = self.open.get_or_insert_with(|| Importing {
            files: Vec::new(),
            rows: Vec::new(),
            matches: Vec::new(),
            taken: Vec::new(),
            shared: false,
            saving: false,
            error: None,
            begun: *cx.env,
            left: Vec::new(),
            saved: 0,
            photo_under_way: None,
        });
        if importing.saving {
            return cx.complain(words::import_already_open(name));
        }
        let before = importing.files.last().map_or(0, |last| last.before + last.bytes.len() + 1);
        let preview = Preview::default();
        importing.files.push(ImportFile {
            name,
            preview,
            contacts: 0,
            before,
            bytes,
            encoding: None,
            columns: Vec::new(),
        });
        importing.read(importing.files.len() - 1, book, cx);
        cx.go(Route::Contacts(None), false);
    }

    /// The user takes something of a file otherwise.
    fn read_again(&mut self, at: usize, book: &Book, cx: &mut Context<'_, '_>, change: &dyn Fn(&mut ImportFile)) {
        let Some(importing) = self.open.as_mut().filter(|importing| !importing.saving) else { return };
        if let Some(file) = importing.files.get_mut(at) {
            change(file);
            importing.read(at, book, cx);
        }
    }

    fn confirm(&mut self, book: &Book, cx: &mut Context<'_, '_>) {
        let Some(importing) = self.open.as_mut().filter(|importing| !importing.saving) else { return };
        importing.left = importing.chosen(book);
        importing.saved = 0;
        importing.error = importing.left.is_empty().then(|| words::CHOOSE_A_CONTACT.into());
        self.send_next(cx);
    }

    /// Sends as many of what is left as one request may have.
    fn send_next(&mut self, cx: &mut Context<'_, '_>) {
        let Some(importing) = self.open.as_mut() else { return };
        importing.saving = !importing.left.is_empty();
        if importing.saving && !importing.has_photo_under_way() {
            let mut bytes = 0;
            let fits = |entry: &&ImportedContact| {
                // With its photo twice, as a slow line should bear the request, too.
                let photo = importing.small_photo(entry.contact.photo).map_or(0, str::len);
                bytes += size(&entry.contact) + photo * 2;
                bytes <= REQUEST_BYTES
            };
            let count = importing.left.iter().take(limits::IMPORT_AT_ONCE).take_while(fits).count().max(1);
            let mut contacts: Vec<ImportedContact> = importing.left.drain(..count).collect();
            for ImportedContact { contact, .. } in &mut contacts {
                // Left out, the photo that the contact has stays.
                contact.photo_content = importing.small_photo(contact.photo.take()).map(str::to_owned);
            }
            let body = ImportContacts { contacts };
            let call = Call { before: importing.saved, count };
            self.requests.start(call, with_body(Method::Post, "contacts/import".to_owned(), &body), cx);
        }
    }

    pub(crate) fn answered(&mut self, call: Call, outcome: HttpOutcome, cx: &mut Context<'_, '_>) {
        let answer = read::<Imported>(outcome);
        cx.changed(Changed::Import);
        let Some(importing) = &mut self.open else {
            // The user has closed it; what was sent before is saved all the same.
            if answer.is_ok() {
                cx.inform(words::contacts_imported(call.before + call.count));
            }
            return;
        };
        match answer {
            Ok(_) => {
                importing.saved += call.count;
                if importing.left.is_empty() {
                    cx.inform(words::contacts_imported(importing.saved));
                    self.open = None;
                } else {
                    self.send_next(cx);
                }
            }
            Err(error) => {
                let all = importing.saved + call.count + importing.left.len();
                importing.saving = false;
                importing.left.clear();
                importing.error = Some(match importing.saved {
                    0 => error.text(),
                    saved => words::import_stopped(saved, all, error.text()),
                });
                if error.code == ErrorCode::SignedOut {
                    cx.fact(Fact::Failed(error));
                }
            }
        }
    }
}

impl Importing {
    /// Reads a file, as the user takes its characters and columns. What they have chosen of other files' rows stays.
    fn read(&mut self, at: usize, book: &Book, cx: &mut Context<'_, '_>) {
        let file = &mut self.files[at];
        let reading =
            Reading { home: cx.home(), decode: cx.env.decode, encoding: file.encoding, columns: &file.columns };
        file.preview = if at > 0 && file.before + file.bytes.len() > CARDS_BYTES {
            file.bytes = Vec::new();
            Preview::failed(words::import_files_too_large(CARDS_BYTES >> 20))
        } else {
            parse(&file.bytes, &file.name, &reading)
        };
        let mut rows = core::mem::take(&mut file.preview.rows);
        file.contacts = rows.len();
        // Lines of several files count on.
        let before = file.before;
        for row in &mut rows {
            row.line += before;
            row.draft.photo = row.draft.photo.map(|_| photo_of_line(row.line));
        }
        let first = self.rows.partition_point(|row| row.line <= before);
        let next = self.files.get(at + 1).map_or(usize::MAX, |next| next.before);
        rows.extend(self.rows.drain(first..).filter(|row| row.line > next));
        self.rows.append(&mut rows);
        self.compare(book);
        self.next_photo(cx);
    }

    /// The file that a line is of, if there are several, and its number there.
    pub(crate) fn place(&self, line: usize) -> (Option<&str>, usize) {
        let file = self.files.iter().rfind(|file| file.before < line);
        let name = file.filter(|_| self.files.len() > 1).map(|file| file.name.as_str());
        (name, line - file.map_or(0, |file| file.before))
    }

    /// The id of the contact that a line makes, if it makes a new one: the same whenever the line is read.
    fn id(&self, line: usize) -> ContactId {
        ContactId::new(self.begun.now, self.begun.random(1_000 + line as u64))
    }

    /// Which rows are new depends on whose contacts they become.
    fn compare(&mut self, book: &Book) {
        let scope = self.scope();
        let existing: Vec<&Contact> = book.contacts().collect();
        self.matches = duplicates(&self.rows, &existing, scope);
        let takes = |found: &RowMatch| match found {
            RowMatch::New | RowMatch::UpdatesExisting(_) | RowMatch::AddsToLine(_) => true,
            // Who makes contacts shared wants them to be so, although they are their own already.
            RowMatch::Elsewhere { adds, .. } => *adds || self.shared,
            RowMatch::SameAs(_) | RowMatch::RepeatsLine(_) => false,
        };
        let taken = |(row, found): (&ImportRow, &RowMatch)| row.chosen.unwrap_or_else(|| takes(found));
        self.taken = self.rows.iter().zip(&self.matches).map(taken).collect();
    }

    fn scope(&self) -> ContactScope {
        if self.shared { ContactScope::Shared } else { ContactScope::Personal }
    }

    /// The chosen rows, as they are saved: each contact once, with all that its rows say.
    fn chosen(&self, book: &Book) -> Vec<ImportedContact> {
        let mut chosen: Vec<ImportedContact> = Vec::new();
        // By a contact's id; a map of a kind that comparing needs, too.
        let mut places: HashMap<u128, Vec<usize>> = HashMap::new();
        for (at, (row, taken)) in self.rows.iter().zip(&self.taken).enumerate() {
            if !taken {
                continue;
            }
            let (id, known) = match self.matches[self.root(at)] {
                RowMatch::UpdatesExisting(id) | RowMatch::SameAs(id) => (id, book.contact(id)),
                // A line whose person is left out, or that is taken although it repeats another, is a contact of its own.
                RowMatch::New | RowMatch::Elsewhere { .. } | RowMatch::RepeatsLine(_) | RowMatch::AddsToLine(_) => {
                    let adds = matches!(self.matches[at], RowMatch::AddsToLine(_)) && self.taken[self.root(at)];
                    let first = if adds { &self.rows[self.root(at)] } else { row };
                    (self.id(first.line), None)
                }
            };
            let place = places.entry(id.0.bits()).or_default();
            if let Some(&place) = place.first() {
                let contact = merge_drafts(&chosen[place].contact, &row.draft);
                chosen[place].contact = contact;
            } else {
                place.push(chosen.len());
                let mut contact = known.map_or_else(|| row.draft.clone(), |contact| merge(contact, &row.draft));
                contact.scope = self.scope();
                chosen.push(ImportedContact { id, contact });
            }
        }
        chosen
    }

    /// The row where the person of a row is first.
    fn root(&self, row: usize) -> usize {
        match self.matches[row] {
            RowMatch::AddsToLine(line) => self.rows.binary_search_by_key(&line, |row| row.line).unwrap_or(row),
            _ => row,
        }
    }
}

/// Bytes of a contact in a request, about.
fn size(draft: &ContactDraft) -> usize {
    let texts = [&draft.given, &draft.family, &draft.company].into_iter().chain(&draft.emails);
    let names = draft.numbers.iter().map(|entry| entry.name.len() + 60).sum::<usize>();
    let details = draft.details.as_ref().map_or(0, |details| details.texts().iter().map(|text| text.len() + 16).sum());
    texts.map(String::len).sum::<usize>() + names + details + 100
}

#[cfg(test)]
mod tests;
