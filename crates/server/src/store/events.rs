//! The event log: one per user, in the order of the commits.
//!
//! Always holds: a user's cursors are 1, 2, 3, ... without gaps. The counter stands in the user's row and is raised
//! in the transaction that appends, behind the lock of the tenant's writers: so whoever sees a cursor sees all before it.
//! What stands in a table of its own (entries, conversations, users) is not copied into the log: an event refers to it, and says it as
//! it is when the log is read. So a text stands once however many read it, and of a batch all is read by a constant number of statements.

use std::collections::{BTreeSet, HashMap};

use halyard_protocol::{
    Change, Conversation, ConversationId, Cursor, Delivery, Entry, LoggedEvent, Seq, TenantId, UnixMs, User, UserId,
};

use serde_json::Value;

use super::sql::{Row, args, json};
use super::{StoreError, Tx, conversations, deliveries, dialect, messages, users};

/// What a user hears of.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// A conversation has one more entry, at this place.
    Entry(ConversationId, Seq),
    /// A conversation is new, or something of it changed.
    Conversation(ConversationId),
    /// A user is new, or something in the directory changed.
    User(UserId),
    /// Something that the log alone says.
    Change(&'a Change),
}

impl<'a> From<&'a Change> for News<'a> {
    /// A change of what stands in a table is a reference to it, too.
    fn from(change: &'a Change) -> Self {
        match change {
            Change::EntryAdded { entry, .. } => Self::Entry(entry.conversation(), entry.seq()),
            Change::ConversationChanged { conversation } => Self::Conversation(conversation.id),
            Change::UserChanged { user } => Self::User(user.id),
            Change::DeliveryChanged { .. }
            | Change::ConversationRemoved { .. }
            | Change::ContactChanged { .. }
            | Change::ContactRemoved { .. }
            | Change::ContactsReplaced
            | Change::FavouriteChanged { .. }
            | Change::UserRemoved { .. }
            | Change::NumbersChanged { .. }
            | Change::Unknown => Self::Change(change),
        }
    }
}

/// The words in the place of a change that say to what an event refers.
const ENTRY: &str = "entry_added";
/// See [`ENTRY`].
const CONVERSATION: &str = "conversation_changed";
/// See [`ENTRY`].
const USER: &str = "user_changed";

/// Who hears of something: how their cursors are raised, and how their events are added.
type Audience = [&'static str; 2];

macro_rules! audience {
    ($users:literal) => {
        [
            concat!("UPDATE users SET cursor = cursor + 1 WHERE ", $users, " RETURNING id, cursor"),
            concat!(
                "INSERT INTO events (user_id, cursor, at, change, subject, seq)
                 SELECT id, cursor, $2, $3, $4, $5 FROM users WHERE ",
                $users
            ),
        ]
    };
}

const ONE: Audience = audience!("id = $1");
const MEMBERS: Audience = audience!("id IN (SELECT user_id FROM memberships WHERE conversation = $1)");
const TENANT: Audience = audience!("tenant = $1 AND disabled_at IS NULL");

/// Appends news to one user's log.
///
/// # Errors
/// When the database fails.
pub async fn log(tx: &mut Tx, user: UserId, now: UnixMs, news: impl Into<News<'_>>) -> Result<(), StoreError> {
    append(tx, ONE, user.to_string(), now, news.into()).await
}

/// Appends the same news to the logs of all members of a conversation.
///
/// # Errors
/// When the database fails.
pub async fn log_members(
    tx: &mut Tx,
    conversation: ConversationId,
    now: UnixMs,
    news: impl Into<News<'_>>,
) -> Result<(), StoreError> {
    append(tx, MEMBERS, conversation.to_string(), now, news.into()).await
}

/// Appends the same news to the logs of everybody in a tenant.
///
/// # Errors
/// When the database fails.
pub async fn log_all(tx: &mut Tx, tenant: TenantId, now: UnixMs, news: impl Into<News<'_>>) -> Result<(), StoreError> {
    append(tx, TENANT, tenant.to_string(), now, news.into()).await
}

async fn append(
    tx: &mut Tx,
    [raise, insert]: Audience,
    whose: String,
    now: UnixMs,
    news: News<'_>,
) -> Result<(), StoreError> {
    let (change, subject, seq) = match news {
        News::Entry(conversation, seq) => (ENTRY.to_owned(), Some(conversation.to_string()), Some(seq)),
        News::Conversation(id) => (CONVERSATION.to_owned(), Some(id.to_string()), None),
        News::User(id) => (USER.to_owned(), Some(id.to_string()), None),
        News::Change(change) => (json(change)?, None, None),
    };
    let rows = tx.all(raise, args![whose.clone()]).await?;
    tx.run(insert, args![whose, now, change, subject, seq]).await?;
    for row in &rows {
        tx.note_cursor(row.id("id")?, row.count("cursor")?);
    }
    Ok(())
}

/// The user's newest cursor; 0 before the first event.
///
/// # Errors
/// When the database fails, or there is no such user.
pub async fn newest(tx: &mut Tx, user: UserId) -> Result<Cursor, StoreError> {
    tx.one("SELECT cursor FROM users WHERE id = $1", args![user]).await?.count("cursor")
}

/// Up to `limit` events after a cursor, in order, where `newest` is the user's newest. `None` when they can't be given without a gap: the
/// log was trimmed past the cursor, or the cursor is of another log. What the user no longer sees reads as [`Change::Unknown`]: an event
/// that takes it from them follows.
///
/// # Errors
/// When the database fails.
pub async fn after(
    tx: &mut Tx,
    user: UserId,
    cursor: Cursor,
    newest: Cursor,
    limit: u32,
) -> Result<Option<Vec<LoggedEvent>>, StoreError> {
    Ok(after_all(tx, &[Place { user, cursor, newest }], limit).await?.pop().flatten())
}

/// A user's place in their log.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Whose log it is.
    pub user: UserId,
    /// The last event that is known.
    pub cursor: Cursor,
    /// The user's newest.
    pub newest: Cursor,
}

