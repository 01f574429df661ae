//! Entries: what is appended to a conversation, with all that goes with it.
//!
//! Always holds: an entry, its place, the counters of the members and their events are written together. SQLite is asked for one after
//! the other, which costs it nothing; PostgreSQL for all at once, as each question is a way to it and back.

use halyard_protocol::{Author, ConversationId, Media, Message, MessageId, Seq, UnixMs};

use super::events::{self, News};
use super::sql::args;
use super::{StoreError, Tx, conversations, dialect, memberships, messages};

/// A message that has no place yet.
#[derive(Debug)]
pub struct NewEntry<'a> {
    /// Where it goes.
    pub conversation: ConversationId,
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub author: Author,
    /// Its text.
    pub body: &'a str,
    /// Its files.
    pub media: &'a [Media],
    /// A digest of what its author's device asked for.
    pub request_hash: Option<String>,
    /// Whether it is unread for those who did not write it.
    pub counts: bool,
}

/// Appends a message at the next place of its conversation, counts it for each member, and tells them. Says its place and its moment.
/// The clock may step back, the order of conversations does not.
///
/// # Errors
/// [`StoreError::Taken`] when a colleague's message in this conversation has that id.
pub async fn append(tx: &mut Tx, entry: NewEntry<'_>, now: UnixMs) -> Result<(Seq, UnixMs), StoreError> {
    if tx.is_postgres() { append_at_once(tx, entry, now).await } else { append_by_steps(tx, entry, now).await }
}

async fn append_by_steps(tx: &mut Tx, entry: NewEntry<'_>, now: UnixMs) -> Result<(Seq, UnixMs), StoreError> {
    let NewEntry { conversation, id, author, body, media, request_hash, counts } = entry;
    let (seq, at) = conversations::next_seq(tx, conversation, now).await?;
    let (body, media) = (body.to_owned(), media.to_vec());
    let message = Message { id, conversation, seq, author, body, media, at, deliveries: Vec::new() };
    messages::add(tx, &message, request_hash).await?;
    let writer = match author {
        Author::User(user) => Some(user),
        Author::Number(_) | Author::Unknown => None,
    };
    memberships::count_message(tx, conversation, writer, counts, seq, at).await?;
    events::log_members(tx, conversation, now, News::Entry(conversation, seq)).await?;
    Ok((seq, at))
}

async fn append_at_once(tx: &mut Tx, entry: NewEntry<'_>, now: UnixMs) -> Result<(Seq, UnixMs), StoreError> {
    let (author, inbound) = messages::author_text(entry.author)?;
    let rows = tx
        .all(
            dialect::POSTGRES_APPEND,
            args![
                entry.conversation,
                now,
                entry.id,
                author,
                inbound,
                entry.body,
                messages::media_json(entry.media)?,
                entry.request_hash,
                entry.counts,
            ],
        )
        .await?;
    let place = rows.first().ok_or(StoreError::Corrupt("conversation"))?;
    let found = (place.count("seq")?, place.time("at")?);
    for row in &rows {
        // None where nobody is a member any more.
        if row.maybe_text("id")?.is_some() {
            tx.note_cursor(row.id("id")?, row.count("cursor")?);
        }
    }
    Ok(found)
}
