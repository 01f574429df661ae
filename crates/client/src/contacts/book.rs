//! The book: everybody whom the user can find. Saved contacts, the directory, favourites, and who owns a number.
//!
//! Always holds: the search index and the numbers' owners hold exactly the entries of the two maps; of two
//! versions of a contact the newer one stays.

use halyard_words::{self as words, Text};
use std::collections::HashMap;

use halyard_protocol::event::Favourite;
use halyard_protocol::{
    CallingCode, Contact, ContactId, ContactScope, FormerUser, Peer, PhoneNumber, User, UserId, UserState,
};

use crate::fact::Renamed;
use crate::sorted::{SortedMap, SortedSet};

use super::search::{Fields, SearchIndex};

/// Everybody whom the user can find.
#[derive(Debug, Default)]
pub(crate) struct Book {
    users: HashMap<UserId, User>,
    /// What colleagues were called who are no longer in the directory.
    former: SortedMap<UserId, String>,
    contacts: HashMap<ContactId, Contact>,
    favourites: SortedSet<Favourite>,
    owners: HashMap<PhoneNumber, Vec<ContactId>>,
    index: SearchIndex<Favourite>,
    /// Contacts removed while the list is being loaded: a page from before must not bring them back.
    removed: SortedSet<ContactId>,
    /// Contacts saved while the list is being loaded: they may be on no page, and are here all the same.
    saved: SortedSet<ContactId>,
    loading: bool,
    /// Who is not written to the device's database as they are now.
    unstored: SortedSet<ContactId>,
    unstored_users: SortedSet<UserId>,
}

impl Book {
    /// Starts again with this directory and these favourites; contacts follow by [`Book::put`].
    pub(crate) fn reset(&mut self, users: Vec<User>, former: Vec<FormerUser>, favourites: Vec<Favourite>) {
        *self = Self { favourites: favourites.into_iter().collect(), loading: true, ..Self::default() };
        for user in users {
            self.put_user(user);
        }
        for user in former {
            self.unstored_users.insert(user.id);
            self.put_former(user);
        }
    }

    /// Takes in somebody who is no longer in the directory.
    pub(crate) fn put_former(&mut self, user: FormerUser) {
        self.former.insert(user.id, user.name);
    }

    /// What somebody was called who is no longer in the directory.
    pub(crate) fn former(&self, id: UserId) -> Option<&String> {
        self.former.get(&id)
    }

    /// The list of contacts begins to be loaded once more: those that are gone are found by [`Book::finish_loading`].
    pub(crate) fn begin_loading(&mut self) {
        self.loading = true;
        self.removed.clear();
        self.saved.clear();
    }

    /// All pages are in: contacts that were on none of them are gone.
    pub(crate) fn finish_loading(&mut self, seen: &SortedSet<ContactId>) -> Vec<Renamed> {
        self.loading = false;
        self.removed.clear();
        let saved = core::mem::take(&mut self.saved);
        let gone = self.contacts.keys().filter(|id| !seen.contains(*id) && !saved.contains(*id));
        let gone: Vec<ContactId> = gone.copied().collect();
        gone.into_iter().filter_map(|id| self.remove(id)).map(|(_, renamed)| renamed).collect()
    }

    pub(crate) fn put_user(&mut self, user: User) -> Renamed {
        self.unstored_users.insert(user.id);
        self.put_stored_user(user)
    }

    /// Takes in a colleague as the device's database has them.
    pub(crate) fn put_stored_user(&mut self, user: User) -> Renamed {
        let key = Favourite::User(user.id);
        self.forget(key);
        let name = user.name.clone();
        let fields = Fields {
            name: &name,
            company: &user.department,
            emails: core::slice::from_ref(&user.email),
            extension: &user.extension,
            numbers: &[],
        };
        self.index.insert(key, fields);
        let renamed = Renamed { numbers: Vec::new(), user: Some(user.id) };
        self.users.insert(user.id, user);
        renamed
    }

    /// Takes in how a colleague is now. Gives them, if that is news.
    pub(crate) fn take_state(&mut self, state: &UserState) -> Option<&User> {
        let user = self.users.get_mut(&state.user)?;
        let is_news = user.take_state(state);
        self.unstored_users.insert(user.id);
        is_news.then_some(user)
    }

    pub(crate) fn remove_user(&mut self, id: UserId) -> Renamed {
        self.unstored_users.insert(id);
        self.forget(Favourite::User(id));
        if let Some(user) = self.users.remove(&id) {
            self.former.insert(id, user.name);
        }
        Renamed { numbers: Vec::new(), user: Some(id) }
    }

    /// Takes a contact in, unless a newer copy is here. Gives the numbers whose names may have changed.
    pub(crate) fn put(&mut self, contact: Contact, from_page: bool) -> Renamed {
        self.unstored.insert(contact.id);
        self.take_in(contact, from_page)
    }

    /// Takes in a contact as the device's database has it.
    pub(crate) fn put_stored(&mut self, contact: Contact) -> Renamed {
        self.take_in(contact, true)
    }

