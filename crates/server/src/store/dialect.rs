//! What the two databases say differently. Everything else is one SQL text.

/// How a transaction that writes begins. SQLite has one writer at a time and takes its place at once, so that
/// it never has to give up half-way.
pub(crate) const SQLITE_BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// How a transaction that reads begins: all of its statements see the same moment.
pub(crate) const SQLITE_BEGIN_READ: &str = "BEGIN DEFERRED";
/// The same for PostgreSQL.
pub(crate) const POSTGRES_BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// PostgreSQL's default isolation; what must not interleave is behind the tenant's row (see [`LOCK_TENANT`]).
pub(crate) const POSTGRES_BEGIN_WRITE: &str = "BEGIN";

/// Leaves a mark in PostgreSQL's log, so that its commit waits until the log is on the disk up to there: a transaction that changes nothing
/// would not.
pub(crate) const POSTGRES_FLUSH: &str = "SELECT pg_logical_emit_message(TRUE, 'halyard', '')";

/// How PostgreSQL is set to wait for the disk.
pub(crate) const POSTGRES_DURABILITY: &str =
    "SELECT CURRENT_SETTING('synchronous_commit') AS synchronous_commit, CURRENT_SETTING('fsync') AS fsync";

/// Notes when a session was last used.
pub(crate) const SQLITE_TOUCH: &str = "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2";
/// The same; a session that another transaction is changing is left alone, so that none waits for another in a ring.
pub(crate) const POSTGRES_TOUCH: &str = "UPDATE sessions SET seen_at = $2 WHERE id IN (
     SELECT id FROM sessions WHERE id = $1 AND seen_at < $2 FOR UPDATE SKIP LOCKED)";

/// Whether the database was ever migrated.
pub(crate) const SQLITE_HAS_MIGRATIONS: &str =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
/// The same for PostgreSQL.
pub(crate) const POSTGRES_HAS_MIGRATIONS: &str = "SELECT table_name FROM information_schema.tables
     WHERE table_schema = CURRENT_SCHEMA() AND table_name = '_sqlx_migrations'";

/// PostgreSQL: writers of one tenant queue up behind its row. So cursors and places are given in the order of
/// commits, and two transactions never wait for each other in a ring. SQLite needs no such thing.
pub(crate) const LOCK_TENANT: &str = "SELECT id FROM tenants WHERE id = $1 FOR UPDATE";

/// Appends an entry with its place, the members' counters and their events; see [`super::entries`]. Who is told, with their cursors.
pub(crate) const POSTGRES_APPEND: &str = "SELECT * FROM append_entry($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
/// The same for messages of a tenant into chats (`$2`, a JSON array of records), as far as they are as expected.
pub(crate) const POSTGRES_APPEND_TO_CHATS: &str = "SELECT *, FALSE AS jobs FROM append_to_chats($1, CAST($2 AS jsonb))";
/// Accepts texts that users of a tenant send, as far as they are as expected; see [`super::texts`].
pub(crate) const POSTGRES_ACCEPT_TEXTS: &str = "SELECT * FROM accept_texts($1, CAST($2 AS jsonb))";
/// Puts texts that carriers bring into a tenant's queue.
pub(crate) const POSTGRES_BRING_TEXTS: &str = "SELECT * FROM bring_texts($1, CAST($2 AS jsonb))";
/// Lets texts arrive that came in, as far as they are as expected.
pub(crate) const POSTGRES_TAKE_IN_TEXTS: &str = "SELECT * FROM take_in_texts($1, CAST($2 AS jsonb))";
/// Puts on record that texts are being handed to their carriers, where their jobs' claims hold.
pub(crate) const POSTGRES_BEGIN_TEXTS: &str = "SELECT * FROM begin_texts($1, CAST($2 AS jsonb))";
/// Writes down that texts were taken by their carriers, as far as they are as expected.
pub(crate) const POSTGRES_END_TEXTS: &str = "SELECT * FROM end_texts($1, CAST($2 AS jsonb))";

macro_rules! each {
    ($before:literal, $after:literal) => {
        each!($before, "$2", $after)
    };
    ($before:literal, $list:literal, $after:literal) => {
        [
            concat!($before, "(SELECT value FROM json_each(", $list, "))", $after),
            concat!($before, "(SELECT jsonb_array_elements_text(CAST(", $list, " AS jsonb)) AS value)", $after),
        ]
    };
}

