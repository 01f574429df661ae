//! Memberships: what a conversation is to one of its members. Read, unread, muted, deleted.

use halyard_protocol::rest::ConversationsBefore;
use halyard_protocol::{ConversationId, ConversationKey, Seq, UnixMs, UserId};

use super::sql::{args, json};
use super::{StoreError, Tx, conversations, dialect};

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

/// The members of a conversation, counted.
#[derive(Clone, Debug)]
pub struct Members {
    /// Who takes part.
    pub key: ConversationKey,
    /// Those who are not disabled.
    pub enabled: u64,
    /// Those who have deleted it, and nothing has come since.
    pub hidden: u64,
    /// Whether the user who was asked for is one of them.
    pub has_user: bool,
}

/// The members of a conversation, counted; `None` when there is no such conversation.
///
/// # Errors
/// When the database fails.
pub async fn count(
    tx: &mut Tx,
    conversation: ConversationId,
    user: Option<UserId>,
) -> Result<Option<Members>, StoreError> {
    let row = tx
        .optional(
            "SELECT c.id AS id, c.kind AS kind, c.own_number AS own_number, c.participants AS participants,
                    COUNT(CASE WHEN m.user_id IS NOT NULL AND users.disabled_at IS NULL THEN 1 END) AS enabled,
                    COUNT(CASE WHEN m.hidden = TRUE THEN 1 END) AS hidden,
                    COUNT(CASE WHEN m.user_id = $2 THEN 1 END) AS found
             FROM conversations AS c LEFT JOIN memberships AS m ON m.conversation = c.id
             LEFT JOIN users ON users.id = m.user_id
             WHERE c.id = $1 GROUP BY c.id",
            args![conversation, user.map_or_else(String::new, |user| user.to_string())],
        )
        .await?;
    row.map(|row| {
        Ok(Members {
            key: conversations::key(&row)?,
            enabled: row.count("enabled")?,
            hidden: row.count("hidden")?,
            has_user: row.count("found")? > 0,
        })
    })
    .transpose()
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

/// Makes users members who have read everything so far; `from_now_on` says that they don't see it.
///
/// # Errors
/// When the database fails.
pub async fn add_all(
    tx: &mut Tx,
    conversation: ConversationId,
    users: &[UserId],
    from_now_on: bool,
) -> Result<(), StoreError> {
    let [sqlite, postgres] = dialect::ADD_MEMBERS;
    tx.run(tx.pick(sqlite, postgres), args![conversation, json(&users)?, from_now_on]).await?;
    Ok(())
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
    tx.run(
        "UPDATE memberships SET last_activity = $2,
             unread = CASE WHEN user_id = $4 THEN 0 WHEN $3 = TRUE THEN unread + 1 ELSE unread END,
             read_seq = CASE WHEN user_id = $4 THEN $5 ELSE read_seq END,
             last_sent_at = CASE WHEN user_id = $4 THEN $2 ELSE last_sent_at END
         WHERE conversation = $1",
        args![conversation, at, counts, author.map_or_else(String::new, |user| user.to_string()), seq],
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
