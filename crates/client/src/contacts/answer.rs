//! What the server answers to requests about contacts.

use halyard_protocol::event::Favourite;
use halyard_protocol::{CauseCode, Contact, ContactId, ErrorCode};
use halyard_words as words;

use super::{Contacts, FormError};
use crate::api::{CallError, read, succeeded};
use crate::context::Context;
use crate::effect::{FocusTarget, HttpOutcome};
use crate::fact::{Fact, Renamed};
use crate::route::Route;
use crate::update::Changed;

/// What the server was asked.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    /// A page of contacts, of which loading, and after which contact.
    Page { generation: u32, after: Option<ContactId> },
    /// To save what the form says.
    Save(ContactId),
    /// To delete this contact, which is put back if the server refuses.
    Delete(Box<Contact>),
    /// To bring a deleted contact back.
    Restore,
    /// To mark or unmark a favorite.
    SetFavourite(Favourite, bool),
}

impl Contacts {
    pub(crate) fn answered(&mut self, call: Call, outcome: HttpOutcome, cx: &mut Context<'_, '_>) {
        match call {
            Call::Page { generation, after } => self.page_answered(generation, after, outcome, cx),
            Call::Save(id) => self.saved(id, outcome, cx),
            Call::Delete(contact) => self.deleted(*contact, outcome, cx),
            Call::Restore => self.restored(outcome, cx),
            Call::SetFavourite(entry, on) => self.favourite_answered(entry, on, outcome, cx),
        }
    }

    fn saved(&mut self, id: ContactId, outcome: HttpOutcome, cx: &mut Context<'_, '_>) {
        match read::<Contact>(outcome) {
            Ok(contact) => {
                let renamed = self.book.put(contact, false);
                self.renamed(renamed, cx);
                self.unsaved.remove(&id);
                if self.form.as_ref().is_some_and(|form| form.id == id) {
                    self.form = None;
                    cx.go(Route::Contacts(Some(Favourite::Contact(id))), true);
                    cx.inform(words::CONTACT_SAVED);
                    cx.focus(FocusTarget::Details);
                }
            }
            Err(error) if error.cause.is_some_and(|cause| cause.code == CauseCode::ContactChanged) => {
                self.met(id, error, cx);
            }
            Err(error) => {
                // Another contact's form may be open by now: the error is not about that one.
                let left = self.unsaved.get_mut(&id);
                if let Some(form) = self.form.as_mut().filter(|form| form.id == id).or(left) {
                    form.saving = false;
                    form.error = Some(FormError { field: None, message: error.text() });
                }
                cx.failed(error);
            }
        }
        cx.changed(Changed::ContactForm);
    }

    /// Somebody else has changed the contact: what only they have changed is taken over and saved with the rest; where both have changed
    /// the same, the user decides.
    fn met(&mut self, id: ContactId, error: CallError, cx: &mut Context<'_, '_>) {
        let theirs = error.contact.as_deref().cloned();
        if let Some(theirs) = theirs.clone() {
            let renamed = self.book.put(theirs, false);
            self.renamed(renamed, cx);
        }
        let home = cx.home();
        let open = self.form.as_mut().filter(|form| form.id == id);
        let is_open = open.is_some();
        let Some(form) = open.or(self.unsaved.get_mut(&id)) else { return cx.failed(error) };
        form.saving = false;
        let Ok(mine) = form.finished(home) else { return };
        if form.meet(mine, theirs, home) && is_open {
            self.save(cx);
        } else {
            form.error = Some(FormError { field: None, message: error.text() });
            cx.failed(error);
        }
    }

    fn deleted(&mut self, contact: Contact, outcome: HttpOutcome, cx: &mut Context<'_, '_>) {
        let undone = self.undone.remove(&contact.id);
        match succeeded(outcome) {
            Ok(_) if undone => self.restore(&contact, cx),
            Ok(_) => {}
            // It was deleted elsewhere, or by an earlier try whose answer was lost.
            Err(error) if error.code == ErrorCode::NotFound => {
                if undone {
                    self.restore(&contact, cx);
                }
            }
            // Nobody knows whether the server has heard of it: it is told again, and the contact stays deleted here.
            Err(error) if error.is_temporary() => {
                if undone {
                    self.restore(&contact, cx);
                } else {
                    self.unsent_deletions.insert(contact.id, contact);
                    cx.fact(Fact::TryLater);
                }
            }
            Err(error) => {
                let renamed = self.book.put(contact, false);
                self.renamed(renamed, cx);
                cx.failed(error);
            }
        }
    }

    fn restored(&mut self, outcome: HttpOutcome, cx: &mut Context<'_, '_>) {
        match read::<Contact>(outcome) {
            Ok(contact) => self.changed(contact, cx),
            Err(error) => cx.failed(error),
        }
    }

    fn favourite_answered(&mut self, entry: Favourite, on: bool, outcome: HttpOutcome, cx: &mut Context<'_, '_>) {
        if let Err(error) = succeeded(outcome) {
            self.book.set_favourite(entry, !on);
            self.renamed(Renamed::default(), cx);
            cx.fact(Fact::Failed(error));
        }
    }
}
