//! The list of contacts: search, filter, and whose details are open.

use std::sync::Arc;

use halyard_protocol::ContactScope;
use halyard_protocol::event::Favourite;
use halyard_words::{self as words, Word};

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

impl ContactsFilter {
    /// All of them, as they are offered.
    pub const ALL: [Self; 5] = [Self::All, Self::Mine, Self::Shared, Self::Directory, Self::Favourites];

    /// What users call it.
    #[must_use]
    pub const fn word(self) -> Word {
        match self {
            Self::All => words::ALL,
            Self::Mine => words::MINE,
            Self::Shared => words::SHARED,
            Self::Directory => words::DIRECTORY,
            Self::Favourites => words::FAVORITES,
        }
    }

    /// Which contacts are exported while the list shows this: all where it shows colleagues, who are no contacts.
    #[must_use]
    pub const fn exported(self) -> Self {
        match self {
            Self::Directory => Self::All,
            Self::All | Self::Mine | Self::Shared | Self::Favourites => self,
        }
    }
}

/// The list as it stands.
#[derive(Debug, Default)]
pub(crate) struct ContactList {
    pub(crate) query: String,
    pub(crate) filter: ContactsFilter,
    /// What the query finds; made anew when the book, the query or the filter changes.
    found: Option<Arc<[Favourite]>>,
    /// What shows without a query. It stays during a search: to put a hundred thousand names in order takes long.
    all: Option<Arc<[Favourite]>>,
}

impl ContactList {
    /// The book or the filter has changed.
    pub(crate) fn stale(&mut self) {
        (self.found, self.all) = (None, None);
    }

    /// The query has changed.
    pub(crate) fn search(&mut self, query: String) {
        self.query = query;
        self.found = None;
    }

    /// What shows, in order.
    pub(crate) fn shown(&mut self, book: &Book) -> Arc<[Favourite]> {
        let filter = self.filter;
        let keep = |entry: Favourite| keeps(filter, book, entry);
        let query = self.query.trim();
        let shown = if query.is_empty() { &mut self.all } else { &mut self.found };
        let make = || if query.is_empty() { book.in_order(keep) } else { book.search(query, HITS, keep) }.into();
        shown.get_or_insert_with(make).clone()
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
