//! Contacts, personal and shared, and favourites.
//!
//! Always holds: everybody who sees a contact hears of a change to it. Of shared ones the audit log has who changed which fields, not what
//! is in them.

use std::collections::HashSet;

use halyard_protocol::admin::AuditAction;
use halyard_protocol::contact::ContactDetails;
use halyard_protocol::event::Favourite;
use halyard_protocol::{
    CauseCode, Change, Contact, ContactDraft, ContactId, ContactScope, ErrorCode, Permission, limits,
};

use super::audit::{self, Fields, Subject};
use super::photo::NewPhoto;
use super::{Actor, quotas};
use crate::problem::Problem;
use crate::store::{self, StoreError, Tx};

/// So many changes are told one by one; more of them as "ask for the list again".
pub const TOLD_ONE_BY_ONE: usize = 50;

/// A contact that keeps the rules, without the white space around its texts, and with its photo apart.
pub struct CheckedContact {
    draft: ContactDraft,
    photo: NewPhoto,
    /// The version that was changed into this one.
    version: Option<u64>,
}

impl CheckedContact {
    /// Checks a draft. Takes a moment where it has a photo.
    ///
    /// # Errors
    /// A rule is broken.
    pub fn new(mut draft: ContactDraft) -> Result<Self, Problem> {
        draft.trim();
        draft.check().map_err(|error| Problem::rule(ErrorCode::Invalid, error))?;
        let photo = NewPhoto::read(draft.photo_content.take())?;
        let version = draft.version.take();
        Ok(Self { draft, photo, version })
    }
}

/// Saves a contact under an id: a new one, or in place of the one that has it. The same again changes nothing.
///
/// # Errors
/// The actor may not change shared contacts, or the contact was changed in the meantime.
pub async fn save(tx: &mut Tx, actor: &Actor, id: ContactId, contact: CheckedContact) -> Result<Contact, Problem> {
    let before = store::contacts::by_id(tx, actor.book(), id).await?;
    let (contact, before) = match prepare(tx, actor, id, contact, before, true).await? {
        Saved::Same(contact) => return Ok(contact),
        Saved::Changed { contact, before } => (contact, before),
    };
    store::contacts::write(tx, actor.book(), std::slice::from_ref(&contact)).await?;
    if before.as_ref().is_none_or(|before| before.scope != contact.scope) {
        check_count_of(tx, actor, contact.scope).await?;
    }
    note(tx, actor, before.as_ref(), &contact).await?;
    Ok(contact)
}

/// Saves many contacts. Their ids differ.
///
/// # Errors
/// There are too many, two have one id, or the actor may not change shared contacts; `field` says which one.
pub async fn import(tx: &mut Tx, actor: &Actor, contacts: Vec<(ContactId, CheckedContact)>) -> Result<(), Problem> {
    let count = contacts.len();
    check_count(count)?;
    let (mut ids, mut changed) = (HashSet::with_capacity(count), HashSet::new());
    let mut shared: u64 = 0;
    // Of many contacts a statement each would keep others waiting.
    let all: Vec<ContactId> = contacts.iter().map(|(id, _)| *id).collect();
    let mut known = store::contacts::by_ids(tx, actor.book(), &all).await?;
    let mut saved = Vec::with_capacity(count);
    for (index, (id, contact)) in contacts.into_iter().enumerate() {
        let at = |problem: Problem| problem.at(format!("contacts[{index}]"));
        if !ids.insert(id) {
            let detail = "Two contacts of this import have the same id.";
            return Err(at(Problem::invalid(CauseCode::RepeatedContact, detail)));
        }
        let before = known.remove(&id);
        match prepare(tx, actor, id, contact, before, count <= TOLD_ONE_BY_ONE).await.map_err(at)? {
            Saved::Same(_) => {}
            Saved::Changed { contact, before } => {
                changed.extend(before.map(|before| before.scope));
                changed.insert(contact.scope);
                shared += u64::from(contact.scope == ContactScope::Shared);
                saved.push(contact);
            }
        }
    }
    store::contacts::write(tx, actor.book(), &saved).await?;
    if count > TOLD_ONE_BY_ONE && !changed.is_empty() {
        // Whoever sees the shared ones includes the user: one event is enough for them.
        let scope = if changed.contains(&ContactScope::Shared) { ContactScope::Shared } else { ContactScope::Personal };
        publish(tx, actor, scope, &Change::ContactsReplaced).await?;
    }
    for scope in &changed {
        check_count_of(tx, actor, *scope).await?;
    }
    if shared > 0 {
        let fields = Fields::default().now("contacts", shared);
        audit::note(tx, actor, AuditAction::ContactsImported, Subject::new("", ""), fields).await?;
    }
    Ok(())
}

