//! Contents of messages' files, by their SHA-256: each is kept once, however many files have it.
//!
//! The contents themselves are in a folder or a bucket ([`crate::media::contents`]); here stands under which name. What was kept before
//! they were is still in the database until upkeep has moved it.
//!
//! Always holds: a row has the name of an object that is safe in the folder or bucket, or the content itself. No two rows name one object,
//! and what no row has named no row will name later.

use halyard_protocol::Ulid;

use super::dialect;
use super::sql::{args, json};
use super::{StoreError, Tx};

/// What became of a content that a file is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is the object that was offered.
    Offered,
    /// It was here already.
    Known,
    /// It is not here: it has to be offered.
    Absent,
}

/// Where contents are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// In the folder or bucket.
    pub objects: u64,
    /// In the database.
    pub here: u64,
}

/// Whether a content is here at this moment.
///
/// # Errors
/// When the database fails.
pub async fn is_known(tx: &mut Tx, hash: &str) -> Result<bool, StoreError> {
    Ok(tx.optional("SELECT hash FROM media_contents WHERE hash = $1", args![hash]).await?.is_some())
}

/// Makes sure that a content is here when this transaction commits, for a file that the transaction adds. Offered is an object that has
/// it; it is taken where the content is not here yet.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &mut Tx, hash: &str, offered: Option<Ulid>) -> Result<Claim, StoreError> {
    if let Some(object) = offered {
        let sql = tx.pick(dialect::SQLITE_ADD_OBJECT, dialect::POSTGRES_ADD_OBJECT);
        if tx.run(sql, args![hash, object]).await? > 0 {
            return Ok(Claim::Offered);
        }
    }
    let sql = tx.pick(dialect::SQLITE_HOLD_CONTENT, dialect::POSTGRES_HOLD_CONTENT);
    let found = tx.optional(sql, args![hash]).await?;
    Ok(if found.is_some() { Claim::Known } else { Claim::Absent })
}

/// Keeps a content in the database, if it is not here, until upkeep moves it: for who works without the folder or bucket.
///
/// # Errors
/// When the database fails.
pub async fn add_here(tx: &mut Tx, hash: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
    let sql = "INSERT INTO media_contents (hash, bytes) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    tx.run(sql, args![hash, bytes]).await?;
    Ok(())
}

/// A content that is still in the database.
///
/// # Errors
/// When the database fails.
pub async fn bytes(tx: &mut Tx, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT bytes FROM media_contents WHERE hash = $1 AND object IS NULL";
    tx.optional(sql, args![hash]).await?.map(|row| row.bytes("bytes")).transpose()
}

/// Hashes of contents that are still in the database, from one on.
///
/// # Errors
/// When the database fails.
pub async fn to_move(tx: &mut Tx, from: &str, most: u32) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT hash FROM media_contents WHERE object IS NULL AND hash >= $1 ORDER BY hash LIMIT $2";
    tx.all(sql, args![from, most]).await?.iter().map(|row| row.text("hash")).collect()
}

/// A content is in this object from now on, and no longer in the database. Whether it still was.
///
/// # Errors
/// When the database fails.
pub async fn moved(tx: &mut Tx, hash: &str, object: Ulid) -> Result<bool, StoreError> {
    let sql = tx.pick(dialect::SQLITE_CONTENT_MOVED, dialect::POSTGRES_CONTENT_MOVED);
    Ok(tx.run(sql, args![hash, object]).await? > 0)
}

/// Forgets some contents that no file has: how many, and their objects, which are to be deleted after the commit. For a transaction that
/// does nothing else, so that none waits for another in a ring.
///
/// # Errors
/// When the database fails.
pub async fn forget_unused(tx: &mut Tx, most: u32) -> Result<(usize, Vec<Ulid>), StoreError> {
    let sql = tx.pick(dialect::SQLITE_UNUSED_CONTENTS, dialect::POSTGRES_UNUSED_CONTENTS);
    let unused = tx.all(sql, args![most]).await?;
    let unused = unused.iter().map(|row| row.text("hash")).collect::<Result<Vec<_>, _>>()?;
    if unused.is_empty() {
        return Ok((0, Vec::new()));
    }
    // Looked at once more: until they were held a file may have come to have one of them.
    let [sqlite, postgres] = dialect::FORGET_CONTENTS;
    let gone = tx.all(tx.pick(sqlite, postgres), args![json(&unused)?]).await?;
    let objects = gone.iter().filter_map(|row| row.maybe_id("object").transpose()).collect::<Result<Vec<_>, _>>()?;
    Ok((gone.len(), objects))
}

/// Those of these objects that have a content.
///
/// # Errors
/// When the database fails.
pub async fn named(tx: &mut Tx, objects: &[Ulid]) -> Result<Vec<Ulid>, StoreError> {
    let [sqlite, postgres] = dialect::NAMED_OBJECTS;
    let rows = tx.all(tx.pick(sqlite, postgres), args![json(&objects)?]).await?;
    rows.iter().map(|row| row.id("object")).collect()
}

/// Objects that have a content, after one, in their order.
///
/// # Errors
/// When the database fails.
pub async fn objects_after(tx: &mut Tx, after: Option<Ulid>, most: u32) -> Result<Vec<Ulid>, StoreError> {
    let sql = "SELECT object FROM media_contents WHERE object > $1 ORDER BY object LIMIT $2";
    let after = after.map_or_else(String::new, |object| object.to_string());
    tx.all(sql, args![after, most]).await?.iter().map(|row| row.id("object")).collect()
}

/// Whether a SQLite database, perhaps of an earlier version, knows of objects at all.
///
/// # Errors
/// When the database fails.
pub async fn knows_objects(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(tx.optional(dialect::SQLITE_HAS_OBJECTS, args![]).await?.is_some())
}

/// How many contents there are.
///
/// # Errors
/// When the database fails.
pub async fn count(tx: &mut Tx) -> Result<Count, StoreError> {
    let row = tx.one("SELECT COUNT(*) AS contents, COUNT(object) AS objects FROM media_contents", args![]).await?;
    let objects = row.count("objects")?;
    Ok(Count { objects, here: row.count("contents")?.saturating_sub(objects) })
}
