//! Saved contacts. A contact belongs to its owner: a user (personal) or the tenant (shared).

use std::collections::HashMap;

use halyard_protocol::{Contact, ContactDraft, ContactId, ContactScope, PhotoId, UnixMs};
use serde::Serialize;

use super::address_book::AddressBook;
use super::sql::{Row, args, json};
use super::{StoreError, Tx, dialect, photos};

/// Up to `limit` contacts after the id `after`, by id.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    book: AddressBook,
    after: Option<ContactId>,
    limit: u32,
) -> Result<Vec<Contact>, StoreError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows = tx
        .all(
            "SELECT * FROM (
                 SELECT * FROM (SELECT * FROM contacts WHERE owner = $1 AND id > $3 ORDER BY id LIMIT $4) AS personal
                 UNION ALL
                 SELECT * FROM (SELECT * FROM contacts WHERE owner = $2 AND id > $3 ORDER BY id LIMIT $4) AS shared
             ) AS visible ORDER BY id, owner LIMIT $4",
            args![book.user, book.tenant, after, limit],
        )
        .await?;
    rows.iter().map(|row| contact(row, book)).collect()
}

/// The contact with this id that the book has; their own before a shared one.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, book: AddressBook, id: ContactId) -> Result<Option<Contact>, StoreError> {
    for scope in [ContactScope::Personal, ContactScope::Shared] {
        let owner = book.owner(scope);
        let row = tx.optional("SELECT * FROM contacts WHERE owner = $1 AND id = $2", args![owner, id]).await?;
        if let Some(row) = row {
            return contact(&row, book).map(Some);
        }
    }
    Ok(None)
}

/// The contacts with these ids that the book has; of two with one id their own.
///
/// # Errors
/// When the database fails.
pub async fn by_ids(
    tx: &mut Tx,
    book: AddressBook,
    ids: &[ContactId],
) -> Result<HashMap<ContactId, Contact>, StoreError> {
    let [sqlite, postgres] = dialect::CONTACTS;
    let mut found = HashMap::new();
    for scope in [ContactScope::Shared, ContactScope::Personal] {
        let rows = tx.all(tx.pick(sqlite, postgres), args![book.owner(scope), json(&ids)?]).await?;
        for row in &rows {
            let contact = contact(row, book)?;
            found.insert(contact.id, contact);
        }
    }
    Ok(found)
}

/// The contact that a draft makes under an id, in place of `before` if there was one; what goes with that is removed. The version
/// grows in any case, also over a deletion: it is the time, or one more than before. It is written by [`write()`].
///
/// # Errors
/// When the database fails.
pub async fn prepare(
    tx: &mut Tx,
    book: AddressBook,
    id: ContactId,
    draft: ContactDraft,
    before: Option<&Contact>,
    now: UnixMs,
) -> Result<Contact, StoreError> {
    if let Some(before) = before
        && before.scope != draft.scope
    {
        remove(tx, book, before, now).await?;
    } else if let Some(before) = before
        && before.photo != draft.photo
    {
        photos::release(tx, book, before, now).await?;
    }
    let at = u64::try_from(now.0).unwrap_or_default();
    Ok(draft.into_contact(id, before.map_or(at, |before| at.max(before.version + 1))))
}

/// Saves a contact under an id, in place of `before` if there was one: see [`prepare`] and [`write()`].
///
/// # Errors
/// When the database fails.
pub async fn save(
    tx: &mut Tx,
    book: AddressBook,
    id: ContactId,
    draft: ContactDraft,
    before: Option<&Contact>,
    now: UnixMs,
) -> Result<Contact, StoreError> {
    let contact = prepare(tx, book, id, draft, before, now).await?;
    write(tx, book, std::slice::from_ref(&contact)).await?;
    Ok(contact)
}

/// Writes contacts, each in place of the one that has its id. Their photos have to be there: see [`photos`]. PostgreSQL is asked
/// for all at once, as each question is a way to it and back.
///
/// # Errors
/// When the database fails.
pub async fn write(tx: &mut Tx, book: AddressBook, contacts: &[Contact]) -> Result<(), StoreError> {
    if tx.is_postgres() && contacts.len() > 1 {
        let rows = contacts.iter().map(|contact| record(book, contact)).collect::<Result<Vec<_>, _>>()?;
        tx.run(dialect::POSTGRES_WRITE_CONTACTS, args![book.tenant, json(&rows)?]).await?;
        return Ok(());
    }
    for contact in contacts {
        let Record { owner, id, version, given, family, company, emails, numbers, details, photo } =
            record(book, contact)?;
        tx.run(
            dialect::WRITE_CONTACT,
            args![owner, id, book.tenant, version, given, family, company, emails, numbers, details, photo],
        )
        .await?;
    }
    Ok(())
}

/// A contact as the database keeps it.
#[derive(Serialize)]
struct Record<'c> {
    owner: Option<String>,
    id: ContactId,
    version: u64,
    given: &'c str,
    family: &'c str,
    company: &'c str,
    emails: String,
    numbers: String,
    details: Option<String>,
    photo: Option<PhotoId>,
}

fn record(book: AddressBook, contact: &Contact) -> Result<Record<'_>, StoreError> {
    Ok(Record {
        owner: book.owner(contact.scope),
        id: contact.id,
        version: contact.version,
        given: &contact.given,
        family: &contact.family,
        company: &contact.company,
        emails: json(&contact.emails)?,
        numbers: json(&contact.numbers)?,
        details: contact.details.as_ref().map(json).transpose()?,
        photo: contact.photo,
    })
}

/// Removes a contact.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, book: AddressBook, contact: &Contact, now: UnixMs) -> Result<(), StoreError> {
    photos::release(tx, book, contact, now).await?;
    let owner = book.owner(contact.scope);
    tx.run("DELETE FROM contacts WHERE owner = $1 AND id = $2", args![owner, contact.id]).await?;
    Ok(())
}

/// How many contacts an owner has.
///
/// # Errors
/// When the database fails.
pub async fn count(tx: &mut Tx, owner: &str) -> Result<u64, StoreError> {
    tx.one("SELECT COUNT(*) AS contacts FROM contacts WHERE owner = $1", args![owner]).await?.count("contacts")
}

fn contact(row: &Row, book: AddressBook) -> Result<Contact, StoreError> {
    let owner = row.text("owner")?;
    let personal = book.user.is_some_and(|user| owner == user.to_string());
    Ok(Contact {
        id: row.id("id")?,
        version: row.count("version")?,
        scope: if personal { ContactScope::Personal } else { ContactScope::Shared },
        given: row.text("given")?,
        family: row.text("family")?,
        company: row.text("company")?,
        emails: row.json("emails")?,
        numbers: row.json("numbers")?,
        details: if row.maybe_text("details")?.is_some() { Some(row.json("details")?) } else { None },
        photo: if row.maybe_text("photo")?.is_some() { Some(row.id("photo")?) } else { None },
    })
}
