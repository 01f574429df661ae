//! What the user does with contacts: search, look at, write, delete, mark.

use halyard_protocol::event::Favourite;
use halyard_protocol::rest::SetFavourite;
use halyard_protocol::{Contact, ContactDraft, ContactId, PhoneNumber};
use halyard_words as words;

use super::form::ContactForm;
use super::{Call, Contacts, ContactsFilter, NumberField, Pick};
use crate::api::{bare, item, with_body};
use crate::context::Context;
use crate::effect::{FocusTarget, Method};
use crate::fact::{Offer, Renamed};
use crate::route::Route;
use crate::update::Changed;

/// What the user does with contacts.
#[derive(strum::IntoStaticStr, Clone, Debug)]
pub enum ContactsAction {
    /// Typed into the search.
    Search(String),
    /// One of the filters above the list.
    Filter(ContactsFilter),
    /// A name, whose details are to show; none to close them.
    Select(Option<Favourite>),
    /// Back from somebody's details to their row in the list.
    Back(Favourite),
    /// The star.
    SetFavourite(Favourite, bool),
    /// "New contact", perhaps with a number that is to be saved.
    New(Option<PhoneNumber>),
    /// "Edit".
    Edit(ContactId),
    /// Something changed in the form.
    Field(ContactField),
    /// A photo was chosen in this contact's form.
    Photo(ContactId),
    /// "Save" in the form.
    Save,
    /// "Cancel" in the form.
    Cancel,
    /// "Delete" in the details.
    Delete(ContactId),
    /// Contacts are selected.
    Pick(Pick),
    /// A file was saved, without the photos of so many contacts.
    Exported(usize),
}

/// A field of the contact's form.
#[derive(Clone, Debug)]
pub enum ContactField {
    /// Everything but the numbers, as it stands now.
    Draft(Box<ContactDraft>),
    /// The numbers, as typed.
    Numbers(Vec<NumberField>),
}

impl Contacts {
    pub(crate) fn act(&mut self, action: ContactsAction, cx: &mut Context<'_, '_>) {
        match action {
            ContactsAction::Search(query) => {
                self.list.search(query);
                cx.changed(Changed::Contacts);
            }
            ContactsAction::Filter(filter) => {
                self.list.filter = filter;
                self.list.stale();
                cx.changed(Changed::Contacts);
            }
            ContactsAction::Select(entry) => self.select(entry, cx),
            ContactsAction::Back(entry) => {
                self.select(None, cx);
                cx.focus(FocusTarget::Row(entry));
            }
            ContactsAction::SetFavourite(entry, on) => self.set_favourite(entry, on, cx),
            ContactsAction::New(number) => self.begin(number, cx),
            ContactsAction::Edit(id) => self.edit(id, cx),
            ContactsAction::Field(field) => self.type_in(field, cx),
            ContactsAction::Photo(id) => self.photo_chosen(id),
            ContactsAction::Save => self.save(cx),
            ContactsAction::Cancel => {
                // Of somebody who is edited the details are behind the form, of somebody new the list.
                let is_new = self.form.as_ref().is_none_or(|form| form.is_new);
                self.drop_form(cx);
                cx.changed(Changed::ContactDetails);
                cx.focus(if is_new { FocusTarget::Column } else { FocusTarget::Details });
            }
            ContactsAction::Delete(id) => self.delete(id, cx),
            ContactsAction::Pick(pick) => self.pick(pick, cx),
            ContactsAction::Exported(0) => {}
            ContactsAction::Exported(lacking) => cx.inform(words::export_lacks_photos(lacking)),
        }
    }

    /// Shows somebody's details.
    pub(crate) fn select(&mut self, entry: Option<Favourite>, cx: &mut Context<'_, '_>) {
        self.leave_form(cx);
        cx.go(Route::Contacts(entry), false);
        // The details take the place of the list, and the list theirs.
        cx.focus(if entry.is_some() { FocusTarget::Details } else { FocusTarget::Column });
    }

    /// The user goes elsewhere: the form closes, and what was typed into it stays until they come back.
    pub(crate) fn leave_form(&mut self, cx: &mut Context<'_, '_>) {
        if let Some(mut form) = self.form.take().filter(ContactForm::is_changed) {
            form.saves_with_photo = false;
            let again = if form.is_new { words::NEW_CONTACT } else { words::EDIT };
            cx.inform(words::changes_saved_as_draft(again));
            self.unsaved.insert(form.id, form);
        }
        cx.changed(Changed::ContactForm);
    }

    /// The form closes, and what was typed into it is no longer wanted.
    fn drop_form(&mut self, cx: &mut Context<'_, '_>) {
        self.form = None;
        cx.changed(Changed::ContactForm);
    }

