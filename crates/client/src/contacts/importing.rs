//! The import: a file's rows as a preview, which of them to take, and the one request that saves them.
//!
//! Always holds: nothing is saved before "Import", and then all that is chosen or nothing.

use halyard_protocol::rest::{ImportContacts, Imported, ImportedContact};
use halyard_protocol::{Contact, ContactId, ContactScope, limits};

use super::import::{Outcome, Preview, duplicates, merge, parse};
use crate::api::read;
use crate::env::Env;
use crate::event::HttpOutcome;
use crate::route::Route;
use crate::softphone::Softphone;
use crate::update::{Changed, Update};

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
    pub(crate) error: Option<String>,
}

impl Softphone {
    pub(crate) fn import_file(&mut self, name: &str, bytes: &[u8], out: &mut Update) {
        let preview = parse(bytes, name, self.home());
        self.importing = Some(Importing {
            file: name.to_owned(),
            outcomes: Vec::new(),
            taken: Vec::new(),
            shared: false,
            saving: false,
            error: None,
            preview,
        });
        self.compare_import();
        self.go(Route::Contacts(None), false, out);
        out.changed(Changed::Import);
    }

    /// Which rows are new depends on whose contacts they become.
    fn compare_import(&mut self) {
        let Some(importing) = &mut self.importing else { return };
        let scope = if importing.shared { ContactScope::Shared } else { ContactScope::Personal };
        let existing: Vec<&Contact> = self.book.contacts().filter(|contact| contact.scope == scope).collect();
        importing.outcomes = duplicates(&importing.preview, &existing);
        importing.taken = importing
            .outcomes
            .iter()
            .map(|outcome| matches!(outcome, Outcome::New | Outcome::UpdatesExisting(_)))
            .collect();
    }

    pub(crate) fn import_shared(&mut self, shared: bool, out: &mut Update) {
        if let Some(importing) = &mut self.importing {
            importing.shared = shared;
            self.compare_import();
            out.changed(Changed::Import);
        }
    }

    pub(crate) fn import_toggle(&mut self, row: usize, out: &mut Update) {
        if let Some(taken) = self.importing.as_mut().and_then(|importing| importing.taken.get_mut(row)) {
            *taken = !*taken;
            out.changed(Changed::Import);
        }
    }

    pub(crate) fn import_confirm(&mut self, env: &Env, out: &mut Update) {
        let Some(importing) = self.importing.as_ref().filter(|importing| !importing.saving) else { return };
        let contacts = self.chosen_rows(importing, env);
        let problem = match contacts.len() {
            0 => Some("Choose at least one contact.".to_owned()),
            many if many > limits::IMPORT_CONTACTS => {
                Some(["One import takes ", &limits::IMPORT_CONTACTS.to_string(), " contacts at most."].concat())
            }
            _ => None,
        };
        if problem.is_none() {
            self.requests.import(&ImportContacts { contacts }, out);
        }
        if let Some(importing) = &mut self.importing {
            importing.saving = problem.is_none();
            importing.error = problem;
        }
        out.changed(Changed::Import);
    }

    fn chosen_rows(&self, importing: &Importing, env: &Env) -> Vec<ImportedContact> {
        let scope = if importing.shared { ContactScope::Shared } else { ContactScope::Personal };
        let rows = importing.preview.rows.iter().zip(&importing.outcomes).zip(&importing.taken);
        rows.enumerate()
            .filter(|(_, (_, taken))| **taken)
            .map(|(index, ((row, outcome), _))| {
                let known = match outcome {
                    Outcome::UpdatesExisting(id) | Outcome::SameAs(id) => self.book.contact(*id),
                    Outcome::New | Outcome::RepeatsLine(_) => None,
                };
                let fresh = ContactId::new(env.now, env.random(1_000 + index as u64));
                let id = known.map_or(fresh, |contact| contact.id);
                let mut contact = known.map_or_else(|| row.draft.clone(), |contact| merge(contact, &row.draft));
                contact.scope = scope;
                ImportedContact { id, contact }
            })
            .collect()
    }

    pub(crate) fn imported(&mut self, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        match read::<Imported>(outcome) {
            Ok(Imported { saved }) => {
                self.importing = None;
                let words = match saved {
                    1 => "One contact imported.".to_owned(),
                    many => [&many.to_string(), " contacts imported."].concat(),
                };
                self.inform(words, env, out);
            }
            Err(error) => {
                if let Some(importing) = &mut self.importing {
                    importing.saving = false;
                    importing.error = Some(error.message.clone());
                }
                if error.code == halyard_protocol::ErrorCode::SignedOut {
                    self.session_ended(out);
                }
            }
        }
        out.changed(Changed::Import);
    }

    pub(crate) fn import_cancel(&mut self, out: &mut Update) {
        self.importing = None;
        out.changed(Changed::Import);
    }
}
