//! The import's preview.

use crate::contacts::import::{RowMatch, UnreadColumn};
use crate::importing::{ImportFile, Importing};
use crate::softphone::Softphone;
use halyard_protocol::{ContactScope, Permission};
use halyard_words::{self as words, Text};

/// The import that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportView {
    /// "Import contacts from friends.vcf".
    pub title: Text,
    /// Its files.
    pub files: Vec<ImportFileView>,
    /// Their contacts.
    pub rows: Vec<ImportRowView>,
    /// Lines that can't be read: where, and why.
    pub errors: Vec<(Text, Vec<Text>)>,
    /// Columns of tables that are not read, unless they are taken for something, each with its file.
    pub unread_columns: Vec<(usize, UnreadColumn)>,
    /// Names of the properties of cards that are not kept.
    pub unread_properties: Vec<String>,
    /// How many are taken.
    pub taken: usize,
    /// Whether they become shared contacts.
    pub shared: bool,
    /// Whether I may make shared contacts.
    pub may_share: bool,
    /// Whether they are being saved.
    pub saving: bool,
    /// While they wait to be saved until their photos are small: how many are, of how many.
    pub preparing: Option<(usize, usize)>,
    /// Why they could not be saved.
    pub error: Option<Text>,
}

/// A file of the import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportFileView {
    /// Its name, if there are several.
    pub name: String,
    /// What it is and how many contacts it has.
    pub tally: Text,
    /// How its characters seem to be written, where there is a choice.
    pub encoding: Option<&'static str>,
}

/// A contact of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRowView {
    /// Where it stands: "Line 12".
    pub place: Text,
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
                    place: remark_place(importing.place(row.line)),
                    name,
                    detail: detail.join(", "),
                    outcome: self.match_words(importing, *outcome),
                    warnings: row.warnings.clone(),
                    taken: *taken,
                }
            })
            .collect();
        let files = &importing.files;
        let several = files.len() > 1;
        let named = |file: &ImportFile| if several { file.name.clone() } else { String::new() };
        let errors = files.iter().flat_map(|file| {
            let place = |line| remark_place(importing.place(file.before + line));
            file.preview.errors.iter().map(move |error| (place(error.line), error.messages.clone()))
        });
        let mut unread_properties: Vec<String> = Vec::new();
        let mut unread_columns = Vec::new();
        for (at, file) in files.iter().enumerate() {
            for name in &file.preview.unread_properties {
                if !unread_properties.contains(name) {
                    unread_properties.push(name.clone());
                }
            }
            for column in &file.preview.unread_columns {
                let mut column = column.clone();
                if several {
                    column.name = [&file.name, ": ", &column.name].concat();
                }
                unread_columns.push((at, column));
            }
        }
        Some(ImportView {
            title: match &files[..] {
                [file] => words::import_contacts_from(&file.name),
                _ => words::IMPORT_CONTACTS.into(),
            },
            files: files
                .iter()
                .map(|file| ImportFileView { name: named(file), tally: tally(file), encoding: file.preview.encoding })
                .collect(),
            taken: rows.iter().filter(|row| row.taken).count(),
            rows,
            errors: errors.collect(),
            unread_columns,
            unread_properties,
            shared: importing.shared,
            may_share: self.me().is_some_and(|me| me.user.role.may(Permission::EditSharedContacts, false)),
            saving: importing.saving,
            preparing: (importing.saving && importing.has_photo_under_way()).then(|| importing.photos_done()),
            error: importing.error.clone(),
        })
    }

    fn match_words(&self, importing: &Importing, found: RowMatch) -> Text {
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
            RowMatch::RepeatsLine(line) => words::import_same(place(importing.place(line))),
            RowMatch::AddsToLine(line) => words::import_adds_to(place(importing.place(line))),
        }
    }
}

/// Stands for the id of a contact that is not saved yet.
const NOBODY: halyard_protocol::ContactId = halyard_protocol::ContactId(halyard_protocol::Ulid::from_bits(0));

/// A line in a sentence.
fn place((file, line): (Option<&str>, usize)) -> Text {
    match file {
        Some(file) => words::import_line_of(line, file),
        None => words::import_line(line),
    }
}

/// A line in front of a remark.
fn remark_place((file, line): (Option<&str>, usize)) -> Text {
    match file {
        Some(file) => words::line_number_of(file, line),
        None => words::line_number(line),
    }
}

fn tally(file: &ImportFile) -> Text {
    let format = file.preview.format.words();
    match file.preview.errors.len() {
        0 => words::import_tally(format, file.contacts),
        errors => words::import_tally_with_errors(format, file.contacts, errors),
    }
}
