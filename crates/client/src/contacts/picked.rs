//! The contacts that are selected in the list, to be exported.
//!
//! Always holds: those that are selected are contacts of the book, each once; neither a search nor a filter changes them. While contacts
//! are selected a row has a button that selects its contact, or no longer.

use std::sync::Arc;

use halyard_protocol::ContactId;
use halyard_protocol::event::Favourite;
use halyard_words as words;

use super::Contacts;
use crate::context::Context;
use crate::effect::FocusTarget;
use crate::sorted::sorted;
use crate::update::Changed;

/// What the user does to the selection.
#[derive(Clone, Copy, Debug)]
pub enum Pick {
    /// "Select contacts": contacts can be selected.
    Begin,
    /// This one is selected, or no longer.
    Toggle(ContactId),
    /// All from the one that was selected last up to this one are selected, as the list shows them.
    UpTo(ContactId),
    /// "Clear": none is selected.
    Clear,
}

/// What is selected while contacts are being selected.
#[derive(Debug, Default)]
pub(super) struct Picked {
    /// In order of the ids.
    ids: Vec<ContactId>,
    /// Where a selection of several begins.
    last: Option<ContactId>,
}

impl Contacts {
    pub(super) fn pick(&mut self, pick: Pick, cx: &mut Context<'_, '_>) {
        let picked = self.picked.get_or_insert_default();
        match pick {
            Pick::Begin => {}
            Pick::Toggle(id) => {
                picked.last = Some(id);
                match picked.ids.binary_search(&id) {
                    Ok(at) => drop(picked.ids.remove(at)),
                    Err(at) => picked.ids.insert(at, id),
                }
            }
            Pick::UpTo(id) => {
                let shown = self.list.shown(&self.book);
                let place = |id| shown.iter().position(|entry| *entry == Favourite::Contact(id));
                let to = place(id);
                let from = picked.last.and_then(place).or(to);
                if let (Some(from), Some(to)) = (from, to) {
                    picked.ids.extend(shown[from.min(to)..=from.max(to)].iter().filter_map(|entry| entry.contact()));
                    picked.ids = sorted(&picked.ids);
                }
                picked.last = Some(id);
            }
            Pick::Clear => {
                self.picked = None;
                // The buttons of the selection go.
                cx.focus(FocusTarget::Column);
            }
        }
        cx.announce(words::selected_count(self.picked().map_or(0, |picked| picked.len())));
        cx.changed(Changed::Contacts);
    }

    /// Those that are selected, by their ids; none while nobody can be selected.
    pub(crate) fn picked(&self) -> Option<Arc<[ContactId]>> {
        let here = |id: &ContactId| self.book.contact(*id).is_some();
        self.picked.as_ref().map(|picked| picked.ids.iter().copied().filter(here).collect())
    }
}

#[cfg(test)]
mod tests {
    use halyard_protocol::{ContactDraft, Ulid};

    use super::*;
    use crate::contacts::{ContactsAction, ContactsFilter};
    use crate::testing::{Alone, Done};

    const fn id(n: u128) -> ContactId {
        ContactId(Ulid::from_bits(n))
    }

    /// Five contacts, whose names are in another order than their ids.
    fn book() -> (Contacts, Alone) {
        let (mut contacts, mut alone) = (Contacts::default(), Alone::new());
        for (n, given) in [(5, "Ana"), (4, "Ben"), (3, "Carla"), (2, "Dov"), (1, "Edith")] {
            let draft = ContactDraft { given: given.to_owned(), ..ContactDraft::default() };
            alone.turn(|cx| contacts.changed(draft.into_contact(id(n), 1), cx));
        }
        (contacts, alone)
    }

    fn pick(contacts: &mut Contacts, alone: &mut Alone, pick: Pick) -> Done {
        alone.turn(|cx| contacts.act(ContactsAction::Pick(pick), cx))
    }

    fn picked(contacts: &Contacts) -> Vec<u128> {
        contacts.picked().expect("a selection").iter().map(|id| id.0.bits()).collect()
    }

    #[test]
    fn contacts_are_selected_one_by_one_and_in_a_row_of_the_list() {
        let (mut contacts, mut alone) = book();
        assert_eq!(contacts.picked(), None);
        pick(&mut contacts, &mut alone, Pick::Toggle(id(4)));
        let done = pick(&mut contacts, &mut alone, Pick::UpTo(id(2)));
        assert_eq!(picked(&contacts), [2, 3, 4], "Ben, Carla and Dov");
        assert!(done.changed.contains(&Changed::Contacts));
        pick(&mut contacts, &mut alone, Pick::Toggle(id(3)));
        assert_eq!(picked(&contacts), [2, 4]);
        pick(&mut contacts, &mut alone, Pick::UpTo(id(5)));
        assert_eq!(picked(&contacts), [2, 3, 4, 5], "a row may be selected upwards");
    }

    #[test]
    fn a_row_begins_with_its_end_where_none_is_in_sight() {
        let (mut contacts, mut alone) = book();
        pick(&mut contacts, &mut alone, Pick::UpTo(id(2)));
        assert_eq!(picked(&contacts), [2]);
        alone.turn(|cx| contacts.act(ContactsAction::Search("Edith".to_owned()), cx));
        pick(&mut contacts, &mut alone, Pick::UpTo(id(1)));
        assert_eq!(picked(&contacts), [1, 2], "the search hides the one selected before, which stays so");
        alone.turn(|cx| contacts.act(ContactsAction::Filter(ContactsFilter::Directory), cx));
        assert_eq!(picked(&contacts), [1, 2]);
    }

    #[test]
    fn one_that_is_deleted_is_not_selected_and_clear_ends_the_selection() {
        let (mut contacts, mut alone) = book();
        pick(&mut contacts, &mut alone, Pick::Begin);
        assert_eq!(picked(&contacts), [0; 0]);
        for n in [1, 2] {
            pick(&mut contacts, &mut alone, Pick::Toggle(id(n)));
        }
        alone.turn(|cx| contacts.removed(id(1), cx));
        assert_eq!(picked(&contacts), [2]);
        pick(&mut contacts, &mut alone, Pick::Clear);
        assert_eq!(contacts.picked(), None);
    }
}