/// The same as [`after`] for several places, of users of one tenant; on PostgreSQL by the same statements for all, where what the events
/// refer to are entries.
///
/// # Errors
/// When the database fails.
pub async fn after_all(tx: &mut Tx, places: &[Place], limit: u32) -> Result<Vec<Option<Vec<LoggedEvent>>>, StoreError> {
    if !tx.is_postgres() {
        let mut found = Vec::with_capacity(places.len());
        for place in places {
            found.push(after_by_steps(tx, *place, limit).await?);
        }
        return Ok(found);
    }
    let behind = places.iter().enumerate().filter(|(_, place)| place.cursor < place.newest);
    let asked: Vec<Value> =
        behind.map(|(nr, place)| serde_json::json!({ "nr": nr, "user": place.user, "cursor": place.cursor })).collect();
    let rows = if asked.is_empty() {
        Vec::new()
    } else {
        tx.all(dialect::POSTGRES_FOLLOW, args![json(&asked)?, limit]).await?
    };
    let (deliveries, users) = (deliveries_of(tx, &rows).await?, users_of(tx, &rows).await?);
    let mut rest = rows.as_slice();
    let mut all = Vec::with_capacity(places.len());
    for (nr, Place { user, cursor, newest }) in places.iter().enumerate() {
        let mut own = 0;
        while rest.get(own).map(|row| row.count("nr")).transpose()? == Some(nr as u64) {
            own += 1;
        }
        let (rows, others) = rest.split_at(own);
        rest = others;
        all.push(if cursor >= newest {
            (cursor == newest).then(Vec::new)
        } else if let Some(last) = last_without_gap(rows, *cursor)? {
            let entries = joined_entries(rows, &deliveries)?;
            let conversations = conversations_of(tx, *user, rows, (*cursor, last)).await?;
            Some(Found { entries, conversations, users: &users }.events(rows)?)
        } else {
            None
        });
    }
    Ok(all)
}

async fn after_by_steps(tx: &mut Tx, place: Place, limit: u32) -> Result<Option<Vec<LoggedEvent>>, StoreError> {
    let Place { user, cursor, newest } = place;
    if cursor >= newest {
        return Ok((cursor == newest).then(Vec::new));
    }
    let rows = tx
        .all(
            "SELECT cursor, at AS logged_at, change, subject, seq FROM events
             WHERE user_id = $1 AND cursor > $2 ORDER BY cursor LIMIT $3",
            args![user, cursor, limit],
        )
        .await?;
    let Some(last) = last_without_gap(&rows, cursor)? else { return Ok(None) };
    let entries = if any_is(&rows, ENTRY)? { entries(tx, user, cursor, last).await? } else { Entries::new() };
    let conversations = conversations_of(tx, user, &rows, (cursor, last)).await?;
    let users = users_of(tx, &rows).await?;
    Found { entries, conversations, users: &users }.events(&rows).map(Some)
}

