//! Contacts: the list, a row, the details, the form.

use halyard_protocol::letters::is_alphanumeric;
use halyard_words::{self as words, Text, Word};
use std::sync::Arc;

use halyard_protocol::contact::photo_path;
use halyard_protocol::event::Favourite;
use halyard_protocol::{
    ContactDetails, ContactDraft, ContactId, ContactScope, Peer, Permission, PhoneNumber, PhotoId, UserId,
};

use super::{AvatarView, NumberOption};
use crate::contacts::export::{ExportFormat, ExportedContacts, ExportedFile, Photo};
use crate::contacts::photo;
use crate::contacts::{ContactsFilter, FormError, NumberField};
use crate::recipients::number_label;
use crate::route::Route;
use crate::softphone::Softphone;
use crate::sorted::sorted;

/// The list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactsView {
    /// Who shows, in order.
    pub entries: Arc<[Favourite]>,
    /// What is typed into the search.
    pub query: String,
    /// The filter.
    pub filter: ContactsFilter,
    /// Whether pages are still coming.
    pub loading: bool,
    /// Whose details are open.
    pub selected: Option<Favourite>,
    /// The contacts that are selected to be exported, in order of their ids; none while nobody can be selected.
    pub picked: Option<Arc<[ContactId]>>,
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRowView {
    /// Who.
    pub entry: Favourite,
    /// Name.
    pub name: String,
    /// Extension and department, or company and first number.
    pub detail: String,
    /// Avatar.
    pub avatar: AvatarView,
    /// Whether they have a star.
    pub favourite: bool,
    /// What the message icon offers.
    pub reach: Vec<NumberView>,
}

/// A way to write to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberView {
    /// Them, by this way.
    pub peer: Peer,
    /// The number, or "Chat".
    pub text: Text,
    /// What it is for: "mobile"; the extension for a chat.
    pub label: Text,
}

/// The details of a contact or a colleague.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailsView {
    /// Who.
    pub entry: Favourite,
    /// Name.
    pub name: String,
    /// Company, or department.
    pub organisation: String,
    /// Avatar.
    pub avatar: AvatarView,
    /// "My contact", "Shared contact", "Extension 1014".
    pub kind: Text,
    /// A colleague's status text.
    pub status: String,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Nickname, address and notes with their names, as far as there are any.
    pub texts: Vec<(Word, String)>,
    /// Numbers, fax machines among them.
    pub numbers: Vec<NumberView>,
    /// What the message icon offers.
    pub reach: Vec<NumberView>,
    /// Whether they have a star.
    pub favourite: bool,
    /// The contact, if I may edit and delete it.
    pub editable: Option<ContactId>,
    /// The colleague.
    pub user: Option<UserId>,
}

/// The form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormView {
    /// The contact: a new form has another one.
    pub id: ContactId,
    /// Whether it is a new contact.
    pub is_new: bool,
    /// All but the numbers.
    pub draft: ContactDraft,
    /// Its avatar as it would be saved.
    pub avatar: AvatarView,
    /// The numbers as typed.
    pub numbers: Vec<NumberField>,
    /// What is wrong.
    pub error: Option<FormError>,
    /// Whether it is being saved.
    pub saving: bool,
    /// Whether it may be made a shared contact.
    pub may_share: bool,
}

impl Softphone {
    /// The list.
    pub fn contacts_view(&mut self) -> ContactsView {
        let entries = self.contacts.list.shown(&self.contacts.book);
        ContactsView {
            entries,
            query: self.contacts.list.query.clone(),
            filter: self.contacts.list.filter,
            loading: !self.contacts.are_all_here(),
            picked: self.contacts.picked(),
            selected: if let Route::Contacts(selected) = self.desk.route { selected } else { None },
        }
    }

