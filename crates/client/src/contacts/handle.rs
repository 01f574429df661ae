//! What the user does with contacts: search, look at, write, delete, mark; and what the server says of them.

use halyard_protocol::event::Favourite;
use halyard_protocol::rest::ContactsPage;
use halyard_protocol::{Contact, ContactId, Peer, PhoneNumber};

use super::ContactsFilter;
use super::book::Renamed;
use super::form::ContactForm;
use crate::api::{read, succeeded};
use crate::effect::{Effect, FocusTarget};
use crate::env::Env;
use crate::event::{ContactField, HttpOutcome};
use crate::notices::Undo;
use crate::route::Route;
use crate::softphone::Softphone;
use crate::sorted::SortedSet;
use crate::update::{Changed, Update};

impl Softphone {
    /// Loads the contacts, page after page; what is here stays until the last page has come.
    pub(crate) fn load_contacts(&mut self, out: &mut Update) {
        self.contacts_loading.generation += 1;
        self.contacts_loading.seen.clear();
        self.contacts_loading.done = false;
        self.contacts_loading.stalled = None;
        self.book.begin_loading();
        out.changed(Changed::Contacts);
        self.requests.contacts(None, self.contacts_loading.generation, out);
    }

    /// Goes on with the page that could not be had.
    pub(crate) fn resume_contacts(&mut self, out: &mut Update) {
        if let Some(after) = self.contacts_loading.stalled.take() {
            self.requests.contacts(after, self.contacts_loading.generation, out);
        }
    }

    pub(crate) fn contacts_answered(
        &mut self,
        generation: u32,
        after: Option<ContactId>,
        outcome: HttpOutcome,
        env: &Env,
        out: &mut Update,
    ) {
        if generation != self.contacts_loading.generation {
            return;
        }
        match read::<ContactsPage>(outcome) {
            Ok(page) => self.contacts_page(page, out),
            Err(error) if error.is_temporary() => {
                self.contacts_loading.stalled = Some(after);
                self.catch_up_later(env, out);
            }
            Err(error) => {
                self.contacts_loading.done = true;
                self.call_failed(error, env, out);
                out.changed(Changed::Contacts);
            }
        }
    }

    fn contacts_page(&mut self, page: ContactsPage, out: &mut Update) {
        let mut all = Renamed::default();
        for contact in page.contacts {
            self.contacts_loading.seen.insert(contact.id);
            all.numbers.append(&mut self.book.put(contact, true).numbers);
        }
        match page.next {
            Some(next) => self.requests.contacts(Some(next), self.contacts_loading.generation, out),
            None => {
                self.contacts_loading.done = true;
                let seen = core::mem::take(&mut self.contacts_loading.seen);
                for mut gone in self.book.finish_loading(&seen) {
                    all.numbers.append(&mut gone.numbers);
                }
            }
        }
        self.contacts_changed(all, out);
    }

    /// Names may read differently: in the list, and at once in every row and card of these numbers.
    pub(crate) fn contacts_changed(&mut self, renamed: Renamed, out: &mut Update) {
        self.contact_list.stale();
        out.changed(Changed::Contacts);
        out.changed(Changed::ContactRows);
        out.changed(Changed::ContactDetails);
        let peers = renamed.numbers.into_iter().map(Peer::Number).chain(renamed.user.map(Peer::User));
        let touched: SortedSet<_> = peers.flat_map(|peer| self.conversations.with(peer).collect::<Vec<_>>()).collect();
        for id in touched.iter() {
            self.conversation_changed(id, out);
        }
        for card in self.new.keys() {
            out.changed(Changed::Recipients(card));
        }
    }

    pub(crate) fn search_contacts(&mut self, query: String, out: &mut Update) {
        self.contact_list.query = query;
        self.contact_list.stale();
        out.changed(Changed::Contacts);
    }

    pub(crate) fn filter_contacts(&mut self, filter: ContactsFilter, out: &mut Update) {
        self.contact_list.filter = filter;
        self.contact_list.stale();
        out.changed(Changed::Contacts);
    }

    pub(crate) fn select_contact(&mut self, entry: Option<Favourite>, out: &mut Update) {
        self.form = None;
        out.changed(Changed::ContactForm);
        self.go(Route::Contacts(entry), false, out);
    }

    pub(crate) fn set_favourite(&mut self, entry: Favourite, on: bool, out: &mut Update) {
        self.book.set_favourite(entry, on);
        self.requests.set_favourite(entry, on, out);
        self.contacts_changed(Renamed::default(), out);
    }

    pub(crate) fn favourite_answered(
        &mut self,
        entry: Favourite,
        on: bool,
        outcome: HttpOutcome,
        env: &Env,
        out: &mut Update,
    ) {
        if let Err(error) = succeeded(outcome) {
            self.book.set_favourite(entry, !on);
            self.contacts_changed(Renamed::default(), out);
            self.call_failed(error, env, out);
        }
    }

