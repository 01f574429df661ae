//! Conversations: the rows that all members share, and the view that each of them has.

use std::collections::HashMap;

use halyard_protocol::rest::ConversationsBefore;
use halyard_protocol::{
    Conversation, ConversationId, ConversationKey, ConversationKind, Cursor, Delivery, Entry, Peer, PeerRead,
    PhoneNumber, SenderId, Seq, TenantId, UnixMs, UserId,
};

use super::arg::Arg;
use super::messages::SENDER;
use super::sql::{Row, args, word};
use super::{StoreError, Tx, deliveries, messages, opt_outs};

/// See [`of_pair`].
pub(crate) const OF_PAIR: &str = "SELECT id FROM conversations WHERE id = $4
     UNION ALL
     SELECT id FROM conversations
     WHERE own_number = $1 AND kind = 'group_mms' AND tenant = $2 AND ',' || participants || ',' LIKE $3
     ORDER BY id";

/// The text conversations of a tenant between an own number and somebody outside, alone or among others.
///
/// # Errors
/// When the database fails.
pub async fn of_pair(
    tx: &mut Tx,
    tenant: TenantId,
    own: PhoneNumber,
    other: PhoneNumber,
) -> Result<Vec<ConversationId>, StoreError> {
    // The one of the two alone is found by its id, and the groups of the number by an index that has nothing else.
    let alone = ConversationKey::text(own, [other]).id(tenant);
    let rows = tx.all(OF_PAIR, args![own, tenant, format!("%,{other},%"), alone]).await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// The group chat of a member with exactly these people in which anything happened last.
///
/// # Errors
/// When the database fails.
pub async fn group_of(tx: &mut Tx, member: UserId, users: &[UserId]) -> Result<Option<ConversationId>, StoreError> {
    let key = ConversationKey::chat(users.iter().copied());
    let row = tx
        .optional(
            "SELECT c.id AS id FROM memberships AS m JOIN conversations AS c ON c.id = m.conversation
             WHERE m.user_id = $1 AND c.kind = $2 AND c.participants = $3
             ORDER BY m.last_activity DESC, c.id LIMIT 1",
            args![member, word(ConversationKind::GroupChat)?, participants(&key)],
        )
        .await?;
    row.map(|row| row.id("id")).transpose()
}

/// The group chats that a user is in.
///
/// # Errors
/// When the database fails.
pub async fn groups_of(tx: &mut Tx, member: UserId) -> Result<Vec<ConversationId>, StoreError> {
    let rows = tx
        .all(
            "SELECT c.id AS id FROM memberships AS m JOIN conversations AS c ON c.id = m.conversation
             WHERE m.user_id = $1 AND c.kind = $2 ORDER BY c.id",
            args![member, word(ConversationKind::GroupChat)?],
        )
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Some of the group chats that nobody is in any more, the last one since before this moment.
///
/// # Errors
/// When the database fails.
pub async fn left_by_all(tx: &mut Tx, before: UnixMs, limit: u32) -> Result<Vec<ConversationId>, StoreError> {
    let rows = tx
        .all(
            "SELECT id FROM conversations WHERE kind = $1 AND participants = '' AND last_activity < $2 ORDER BY id LIMIT $3",
            args![word(ConversationKind::GroupChat)?, before, limit],
        )
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// What was forgotten of a group chat.
#[derive(Clone, Copy, Debug)]
pub struct Forgotten {
    /// How many of its files.
    pub files: u64,
    /// Whether nothing of it is left.
    pub is_all: bool,
}

/// Forgets up to `limit` entries of a group chat that nobody is in any more and no log speaks of, with their files; and with the last of them
/// the group. Contents that no file has any more are [`super::contents::forget_unused`]'s.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, id: ConversationId, limit: u32) -> Result<Forgotten, StoreError> {
    let rows = tx
        .all("SELECT seq, media FROM messages WHERE conversation = $1 ORDER BY seq LIMIT $2", args![id, limit])
        .await?;
    let mut files = 0;
    for row in &rows {
        for file in messages::media(row)? {
            files += tx.run("DELETE FROM media WHERE id = $1 AND conversation = $2", args![file.id, id]).await?;
        }
    }
    if let Some(last) = rows.last() {
        tx.run("DELETE FROM messages WHERE conversation = $1 AND seq <= $2", args![id, last.count("seq")?]).await?;
    }
    let is_all = rows.len() < limit as usize;
    if is_all {
        tx.run("DELETE FROM conversations WHERE id = $1", args![id]).await?;
    }
    Ok(Forgotten { files, is_all })
}

/// What all members of a conversation share.
#[derive(Clone, Debug)]
pub struct ConversationRecord {
    /// Its id.
    pub id: ConversationId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Who takes part.
    pub key: ConversationKey,
    /// Place of the newest entry.
    pub last_seq: Seq,
    /// When anything last happened.
    pub last_activity: UnixMs,
}

/// The conversation with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, id: ConversationId) -> Result<Option<ConversationRecord>, StoreError> {
    let row = tx
        .optional(
            "SELECT id, tenant, kind, own_number, participants, last_seq, last_activity FROM conversations WHERE id = $1",
            args![id],
        )
        .await?;
    row.map(|row| {
        Ok(ConversationRecord {
            id: row.id("id")?,
            tenant: row.id("tenant")?,
            key: key(&row)?,
            last_seq: row.count("last_seq")?,
            last_activity: row.time("last_activity")?,
        })
    })
    .transpose()
}

/// Adds a conversation without entries; a group may have a name.
///
/// # Errors
/// When the database fails.
pub async fn add(
    tx: &mut Tx,
    tenant: TenantId,
    key: ConversationKey,
    title: &str,
    now: UnixMs,
) -> Result<ConversationRecord, StoreError> {
    let id = key.id(tenant);
    tx.run(
        "INSERT INTO conversations (id, tenant, kind, own_number, participants, title, last_seq, last_activity,
                                    created_at)
         VALUES ($1, $2, $3, $4, $5, $7, 0, $6, $6)",
        args![id, tenant, word(key.kind())?, key.own_number(), participants(&key), now, title],
    )
    .await?;
    Ok(ConversationRecord { id, tenant, key, last_seq: 0, last_activity: now })
}

