//! Memberships: what a conversation is to one of its members. Read, unread, muted, deleted.

use halyard_protocol::rest::ConversationsBefore;
use halyard_protocol::{ConversationId, Seq, UnixMs, UserId};

use super::sql::args;
use super::{StoreError, Tx};

/// A user's place in a conversation.
#[derive(Clone, Debug)]
pub struct Membership {
    /// Whether the user deleted the conversation, and nothing has come since.
    pub hidden: bool,
    /// Whether notifications are off.
    pub muted: bool,
    /// The last message read.
    pub read_seq: Seq,
    /// Inbound messages after it.
    pub unread: u32,
    /// Messages up to here were deleted.
    pub cleared_seq: Seq,
    /// When the user last deleted the conversation and has not brought it back.
    pub removed_at: Option<UnixMs>,
}

/// The newest `limit` conversations before a place of the user's list that have something unread, newest first.
///
/// # Errors
/// When the database fails.
pub async fn unread_before(
    tx: &mut Tx,
    user: UserId,
    place: ConversationsBefore,
    limit: u32,
) -> Result<Vec<ConversationId>, StoreError> {
    let rows = tx
        .all(
            "SELECT conversation FROM memberships
             WHERE user_id = $1 AND unread > 0 AND hidden = FALSE AND (last_activity, conversation) < ($2, $3)
             ORDER BY last_activity DESC, conversation DESC LIMIT $4",
            args![user, place.at, place.id, limit],
        )
        .await?;
    rows.iter().map(|row| row.id("conversation")).collect()
}

/// How many members of a conversation are not disabled.
///
/// # Errors
/// When the database fails.
pub async fn enabled(tx: &mut Tx, conversation: ConversationId) -> Result<u64, StoreError> {
    let row = tx
        .one(
            "SELECT COUNT(*) AS members FROM memberships JOIN users ON users.id = memberships.user_id
             WHERE memberships.conversation = $1 AND users.disabled_at IS NULL",
            args![conversation],
        )
        .await?;
    row.count("members")
}

/// A user's membership.
///
/// # Errors
/// When the database fails.
pub async fn get(tx: &mut Tx, conversation: ConversationId, user: UserId) -> Result<Option<Membership>, StoreError> {
    let row = tx
        .optional(
            "SELECT hidden, muted, read_seq, unread, cleared_seq, removed_at FROM memberships
             WHERE conversation = $1 AND user_id = $2",
            args![conversation, user],
        )
        .await?;
    row.map(|row| {
        Ok(Membership {
            hidden: row.flag("hidden")?,
            muted: row.flag("muted")?,
            read_seq: row.count("read_seq")?,
            unread: row.small("unread")?,
            cleared_seq: row.count("cleared_seq")?,
            removed_at: row.maybe_time("removed_at")?,
        })
    })
    .transpose()
}

/// Makes a user a member who has read everything so far. Says whether that is new.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, conversation: ConversationId, user: UserId) -> Result<bool, StoreError> {
    let changed = tx
        .run(
            "INSERT INTO memberships (conversation, user_id, muted, hidden, read_seq, unread, cleared_seq,
                                      prior_cleared_seq, removed_at, last_activity, last_sent_at)
             SELECT id, $2, FALSE, FALSE, last_seq, 0, 0, 0, NULL, last_activity, NULL
             FROM conversations WHERE id = $1
             ON CONFLICT (conversation, user_id) DO NOTHING",
            args![conversation, user],
        )
        .await?;
    Ok(changed > 0)
}

/// Ends a membership.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, conversation: ConversationId, user: UserId) -> Result<bool, StoreError> {
    let changed =
        tx.run("DELETE FROM memberships WHERE conversation = $1 AND user_id = $2", args![conversation, user]).await?;
    Ok(changed > 0)
}