    /// A row of the list.
    #[must_use]
    pub fn contact_row_view(&self, entry: Favourite) -> Option<ContactRowView> {
        let (name, detail, avatar) = match entry {
            Favourite::User(id) => {
                let user = self.contacts.book.user(id)?;
                let detail = if user.department.is_empty() {
                    user.extension.clone()
                } else {
                    [&user.extension, " \u{b7} ", &user.department].concat()
                };
                (user.name.clone(), detail, AvatarView::of(&user.name, Some(id)))
            }
            Favourite::Contact(id) => {
                let contact = self.contacts.book.contact(id)?;
                let name = contact.display_name();
                let number = contact.numbers.first().map(|entry| entry.number.display(self.home()));
                let company = Some(contact.company.trim()).filter(|company| !company.is_empty() && *company != name);
                let detail = match (company, number) {
                    (Some(company), Some(number)) => [company, " \u{b7} ", &number].concat(),
                    (Some(company), None) => company.to_owned(),
                    (None, Some(number)) => number,
                    (None, None) => contact.emails.first().cloned().unwrap_or_default(),
                };
                let avatar = AvatarView::contact(contact, &name);
                (if name.is_empty() { detail.clone() } else { name }, detail, avatar)
            }
            Favourite::Unknown => return None,
        };
        Some(ContactRowView {
            entry,
            name,
            detail,
            avatar,
            favourite: self.contacts.book.is_favourite(entry),
            reach: self.reach(entry),
        })
    }

    /// What the message icon offers: each number that takes texts, or a chat.
    fn reach(&self, entry: Favourite) -> Vec<NumberView> {
        match entry {
            Favourite::User(id) if self.me().is_some_and(|me| me.user.id == id) => Vec::new(),
            Favourite::User(id) => self
                .contacts
                .book
                .user(id)
                .map(|user| NumberView {
                    peer: Peer::User(id),
                    text: words::CHAT.into(),
                    label: words::extension_number(&user.extension),
                })
                .into_iter()
                .collect(),
            Favourite::Contact(id) => {
                let ways = self.contacts.ways_to_write(entry, None);
                let mut numbers = self.numbers(id);
                numbers.retain(|number| ways.contains(&number.peer));
                numbers
            }
            Favourite::Unknown => Vec::new(),
        }
    }

    fn numbers(&self, id: ContactId) -> Vec<NumberView> {
        let home = self.home();
        self.contacts.book.contact(id).map_or_else(Vec::new, |contact| {
            contact
                .numbers
                .iter()
                .map(|entry| NumberView {
                    peer: Peer::Number(entry.number),
                    text: Text::as_is(entry.number.display(home)),
                    label: number_label(entry),
                })
                .collect()
        })
    }

    /// The details that are open.
    #[must_use]
    pub fn details_view(&self) -> Option<DetailsView> {
        let Route::Contacts(Some(entry)) = self.desk.route else { return None };
        let me = self.me()?;
        let reach = self.reach(entry);
        let favourite = self.contacts.book.is_favourite(entry);
        match entry {
            Favourite::User(id) => {
                let user = self.contacts.book.user(id)?;
                Some(DetailsView {
                    entry,
                    name: user.name.clone(),
                    organisation: user.department.clone(),
                    avatar: AvatarView::of(&user.name, Some(id)),
                    kind: words::extension_number(&user.extension),
                    status: user.status_text.clone(),
                    emails: Some(user.email.clone()).filter(|email| !email.is_empty()).into_iter().collect(),
                    texts: Vec::new(),
                    numbers: Vec::new(),
                    reach,
                    favourite,
                    editable: None,
                    user: Some(id),
                })
            }
            Favourite::Contact(id) => {
                let contact = self.contacts.book.contact(id)?;
                let shared = contact.scope != ContactScope::Personal;
                let name = contact.display_name();
                let none = ContactDetails::default();
                let [prefix, suffix, nickname, address, consent, notes, _] =
                    contact.details.as_deref().unwrap_or(&none).texts();
                let texts = [
                    (words::NICKNAME, nickname),
                    (words::ADDRESS, address),
                    (words::CONSENT_TO_TEXTS, consent),
                    (words::NOTES, notes),
                ];
                let full = [prefix.as_str(), &name, suffix].join(" ").trim().to_owned();
                Some(DetailsView {
                    entry,
                    organisation: if contact.company == name { String::new() } else { contact.company.clone() },
                    avatar: AvatarView::contact(contact, &name),
                    name: full,
                    texts: texts
                        .into_iter()
                        .filter(|(_, text)| !text.is_empty())
                        .map(|(label, text)| (label, text.clone()))
                        .collect(),
                    kind: if shared { words::SHARED_CONTACT } else { words::MY_CONTACT }.into(),
                    status: String::new(),
                    emails: contact.emails.clone(),
                    numbers: self.numbers(id),
                    reach,
                    favourite,
                    editable: (contact.scope != ContactScope::Unknown
                        && (!shared || me.user.role.may(Permission::EditSharedContacts, false)))
                    .then_some(id),
                    user: None,
                })
            }
            Favourite::Unknown => None,
        }
    }