/// The cursor of the last of these rows; `None` when there are none, or the first does not follow what is known.
fn last_without_gap(rows: &[Row], cursor: Cursor) -> Result<Option<Cursor>, StoreError> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
    let last = last.count("cursor")?;
    Ok((first.count("cursor")? == cursor + 1).then_some(last))
}

/// Whether there is an event of this kind.
fn any_is(rows: &[Row], change: &str) -> Result<bool, StoreError> {
    for row in rows {
        if row.text("change")? == change {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Entries by their place, with the user's unread count and read position.
type Entries = HashMap<(ConversationId, Seq), (Entry, u32, Seq)>;

/// Conversations as a user sees them.
type Conversations = HashMap<ConversationId, Conversation>;

/// What the events of a batch refer to, as it is now.
struct Found<'u> {
    entries: Entries,
    conversations: Conversations,
    users: &'u HashMap<UserId, User>,
}

/// The conversations that the events between two places of a user's log are about.
async fn conversations_of(
    tx: &mut Tx,
    user: UserId,
    rows: &[Row],
    (after, last): (Cursor, Cursor),
) -> Result<Conversations, StoreError> {
    if !any_is(rows, CONVERSATION)? {
        return Ok(Conversations::new());
    }
    let views = conversations::in_log(tx, user, after, last).await?;
    Ok(views.into_iter().map(|view| (view.id, view)).collect())
}

/// The users whom these events are about; also those who were disabled or removed since.
async fn users_of(tx: &mut Tx, rows: &[Row]) -> Result<HashMap<UserId, User>, StoreError> {
    let mut ids = BTreeSet::new();
    for row in rows {
        if row.text("change")? == USER {
            ids.insert(row.id("subject")?);
        }
    }
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let users = users::by_ids(tx, &ids.into_iter().collect::<Vec<_>>()).await?;
    Ok(users.into_iter().map(|user| (user.id, user)).collect())
}

impl Found<'_> {
    /// The events, from their rows.
    fn events(&self, rows: &[Row]) -> Result<Vec<LoggedEvent>, StoreError> {
        let event = |row: &Row| {
            let change = self.change(row, &row.text("change")?)?.unwrap_or(Change::Unknown);
            Ok(LoggedEvent { cursor: row.count("cursor")?, at: row.time("logged_at")?, change })
        };
        rows.iter().map(event).collect()
    }

    /// What an event says; `None` where the user no longer sees it.
    fn change(&self, row: &Row, change: &str) -> Result<Option<Change>, StoreError> {
        Ok(match change {
            ENTRY => self.entries.get(&(row.id("subject")?, row.count("seq")?)).map(|(entry, unread, read_seq)| {
                Change::EntryAdded { entry: entry.clone(), unread: *unread, read_seq: *read_seq }
            }),
            CONVERSATION => self
                .conversations
                .get(&row.id("subject")?)
                .map(|view| Change::ConversationChanged { conversation: Box::new(view.clone()) }),
            USER => self.users.get(&row.id("subject")?).map(|user| Change::UserChanged { user: user.clone() }),
            // In its own words.
            _ => Some(row.json("change")?),
        })
    }
}

/// The entries of a batch, with what the user has read and not read in their conversations.
async fn entries(tx: &mut Tx, user: UserId, after: Cursor, last: Cursor) -> Result<Entries, StoreError> {
    let rows = tx
        .all(
            "SELECT m.conversation AS conversation, m.seq AS seq, m.id AS id, m.author AS author, m.body AS body,
                    m.media AS media, m.at AS at, m.line AS line, b.unread AS unread, b.read_seq AS read_seq,
                    EXISTS (SELECT 1 FROM deliveries AS d WHERE d.conversation = m.conversation AND d.seq = m.seq)
                        AS is_outgoing
             FROM events AS e
             JOIN memberships AS b ON b.conversation = e.subject AND b.user_id = e.user_id
                                      AND b.hidden = FALSE AND b.cleared_seq < e.seq
             JOIN messages AS m ON m.conversation = e.subject AND m.seq = e.seq
             WHERE e.user_id = $1 AND e.cursor > $2 AND e.cursor <= $3 AND e.change = 'entry_added'",
            args![user, after, last],
        )
        .await?;
    let (mut found, mut any_outgoing) = (HashMap::with_capacity(rows.len()), false);
    for row in &rows {
        any_outgoing |= row.flag("is_outgoing")?;
        let entry = messages::entry(row)?;
        found.insert((entry.conversation(), entry.seq()), (entry, row.small("unread")?, row.count("read_seq")?));
    }
    if !any_outgoing {
        return Ok(found);
    }
    let rows = tx
        .all(
            "SELECT d.conversation AS conversation, d.seq AS seq, d.recipient AS recipient, d.state AS state,
                    d.cause AS cause, d.reason AS reason, d.at AS at
             FROM events AS e JOIN deliveries AS d ON d.conversation = e.subject AND d.seq = e.seq
             WHERE e.user_id = $1 AND e.cursor > $2 AND e.cursor <= $3 AND e.change = 'entry_added'
             ORDER BY d.recipient",
            args![user, after, last],
        )
        .await?;
    for row in &rows {
        let delivery: Delivery = deliveries::delivery(row)?;
        let entry = found.get_mut(&(row.id("conversation")?, row.count("seq")?));
        if let Some(message) = entry.and_then(|(entry, ..)| entry.message_mut()) {
            message.deliveries.push(delivery);
        }
    }
    Ok(found)
}

/// The entries that the rows of one user have with them.
fn joined_entries(rows: &[Row], deliveries: &[(ConversationId, Seq, Delivery)]) -> Result<Entries, StoreError> {
    let mut found = HashMap::new();
    for row in rows {
        if row.maybe_text("id")?.is_none() {
            continue;
        }
        let mut entry = messages::entry(row)?;
        let place = (entry.conversation(), entry.seq());
        if let Some(message) = entry.message_mut() {
            let own = deliveries.iter().filter(|(conversation, seq, _)| (*conversation, *seq) == place);
            message.deliveries.extend(own.map(|(.., delivery)| delivery.clone()));
        }
        found.insert(place, (entry, row.small("unread")?, row.count("read_seq")?));
    }
    Ok(found)
}

/// The deliveries of the entries that these rows have with them.
async fn deliveries_of(tx: &mut Tx, rows: &[Row]) -> Result<Vec<(ConversationId, Seq, Delivery)>, StoreError> {
    let mut places = BTreeSet::new();
    for row in rows {
        if row.flag("is_outgoing")? {
            places.insert((row.id::<ConversationId>("conversation")?, row.count("seq")?));
        }
    }
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<Value> =
        places.iter().map(|(id, seq)| serde_json::json!({ "conversation": id, "seq": seq })).collect();
    let rows = tx.all(dialect::POSTGRES_DELIVERIES, args![json(&places)?]).await?;
    rows.iter().map(|row| Ok((row.id("conversation")?, row.count("seq")?, deliveries::delivery(row)?))).collect()
}

/// The users who have events from before a moment, each with the cursor of the last of those.
///
/// # Errors
/// When the database fails.
pub async fn last_expired(tx: &mut Tx, before: UnixMs) -> Result<Vec<(UserId, Cursor)>, StoreError> {
    let rows = tx
        .all(
            "SELECT user_id, MAX(cursor) AS cursor FROM events WHERE at < $1 GROUP BY user_id ORDER BY user_id",
            args![before],
        )
        .await?;
    rows.iter().map(|row| Ok((row.id("user_id")?, row.count("cursor")?))).collect()
}

/// Forgets a user's events up to a place in their log: never some in the middle, whatever the clock said when they were added.
///
/// # Errors
/// When the database fails.
pub async fn trim(tx: &mut Tx, user: UserId, up_to: Cursor) -> Result<u64, StoreError> {
    tx.run("DELETE FROM events WHERE user_id = $1 AND cursor <= $2", args![user, up_to]).await
}
