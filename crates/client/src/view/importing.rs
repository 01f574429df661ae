//! The import's preview.

use crate::contacts::import::{LineError, RowMatch, UnreadColumn};
use crate::softphone::Softphone;
use halyard_protocol::ContactScope;
use halyard_words::{self as words, Text};

/// The import that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportView {
    /// The file's name.
    pub file: String,
    /// What kind of file it is, in words.
    pub format: Text,
    /// Its contacts.
    pub rows: Vec<ImportRowView>,
    /// Lines that can't be read.
    pub errors: Vec<LineError>,
    /// Columns of a table that are not read, unless they are taken for something.
    pub unread_columns: Vec<UnreadColumn>,
    /// Names of the properties of cards that are not kept.
    pub unread_properties: Vec<String>,
    /// How the file's characters seem to be written, where there is a choice.
    pub encoding: Option<&'static str>,
    /// How many are taken.
    pub taken: usize,
    /// Whether they become shared contacts.
    pub shared: bool,
    /// Whether I may make shared contacts.
    pub may_share: bool,
    /// Whether they are being saved.
    pub saving: bool,
    /// Whether they wait to be saved until their photos are small.
    pub preparing: bool,
    /// Why they could not be saved.
    pub error: Option<Text>,
}

/// A contact of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRowView {
    /// Where it stands in the file.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Its numbers and e-mail addresses.
    pub detail: String,
    /// "New", "Adds to Maya Delgado", "Already in your contacts", "Same as line 4" and so on.
    pub outcome: Text,
    /// What was left out or changed.
    pub warnings: Vec<Text>,
    /// Whether it is taken.
    pub taken: bool,
}

impl Softphone {
    /// The import that is open.
    #[must_use]
    pub fn import_view(&self) -> Option<ImportView> {
        let importing = self.import.open()?;
        let home = self.home();
        let rows: Vec<ImportRowView> = importing
            .preview
            .rows
            .iter()
            .zip(&importing.matches)
            .zip(&importing.taken)
            .map(|((row, outcome), taken)| {
                let numbers = row.draft.numbers.iter().map(|entry| entry.number.display(home));
                let detail: Vec<String> = numbers.chain(row.draft.emails.iter().cloned()).collect();
                // The draft's own name, as it would show once saved.
                let name = row.draft.clone().into_contact(NOBODY, 0).display_name();
                ImportRowView {
                    line: row.line,
                    name,
                    detail: detail.join(", "),
                    outcome: self.match_words(*outcome),
                    warnings: row.warnings.clone(),
                    taken: *taken,
                }
            })
            .collect();
        Some(ImportView {
            file: importing.file.clone(),
            format: importing.preview.format.words(),
            taken: rows.iter().filter(|row| row.taken).count(),
            rows,
            errors: importing.preview.errors.clone(),
            unread_columns: importing.preview.unread_columns.clone(),
            unread_properties: importing.preview.unread_properties.clone(),
            encoding: importing.preview.encoding,
            shared: importing.shared,
            may_share: self.me().is_some_and(|me| me.user.role.edits_shared_contacts()),
            saving: importing.saving,
            preparing: importing.saving && importing.photos.are_under_way(),
            error: importing.error.clone(),
        })
    }

    fn match_words(&self, found: RowMatch) -> Text {
        let name = |id| self.contacts.book.contact(id).map(halyard_protocol::Contact::display_name).unwrap_or_default();
        match found {
            RowMatch::New => words::IMPORT_NEW.into(),
            RowMatch::UpdatesExisting(id) => words::import_adds_to(name(id)),
            RowMatch::SameAs(_) => words::IMPORT_KNOWN.into(),
            RowMatch::Elsewhere { contact, adds } => {
                let shared =
                    self.contacts.book.contact(contact).is_some_and(|contact| contact.scope != ContactScope::Personal);
                match (shared, adds) {
                    (true, false) => words::IMPORT_KNOWN_SHARED.into(),
                    (true, true) => words::import_more_than_shared(name(contact)),
                    (false, false) => words::IMPORT_KNOWN_MINE.into(),
                    (false, true) => words::import_more_than_mine(name(contact)),
                }
            }
            RowMatch::RepeatsLine(line) => words::import_same_line(line),
            RowMatch::AddsToLine(line) => words::import_adds_to_line(line),
        }
    }
}

/// Stands for the id of a contact that is not saved yet.
const NOBODY: halyard_protocol::ContactId = halyard_protocol::ContactId(halyard_protocol::Ulid::from_bits(0));
