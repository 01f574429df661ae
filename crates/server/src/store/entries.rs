//! Entries: what is appended to a conversation, with all that goes with it.
//!
//! Always holds: an entry, its place, the counters of the members and their events are written together. SQLite is asked for one after
//! the other, which costs it nothing; PostgreSQL for all at once, as each question is a way to it and back: what does so there are functions
//! of a migration.

use halyard_protocol::{
    Author, ConversationId, EntryId, Media, Message, MessageId, Seq, SystemEvent, SystemLine, TenantId, UnixMs, UserId,
};

use super::events::{self, News};
use super::questions::ChatMessage;
use super::sql::{args, json};
use super::together::{AllAsking, Asking, Together};
use super::turns::Urgency;
use super::{Store, StoreError, Tx, conversations, dialect, memberships, messages};

/// An entry that has no place yet.
#[derive(Debug)]
pub struct NewEntry<'a> {
    /// Where it goes.
    pub conversation: ConversationId,
    /// Its id.
    pub id: EntryId,
    /// What it is.
    pub content: NewContent<'a>,
}

/// What an entry is that has no place yet.
#[derive(Debug)]
pub enum NewContent<'a> {
    /// A message.
    Message {
        /// Who wrote it.
        author: Author,
        /// Its text.
        body: &'a str,
        /// Its files.
        media: &'a [Media],
        /// A digest of what its author's device asked for.
        request_hash: Option<String>,
        /// Whether it is unread for those who did not write it.
        counts: bool,
    },
    /// What happened to the conversation itself. It is unread for nobody, and its author has read no further by it.
    Line {
        /// Who did it; nobody where the system did.
        by: Option<UserId>,
        /// What happened.
        event: &'a SystemEvent,
    },
}

/// Appends an entry at the next place of its conversation, counts it for each member, and tells them. Says its place and its moment.
/// The clock may step back, the order of conversations does not.
///
/// # Errors
/// [`StoreError::Taken`] when a colleague's entry in this conversation has that id.
pub async fn append(tx: &mut Tx, entry: NewEntry<'_>, now: UnixMs) -> Result<(Seq, UnixMs), StoreError> {
    if tx.is_postgres() { append_at_once(tx, entry, now).await } else { append_by_steps(tx, entry, now).await }
}

async fn append_by_steps(tx: &mut Tx, entry: NewEntry<'_>, now: UnixMs) -> Result<(Seq, UnixMs), StoreError> {
    let NewEntry { conversation, id, content } = entry;
    let (seq, at) = conversations::next_seq(tx, conversation, now).await?;
    let (writer, counts) = match content {
        NewContent::Message { author, body, media, request_hash, counts } => {
            let (id, body, media) = (MessageId(id.0), body.to_owned(), media.to_vec());
            let message = Message { id, conversation, seq, author, body, media, at, deliveries: Vec::new() };
            messages::add(tx, &message, request_hash).await?;
            (author.user(), counts)
        }
        NewContent::Line { by, event } => {
            messages::add_line(tx, &SystemLine { id, conversation, seq, at, by, event: event.clone() }).await?;
            (None, false)
        }
    };
    memberships::count_message(tx, conversation, writer, counts, seq, at).await?;
    events::log_members(tx, conversation, now, News::Entry(conversation, seq)).await?;
    Ok((seq, at))
}

async fn append_at_once(tx: &mut Tx, entry: NewEntry<'_>, now: UnixMs) -> Result<(Seq, UnixMs), StoreError> {
    let NewEntry { conversation, id, content } = entry;
    let args = match content {
        NewContent::Message { author, body, media, request_hash, counts } => {
            let (text, inbound) = messages::author_text(author)?;
            let (media, writer) = (messages::media_json(media)?, messages::by_text(author.user()));
            args![conversation, now, id, text, inbound, body, media, request_hash, counts, None::<String>, writer]
        }
        NewContent::Line { by, event } => {
            let (by, none) = (messages::by_text(by), None::<String>);
            args![conversation, now, id, by, false, "", none.clone(), none, false, Some(json(event)?), ""]
        }
    };
    let rows = tx.all(dialect::POSTGRES_APPEND, args).await?;
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

impl Together for ChatMessage {
    const STATEMENT: &'static str = dialect::POSTGRES_APPEND_TO_CHATS;
    const TURN: Option<Urgency> = Some(Urgency::Asked);

    fn asking(all: &AllAsking) -> &Asking<Self> {
        &all.chats
    }
}

impl Store {
    /// Appends a message to a chat together with others of the same tenant; its place and moment. `None` where it has to be asked for in a transaction:
    /// on SQLite, and where the message is here already, the chat is new, deleted by somebody or not the author's, or the statement failed.
    ///
    /// # Errors
    /// When the database fails; as after [`Tx::commit`], the message may be there.
    pub async fn append_to_chat(
        &self,
        tenant: TenantId,
        message: ChatMessage,
    ) -> Result<Option<(Seq, UnixMs)>, StoreError> {
        self.together(tenant, message).await
    }
}