    pub(crate) fn new_contact(&mut self, number: Option<PhoneNumber>, env: &Env, out: &mut Update) {
        let id = ContactId::new(env.now, env.random(2));
        self.form = Some(ContactForm::new(id, number, self.home()));
        self.go(Route::Contacts(None), false, out);
        self.form_opened(out);
    }

    pub(crate) fn edit_contact(&mut self, id: ContactId, out: &mut Update) {
        if let Some(contact) = self.book.contact(id) {
            self.form = Some(ContactForm::edit(contact, self.home()));
            self.form_opened(out);
        }
    }

    fn form_opened(&self, out: &mut Update) {
        out.effect(Effect::Focus(FocusTarget::Form));
        out.changed(Changed::ContactForm);
        out.changed(Changed::ContactDetails);
    }

    pub(crate) fn contact_field(&mut self, field: ContactField, out: &mut Update) {
        let Some(form) = &mut self.form else { return };
        match field {
            ContactField::Draft(draft) => form.draft = *draft,
            ContactField::Numbers(numbers) => form.numbers = numbers,
        }
        form.error = None;
        out.changed(Changed::ContactForm);
    }

    pub(crate) fn save_contact(&mut self, out: &mut Update) {
        let home = self.home();
        let Some(form) = self.form.as_mut().filter(|form| !form.saving) else { return };
        match form.finished(home) {
            Ok(draft) => {
                form.saving = true;
                form.error = None;
                self.requests.save_contact(form.id, &draft, out);
            }
            Err(error) => {
                out.effect(Effect::Announce(error.message.clone()));
                form.error = Some(error);
                out.effect(Effect::Focus(FocusTarget::Invalid));
            }
        }
        out.changed(Changed::ContactForm);
    }

    pub(crate) fn contact_saved(&mut self, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        match read::<Contact>(outcome) {
            Ok(contact) => {
                let id = contact.id;
                let renamed = self.book.put(contact, false);
                self.contacts_changed(renamed, out);
                if self.form.as_ref().is_some_and(|form| form.id == id) {
                    self.form = None;
                    self.go(Route::Contacts(Some(Favourite::Contact(id))), true, out);
                    self.inform("Contact saved.".to_owned(), env, out);
                }
            }
            Err(error) => {
                let message = error.message.clone();
                if let Some(form) = &mut self.form {
                    form.saving = false;
                    form.error = Some(super::FormError { field: None, message });
                }
                self.call_failed(error, env, out);
            }
        }
        out.changed(Changed::ContactForm);
    }

    pub(crate) fn cancel_contact(&mut self, out: &mut Update) {
        self.form = None;
        out.changed(Changed::ContactForm);
        out.changed(Changed::ContactDetails);
        out.effect(Effect::Focus(FocusTarget::Column));
    }

    /// Deletes at once, and offers to bring it back: writing it again under its id does that.
    pub(crate) fn delete_contact(&mut self, id: ContactId, env: &Env, out: &mut Update) {
        let Some((contact, renamed)) = self.book.remove(id) else { return };
        let name = contact.display_name();
        self.requests.delete_contact(contact.clone(), out);
        self.notices.show([&name, " is deleted."].concat(), false, Some(Undo::Contact(Box::new(contact))), env.now);
        self.set_expiry(env, out);
        out.changed(Changed::Notices);
        self.form = None;
        out.changed(Changed::ContactForm);
        self.contacts_changed(renamed, out);
        self.go(Route::Contacts(None), true, out);
        out.effect(Effect::Focus(FocusTarget::Column));
    }

    pub(crate) fn contact_deleted(&mut self, contact: Contact, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        let undone = self.undone_contacts.remove(&contact.id);
        match succeeded(outcome) {
            Ok(_) if undone => self.requests.restore_contact(&contact, out),
            Ok(_) => {}
            Err(error) => {
                let renamed = self.book.put(contact, false);
                self.contacts_changed(renamed, out);
                self.call_failed(error, env, out);
            }
        }
    }

    /// "Undo" of a deletion; the server hears of it after it has heard of the deletion.
    pub(crate) fn restore_contact(&mut self, contact: Contact, out: &mut Update) {
        if self.requests.is_deleting_contact(contact.id) {
            self.undone_contacts.insert(contact.id);
        } else {
            self.requests.restore_contact(&contact, out);
        }
        let entry = Favourite::Contact(contact.id);
        let renamed = self.book.put(contact, false);
        self.contacts_changed(renamed, out);
        self.go(Route::Contacts(Some(entry)), true, out);
    }

    pub(crate) fn contact_restored(&mut self, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        match read::<Contact>(outcome) {
            Ok(contact) => {
                let renamed = self.book.put(contact, false);
                self.contacts_changed(renamed, out);
            }
            Err(error) => self.call_failed(error, env, out),
        }
    }
}
