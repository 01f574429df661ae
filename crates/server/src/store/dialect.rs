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

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE jobs SET lease = $1, due_at = $2, attempts = attempts + 1
             WHERE (lane, position) IN (
                 SELECT head.lane, head.position FROM jobs AS head
                 WHERE head.tenant = $5 AND head.due_at <= $3 ORDER BY head.due_at LIMIT $4",
            $lock,
            ") RETURNING tenant, lane, position, kind, payload, attempts, failures"
        )
    };
}

/// Takes up to `$4` due jobs of a tenant.
pub(crate) const SQLITE_CLAIM: &str = claim!("");
/// The same; several servers may claim at once and get different ones.
pub(crate) const POSTGRES_CLAIM: &str = claim!(" FOR UPDATE SKIP LOCKED");