    fn set_favourite(&mut self, entry: Favourite, on: bool, cx: &mut Context<'_, '_>) {
        self.book.set_favourite(entry, on);
        let body = SetFavourite { favourite: entry, on };
        let request = with_body(Method::Put, "favourites".to_owned(), &body);
        self.requests.start(Call::SetFavourite(entry, on), request, cx);
        // The details are drawn anew.
        cx.focus(FocusTarget::Star);
        self.renamed(Renamed::default(), cx);
    }

    /// "New contact".
    pub(crate) fn begin(&mut self, number: Option<PhoneNumber>, cx: &mut Context<'_, '_>) {
        self.leave_form(cx);
        let fresh = ContactId::new(cx.env.now, cx.env.random(2));
        let begun = self.unsaved.values().find(|form| form.is_new && number.is_none()).map(|form| form.id);
        let begun = begun.and_then(|id| self.unsaved.remove(&id));
        self.form = Some(begun.unwrap_or_else(|| ContactForm::new(fresh, number, cx.home())));
        cx.go(Route::Contacts(None), false);
        form_opened(cx);
    }

    fn edit(&mut self, id: ContactId, cx: &mut Context<'_, '_>) {
        self.leave_form(cx);
        if let Some(contact) = self.book.contact(id) {
            let begun = self.unsaved.remove(&id);
            self.form = Some(begun.unwrap_or_else(|| ContactForm::edit(contact, cx.home())));
            form_opened(cx);
        }
    }

    fn type_in(&mut self, field: ContactField, cx: &mut Context<'_, '_>) {
        let Some(form) = &mut self.form else { return };
        match field {
            ContactField::Draft(draft) => form.draft = *draft,
            ContactField::Numbers(numbers) => form.numbers = numbers,
        }
        form.error = None;
        cx.changed(Changed::ContactForm);
    }

    pub(super) fn save(&mut self, cx: &mut Context<'_, '_>) {
        let home = cx.home();
        let Some(form) = self.form.as_mut().filter(|form| !form.saving) else { return };
        match form.finished(home) {
            Ok(_) if form.photos > 0 => form.saves_with_photo = true,
            Ok(draft) => {
                form.saving = true;
                form.error = None;
                let request = with_body(Method::Put, item("contacts", form.id, ""), &draft);
                self.requests.start(Call::Save(form.id), request, cx);
            }
            Err(error) => {
                cx.announce(error.message.clone());
                form.error = Some(error);
                cx.focus(FocusTarget::Invalid);
            }
        }
        cx.changed(Changed::ContactForm);
    }

    /// Deletes at once, and offers to bring it back: writing it again under its id does that.
    fn delete(&mut self, id: ContactId, cx: &mut Context<'_, '_>) {
        let Some((contact, renamed)) = self.book.remove(id) else { return };
        let name = contact.display_name();
        self.ask_delete(contact.clone(), cx);
        cx.offer(words::contact_deleted(name), Offer::RestoreContact(Box::new(contact)));
        self.unsaved.remove(&id);
        self.drop_form(cx);
        self.renamed(renamed, cx);
        cx.go(Route::Contacts(None), true);
        cx.focus(FocusTarget::Column);
    }

    pub(super) fn ask_delete(&mut self, contact: Contact, cx: &mut Context<'_, '_>) {
        let request = bare(Method::Delete, item("contacts", contact.id, ""));
        self.requests.start(Call::Delete(Box::new(contact)), request, cx);
    }

    /// "Undo" of a deletion; the server hears of it after it has heard of the deletion.
    pub(crate) fn undo_delete(&mut self, contact: Contact, cx: &mut Context<'_, '_>) {
        if self.requests.any(|call| matches!(call, Call::Delete(going) if going.id == contact.id)) {
            self.undone.insert(contact.id);
        } else {
            self.unsent_deletions.remove(&contact.id);
            self.restore(&contact, cx);
        }
        let entry = Favourite::Contact(contact.id);
        let renamed = self.book.put(contact, false);
        self.renamed(renamed, cx);
        cx.go(Route::Contacts(Some(entry)), true);
    }

    pub(super) fn restore(&mut self, contact: &Contact, cx: &mut Context<'_, '_>) {
        let request = with_body(Method::Put, item("contacts", contact.id, ""), &contact.to_draft());
        self.requests.start(Call::Restore, request, cx);
    }
}

fn form_opened(cx: &mut Context<'_, '_>) {
    cx.focus(FocusTarget::Form);
    cx.changed(Changed::ContactForm);
    cx.changed(Changed::ContactDetails);
}
