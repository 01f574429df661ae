//! Storage: one repository over SQLite and PostgreSQL.
//!
//! Owns the schema, the SQL and the transactions. A file here is one noun: functions on a [`Tx`], which its
//! caller began and commits, so that a request is one transaction.
//!
//! Always holds:
//! - Writers of one tenant come one after the other (SQLite: all writers do), and wait for that without a connection (`turns.rs`,
//!   `sqlite/writer.rs`). So a user's cursors and a conversation's places are given in the order of the commits, without gaps.
//! - What others must hear of after a commit (new events, new jobs) is told by [`Tx::commit`] itself, and only
//!   after the commit. Nobody can forget it, and a caller that goes away in the middle cannot prevent it.
//! - Nothing is acknowledged before the commit is on disk (`synchronous = FULL`).

pub mod address_book;
pub(crate) mod arg;
pub mod audit;
pub mod contacts;
pub mod conversations;
pub mod credentials;
pub mod deliveries;
mod dialect;
pub mod entries;
pub mod events;
pub mod favourites;
mod file;
pub mod jobs;
pub mod media;
pub mod memberships;
pub mod messages;
mod migrate;
pub mod networks;
pub mod numbers;
pub mod password_links;
pub mod photos;
mod postgres;
mod schema;
pub mod sessions;
pub(crate) mod sql;
mod sqlite;
pub mod states;
pub mod tenants;
mod turns;
pub mod usage;
pub mod users;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use halyard_protocol::{Cursor, DeviceId, TenantId, UserId};
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, SqlSafeStr, Transaction};

use arg::Arg;
use postgres::{Disk, Postgres};
pub use schema::Schema;
use sql::{Row, args, bind};
use sqlite::{ReadTurn, Sqlite, Statements as _, WriteTurn};
use turns::{Turn, Urgency};

/// Connections that read at the same time.
const READERS: u32 = 8;
/// Transactions that write at the same time, each for another tenant (PostgreSQL).
const WRITERS: u32 = 12;
/// How long a request waits for its turn before the server says that it is overloaded.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// What a database's library says went wrong.
type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why the storage did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or is overloaded: try again later.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] Source),
    /// Something with this key exists.
    #[error("the key is taken")]
    Taken,
    /// A value in the database is not what this version writes.
    #[error("the database holds something unreadable in {0}")]
    Corrupt(&'static str),
    /// The address names no database that this server speaks.
    #[error("the database's address has to look like sqlite:halyard.db or postgres://user@host/name")]
    Address,
    /// The database is of an earlier version.
    #[error(
        "the database is empty, or of an earlier version: `halyard-server migrate` brings it up to date, and so does `serve --migrate`"
    )]
    Behind,
    /// The database is of a later version.
    #[error("the database is of a later version than this server")]
    Newer,
    /// A migration failed.
    #[error("the database could not be migrated: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Anything else: our fault.
    #[error("the database refused a statement: {0}")]
    Statement(#[source] Source),
}

impl StoreError {
    /// There are too many who want to use the database.
    fn overloaded() -> Self {
        Self::Unavailable("nobody gave a connection in time".into())
    }

    /// The database has ended a transaction by itself.
    fn lost() -> Self {
        Self::Unavailable("the transaction was lost".into())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Taken,
            // Another server's transaction holds what this one needs, or a statement takes too long.
            sqlx::Error::Database(inner) if matches!(inner.code().as_deref(), Some("55P03" | "57014")) => {
                Self::Unavailable(error.into())
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => {
                Self::Unavailable(error.into())
            }
            _ => Self::Statement(error.into()),
        }
    }
}

/// What a database is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// To work with it.
    Serve,
    /// To look at it.
    Look,
}

/// What a commit brought, for those who wait for it.
#[derive(Clone, Debug, Default)]
pub struct Committed {
    /// The users with new events, and the cursor of the newest.
    pub cursors: BTreeMap<UserId, Cursor>,
    /// Whether there are new jobs.
    pub jobs: bool,
    /// The tenants with users whose state has changed.
    pub states: BTreeSet<TenantId>,
    /// The users who see a read position that has changed.
    pub reads: BTreeSet<UserId>,
    /// Whose sessions have ended.
    pub ended: Vec<(UserId, EndedSessions)>,
}

/// Which of a user's sessions have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedSessions {
    /// The one of this device.
    Device(DeviceId),
    /// All.
    All,
}

/// Who is told after each commit. Must return at once.
pub type AfterCommit = Arc<dyn Fn(Committed) + Send + Sync>;

/// The database.
#[derive(Clone)]
pub struct Store {
    db: Db,
    after_commit: AfterCommit,
    /// How many statements were run.
    statements: Arc<AtomicU64>,
}

