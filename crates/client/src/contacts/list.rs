//! The list of contacts: search, filter, and whose details are open.

use std::sync::Arc;

use halyard_protocol::ContactScope;
use halyard_protocol::event::Favourite;

use super::book::Book;

/// How many hits a search shows: nobody reads on after so many, one types another letter.
const HITS: usize = 500;

/// Which contacts the list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ContactsFilter {
    /// Everybody.
    #[default]
    All,
    /// Those that I saved for myself.
    Mine,
    /// Those that everybody of the tenant sees.
    Shared,
    /// Colleagues.
    Directory,
    /// Those with a star.
    Favourites,
}

/// The list as it stands.
#[derive(Debug, Default)]
pub(crate) struct ContactList {
    pub(crate) query: String,
    pub(crate) filter: ContactsFilter,
    /// What shows; made anew when the book, the query or the filter changes.
    shown: Option<Arc<[Favourite]>>,
}

impl ContactList {
    /// The book, the query or the filter has changed.
    pub(crate) fn stale(&mut self) {
        self.shown = None;
    }

    /// What shows, in order.
    pub(crate) fn shown(&mut self, book: &Book) -> Arc<[Favourite]> {
        let filter = self.filter;
        let keep = |entry: Favourite| keeps(filter, book, entry);
        let query = self.query.trim();
        self.shown
            .get_or_insert_with(|| {
                if query.is_empty() {
                    book.in_order().filter(|entry| keep(*entry)).collect()
                } else {
                    book.search(query, HITS, keep).into()
                }
            })
            .clone()
    }
}

pub(super) fn keeps(filter: ContactsFilter, book: &Book, entry: Favourite) -> bool {
    let scope = |wanted| match entry {
        Favourite::Contact(id) => book.contact(id).is_some_and(|contact| contact.scope == wanted),
        Favourite::User(_) | Favourite::Unknown => false,
    };
    match filter {
        ContactsFilter::All => true,
        ContactsFilter::Mine => scope(ContactScope::Personal),
        ContactsFilter::Shared => scope(ContactScope::Shared),
        ContactsFilter::Directory => matches!(entry, Favourite::User(_)),
        ContactsFilter::Favourites => book.is_favourite(entry),
    }
}