/// Other people take part in a group.
///
/// # Errors
/// When the database fails.
pub async fn set_people(tx: &mut Tx, id: ConversationId, users: &[UserId]) -> Result<(), StoreError> {
    let key = ConversationKey::group(id, users.iter().copied());
    tx.run("UPDATE conversations SET participants = $2 WHERE id = $1", args![id, participants(&key)]).await?;
    Ok(())
}

/// Those who take part, as the database keeps them.
pub fn participants(key: &ConversationKey) -> String {
    let people: Vec<String> = match key {
        ConversationKey::Chat(users) | ConversationKey::Group { users, .. } => {
            users.iter().map(ToString::to_string).collect()
        }
        ConversationKey::Text { remote, .. } => remote.iter().map(ToString::to_string).collect(),
        // It may have commas in it.
        ConversationKey::Sender { sender, .. } => return format!("{SENDER}{sender}"),
    };
    people.join(",")
}

/// Takes the next place in a conversation. The clock may step back, the order of conversations does not.
///
/// # Errors
/// When the database fails.
pub async fn next_seq(tx: &mut Tx, id: ConversationId, now: UnixMs) -> Result<(Seq, UnixMs), StoreError> {
    let row = tx
        .one(
            "UPDATE conversations SET last_seq = last_seq + 1,
                 last_activity = CASE WHEN last_activity > $2 THEN last_activity ELSE $2 END
             WHERE id = $1 RETURNING last_seq, last_activity",
            args![id, now],
        )
        .await?;
    Ok((row.count("last_seq")?, row.time("last_activity")?))
}