#[derive(Clone)]
enum Db {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens `sqlite:PATH` (made when it is not there) or `postgres://...`. Does not migrate.
    ///
    /// # Errors
    /// [`StoreError::Address`] for another kind of address, [`StoreError::Unavailable`] when nobody answers there.
    pub async fn open(address: &str, after_commit: AfterCommit) -> Result<Self, StoreError> {
        Self::open_for(Access::Serve, address, after_commit).await
    }

    /// Opens what is there, to look at it. Makes nothing and does not migrate.
    ///
    /// # Errors
    /// As [`Self::open`]; also when there is no such file.
    pub async fn open_existing(address: &str) -> Result<Self, StoreError> {
        Self::open_for(Access::Look, address, Arc::new(|_| {})).await
    }

    async fn open_for(access: Access, address: &str, after_commit: AfterCommit) -> Result<Self, StoreError> {
        let db = match address.split_once(':') {
            Some(("sqlite", path)) => Db::Sqlite(Sqlite::open(path.trim_start_matches("//"), access)?),
            Some(("postgres" | "postgresql", _)) => Db::Postgres(Postgres::open(address).await?),
            _ => return Err(StoreError::Address),
        };
        Ok(Self { db, after_commit, statements: Arc::default() })
    }

    /// A transaction that reads: one consistent moment.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let inner = match &self.db {
            Db::Sqlite(sqlite) => Inner::Read(sqlite.readers.take().await?),
            Db::Postgres(postgres) => {
                let begin = dialect::POSTGRES_BEGIN_READ.into_sql_str();
                Inner::Postgres(postgres.readers.begin_with(begin).await?, None)
            }
        };
        Ok(self.transaction(inner))
    }

    /// One statement that reads: for PostgreSQL that is one way and back instead of three. A second one is refused.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn read_once(&self) -> Result<Tx, StoreError> {
        let Db::Postgres(postgres) = &self.db else { return self.read().await };
        Ok(self.transaction(Inner::Once(Some(postgres.readers.acquire().await?))))
    }

    /// A transaction that writes for one tenant, for somebody who waits.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn write(&self, tenant: TenantId) -> Result<Tx, StoreError> {
        self.write_for(tenant, Urgency::Asked).await
    }

    /// The same for a job, whose turn does not come behind all of those who wait: both take turns.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn write_in_background(&self, tenant: TenantId) -> Result<Tx, StoreError> {
        self.write_for(tenant, Urgency::Background).await
    }

    async fn write_for(&self, tenant: TenantId, urgency: Urgency) -> Result<Tx, StoreError> {
        let Db::Postgres(postgres) = &self.db else { return self.begin_writing((Some(tenant), urgency)).await };
        let turn = postgres.turns.take(tenant, urgency, BUSY_TIMEOUT).await.ok_or_else(StoreError::overloaded)?;
        let mut tx = self.begin_writing((Some(tenant), urgency)).await?;
        tx.turn = Some(turn);
        tx.optional(dialect::LOCK_TENANT, args![tenant]).await?;
        Ok(tx)
    }

    /// A transaction that writes what belongs to no tenant: jobs' leases, sessions, upkeep, a new tenant.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn write_system(&self) -> Result<Tx, StoreError> {
        self.begin_writing((None, Urgency::Asked)).await
    }

    async fn begin_writing(&self, queue: (Option<TenantId>, Urgency)) -> Result<Tx, StoreError> {
        let inner = match &self.db {
            Db::Sqlite(sqlite) => Inner::Write(sqlite.writer.take(queue).await?),
            Db::Postgres(postgres) => {
                let begin = dialect::POSTGRES_BEGIN_WRITE.into_sql_str();
                Inner::Postgres(postgres.writers.begin_with(begin).await?, Some(postgres.disk.clone()))
            }
        };
        Ok(self.transaction(inner))
    }

    fn transaction(&self, inner: Inner) -> Tx {
        let (after_commit, statements) = (Arc::clone(&self.after_commit), Arc::clone(&self.statements));
        Tx { inner, committed: Committed::default(), after_commit, turn: None, statements }
    }

    /// How many statements were run since the start.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Whether no other server can work on this database: a file belongs to one server.
    #[must_use]
    pub fn is_ours_alone(&self) -> bool {
        matches!(self.db, Db::Sqlite(_))
    }

    /// Which database it is, for people.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.db {
            Db::Sqlite(_) => "SQLite",
            Db::Postgres(_) => "PostgreSQL",
        }
    }

    /// Closes all connections, after what is under way.
    pub async fn close(&self) {
        match &self.db {
            Db::Sqlite(sqlite) => sqlite.close().await,
            Db::Postgres(postgres) => postgres.close().await,
        }
    }
}

/// A transaction. Dropped without [`Tx::commit`], it leaves no trace.
pub struct Tx {
    inner: Inner,
    committed: Committed,
    after_commit: AfterCommit,
    /// The writer's turn, given on after the transaction has ended.
    turn: Option<Turn>,
    statements: Arc<AtomicU64>,
}