/// Whether whoever the contacts of a scope belong to has no more than they may.
async fn check_count_of(tx: &mut Tx, actor: &Actor, scope: ContactScope) -> Result<(), Problem> {
    match scope {
        ContactScope::Shared => quotas::check_contacts(tx, actor, None, Some(actor.tenant)).await,
        ContactScope::Personal | ContactScope::Unknown => {
            quotas::check_contacts(tx, actor, actor.maybe_user(), None).await
        }
    }
}

/// Whether so many contacts may come in one import.
///
/// # Errors
/// They are too many.
pub fn check_count(count: usize) -> Result<(), Problem> {
    if count <= limits::IMPORT_CONTACTS {
        return Ok(());
    }
    let detail = format!("An import has {} contacts at most.", limits::IMPORT_CONTACTS);
    Err(Problem::invalid(CauseCode::TooManyContacts.limit(limits::IMPORT_CONTACTS), detail).at("contacts"))
}

/// Deletes a contact. Saved again under its id it is back.
///
/// # Errors
/// There is no such contact, or the actor may not change shared ones.
pub async fn remove(tx: &mut Tx, actor: &Actor, id: ContactId) -> Result<(), Problem> {
    let book = actor.book();
    let contact = store::contacts::by_id(tx, book, id).await?.ok_or_else(Problem::not_found)?;
    require_to_edit(actor, contact.scope)?;
    store::contacts::remove(tx, book, &contact, actor.now).await?;
    if contact.scope == ContactScope::Shared {
        audit::note(tx, actor, AuditAction::ContactRemoved, subject(&contact), Fields::default()).await?;
    }
    Ok(publish(tx, actor, contact.scope, &Change::ContactRemoved { contact: id }).await?)
}

/// Marks somebody as a favourite of the actor, or no longer. Says whether that changes anything.
///
/// # Errors
/// They see no such contact or colleague.
pub async fn set_favourite(tx: &mut Tx, actor: &Actor, favourite: Favourite, on: bool) -> Result<bool, Problem> {
    let (user, book) = (actor.user()?, actor.book());
    let known = match favourite {
        Favourite::Contact(id) => store::contacts::by_id(tx, book, id).await?.is_some(),
        Favourite::User(id) => store::users::by_id(tx, actor.tenant, id).await?.is_some(),
        Favourite::Unknown => return Err(Problem::not_found()),
    };
    // Unmarking somebody who is gone is fine: they are no favourite afterwards.
    if on && !known {
        return Err(Problem::not_found());
    }
    let changed = store::favourites::set(tx, book, favourite, on).await?;
    if changed {
        store::events::log(tx, user, actor.now, &Change::FavouriteChanged { favourite, on }).await?;
    }
    Ok(changed)
}

enum Saved {
    /// There was nothing to change.
    Same(Contact),
    Changed {
        contact: Contact,
        before: Option<Contact>,
    },
}

