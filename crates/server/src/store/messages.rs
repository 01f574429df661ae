//! The entries of conversations, in their order: messages, and in the same table the lines that say what happened to the conversation
//! itself.

use halyard_protocol::{
    Author, ConversationId, Entry, EntryId, Media, Message, MessageId, PhoneNumber, SenderId, Seq, SystemEvent,
    SystemLine, UnixMs, UserId,
};

use super::sql::{Row, args};
use super::{StoreError, Tx, deliveries};

/// Adds a message at its place. Its deliveries are added by [`deliveries::add`].
///
/// # Errors
/// [`StoreError::Taken`] when a colleague's message in this conversation has that id.
pub async fn add(tx: &mut Tx, message: &Message, request_hash: Option<String>) -> Result<(), StoreError> {
    let (author, inbound) = author_text(message.author)?;
    tx.run(
        "INSERT INTO messages (conversation, seq, id, author, inbound, body, media, at, request_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            message.conversation,
            message.seq,
            message.id,
            author,
            inbound,
            &message.body,
            media_json(&message.media)?,
            message.at,
            request_hash
        ],
    )
    .await?;
    Ok(())
}

/// Adds a line at its place.
///
/// # Errors
/// When the database fails.
pub async fn add_line(tx: &mut Tx, line: &SystemLine) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO messages (conversation, seq, id, author, inbound, body, at, line)
         VALUES ($1, $2, $3, $4, FALSE, '', $5, $6)",
        args![line.conversation, line.seq, line.id, by_text(line.by), line.at, super::sql::json(&line.event)?],
    )
    .await?;
    Ok(())
}

/// The message that this user sent under this id, and the hash of what they asked for.
///
/// # Errors
/// When the database fails.
pub async fn sent(tx: &mut Tx, author: UserId, id: MessageId) -> Result<Option<(Message, String)>, StoreError> {
    let row = tx
        .optional(
            "SELECT conversation, seq, id, author, body, media, at, request_hash FROM messages WHERE author = $1 AND id = $2",
            args![author, id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut found = message(&row)?;
    let hash = row.maybe_text("request_hash")?.unwrap_or_default();
    deliveries::attach(tx, &mut [&mut found]).await?;
    Ok(Some((found, hash)))
}

/// The message at a place.
///
/// # Errors
/// When the database fails.
pub async fn at(tx: &mut Tx, conversation: ConversationId, seq: Seq) -> Result<Option<Message>, StoreError> {
    let row = tx
        .optional(
            "SELECT conversation, seq, id, author, body, media, at FROM messages
             WHERE conversation = $1 AND seq = $2 AND line IS NULL",
            args![conversation, seq],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut found = message(&row)?;
    deliveries::attach(tx, &mut [&mut found]).await?;
    Ok(Some(found))
}

/// What users of ours have sent into a conversation since a moment, oldest first: of its newest `limit` entries.
///
/// # Errors
/// When the database fails.
pub async fn sent_since(
    tx: &mut Tx,
    conversation: ConversationId,
    since: UnixMs,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let (entries, _) = page(tx, conversation, None, 0, limit).await?;
    let messages = entries.into_iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        Entry::System(_) | Entry::Call(_) | Entry::Voicemail(_) | Entry::Note(_) | Entry::Unknown(_) => None,
    });
    Ok(messages.filter(|message| message.at >= since && matches!(message.author, Author::User(_))).collect())
}

/// Up to `limit` entries before `before` and after `cleared`, oldest first, and whether there are older ones.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    conversation: ConversationId,
    before: Option<Seq>,
    cleared: Seq,
    limit: u32,
) -> Result<(Vec<Entry>, bool), StoreError> {
    let rows = tx
        .all(
            "SELECT conversation, seq, id, author, body, media, at, line FROM messages
             WHERE conversation = $1 AND seq < $2 AND seq > $3 ORDER BY seq DESC LIMIT $4",
            args![conversation, before.unwrap_or(u64::MAX), cleared, limit + 1],
        )
        .await?;
    let more = rows.len() > limit as usize;
    let mut entries = rows.iter().take(limit as usize).map(entry).collect::<Result<Vec<_>, _>>()?;
    entries.reverse();
    let mut messages: Vec<&mut Message> = entries.iter_mut().filter_map(Entry::message_mut).collect();
    deliveries::attach(tx, &mut messages).await?;
    Ok((entries, more))
}