    /// The own numbers to choose from when texting these people, the one last used marked.
    #[must_use]
    pub fn own_numbers_view(&self, peer: Peer) -> Vec<NumberOption> {
        let Peer::Number(_) = peer else { return Vec::new() };
        let Some(me) = self.me() else { return Vec::new() };
        let home = self.home();
        let chosen: Option<PhoneNumber> = self.people().own_number(&[peer], None).map(|own| own.number);
        me.numbers
            .iter()
            .filter(|own| own.capabilities.sms)
            .map(|own| NumberOption {
                number: own.number,
                text: own.number.display(home),
                label: Text::as_is(&own.label),
                chosen: Some(own.number) == chosen,
            })
            .collect()
    }

    /// The photos that a file is to have. A table has none.
    #[must_use]
    pub fn photos_to_export(&self, which: ExportedContacts, format: ExportFormat) -> Vec<PhotoId> {
        if format == ExportFormat::Csv {
            return Vec::new();
        }
        let contacts = self.contacts.contacts_to_export(which);
        sorted(&contacts.iter().filter_map(|contact| contact.photo).collect::<Vec<PhotoId>>())
    }

    /// The contacts as a file, with those of their photos that could be had. None where there is no contact.
    #[must_use]
    pub fn exported_view(
        &self,
        which: ExportedContacts,
        format: ExportFormat,
        photos: &[Photo],
    ) -> Option<ExportedFile> {
        let contacts = self.contacts.contacts_to_export(which);
        let name = match contacts[..] {
            [] => return None,
            [contact] if !matches!(which, ExportedContacts::Filter(_)) => contact.display_name(),
            _ => String::new(),
        };
        let name = name.replace(|c: char| !is_alphanumeric(c), " ");
        let name = match name.trim() {
            "" => words::CONTACTS.into(),
            name => Text::as_is(name),
        };
        Some(ExportedFile::new(name, &contacts, format, photos))
    }

    /// The form.
    #[must_use]
    pub fn form_view(&self) -> Option<FormView> {
        let form = self.contacts.form.as_ref()?;
        let [given, family] = [&form.draft.given, &form.draft.family].map(|name| name.trim());
        let name = [given, family].join(" ");
        let content = form.draft.photo_content.as_ref().filter(|content| !content.is_empty());
        let photo = content.map(|content| photo::address(content)).or_else(|| form.draft.photo.map(photo_path));
        Some(FormView {
            avatar: AvatarView { photo, ..AvatarView::of(&name, None) },
            id: form.id,
            is_new: form.is_new,
            draft: form.draft.clone(),
            numbers: form.numbers.clone(),
            error: form.error.clone(),
            saving: form.saving || form.saves_with_photo,
            may_share: self.me().is_some_and(|me| me.user.role.may(Permission::EditSharedContacts, false)),
        })
    }
}