/// What a contact becomes that is to be saved in place of `before`; it is not written yet. `told` says whether those who see it hear of
/// this one.
async fn prepare(
    tx: &mut Tx,
    actor: &Actor,
    id: ContactId,
    contact: CheckedContact,
    before: Option<Contact>,
    told: bool,
) -> Result<Saved, Problem> {
    let CheckedContact { draft, photo, version } = contact;
    require_to_edit(actor, draft.scope)?;
    let book = actor.book();
    if let Some(before) = &before {
        require_to_edit(actor, before.scope)?;
    }
    let draft = photo.keep(tx, book, with_details(draft, before.as_ref()), before.as_ref(), actor.now).await?;
    if let Some(before) = before.as_ref().filter(|before| before.to_draft() == draft) {
        return Ok(Saved::Same(before.clone()));
    }
    if version.is_some_and(|version| before.as_ref().map(|before| before.version) != Some(version)) {
        let detail = "This contact was changed or deleted in the meantime.";
        let problem = Problem::because(ErrorCode::Conflict, CauseCode::ContactChanged, detail);
        return Err(problem.with_contact(before));
    }
    if let Some(before) = before.as_ref().filter(|before| before.scope != draft.scope && told) {
        publish(tx, actor, before.scope, &Change::ContactRemoved { contact: id }).await?;
    }
    let contact = store::contacts::prepare(tx, book, id, draft, before.as_ref(), actor.now).await?;
    if told {
        let change = Change::ContactChanged { contact: contact.clone() };
        publish(tx, actor, contact.scope, &change).await?;
    }
    Ok(Saved::Changed { contact, before })
}

/// Whether the actor may save or delete contacts of this scope.
fn require_to_edit(actor: &Actor, scope: ContactScope) -> Result<(), Problem> {
    match scope {
        ContactScope::Shared if actor.may(Permission::EditSharedContacts) => Ok(()),
        ContactScope::Shared => {
            let detail = "Only Office Managers and Administrators change shared contacts.";
            Err(Problem::because(ErrorCode::Forbidden, CauseCode::SharedContactsReadOnly, detail))
        }
        ContactScope::Personal | ContactScope::Unknown => actor.user().map(|_| ()),
    }
}

/// The draft with the details of the contact that it replaces, if it has none of its own: an older version of the app does not know
/// details, and must not delete them. Empty details are none.
fn with_details(mut draft: ContactDraft, before: Option<&Contact>) -> ContactDraft {
    draft.details = match draft.details {
        None => before.and_then(|before| before.details.clone()),
        Some(details) if *details == ContactDetails::default() => None,
        some => some,
    };
    draft
}

/// Writes down a change to what everybody sees.
async fn note(tx: &mut Tx, actor: &Actor, before: Option<&Contact>, contact: &Contact) -> Result<(), StoreError> {
    let was = before.filter(|before| before.scope == ContactScope::Shared);
    let action = match (was, contact.scope) {
        (None, ContactScope::Shared) => AuditAction::ContactAdded,
        (Some(_), ContactScope::Shared) => AuditAction::ContactChanged,
        (Some(_), ContactScope::Personal | ContactScope::Unknown) => AuditAction::ContactRemoved,
        (None, ContactScope::Personal | ContactScope::Unknown) => return Ok(()),
    };
    let names = was.filter(|_| action == AuditAction::ContactChanged).map(|was| changed_fields(was, contact));
    let fields = names.map_or_else(Fields::default, |names| Fields::default().now("fields", names));
    audit::note(tx, actor, action, subject(contact), fields).await
}

fn changed_fields(before: &Contact, after: &Contact) -> String {
    let fields = [
        ("given", before.given != after.given),
        ("family", before.family != after.family),
        ("company", before.company != after.company),
        ("emails", before.emails != after.emails),
        ("numbers", before.numbers != after.numbers),
        ("details", before.details != after.details),
        ("photo", before.photo != after.photo),
    ];
    let changed: Vec<&str> = fields.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name).collect();
    changed.join(", ")
}

fn subject(contact: &Contact) -> Subject {
    Subject::new(contact.id, contact.display_name())
}

/// Logs a change for everybody who sees contacts of this scope.
async fn publish(tx: &mut Tx, actor: &Actor, scope: ContactScope, change: &Change) -> Result<(), StoreError> {
    match (scope, actor.maybe_user()) {
        (ContactScope::Shared, _) => store::events::log_all(tx, actor.tenant, actor.now, change).await,
        (ContactScope::Personal | ContactScope::Unknown, Some(user)) => {
            store::events::log(tx, user, actor.now, change).await
        }
        (ContactScope::Personal | ContactScope::Unknown, None) => Ok(()),
    }
}