/// How many messages after `seq` count as unread for a user: those by others in a chat, those from outside in texts.
///
/// # Errors
/// When the database fails.
pub async fn unread_after(
    tx: &mut Tx,
    conversation: ConversationId,
    user: UserId,
    seq: Seq,
) -> Result<u32, StoreError> {
    let row = tx
        .one(
            "SELECT COUNT(*) AS unread FROM messages JOIN conversations ON conversations.id = messages.conversation
             WHERE messages.conversation = $1 AND messages.seq > $2 AND messages.author <> $3 AND messages.line IS NULL
               AND (messages.inbound = TRUE OR conversations.own_number IS NULL)",
            args![conversation, seq, user],
        )
        .await?;
    row.small("unread")
}

/// What stands in front of an alphanumeric sender ID in the database, which could be an id or a number otherwise.
pub(super) const SENDER: &str = "sender:";

/// An author as the database keeps them: a user's id, a number with its plus sign, or a sender ID.
pub(super) fn author(text: &str) -> Result<Author, StoreError> {
    if text.starts_with('+') {
        PhoneNumber::from_e164(text).map(Author::Number).map_err(|_| StoreError::Corrupt("author"))
    } else if let Some(sender) = text.strip_prefix(SENDER) {
        SenderId::read(sender).map(Author::Sender).ok_or(StoreError::Corrupt("author"))
    } else {
        text.parse().map(Author::User).map_err(|_| StoreError::Corrupt("author"))
    }
}

/// An author as the database keeps them, and whether they are outside.
pub(super) fn author_text(author: Author) -> Result<(String, bool), StoreError> {
    match author {
        Author::User(user) => Ok((user.to_string(), false)),
        Author::Number(number) => Ok((number.to_string(), true)),
        Author::Sender(sender) => Ok((format!("{SENDER}{sender}"), true)),
        Author::Unknown => Err(StoreError::Corrupt("author")),
    }
}

/// Who did what a line says, as the database keeps them: nobody is an empty text.
pub(super) fn by_text(by: Option<UserId>) -> String {
    by.map_or_else(String::new, |user| user.to_string())
}

/// A message's files as they are kept with it.
pub(super) fn media_json(media: &[Media]) -> Result<Option<String>, StoreError> {
    if media.is_empty() { Ok(None) } else { super::sql::json(&media).map(Some) }
}

/// The files of a message, from its column `media`.
pub(super) fn media(row: &Row) -> Result<Vec<Media>, StoreError> {
    if row.maybe_text("media")?.is_some() { row.json("media") } else { Ok(Vec::new()) }
}

/// An entry from its row, without deliveries.
pub(super) fn entry(row: &Row) -> Result<Entry, StoreError> {
    entry_at(row, row.id("id")?, row.id("conversation")?, row.count("seq")?)
}

/// The same where the row has its id and its place under other names.
pub(super) fn entry_at(row: &Row, id: EntryId, conversation: ConversationId, seq: Seq) -> Result<Entry, StoreError> {
    let (at, by) = (row.time("at")?, row.text("author")?);
    if row.maybe_text("line")?.is_some() {
        let by = if by.is_empty() { None } else { Some(by.parse().map_err(|_| StoreError::Corrupt("author"))?) };
        let event: SystemEvent = row.json("line")?;
        return Ok(Entry::System(SystemLine { id, conversation, seq, at, by, event }));
    }
    Ok(Entry::Message(Message {
        id: MessageId(id.0),
        conversation,
        seq,
        author: author(&by)?,
        body: row.text("body")?,
        at,
        media: media(row)?,
        deliveries: Vec::new(),
    }))
}

/// A message from its row, without deliveries.
pub(super) fn message(row: &Row) -> Result<Message, StoreError> {
    Ok(Message {
        id: row.id("id")?,
        conversation: row.id("conversation")?,
        seq: row.count("seq")?,
        author: author(&row.text("author")?)?,
        body: row.text("body")?,
        at: row.time("at")?,
        media: media(row)?,
        deliveries: Vec::new(),
    })
}