/// All members, by id.
///
/// # Errors
/// When the database fails.
pub async fn members(tx: &mut Tx, conversation: ConversationId) -> Result<Vec<UserId>, StoreError> {
    let rows =
        tx.all("SELECT user_id FROM memberships WHERE conversation = $1 ORDER BY user_id", args![conversation]).await?;
    rows.iter().map(|row| row.id("user_id")).collect()
}

/// Brings the conversation back into the columns of those who deleted it; what they deleted stays deleted.
/// Says who they are.
///
/// # Errors
/// When the database fails.
pub async fn unhide_all(tx: &mut Tx, conversation: ConversationId) -> Result<Vec<UserId>, StoreError> {
    let rows = tx
        .all(
            "UPDATE memberships SET hidden = FALSE WHERE conversation = $1 AND hidden = TRUE RETURNING user_id",
            args![conversation],
        )
        .await?;
    rows.iter().map(|row| row.id("user_id")).collect()
}

/// Counts a new message: one more unread for those whom `count` says, nothing for the author, who has read
/// up to it.
///
/// # Errors
/// When the database fails.
pub async fn count_message(
    tx: &mut Tx,
    conversation: ConversationId,
    author: Option<UserId>,
    counts: bool,
    seq: Seq,
    at: UnixMs,
) -> Result<(), StoreError> {
    if let Some(author) = author {
        tx.run(
            "UPDATE memberships SET read_seq = $3, unread = 0, last_sent_at = $4
             WHERE conversation = $1 AND user_id = $2",
            args![conversation, author, seq, at],
        )
        .await?;
    }
    tx.run(
        "UPDATE memberships SET last_activity = $2, unread = unread + CASE WHEN $3 = TRUE AND user_id <> $4
                                                                       THEN 1 ELSE 0 END
         WHERE conversation = $1",
        args![conversation, at, counts, author.map_or_else(String::new, |user| user.to_string())],
    )
    .await?;
    Ok(())
}

/// Sets what a member has read, and how many unread are left.
///
/// # Errors
/// When the database fails.
pub async fn set_read(
    tx: &mut Tx,
    conversation: ConversationId,
    user: UserId,
    seq: Seq,
    unread: u32,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE memberships SET read_seq = $3, unread = $4 WHERE conversation = $1 AND user_id = $2",
        args![conversation, user, seq, unread],
    )
    .await?;
    Ok(())
}

/// Turns a member's notifications off or on.
///
/// # Errors
/// When the database fails.
pub async fn set_muted(tx: &mut Tx, conversation: ConversationId, user: UserId, muted: bool) -> Result<(), StoreError> {
    tx.run(
        "UPDATE memberships SET muted = $3 WHERE conversation = $1 AND user_id = $2",
        args![conversation, user, muted],
    )
    .await?;
    Ok(())
}

/// Deletes a conversation for a member: gone from the column, its messages up to `seq` too. Remembers what was
/// visible before, for the undo.
///
/// # Errors
/// When the database fails.
pub async fn hide(
    tx: &mut Tx,
    conversation: ConversationId,
    user: UserId,
    seq: Seq,
    now: UnixMs,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE memberships SET hidden = TRUE, unread = 0, prior_cleared_seq = cleared_seq, cleared_seq = $3,
             removed_at = $4
         WHERE conversation = $1 AND user_id = $2",
        args![conversation, user, seq, now],
    )
    .await?;
    Ok(())
}

/// Takes a deletion back: what was visible before is so again. Says up to where it is now deleted.
///
/// # Errors
/// When the database fails.
pub async fn restore(tx: &mut Tx, conversation: ConversationId, user: UserId) -> Result<Seq, StoreError> {
    let row = tx
        .one(
            "UPDATE memberships SET hidden = FALSE, cleared_seq = prior_cleared_seq, removed_at = NULL
             WHERE conversation = $1 AND user_id = $2 RETURNING cleared_seq",
            args![conversation, user],
        )
        .await?;
    row.count("cleared_seq")
}
