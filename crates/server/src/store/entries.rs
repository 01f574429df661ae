//! Entries: what is appended to a conversation, with all that goes with it.
//!
//! Always holds: an entry, its place, the counters of the members and their events are written together. SQLite is asked for one after
//! the other, which costs it nothing; PostgreSQL for all at once, as each question is a way to it and back: what does so there are functions
//! of a migration.

use futures_util::FutureExt as _;
use futures_util::future::{self, BoxFuture, Shared};
use halyard_protocol::{
    Author, ConversationId, EntryId, Media, Message, MessageId, Seq, SystemEvent, SystemLine, TenantId, UnixMs, UserId,
};
use serde::Serialize;

use super::events::{self, News};
use super::gathering::{Gathering, Unanswered};
use super::sql::{args, json};
use super::{Db, Store, StoreError, Tx, conversations, dialect, memberships, messages};

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

/// A message of a user's, without files, for a chat that should be there.
#[derive(Debug, Serialize)]
pub struct ChatMessage {
    /// The chat.
    pub conversation: ConversationId,
    /// The chat's people, as the database keeps them; `None` for a group of an id of its own, whose people may be any.
    pub participants: Option<String>,
    /// The message's id.
    pub id: MessageId,
    /// Who wrote it.
    pub author: UserId,
    /// Its text.
    pub body: String,
    /// A digest of what its author's device asked for.
    pub request_hash: String,
    /// The moment.
    pub now: UnixMs,
}

/// The place and the moment of a message that was appended with others, and whether their commit is on the disk, once that is known.
type Appended = (Option<(Seq, UnixMs)>, Shared<BoxFuture<'static, bool>>);

/// Messages into chats that wait for each other, by tenant.
pub(super) type Appending = Gathering<TenantId, ChatMessage, Appended>;

impl Store {
    /// Whether [`Self::append_to_chat`] can append anything.
    #[must_use]
    pub fn appends_at_once(&self) -> bool {
        self.is_postgres()
    }

    /// Appends a message to a chat, in a transaction that it shares with those of the same tenant that come meanwhile: one statement on
    /// PostgreSQL. `None` where it has to be asked for in a transaction: on SQLite, and where the message is here already, the chat is new,
    /// deleted by somebody or not the author's, or the statement failed. Once begun it goes through even if the caller goes away.
    ///
    /// # Errors
    /// When the database fails; as after [`Tx::commit`], the message may be there.
    pub async fn append_to_chat(
        &self,
        tenant: TenantId,
        message: ChatMessage,
    ) -> Result<Option<(Seq, UnixMs)>, StoreError> {
        let Db::Postgres(postgres) = &self.db else { return Ok(None) };
        let store = self.clone();
        let append = move |messages: Vec<ChatMessage>| {
            let store = store.clone();
            async move {
                let appended = store.append_to_chats(tenant, &messages).await;
                appended.unwrap_or_else(|error| {
                    tracing::error!(%error, messages = messages.len(), "messages could not be appended together");
                    Vec::new()
                })
            }
        };
        match postgres.appending.ask(tenant, message, append).await {
            Ok((place, on_disk)) => {
                if on_disk.await {
                    Ok(place)
                } else {
                    Err(StoreError::lost())
                }
            }
            // Alone it may go, or there is an error of its own.
            Err(Unanswered::Failed) => Ok(None),
            Err(Unanswered::Overloaded) => Err(StoreError::overloaded()),
        }
    }

    async fn append_to_chats(&self, tenant: TenantId, messages: &[ChatMessage]) -> Result<Vec<Appended>, StoreError> {
        let mut records = Vec::with_capacity(messages.len());
        for (nr, message) in messages.iter().enumerate() {
            records.push(Numbered { nr, message });
        }
        let mut tx = self.write_once(tenant).await?;
        // From here on they may be there, whatever becomes of this.
        let rows = tx.all(dialect::POSTGRES_APPEND_TO_CHATS, args![tenant, json(&records)?]).await?;
        let mut places = vec![None; messages.len()];
        for row in &rows {
            let nr = usize::try_from(row.count("nr")?).map_err(|_| StoreError::Corrupt("nr"))?;
            *places.get_mut(nr).ok_or(StoreError::Corrupt("nr"))? = Some((row.count("seq")?, row.time("at")?));
            tx.note_cursor(row.id("id")?, row.count("cursor")?);
        }
        if rows.is_empty() {
            let nothing = future::ready(true).boxed().shared();
            return Ok(messages.iter().map(|_| (None, nothing.clone())).collect());
        }
        // The next ones are appended while these wait for the disk.
        let committing = tokio::spawn(tx.commit());
        let on_disk = async { matches!(committing.await, Ok(Ok(()))) }.boxed().shared();
        Ok(places.into_iter().map(|place| (place, on_disk.clone())).collect())
    }
}

/// A message with its number among those that are appended together.
#[derive(Serialize)]
struct Numbered<'m> {
    nr: usize,
    #[serde(flatten)]
    message: &'m ChatMessage,
}