/// Users with these ids (`$1`, a JSON array), for SQLite and PostgreSQL.
pub(crate) const USERS: [&str; 2] = each!(
    "SELECT id, extension, name, department, email, role, availability, status_text, connected FROM users WHERE id IN ",
    "$1",
    ""
);
/// How many users with these ids (`$2`, a JSON array) a tenant has, for SQLite and PostgreSQL.
pub(crate) const COUNT_ENABLED: [&str; 2] =
    each!("SELECT COUNT(*) AS users FROM users WHERE tenant = $1 AND disabled_at IS NULL AND id IN ", "");
/// Writes that users of a tenant (`$2`, a JSON array) are connected to a server (`$3`), for SQLite and PostgreSQL.
pub(crate) const ADD_CONNECTIONS: [&str; 2] = each!(
    "INSERT INTO connections (user_id, server, tenant) SELECT id, $3, tenant FROM users WHERE tenant = $1 AND id IN ",
    " ON CONFLICT (user_id, server) DO NOTHING"
);
/// Writes that users of a tenant (`$2`, a JSON array) are not connected to a server (`$3`), for SQLite and PostgreSQL.
pub(crate) const REMOVE_CONNECTIONS: [&str; 2] =
    each!("DELETE FROM connections WHERE tenant = $1 AND server = $3 AND user_id IN ", "");
/// Forgets to which servers other than one (`$3`) users of a tenant (`$2`, a JSON array) were connected, for SQLite and PostgreSQL.
pub(crate) const REMOVE_OTHER_CONNECTIONS: [&str; 2] =
    each!("DELETE FROM connections WHERE tenant = $1 AND server <> $3 AND user_id IN ", "");
/// Forgets which users of a tenant (`$2`, a JSON array) were connected to servers that are gone, for SQLite and PostgreSQL.
pub(crate) const REMOVE_LOST_CONNECTIONS: [&str; 2] =
    each!("DELETE FROM connections WHERE tenant = $1 AND server NOT IN (SELECT id FROM servers) AND user_id IN ", "");
/// Shows of users of a tenant (`$2`, a JSON array) whether they are connected to any server, for SQLite and PostgreSQL.
pub(crate) const SHOW_CONNECTED: [&str; 2] = each!(
    "UPDATE users SET connected = NOT connected, state_version = $3
     WHERE tenant = $1 AND connected <> EXISTS (SELECT 1 FROM connections WHERE user_id = users.id) AND id IN ",
    ""
);
/// Makes these users (`$2`, a JSON array) members who have read everything so far, and see none of it if `$3` says so, for SQLite and
/// PostgreSQL.
pub(crate) const ADD_MEMBERS: [&str; 2] = each!(
    "INSERT INTO memberships (conversation, user_id, muted, hidden, read_seq, unread, cleared_seq, prior_cleared_seq,
                              joined_seq, removed_at, last_activity, last_sent_at)
     SELECT id, added.value, FALSE, FALSE, last_seq, 0, CASE WHEN $3 THEN last_seq ELSE 0 END,
            CASE WHEN $3 THEN last_seq ELSE 0 END, CASE WHEN $3 THEN last_seq ELSE 0 END, NULL, last_activity, NULL
     FROM conversations CROSS JOIN ",
    " AS added WHERE id = $1 ON CONFLICT (conversation, user_id) DO NOTHING"
);

macro_rules! session_state {
    ($which:literal) => {
        concat!(
            "SELECT sessions.id AS device, sessions.seen_at AS seen_at, users.cursor AS cursor, users.connected AS connected,
                    tenants.state_version AS state_version
             FROM sessions JOIN users ON users.id = sessions.user_id JOIN tenants ON tenants.id = users.tenant
             WHERE users.disabled_at IS NULL AND sessions.seen_at > $2 AND sessions.signed_in_at > $3
               AND sessions.id ",
            $which
        )
    };
}

/// The state of a session that holds.
pub(crate) const SESSION_STATE: &str = session_state!("= $1");
/// Those of some devices (`$1`, a JSON array).
pub(crate) const POSTGRES_SESSION_STATES: &str =
    session_state!("IN (SELECT jsonb_array_elements_text(CAST($1 AS jsonb)))");