/// Gives a group its name; empty for none.
///
/// # Errors
/// When the database fails.
pub async fn set_title(tx: &mut Tx, id: ConversationId, title: &str) -> Result<(), StoreError> {
    tx.run("UPDATE conversations SET title = $2 WHERE id = $1", args![id, title]).await?;
    Ok(())
}

/// The conversations of an own number in the tenant of this user. What was written from it in another tenant, before it moved, stays there.
///
/// # Errors
/// When the database fails.
pub async fn of_number(tx: &mut Tx, number: PhoneNumber, user: UserId) -> Result<Vec<ConversationId>, StoreError> {
    let rows = tx
        .all(
            "SELECT c.id AS id FROM conversations AS c JOIN users ON users.tenant = c.tenant
             WHERE c.own_number = $1 AND users.id = $2 ORDER BY c.last_activity, c.id",
            args![number, user],
        )
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// The conversations of an own number in a tenant.
///
/// # Errors
/// When the database fails.
pub async fn of_number_in(
    tx: &mut Tx,
    number: PhoneNumber,
    tenant: TenantId,
) -> Result<Vec<ConversationId>, StoreError> {
    let rows = tx
        .all("SELECT id FROM conversations WHERE own_number = $1 AND tenant = $2 ORDER BY id", args![number, tenant])
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// A conversation as this member sees it; `None` when they are no member, or have deleted it.
///
/// # Errors
/// When the database fails.
pub async fn view(tx: &mut Tx, user: UserId, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
    let row = tx
        .optional(
            "SELECT last_activity FROM memberships WHERE user_id = $1 AND conversation = $2 AND hidden = FALSE",
            args![user, id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let place = ConversationsBefore { at: row.time("last_activity")?, id };
    Ok(range(tx, user, place, Some(place), 1).await?.pop())
}

/// The newest `limit` conversations that a user sees before a place, newest first, and where the next page begins.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    user: UserId,
    before: Option<ConversationsBefore>,
    limit: u32,
) -> Result<(Vec<Conversation>, Option<ConversationsBefore>), StoreError> {
    let row = tx
        .optional(
            "SELECT last_activity, conversation FROM memberships
             WHERE user_id = $1 AND hidden = FALSE AND (last_activity, conversation) < ($2, $3)
             ORDER BY last_activity DESC, conversation DESC LIMIT 1",
            args![user, before.map_or(i64::MAX, |place| place.at.0), before.map_or_else(String::new, id_text)],
        )
        .await?;
    let Some(row) = row else { return Ok((Vec::new(), None)) };
    let first = ConversationsBefore { at: row.time("last_activity")?, id: row.id("conversation")? };
    let mut conversations = range(tx, user, first, None, limit + 1).await?;
    let more = conversations.len() > limit as usize;
    conversations.truncate(limit as usize);
    let older = conversations.last().filter(|_| more);
    let older = older.map(|last| ConversationsBefore { at: last.last_activity, id: last.id });
    Ok((conversations, older))
}

fn id_text(place: ConversationsBefore) -> String {
    place.id.to_string()
}

/// The statements that read conversations as a member `m` (user `$1`) sees them: the rows, how far others have read, and the deliveries of
/// the newest entry.
macro_rules! views {
    ($from:literal, $which:literal, $order:literal) => {
        [
            concat!(
                "SELECT c.id AS id, c.kind AS kind, c.own_number AS own_number, c.participants AS participants,
                        c.title AS title, c.last_seq AS last_seq, m.last_activity AS last_activity,
                        m.read_seq AS read_seq, m.unread AS unread, m.cleared_seq AS cleared_seq, m.muted AS muted,
                        m.last_sent_at AS last_sent_at, l.id AS entry_id, l.author AS author, l.body AS body,
                        l.media AS media, l.at AS at, l.line AS line
                 FROM ",
                $from,
                " JOIN conversations AS c ON c.id = m.conversation
                 LEFT JOIN messages AS l ON l.conversation = c.id AND l.seq = c.last_seq AND l.seq > m.cleared_seq
                 WHERE m.user_id = $1 AND m.hidden = FALSE AND ",
                $which,
                $order
            ),
            concat!(
                "SELECT o.conversation AS conversation, o.user_id AS user_id, o.read_seq AS read_seq,
                        o.joined_seq AS joined_seq
                 FROM ",
                $from,
                " JOIN conversations AS c ON c.id = m.conversation AND c.own_number IS NULL
                 JOIN memberships AS o ON o.conversation = m.conversation AND o.user_id <> m.user_id
                 WHERE m.user_id = $1 AND m.hidden = FALSE AND ",
                $which,
                " ORDER BY o.user_id"
            ),
            concat!(
                "SELECT d.conversation AS conversation, d.recipient AS recipient, d.state AS state, d.cause AS cause,
                        d.reason AS reason, d.at AS at
                 FROM ",
                $from,
                " JOIN conversations AS c ON c.id = m.conversation
                 JOIN deliveries AS d ON d.conversation = c.id AND d.seq = c.last_seq
                 WHERE m.user_id = $1 AND m.hidden = FALSE AND ",
                $which,
                " ORDER BY d.recipient"
            ),
        ]
    };
}

const PLACES: [&str; 3] = views!(
    "memberships AS m",
    "(m.last_activity, m.conversation) <= ($2, $3) AND (m.last_activity, m.conversation) >= ($4, $5)",
    " ORDER BY m.last_activity DESC, m.conversation DESC LIMIT $6"
);
const IN_LOG: [&str; 3] = views!(
    // SQLite takes tables of a CROSS JOIN in their order: the few events first, not all conversations of the user.
    "(SELECT DISTINCT subject FROM events
      WHERE user_id = $1 AND cursor > $2 AND cursor <= $3 AND change = 'conversation_changed') AS e
     CROSS JOIN memberships AS m",
    "m.conversation = e.subject",
    ""
);

/// The user's conversations from a place downwards: at most `limit`, and none below `last`.
async fn range(
    tx: &mut Tx,
    user: UserId,
    first: ConversationsBefore,
    last: Option<ConversationsBefore>,
    limit: u32,
) -> Result<Vec<Conversation>, StoreError> {
    let last = last.map_or((i64::MIN, String::new()), |last| (last.at.0, last.id.to_string()));
    let [rows, reads, states] = PLACES;
    let rows = tx.all(rows, args![user, first.at, first.id, last.0, last.1, limit]).await?;
    let conversations = rows.iter().map(|row| conversation(row, user)).collect::<Result<Vec<_>, _>>()?;
    let (Some(top), Some(bottom)) = (conversations.first(), conversations.last()) else { return Ok(conversations) };
    let bounds = args![user, top.last_activity, top.id, bottom.last_activity, bottom.id];
    complete(tx, conversations, [reads, states], bounds).await
}

/// The conversations that a user's events after one and up to another are about, where the user sees them.
pub(super) async fn in_log(
    tx: &mut Tx,
    user: UserId,
    after: Cursor,
    last: Cursor,
) -> Result<Vec<Conversation>, StoreError> {
    let [rows, reads, states] = IN_LOG;
    let bounds = args![user, after, last];
    let rows = tx.all(rows, bounds.clone()).await?;
    let conversations = rows.iter().map(|row| conversation(row, user)).collect::<Result<Vec<_>, _>>()?;
    complete(tx, conversations, [reads, states], bounds).await
}

/// Adds how far others have read, and the deliveries of the newest entries.
async fn complete(
    tx: &mut Tx,
    mut conversations: Vec<Conversation>,
    [reads_of, states_of]: [&'static str; 2],
    bounds: Vec<Arg>,
) -> Result<Vec<Conversation>, StoreError> {
    let mut reads: HashMap<ConversationId, Vec<PeerRead>> = HashMap::new();
    for row in &tx.all(reads_of, bounds.clone()).await? {
        let read = PeerRead {
            user: row.id("user_id")?,
            seq: row.count("read_seq")?,
            joined: Some(row.count("joined_seq")?).filter(|joined| *joined > 0),
        };
        reads.entry(row.id("conversation")?).or_default().push(read);
    }
    let mut states: HashMap<ConversationId, Vec<Delivery>> = HashMap::new();
    for row in &tx.all(states_of, bounds).await? {
        states.entry(row.id("conversation")?).or_default().push(deliveries::delivery(row)?);
    }
    let texts: Vec<[PhoneNumber; 2]> = conversations.iter().flat_map(pairs).collect();
    let opted_out = opt_outs::of(tx, &texts).await?;
    for conversation in &mut conversations {
        let out: Vec<PhoneNumber> =
            pairs(conversation).filter(|pair| opted_out.contains(pair)).map(|[_, recipient]| recipient).collect();
        conversation.opted_out = out;
        conversation.reads = reads.remove(&conversation.id).unwrap_or_default();
        if let Some(message) = conversation.last_entry.as_mut().and_then(Entry::message_mut) {
            message.deliveries = states.remove(&conversation.id).unwrap_or_default();
        }
    }
    Ok(conversations)
}

/// The own number of a text conversation, with each of those outside.
fn pairs(conversation: &Conversation) -> impl Iterator<Item = [PhoneNumber; 2]> {
    let own = conversation.own_number;
    let numbers = conversation.peers.iter().filter_map(|peer| match peer {
        Peer::Number(number) => Some(*number),
        Peer::User(_) | Peer::Sender(_) | Peer::Unknown => None,
    });
    numbers.filter_map(move |number| Some([own?, number]))
}

fn conversation(row: &Row, user: UserId) -> Result<Conversation, StoreError> {
    let id = row.id("id")?;
    let key = key(row)?;
    let last_seq = row.count("last_seq")?;
    let last_entry = match row.maybe_text("entry_id")? {
        None => None,
        Some(_) => Some(messages::entry_at(row, row.id("entry_id")?, id, last_seq)?),
    };
    Ok(Conversation {
        id,
        kind: row.word("kind")?,
        own_number: key.own_number(),
        peers: key.peers(user),
        title: row.text("title")?,
        last_seq,
        last_entry,
        last_activity: row.time("last_activity")?,
        read_seq: row.count("read_seq")?,
        unread: row.small("unread")?,
        cleared_seq: row.count("cleared_seq")?,
        muted: row.flag("muted")?,
        last_sent_at: row.maybe_time("last_sent_at")?,
        reads: Vec::new(),
        opted_out: Vec::new(),
    })
}

/// Who takes part, from a conversation's row.
pub(super) fn key(row: &Row) -> Result<ConversationKey, StoreError> {
    let participants = row.text("participants")?;
    let corrupt = || StoreError::Corrupt("participants");
    match row.maybe_number("own_number")? {
        None => {
            // Everybody may have left a group.
            let users = participants.split(',').filter(|id| !id.is_empty());
            let users = users.map(|id| id.parse().map_err(|_| corrupt())).collect::<Result<Vec<_>, _>>()?;
            Ok(match row.word("kind")? {
                ConversationKind::GroupChat => ConversationKey::group(row.id("id")?, users),
                ConversationKind::Chat
                | ConversationKind::Sms
                | ConversationKind::GroupMms
                | ConversationKind::Unknown => ConversationKey::chat(users),
            })
        }
        Some(own) => {
            if let Some(sender) = participants.strip_prefix(SENDER) {
                let sender = SenderId::read(sender).ok_or_else(corrupt)?;
                return Ok(ConversationKey::Sender { own, sender });
            }
            let remote = participants.split(',').map(|number| PhoneNumber::from_e164(number).map_err(|_| corrupt()));
            Ok(ConversationKey::text(own, remote.collect::<Result<Vec<_>, _>>()?))
        }
    }
}
