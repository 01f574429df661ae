//! Contacts and favourites.

use halyard_protocol::rest::{ContactsPage, ImportContacts};
use halyard_protocol::{Change, Contact, ContactDetails, ContactDraft, ContactId, ContactScope, PhotoId, Ulid, UserId};

use super::{Saved, Server};

impl Server {
    /// Saves a contact for a user, or for the tenant.
    pub(crate) fn save_contact(&mut self, by: UserId, id: ContactId, draft: ContactDraft) -> Contact {
        let contact = self.store_contact(by, id, draft);
        self.log_contact(&id, &Change::ContactChanged { contact: contact.clone() });
        contact
    }

    fn store_contact(&mut self, by: UserId, id: ContactId, draft: ContactDraft) -> Contact {
        let owner = (draft.scope == ContactScope::Personal).then_some(by);
        let at = u64::try_from(self.now.0).unwrap_or_default();
        let version = self.contacts.get(&id).map_or(at, |saved| at.max(saved.contact.version + 1));
        let before = self.contacts.get(&id).and_then(|saved| saved.contact.photo);
        let photo = match draft.photo_content.as_deref() {
            None => draft.photo.or(before),
            Some("") => None,
            // The model knows a content by its length.
            Some(content) => Some(PhotoId(Ulid::from_bits(content.len() as u128))),
        };
        let mut contact = draft.into_contact(id, version);
        contact.photo = photo;
        contact.details = match contact.details {
            None => self.contacts.get(&id).and_then(|saved| saved.contact.details.clone()),
            details => details.filter(|details| **details != ContactDetails::default()),
        };
        self.contacts.insert(id, Saved { owner, contact: contact.clone() });
        contact
    }

    /// Deletes a contact.
    pub(crate) fn delete_contact(&mut self, id: ContactId) -> bool {
        self.log_contact(&id, &Change::ContactRemoved { contact: id });
        self.contacts.remove(&id).is_some()
    }

    fn log_contact(&mut self, id: &ContactId, change: &Change) {
        match self.contacts.get(id).map(|saved| saved.owner) {
            Some(Some(owner)) => self.log(owner, change.clone()),
            Some(None) => self.log_all(change),
            None => {}
        }
    }

    pub(super) fn import(&mut self, by: UserId, import: ImportContacts) -> usize {
        let count = import.contacts.len();
        for entry in import.contacts {
            self.store_contact(by, entry.id, entry.contact);
        }
        self.log_all(&Change::ContactsReplaced);
        count
    }

    pub(super) fn contacts_page(&self, reader: UserId, after: Option<ContactId>) -> ContactsPage {
        let visible = self.contacts.values().filter(|saved| saved.owner.is_none_or(|owner| owner == reader));
        let mut contacts: Vec<Contact> = visible
            .filter(|saved| after.is_none_or(|after| saved.contact.id > after))
            .map(|saved| saved.contact.clone())
            .collect();
        let more = contacts.len() > self.page;
        contacts.truncate(self.page);
        let next = contacts.last().filter(|_| more).map(|last| last.id);
        ContactsPage { contacts, next }
    }
}