/// What comes after the places of some followers (`$1`, a JSON array of records) in their logs, up to `$2` events for each: with the
/// entries that the events refer to, as their users see them. The subqueries have a limit so that the planner does not join them
/// otherwise than by key: an event leads to one membership and one entry.
pub(crate) const POSTGRES_FOLLOW: &str = "SELECT place.nr AS nr, e.cursor AS cursor, e.at AS logged_at, e.change AS change,
         e.subject AS subject, m.id AS id, m.conversation AS conversation, e.seq AS seq, m.author AS author, m.body AS body,
         m.media AS media, m.at AS at, m.line AS line, b.unread AS unread, b.read_seq AS read_seq,
         (m.id IS NOT NULL AND EXISTS (SELECT 1 FROM deliveries AS d WHERE d.conversation = m.conversation AND d.seq = e.seq))
             AS is_outgoing
     FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS place (nr BIGINT, \"user\" TEXT, cursor BIGINT)
     CROSS JOIN LATERAL (SELECT cursor, at, change, subject, seq FROM events
         WHERE user_id = place.\"user\" AND events.cursor > place.cursor ORDER BY events.cursor LIMIT $2) AS e
     LEFT JOIN LATERAL (SELECT unread, read_seq FROM memberships
         WHERE e.change = 'entry_added' AND conversation = e.subject AND user_id = place.\"user\"
           AND hidden = FALSE AND cleared_seq < e.seq LIMIT 1) AS b ON TRUE
     LEFT JOIN LATERAL (SELECT id, conversation, author, body, media, at, line FROM messages
         WHERE b.unread IS NOT NULL AND conversation = e.subject AND seq = e.seq LIMIT 1) AS m ON TRUE
     ORDER BY place.nr, e.cursor";
/// The deliveries of some messages (`$1`, a JSON array of places).
pub(crate) const POSTGRES_DELIVERIES: &str =
    "SELECT d.conversation AS conversation, d.seq AS seq, d.recipient AS recipient,
         d.state AS state, d.cause AS cause, d.reason AS reason, d.at AS at
     FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS place (conversation TEXT, seq BIGINT)
     JOIN deliveries AS d ON d.conversation = place.conversation AND d.seq = place.seq
     ORDER BY d.conversation, d.seq, d.recipient";

/// Whether contents can be in objects: a copy of an earlier version has none there.
pub(crate) const SQLITE_HAS_OBJECTS: &str =
    "SELECT name FROM pragma_table_info('media_contents') WHERE name = 'object'";

/// Keeps a content that an object has, if it is not here.
pub(crate) const SQLITE_ADD_OBJECT: &str =
    "INSERT INTO media_contents (hash, object, bytes) VALUES ($1, $2, x'') ON CONFLICT (hash) DO NOTHING";
/// The same.
pub(crate) const POSTGRES_ADD_OBJECT: &str =
    "INSERT INTO media_contents (hash, object) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
/// A content is in an object, and no longer in the database.
pub(crate) const SQLITE_CONTENT_MOVED: &str =
    "UPDATE media_contents SET object = $2, bytes = x'' WHERE hash = $1 AND object IS NULL";
/// The same.
pub(crate) const POSTGRES_CONTENT_MOVED: &str =
    "UPDATE media_contents SET object = $2, bytes = NULL WHERE hash = $1 AND object IS NULL";
/// Finds a content that is to stay until the transaction ends.
pub(crate) const SQLITE_HOLD_CONTENT: &str = "SELECT hash FROM media_contents WHERE hash = $1";
/// The same; waits for a transaction that forgets it.
pub(crate) const POSTGRES_HOLD_CONTENT: &str = "SELECT hash FROM media_contents WHERE hash = $1 FOR KEY SHARE";

macro_rules! unused_contents {
    ($lock:literal) => {
        concat!(
            "SELECT hash FROM media_contents
             WHERE NOT EXISTS (SELECT 1 FROM media WHERE media.hash = media_contents.hash) LIMIT $1",
            $lock
        )
    };
}

/// Up to `$1` contents that no file has.
pub(crate) const SQLITE_UNUSED_CONTENTS: &str = unused_contents!("");
/// The same, held so that no file comes to have one of them; what somebody else holds is left for later.
pub(crate) const POSTGRES_UNUSED_CONTENTS: &str = unused_contents!(" FOR UPDATE OF media_contents SKIP LOCKED");
/// Forgets those of some contents (`$1`, a JSON array) that no file has, for SQLite and PostgreSQL.
pub(crate) const FORGET_CONTENTS: [&str; 2] = each!(
    "DELETE FROM media_contents WHERE hash IN ",
    "$1",
    " AND NOT EXISTS (SELECT 1 FROM media WHERE media.hash = media_contents.hash) RETURNING object"
);
/// Those of some objects (`$1`, a JSON array) that have a content, for SQLite and PostgreSQL.
pub(crate) const NAMED_OBJECTS: [&str; 2] = each!("SELECT object FROM media_contents WHERE object IN ", "$1", "");

/// The contacts of an owner with these ids (`$2`, a JSON array), for SQLite and PostgreSQL.
pub(crate) const CONTACTS: [&str; 2] = each!("SELECT * FROM contacts WHERE owner = $1 AND id IN ", "");

macro_rules! write_contacts {
    ($rows:literal) => {
        concat!(
            "INSERT INTO contacts (owner, id, tenant, version, given, family, company, emails, numbers, details, photo) ",
            $rows,
            " ON CONFLICT (owner, id) DO UPDATE SET version = excluded.version, given = excluded.given,
                 family = excluded.family, company = excluded.company, emails = excluded.emails,
                 numbers = excluded.numbers, details = excluded.details, photo = excluded.photo"
        )
    };
}

/// Writes a contact.
pub(crate) const WRITE_CONTACT: &str = write_contacts!("VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
/// Writes contacts of a tenant (`$2`, a JSON array of records) at once.
pub(crate) const POSTGRES_WRITE_CONTACTS: &str = write_contacts!(
    "SELECT value ->> 'owner', value ->> 'id', $1, CAST(value ->> 'version' AS BIGINT), value ->> 'given',
            value ->> 'family', value ->> 'company', value ->> 'emails', value ->> 'numbers', value ->> 'details',
            value ->> 'photo'
     FROM jsonb_array_elements(CAST($2 AS jsonb)) AS value"
);

macro_rules! claim {
    ($due:literal) => {
        concat!(
            "UPDATE jobs SET lease = $1, due_at = $2, attempts = attempts + 1 WHERE (lane, position) IN (",
            $due,
            ") RETURNING tenant, lane, position, kind, payload, attempts, retries, failures"
        )
    };
}

/// Takes up to `$5` due jobs of the queue `$4`.
pub(crate) const SQLITE_CLAIM: &str = claim!(
    "SELECT head.lane, head.position FROM jobs AS head
     WHERE head.tenant = $4 AND head.due_at <= $3 ORDER BY head.due_at LIMIT $5"
);
/// The same of several queues (`$4`, a JSON array of records) at once; several servers may claim at once and get different ones.
pub(crate) const POSTGRES_CLAIM: &str = claim!(
    "SELECT head.lane, head.position FROM json_to_recordset(CAST($4 AS json)) AS asked (queue TEXT, most BIGINT)
     CROSS JOIN LATERAL (
         SELECT due.lane, due.position FROM jobs AS due
         WHERE due.tenant = asked.queue AND due.due_at <= $3 ORDER BY due.due_at LIMIT asked.most FOR UPDATE SKIP LOCKED
     ) AS head"
);

/// Those of the pairs in `$1` (JSON: own number and recipient) that are opt-outs.
pub(crate) const SQLITE_OPT_OUTS: &str = "SELECT o.own_number AS own_number, o.recipient AS recipient
     FROM json_each($1) AS pair CROSS JOIN opt_outs AS o
       ON o.own_number = json_extract(pair.value, '$[0]') AND o.recipient = json_extract(pair.value, '$[1]')
     ORDER BY o.own_number, o.recipient";
/// The same.
pub(crate) const POSTGRES_OPT_OUTS: &str = "SELECT o.own_number AS own_number, o.recipient AS recipient
     FROM json_array_elements($1::json) AS pair JOIN opt_outs AS o ON o.own_number = pair->>0 AND o.recipient = pair->>1
     ORDER BY o.own_number, o.recipient";

/// The ways from an own number `$1` to the recipients in `$2` (JSON).
macro_rules! routes {
    ($list:literal) => {
        concat!(
            "SELECT r.value AS recipient,
                    (SELECT account FROM sms_numbers WHERE number = $1 AND retired_at IS NULL) AS account,
                    (SELECT kind FROM sms_numbers JOIN carrier_accounts ON carrier_accounts.id = account
                     WHERE number = $1 AND retired_at IS NULL) AS kind,
                    EXISTS (SELECT 1 FROM sms_numbers WHERE number = r.value AND retired_at IS NULL) AS on_net,
                    EXISTS (SELECT 1 FROM opt_outs WHERE own_number = $1 AND recipient = r.value) AS opted_out
             FROM ",
            $list,
            " ORDER BY r.value"
        )
    };
}
/// See [`routes!`].
pub(crate) const SQLITE_ROUTES: &str = routes!("json_each($2) AS r");
/// See [`routes!`].
pub(crate) const POSTGRES_ROUTES: &str = routes!("json_array_elements_text($2::json) AS r (value)");
