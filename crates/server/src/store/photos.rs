//! Photos of contacts. A photo belongs to the owner of its contact: a user (personal) or the tenant (shared). They are in the database,
//! unlike contents of files: 48 kB at most, written in the transaction of their contact, and copied from owner to owner by a statement.
//!
//! Always holds: each owner has a copy of their own, so nobody gets at a photo by knowing its id, and what one owner forgets another keeps.

use halyard_protocol::{Contact, ContactScope, PhotoId, UnixMs};

use super::address_book::AddressBook;
use super::sql::args;
use super::{StoreError, Tx};

/// Keeps a content for contacts of this scope.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    tx: &mut Tx,
    book: AddressBook,
    scope: ContactScope,
    id: PhotoId,
    content: Vec<u8>,
    now: UnixMs,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO contact_photos (owner, id, bytes, used_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (owner, id) DO UPDATE SET used_at = excluded.used_at",
        args![book.owner(scope), id, content, now],
    )
    .await?;
    Ok(())
}

/// Keeps a photo that the book's own or their tenant's contacts have, or had until lately, for contacts of this scope. Whether it is
/// there.
///
/// # Errors
/// When the database fails.
pub async fn keep_known(
    tx: &mut Tx,
    book: AddressBook,
    scope: ContactScope,
    id: PhotoId,
    now: UnixMs,
) -> Result<bool, StoreError> {
    let found = tx
        .run(
            "INSERT INTO contact_photos (owner, id, bytes, used_at)
             SELECT $1, id, bytes, $5 FROM contact_photos WHERE id = $4 AND owner IN ($2, $3) LIMIT 1
             ON CONFLICT (owner, id) DO UPDATE SET used_at = excluded.used_at",
            args![book.owner(scope), book.user, book.tenant, id, now],
        )
        .await?;
    Ok(found > 0)
}

/// The contact lets go of its photo, which stays for a while: the change may be undone.
///
/// # Errors
/// When the database fails.
pub async fn release(tx: &mut Tx, book: AddressBook, contact: &Contact, now: UnixMs) -> Result<(), StoreError> {
    let Some(photo) = contact.photo else { return Ok(()) };
    tx.run(
        "UPDATE contact_photos SET used_at = $3 WHERE owner = $1 AND id = $2",
        args![book.owner(contact.scope), photo, now],
    )
    .await?;
    Ok(())
}

/// The content of a photo that one of the book's own or their tenant's contacts has.
///
/// # Errors
/// When the database fails.
pub async fn content(tx: &mut Tx, book: AddressBook, id: PhotoId) -> Result<Option<Vec<u8>>, StoreError> {
    let row = tx
        .optional(
            "SELECT bytes FROM contact_photos
             WHERE id = $3 AND owner IN ($1, $2) AND EXISTS (
                 SELECT 1 FROM contacts WHERE contacts.owner = contact_photos.owner AND contacts.photo = contact_photos.id)
             LIMIT 1",
            args![book.user, book.tenant, id],
        )
        .await?;
    row.map(|row| row.bytes("bytes")).transpose()
}

/// Forgets photos that no contact has, and that none has had since this moment. Says how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_unused(tx: &mut Tx, before: UnixMs) -> Result<u64, StoreError> {
    tx.run(
        "DELETE FROM contact_photos WHERE used_at < $1 AND NOT EXISTS (
             SELECT 1 FROM contacts WHERE contacts.owner = contact_photos.owner AND contacts.photo = contact_photos.id)",
        args![before],
    )
    .await
}
