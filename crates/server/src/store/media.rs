//! Files of messages; their contents are in [`super::contents`].

use halyard_protocol::media::clean_name;
use halyard_protocol::{Media, MediaId, Message, TenantId, Ulid, UnixMs, UserId};

use super::sql::{Row, args, word};
use super::{StoreError, Tx};

/// A file as it was given to us.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The file, as messages name it.
    pub media: Media,
    /// Who gave it; nobody when it came in from outside.
    pub uploader: Option<UserId>,
    /// SHA-256 of its content as it is kept.
    pub hash: String,
    /// SHA-256 of the bytes as they came.
    pub upload_hash: String,
}

/// Adds a file whose content is kept. It is in no message.
///
/// # Errors
/// [`StoreError::Taken`] when a file has that id.
pub async fn add(tx: &mut Tx, tenant: TenantId, upload: &Upload, now: UnixMs) -> Result<(), StoreError> {
    let Upload { media, uploader, hash, upload_hash } = upload;
    tx.run(
        "INSERT INTO media (id, tenant, uploader, kind, name, size, width, height, hash, upload_hash, conversation, seq,
                            created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, NULL, $11)",
        args![
            media.id,
            tenant,
            uploader.map(|user| user.to_string()),
            word(media.kind)?,
            &media.name,
            media.size,
            media.width,
            media.height,
            hash,
            upload_hash,
            now
        ],
    )
    .await?;
    Ok(())
}

/// A file that was given to us under this id, by whomever.
///
/// # Errors
/// When the database fails.
pub async fn uploaded(tx: &mut Tx, id: MediaId) -> Result<Option<(Media, Option<UserId>, Option<String>)>, StoreError> {
    let row = tx
        .optional(
            "SELECT id, kind, name, size, width, height, uploader, upload_hash FROM media WHERE id = $1",
            args![id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let uploader = row.maybe_text("uploader")?;
    let uploader = uploader.map(|id| id.parse().map_err(|_| StoreError::Corrupt("uploader"))).transpose()?;
    Ok(Some((media(&row)?, uploader, row.maybe_text("upload_hash")?)))
}

/// How many bytes a user has given to us that are in no message.
///
/// # Errors
/// When the database fails.
pub async fn unsent_bytes(tx: &mut Tx, uploader: UserId) -> Result<u64, StoreError> {
    let row = tx
        .one(
            "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) AS bytes FROM media
             WHERE uploader = $1 AND conversation IS NULL",
            args![uploader],
        )
        .await?;
    row.count("bytes")
}

/// A file that this user gave to us and that is in no message.
///
/// # Errors
/// When the database fails.
pub async fn unsent(tx: &mut Tx, uploader: UserId, id: MediaId) -> Result<Option<Media>, StoreError> {
    let row = tx
        .optional(
            "SELECT id, kind, name, size, width, height FROM media
             WHERE id = $1 AND uploader = $2 AND conversation IS NULL",
            args![id, uploader],
        )
        .await?;
    row.as_ref().map(media).transpose()
}

/// The files of a message are in it from now on.
///
/// # Errors
/// When the database fails, or one of them was forgotten this very moment: then nothing may be committed.
pub async fn put_into(tx: &mut Tx, message: &Message) -> Result<(), StoreError> {
    for file in &message.media {
        let found = tx
            .run(
                "UPDATE media SET conversation = $2, seq = $3 WHERE id = $1 AND conversation IS NULL",
                args![file.id, message.conversation, message.seq],
            )
            .await?;
        if found == 0 {
            return Err(StoreError::Corrupt("media"));
        }
    }
    Ok(())
}

/// A file of another conversation, also of another tenant, once more under an id of its own; its content is kept once.
/// `None` when it is gone.
///
/// # Errors
/// When the database fails.
pub async fn copy(
    tx: &mut Tx,
    from: MediaId,
    id: MediaId,
    tenant: TenantId,
    now: UnixMs,
) -> Result<Option<Media>, StoreError> {
    tx.run(
        "INSERT INTO media (id, tenant, uploader, kind, name, size, width, height, hash, upload_hash, conversation, seq,
                            created_at)
         SELECT $2, $3, NULL, kind, name, size, width, height, hash, NULL, NULL, NULL, $4 FROM media WHERE id = $1",
        args![from, id, tenant, now],
    )
    .await?;
    Ok(uploaded(tx, id).await?.map(|(media, ..)| media))
}

/// A file as somebody sees it, and where its content is.
#[derive(Clone, Debug)]
pub struct Visible {
    /// The file.
    pub media: Media,
    /// SHA-256 of its content.
    pub hash: String,
    /// The object that has its content; none while that is in the database.
    pub object: Option<Ulid>,
}

/// A file that this user may see: they gave it to us, or are in the conversation of its message
/// and have not deleted that.
///
/// # Errors
/// When the database fails.
pub async fn visible(tx: &mut Tx, id: MediaId, user: UserId) -> Result<Option<Visible>, StoreError> {
    let row = tx
        .optional(
            "SELECT id, kind, name, size, width, height, hash, object FROM media JOIN media_contents USING (hash)
             WHERE id = $1 AND ((conversation IS NULL AND uploader = $2) OR EXISTS (
                 SELECT 1 FROM memberships
                 WHERE memberships.conversation = media.conversation AND memberships.user_id = $2
                   AND memberships.cleared_seq < media.seq))",
            args![id, user],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Visible { media: media(&row)?, hash: row.text("hash")?, object: row.maybe_id("object")? }))
}

/// A file of a message, for the carrier that brings it.
///
/// # Errors
/// When the database fails.
pub async fn for_carrier(tx: &mut Tx, id: MediaId) -> Result<Option<Visible>, StoreError> {
    let row = tx
        .optional(
            "SELECT id, kind, name, size, width, height, hash, object FROM media JOIN media_contents USING (hash)
             WHERE id = $1 AND conversation IS NOT NULL",
            args![id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Visible { media: media(&row)?, hash: row.text("hash")?, object: row.maybe_id("object")? }))
}

/// Forgets what was given to us before a moment and is in no message. Says how many files went; contents that no file has any more are
/// [`super::contents::forget_unused`]'s.
///
/// # Errors
/// When the database fails.
pub async fn forget_unsent(tx: &mut Tx, before: UnixMs) -> Result<u64, StoreError> {
    tx.run("DELETE FROM media WHERE conversation IS NULL AND created_at < $1", args![before]).await
}

fn media(row: &Row) -> Result<Media, StoreError> {
    let kind = row.word("kind")?;
    Ok(Media {
        id: row.id("id")?,
        kind,
        // Also of what was kept before names were held to their kinds.
        name: clean_name(&row.text("name")?, Some(kind)),
        size: row.small("size")?,
        width: row.small("width")?,
        height: row.small("height")?,
    })
}
