//! Saved contacts. A contact belongs to its owner: a user (personal) or the tenant (shared).

use halyard_protocol::{Contact, ContactDraft, ContactId, ContactScope, UnixMs};

use super::address_book::AddressBook;
use super::sql::{Row, args, json};
use super::{StoreError, Tx, photos};

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
        let row = tx.optional("SELECT * FROM contacts WHERE owner = $1 AND id = $2", vec![owner, id.into()]).await?;
        if let Some(row) = row {
            return contact(&row, book).map(Some);
        }
    }
    Ok(None)
}

/// Saves a contact under an id, in place of `before` if there was one. The version grows in any case, also over
/// a deletion: it is the time, or one more than before. Its photo has to be there: see [`photos`].
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
    let contact = draft.into_contact(id, before.map_or(at, |before| at.max(before.version + 1)));
    tx.run(
        "INSERT INTO contacts (owner, id, tenant, version, given, family, company, emails, numbers, details, photo)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (owner, id) DO UPDATE SET version = excluded.version, given = excluded.given,
             family = excluded.family, company = excluded.company, emails = excluded.emails,
             numbers = excluded.numbers, details = excluded.details, photo = excluded.photo",
        vec![
            book.owner(contact.scope),
            id.into(),
            book.tenant.into(),
            contact.version.into(),
            (&contact.given).into(),
            (&contact.family).into(),
            (&contact.company).into(),
            json(&contact.emails)?.into(),
            json(&contact.numbers)?.into(),
            contact.details.as_ref().map(json).transpose()?.into(),
            contact.photo.into(),
        ],
    )
    .await?;
    Ok(contact)
}

/// Removes a contact.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, book: AddressBook, contact: &Contact, now: UnixMs) -> Result<(), StoreError> {
    photos::release(tx, book, contact, now).await?;
    let owner = book.owner(contact.scope);
    tx.run("DELETE FROM contacts WHERE owner = $1 AND id = $2", vec![owner, contact.id.into()]).await?;
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