enum Inner {
    Read(ReadTurn),
    Write(WriteTurn),
    /// With the disk to wait for after the commit, unless it only reads.
    Postgres(Transaction<'static, sqlx::Postgres>, Option<Disk>),
    /// A connection until it has been asked.
    Once(Option<PoolConnection<sqlx::Postgres>>),
}

impl Tx {
    /// Commits, then tells those who wait. Goes through even if the caller goes away meanwhile.
    ///
    /// # Errors
    /// When the database could not commit: nothing was changed then.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Self { inner, committed, after_commit, turn, .. } = self;
        match inner {
            Inner::Read(_) | Inner::Once(_) => Ok(()),
            Inner::Write(writing) => {
                let answer = writing.commit(Box::new(move || after_commit(committed)));
                answer.await.unwrap_or_else(|_| Err(StoreError::lost()))
            }
            Inner::Postgres(tx, disk) => {
                let commit = async move {
                    tx.commit().await?;
                    drop(turn);
                    if let Some(disk) = disk {
                        disk.written().await?;
                    }
                    after_commit(committed);
                    Ok(())
                };
                tokio::spawn(commit).await.unwrap_or_else(|_| Err(StoreError::lost()))
            }
        }
    }

    /// Takes the turn of writers of several tenants, in their order: for a transaction of [`Store::write_system`] that changes what is
    /// theirs. Two that do so never wait for each other in a ring.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_tenants(&mut self, mut tenants: Vec<TenantId>) -> Result<(), StoreError> {
        tenants.sort_unstable();
        tenants.dedup();
        if self.is_postgres() {
            for tenant in tenants {
                self.optional(dialect::LOCK_TENANT, args![tenant]).await?;
            }
        }
        Ok(())
    }

    /// Notes that this user has new events up to `cursor`.
    pub(crate) fn note_cursor(&mut self, user: UserId, cursor: Cursor) {
        self.committed.cursors.insert(user, cursor);
    }

    /// Notes that there are new jobs.
    pub(crate) fn note_jobs(&mut self) {
        self.committed.jobs = true;
    }

    /// Notes that the state of a tenant's users has changed.
    pub(crate) fn note_states(&mut self, tenant: TenantId) {
        self.committed.states.insert(tenant);
    }

    /// Notes that a read position has changed that this user sees.
    pub(crate) fn note_reads(&mut self, user: UserId) {
        self.committed.reads.insert(user);
    }

    /// Notes that sessions of a user have ended.
    pub(crate) fn note_ended(&mut self, user: UserId, which: EndedSessions) {
        self.committed.ended.push((user, which));
    }

    pub(crate) async fn all(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        self.rows(sql, args, usize::MAX).await
    }

    pub(crate) async fn optional(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args, 1).await?.pop())
    }

    pub(crate) async fn one(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Row, StoreError> {
        self.optional(sql, args).await?.ok_or_else(|| StoreError::Statement("there is no such row".into()))
    }

    /// Up to `most` rows of an answer.
    async fn rows(&mut self, sql: &'static str, args: Vec<Arg>, most: usize) -> Result<Vec<Row>, StoreError> {
        self.count_statement();
        let rows = match &mut self.inner {
            Inner::Read(turn) => turn.connection()?.rows(sql, &args, most)?,
            Inner::Write(turn) => turn.connection()?.rows(sql, &args, most)?,
            Inner::Postgres(tx, _) => return from_postgres(tx, sql, args, most).await,
            Inner::Once(connection) => {
                let mut connection = connection.take().ok_or_else(asked_twice)?;
                return from_postgres(&mut connection, sql, args, most).await;
            }
        };
        Ok(rows.into_iter().map(Row::Sqlite).collect())
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) async fn run(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64, StoreError> {
        self.count_statement();
        match &mut self.inner {
            Inner::Read(turn) => turn.connection()?.change(sql, &args),
            Inner::Write(turn) => turn.connection()?.change(sql, &args),
            Inner::Postgres(tx, _) => Ok(bind!(sql, args).execute(&mut **tx).await?.rows_affected()),
            Inner::Once(_) => Err(StoreError::Statement("this transaction reads".into())),
        }
    }

    fn count_statement(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether this is PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(..) | Inner::Once(_))
    }

    /// The text for the database at hand.
    pub(crate) fn pick(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        if self.is_postgres() { postgres } else { sqlite }
    }
}

fn asked_twice() -> StoreError {
    StoreError::Statement("this transaction reads once".into())
}

/// Up to `most` rows of PostgreSQL's answer.
async fn from_postgres(
    connection: &mut PgConnection,
    sql: &'static str,
    args: Vec<Arg>,
    most: usize,
) -> Result<Vec<Row>, StoreError> {
    if most == 1 {
        let row = bind!(sql, args).fetch_optional(connection).await?;
        return Ok(row.into_iter().map(Row::Postgres).collect());
    }
    let rows = bind!(sql, args).fetch_all(connection).await?;
    Ok(rows.into_iter().map(Row::Postgres).collect())
}
