//! Contacts: everybody whom the user can find, the list with its search, and the form.
//!
//! Owns the book, the list, the form, and the requests about them. Always holds: what is typed into the form stays until
//! the server has saved it or the user cancels; a deletion that the server refuses shows again.

mod action;
mod answer;
pub(crate) mod book;
pub mod export;
pub(crate) mod form;
pub mod import;
pub(crate) mod list;
mod loading;
pub mod photo;
mod picked;
pub mod search;
#[cfg(test)]
mod tests;

use halyard_protocol::event::Favourite;
use halyard_protocol::{Contact, ContactId, FormerUser, NumberLabel, Peer, User, UserId};

use crate::context::{Context, Turn};
use crate::fact::{Fact, Renamed};
use crate::requests::Requests;
use crate::sorted::{SortedMap, SortedSet};
use crate::update::Changed;

pub use action::{ContactField, ContactsAction};
pub(crate) use answer::Call;
pub(crate) use book::Book;
pub use form::{FormError, FormField, NumberField};
pub use list::ContactsFilter;
pub use picked::Pick;

use export::ExportedContacts;
use form::ContactForm;
use list::ContactList;
use loading::Loading;
use picked::Picked;

/// Everybody whom the user can find.
#[derive(Debug, Default)]
pub(crate) struct Contacts {
    pub(crate) book: Book,
    pub(crate) list: ContactList,
    pub(crate) form: Option<ContactForm>,
    /// Forms that were left with something typed: they open again as they were left.
    unsaved: SortedMap<ContactId, ContactForm>,
    loading: Loading,
    /// The selection, while there is one.
    picked: Option<Picked>,
    /// Contacts whose deletion was undone before the server had answered it.
    undone: SortedSet<ContactId>,
    /// Contacts that are deleted here, and of which the server has still to hear.
    unsent_deletions: SortedMap<ContactId, Contact>,
    pub(crate) requests: Requests<Call>,
}

impl Contacts {
    /// Starts again with this directory and these favorites; contacts follow by [`Self::load`] or from the device.
    pub(crate) fn reset(&mut self, users: Vec<User>, former: Vec<FormerUser>, favourites: Vec<Favourite>) {
        self.book.reset(users, former, favourites);
    }

    /// Whether the server has still to take a change that shows here already.
    pub(crate) fn is_changing(&self) -> bool {
        let unconfirmed = |call: &Call| matches!(call, Call::Delete(_) | Call::Restore | Call::SetFavourite(..));
        !self.unsent_deletions.is_empty() || self.requests.any(unconfirmed)
    }

    /// The log says that a contact was saved.
    pub(crate) fn changed(&mut self, contact: Contact, cx: &mut Context<'_, '_>) {
        let renamed = self.book.put(contact, false);
        self.renamed(renamed, cx);
    }

    /// The log says that a contact was deleted.
    pub(crate) fn removed(&mut self, id: ContactId, cx: &mut Context<'_, '_>) {
        if let Some((_, renamed)) = self.book.remove(id) {
            self.renamed(renamed, cx);
        }
    }

    /// The log says that a favorite was set or taken away.
    pub(crate) fn favourite_changed(&mut self, entry: Favourite, on: bool, cx: &mut Context<'_, '_>) {
        self.book.set_favourite(entry, on);
        self.renamed(Renamed::default(), cx);
    }

    /// The log says something of a colleague. Says whether their name is another one now.
    pub(crate) fn user_changed(&mut self, user: User, cx: &mut Context<'_, '_>) -> bool {
        let same = self.book.user(user.id).is_some_and(|known| known.name == user.name);
        let renamed = self.book.put_user(user);
        self.renamed(renamed, cx);
        !same
    }

    /// The log says that a colleague is gone.
    pub(crate) fn user_removed(&mut self, user: UserId, cx: &mut Context<'_, '_>) {
        let renamed = self.book.remove_user(user);
        self.renamed(renamed, cx);
    }

    /// Names may read differently: in the list, and at once in every row and card of these people.
    pub(crate) fn renamed(&mut self, renamed: Renamed, turn: &mut Turn<'_>) {
        self.list.stale();
        turn.changed(Changed::Contacts);
        turn.changed(Changed::ContactRows);
        turn.changed(Changed::ContactDetails);
        turn.fact(Fact::Renamed(renamed));
    }

    /// By which ways somebody can be written to: a colleague by chat, others by each number that takes texts.
    pub(crate) fn ways_to_write(&self, entry: Favourite, me: Option<UserId>) -> Vec<Peer> {
        match entry {
            Favourite::Unknown => Vec::new(),
            Favourite::User(id) if Some(id) == me => Vec::new(),
            Favourite::User(id) => self.book.user(id).map(|user| Peer::User(user.id)).into_iter().collect(),
            Favourite::Contact(id) => {
                let numbers = self.book.contact(id).map_or(&[][..], |contact| &contact.numbers);
                let texts = numbers.iter().filter(|entry| entry.label != NumberLabel::Fax);
                texts.map(|entry| Peer::Number(entry.number)).collect()
            }
        }
    }

    /// The contacts that a file is to have, in the order of the list.
    pub(crate) fn contacts_to_export(&self, which: ExportedContacts) -> Vec<&Contact> {
        let picked = self.picked().unwrap_or_default();
        let shown = self.book.in_order(|entry| match (which, entry) {
            (ExportedContacts::Filter(filter), _) => list::keeps(filter.exported(), &self.book, entry),
            (ExportedContacts::Picked, Favourite::Contact(id)) => picked.binary_search(&id).is_ok(),
            (ExportedContacts::One(one), Favourite::Contact(id)) => one == id,
            (_, Favourite::User(_) | Favourite::Unknown) => false,
        });
        shown.into_iter().filter_map(|entry| self.book.contact(entry.contact()?)).collect()
    }

    /// The entry of the book in which a peer is found.
    pub(crate) fn entry_of(&self, peer: Peer) -> Option<Favourite> {
        match peer {
            Peer::User(user) => Some(Favourite::User(user)),
            Peer::Number(number) => self.book.owner(number).map(|contact| Favourite::Contact(contact.id)),
            Peer::Sender(_) | Peer::Unknown => None,
        }
    }
}
