//! Loading the contacts: page after page from the server, part after part from the device.
//!
//! Always holds: what is here stays until the last page has come; an answer to an earlier loading is dropped.

use halyard_protocol::rest::ContactsPage;
use halyard_protocol::{Contact, ContactId};

use super::{Call, Contacts};
use crate::api::{bare, read};
use crate::context::Context;
use crate::effect::{HttpOutcome, Method};
use crate::fact::{Fact, Renamed};
use crate::sorted::SortedSet;
use crate::update::Changed;

/// The loading of the contacts' pages.
#[derive(Debug, Default)]
pub(super) struct Loading {
    /// Which loading is the current one.
    generation: u32,
    seen: SortedSet<ContactId>,
    /// The page after this one could not be had for now.
    stalled: Option<Option<ContactId>>,
    /// Whether all of them are here.
    done: bool,
}

impl Contacts {
    /// Whether all contacts are here.
    pub(crate) fn are_all_here(&self) -> bool {
        self.loading.done
    }

    /// The device has all contacts, or not.
    pub(crate) fn set_all_here(&mut self, all: bool) {
        self.loading.done = all;
    }

    /// Asks the server for all contacts, page after page.
    pub(crate) fn load(&mut self, cx: &mut Context<'_, '_>) {
        self.loading.generation += 1;
        self.loading.seen.clear();
        self.loading.done = false;
        self.loading.stalled = None;
        self.book.begin_loading();
        cx.changed(Changed::Contacts);
        self.ask_page(None, cx);
    }

    /// Goes on with the page that could not be had, and with deletions that the server may not have heard of.
    pub(crate) fn resume(&mut self, cx: &mut Context<'_, '_>) {
        for (_, contact) in core::mem::take(&mut self.unsent_deletions).into_entries() {
            self.ask_delete(contact, cx);
        }
        if let Some(after) = self.loading.stalled.take() {
            self.ask_page(after, cx);
        }
    }

    fn ask_page(&mut self, after: Option<ContactId>, cx: &mut Context<'_, '_>) {
        let mut path = String::from("contacts?limit=2000");
        if let Some(after) = after {
            path.push_str("&after=");
            path.push_str(&after.to_string());
        }
        let generation = self.loading.generation;
        self.requests.start(Call::Page { generation, after }, bare(Method::Get, path), cx);
    }

    pub(super) fn page_answered(
        &mut self,
        generation: u32,
        after: Option<ContactId>,
        outcome: HttpOutcome,
        cx: &mut Context<'_, '_>,
    ) {
        if generation != self.loading.generation {
            return;
        }
        match read::<ContactsPage>(outcome) {
            Ok(page) => self.take_page(page, cx),
            Err(error) if error.is_temporary() => {
                self.loading.stalled = Some(after);
                cx.fact(Fact::TryLater);
            }
            Err(error) => {
                self.loading.done = true;
                cx.failed(error);
                cx.changed(Changed::Contacts);
            }
        }
    }

    fn take_page(&mut self, page: ContactsPage, cx: &mut Context<'_, '_>) {
        let mut all = Renamed::default();
        for contact in page.contacts {
            self.loading.seen.insert(contact.id);
            all.numbers.append(&mut self.book.put(contact, true).numbers);
        }
        match page.next {
            Some(next) => self.ask_page(Some(next), cx),
            None => {
                self.loading.done = true;
                let seen = core::mem::take(&mut self.loading.seen);
                for mut gone in self.book.finish_loading(&seen) {
                    all.numbers.append(&mut gone.numbers);
                }
            }
        }
        self.renamed(all, cx);
    }

    /// The device has given back some of the contacts that it keeps; `last` says whether these are the last ones.
    pub(crate) fn take_stored(
        &mut self,
        contacts: impl Iterator<Item = Contact>,
        last: bool,
        cx: &mut Context<'_, '_>,
    ) {
        let mut renamed = Renamed::default();
        for contact in contacts {
            renamed.numbers.append(&mut self.book.put_stored(contact).numbers);
        }
        self.renamed(renamed, cx);
        if last && self.loading.done {
            self.book.end_loading();
        }
    }
}