    fn take_in(&mut self, contact: Contact, from_page: bool) -> Renamed {
        let stale = self.contacts.get(&contact.id).is_some_and(|known| known.version > contact.version);
        if stale || (from_page && self.removed.contains(&contact.id)) {
            return Renamed::default();
        }
        self.removed.remove(&contact.id);
        if self.loading && !from_page {
            self.saved.insert(contact.id);
        }
        let mut numbers = self.unown(contact.id);
        let key = Favourite::Contact(contact.id);
        self.forget(key);
        let name = contact.display_name();
        let digits: Vec<PhoneNumber> = contact.numbers.iter().map(|entry| entry.number).collect();
        let nickname = contact.details.as_ref().map(|details| [&contact.company, " ", &details.nickname].concat());
        let company = nickname.as_ref().unwrap_or(&contact.company);
        let fields = Fields { name: &name, company, emails: &contact.emails, extension: "", numbers: &digits };
        self.index.insert(key, fields);
        for number in digits {
            self.owners.entry(number).or_default().push(contact.id);
            numbers.push(number);
        }
        self.contacts.insert(contact.id, contact);
        Renamed { numbers, user: None }
    }

    pub(crate) fn remove(&mut self, id: ContactId) -> Option<(Contact, Renamed)> {
        if self.loading {
            self.removed.insert(id);
            self.saved.remove(&id);
        }
        self.unstored.insert(id);
        let numbers = self.unown(id);
        self.forget(Favourite::Contact(id));
        self.contacts.remove(&id).map(|contact| (contact, Renamed { numbers, user: None }))
    }

    pub(crate) fn unstored_count(&self) -> usize {
        self.unstored.len() + self.unstored_users.len()
    }

    pub(crate) fn has_unstored(&self) -> bool {
        !self.unstored.is_empty() || !self.unstored_users.is_empty()
    }

    /// A contact that is to be written, or is gone; each once.
    pub(crate) fn next_unstored(&mut self) -> Option<ContactId> {
        self.unstored.pop()
    }

    /// The same of colleagues.
    pub(crate) fn next_unstored_user(&mut self) -> Option<UserId> {
        self.unstored_users.pop()
    }

    pub(crate) fn favourites(&self) -> impl Iterator<Item = Favourite> {
        self.favourites.iter()
    }

    /// All that were kept are here, and they are all that there are.
    pub(crate) fn end_loading(&mut self) {
        self.loading = false;
        self.removed.clear();
        self.saved.clear();
    }

    pub(crate) fn set_favourite(&mut self, entry: Favourite, on: bool) -> bool {
        if on { self.favourites.insert(entry) } else { self.favourites.remove(&entry) }
    }

    pub(crate) fn is_favourite(&self, entry: Favourite) -> bool {
        self.favourites.contains(&entry)
    }

    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    pub(crate) fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id)
    }

    pub(crate) fn contact(&self, id: ContactId) -> Option<&Contact> {
        self.contacts.get(&id)
    }

    pub(crate) fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.contacts.values()
    }

    /// Whose number it is: a contact of the user's own before a shared one, an older one before a newer.
    pub(crate) fn owner(&self, number: PhoneNumber) -> Option<&Contact> {
        let owners = self.owners.get(&number)?;
        owners
            .iter()
            .filter_map(|id| self.contacts.get(id))
            .min_by_key(|contact| (contact.scope == ContactScope::Shared, contact.id))
    }

    /// The user with exactly this extension.
    pub(crate) fn extension(&self, typed: &str) -> Option<&User> {
        self.users.values().find(|user| user.extension == typed)
    }

    /// What a peer is called.
    pub(crate) fn name(&self, peer: Peer, home: CallingCode) -> Text {
        match peer {
            Peer::User(id) => {
                let name = self.users.get(&id).map(|user| &user.name).or_else(|| self.former(id));
                name.map_or(words::FORMER_COLLEAGUE.into(), Text::as_is)
            }
            Peer::Number(number) => {
                let name = self.owner(number).map(Contact::display_name).filter(|name| !name.is_empty());
                Text::AsIs(name.unwrap_or_else(|| number.display(home)))
            }
            Peer::Sender(sender) => Text::as_is(sender.as_str()),
            Peer::Unknown => words::UNKNOWN_SENDER.into(),
        }
    }

    /// Whom `keep` lets pass, in the order of their names; those without one last.
    pub(crate) fn in_order(&self, keep: impl Fn(Favourite) -> bool) -> Vec<Favourite> {
        self.index.in_order(keep)
    }

    /// Those who match what was typed and the filter, best first.
    pub(crate) fn search(&self, query: &str, limit: usize, keep: impl Fn(Favourite) -> bool) -> Vec<Favourite> {
        self.index.search_where(query, limit, keep).into_iter().map(|hit| hit.key).collect()
    }

    fn forget(&mut self, key: Favourite) {
        self.index.remove(key);
    }

    fn unown(&mut self, id: ContactId) -> Vec<PhoneNumber> {
        let Some(contact) = self.contacts.get(&id) else { return Vec::new() };
        let numbers: Vec<PhoneNumber> = contact.numbers.iter().map(|entry| entry.number).collect();
        for number in &numbers {
            if let Some(owners) = self.owners.get_mut(number) {
                owners.retain(|owner| *owner != id);
                if owners.is_empty() {
                    self.owners.remove(number);
                }
            }
        }
        numbers
    }
}
