//! The import: a file's rows as a preview, which of them to take, and the one request that saves them.
//!
//! Always holds: nothing is saved before "Import", and then all that is chosen or nothing.

use halyard_protocol::rest::{ImportContacts, Imported, ImportedContact};
use halyard_protocol::{Contact, ContactId, ContactScope, ErrorCode, limits};
use halyard_words::{self as words, Text};

use crate::api::{read, with_body};
use crate::contacts::Book;
use crate::contacts::import::{Outcome, Preview, duplicates, merge, parse};
use crate::context::Context;
use crate::effect::{HttpOutcome, Method};
use crate::fact::Fact;
use crate::requests::Requests;
use crate::route::Route;
use crate::update::Changed;

/// What the user does with an import.
#[derive(strum::IntoStaticStr, Clone, Debug)]
pub enum ImportAction {
    /// A file to import contacts from.
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
    /// "Import".
    Confirm,
    /// "Cancel" or "Close".
    Cancel,
}

/// What the server was asked: to save what was chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call;

/// The import, while one is open.
#[derive(Debug, Default)]
pub(crate) struct Import {
    open: Option<Importing>,
    pub(crate) requests: Requests<Call>,
}

/// An import that is open.
#[derive(Debug)]
pub(crate) struct Importing {
    pub(crate) file: String,
    pub(crate) preview: Preview,
    /// For each row: what it is to the contacts that are here.
    pub(crate) outcomes: Vec<Outcome>,
    /// For each row: whether it is taken.
    pub(crate) taken: Vec<bool>,
    pub(crate) shared: bool,
    pub(crate) saving: bool,
    pub(crate) error: Option<Text>,
}

impl Import {
    pub(crate) fn open(&self) -> Option<&Importing> {
        self.open.as_ref()
    }

    pub(crate) fn act(&mut self, action: ImportAction, book: &Book, cx: &mut Context<'_, '_>) {
        match action {
            ImportAction::File { name, bytes } => self.read_file(&name, &bytes, book, cx),
            ImportAction::Shared(shared) => {
                if let Some(importing) = &mut self.open {
                    importing.shared = shared;
                    importing.compare(book);
                }
            }
            ImportAction::Toggle(row) => {
                if let Some(taken) = self.open.as_mut().and_then(|importing| importing.taken.get_mut(row)) {
                    *taken = !*taken;
                }
            }
            ImportAction::Confirm => self.confirm(book, cx),
            ImportAction::Cancel => self.open = None,
        }
        cx.changed(Changed::Import);
    }

    fn read_file(&mut self, name: &str, bytes: &[u8], book: &Book, cx: &mut Context<'_, '_>) {
        let mut importing = Importing {
            file: name.to_owned(),
            outcomes: Vec::new(),
            taken: Vec::new(),
            shared: false,
            saving: false,
            error: None,
            preview: parse(bytes, name, cx.home()),
        };
        importing.compare(book);
        self.open = Some(importing);
        cx.go(Route::Contacts(None), false);
    }

    fn confirm(&mut self, book: &Book, cx: &mut Context<'_, '_>) {
        let Some(importing) = self.open.as_mut().filter(|importing| !importing.saving) else { return };
        let contacts = importing.chosen(book, cx);
        importing.error = match contacts.len() {
            0 => Some(words::CHOOSE_A_CONTACT.into()),
            many if many > limits::IMPORT_CONTACTS => Some(words::import_too_large(limits::IMPORT_CONTACTS)),
            _ => None,
        };
        importing.saving = importing.error.is_none();
        if importing.saving {
            let body = ImportContacts { contacts };
            self.requests.start(Call, with_body(Method::Post, "contacts/import".to_owned(), &body), cx);
        }
    }

    pub(crate) fn answered(&mut self, Call: Call, outcome: HttpOutcome, cx: &mut Context<'_, '_>) {
        match read::<Imported>(outcome) {
            Ok(Imported { saved }) => {
                self.open = None;
                cx.inform(words::contacts_imported(saved));
            }
            Err(error) => {
                if let Some(importing) = &mut self.open {
                    importing.saving = false;
                    importing.error = Some(error.text());
                }
                if error.code == ErrorCode::SignedOut {
                    cx.fact(Fact::Failed(error));
                }
            }
        }
        cx.changed(Changed::Import);
    }
}

impl Importing {
    /// Which rows are new depends on whose contacts they become.
    fn compare(&mut self, book: &Book) {
        let scope = self.scope();
        let existing: Vec<&Contact> = book.contacts().filter(|contact| contact.scope == scope).collect();
        self.outcomes = duplicates(&self.preview, &existing);
        self.taken =
            self.outcomes.iter().map(|outcome| matches!(outcome, Outcome::New | Outcome::UpdatesExisting(_))).collect();
    }

    fn scope(&self) -> ContactScope {
        if self.shared { ContactScope::Shared } else { ContactScope::Personal }
    }

    /// The chosen rows, as they are saved.
    fn chosen(&self, book: &Book, cx: &Context<'_, '_>) -> Vec<ImportedContact> {
        let rows = self.preview.rows.iter().zip(&self.outcomes).zip(&self.taken);
        rows.enumerate()
            .filter(|(_, (_, taken))| **taken)
            .map(|(index, ((row, outcome), _))| {
                let known = match outcome {
                    Outcome::UpdatesExisting(id) | Outcome::SameAs(id) => book.contact(*id),
                    Outcome::New | Outcome::RepeatsLine(_) => None,
                };
                let fresh = ContactId::new(cx.env.now, cx.env.random(1_000 + index as u64));
                let id = known.map_or(fresh, |contact| contact.id);
                let mut contact = known.map_or_else(|| row.draft.clone(), |contact| merge(contact, &row.draft));
                contact.scope = self.scope();
                ImportedContact { id, contact }
            })
            .collect()
    }
}
