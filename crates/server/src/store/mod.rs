//! Storage: one repository over SQLite and PostgreSQL.
//!
//! Owns the schema, the SQL and the transactions. A file here is one noun: functions on a [`Tx`], which its
//! caller began and commits, so that a request is one transaction.
//!
//! Always holds:
//! - Writers of one tenant come one after the other (SQLite: all writers do), and wait for that without a connection (`turns.rs`). So a user's cursors and a
//!   conversation's places are given in the order of the commits, without gaps.
//! - What others must hear of after a commit (new events, new jobs) is told by [`Tx::commit`] itself, and only
//!   after the commit. Nobody can forget it, and a caller that goes away in the middle cannot prevent it.
//! - Nothing is acknowledged before the commit is on disk (`synchronous = FULL`).

pub mod address_book;
pub mod audit;
pub mod contacts;
pub mod conversations;
pub mod credentials;
pub mod deliveries;
mod dialect;
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
mod schema;
pub mod sessions;
pub(crate) mod sql;
pub mod states;
pub mod tenants;
mod turns;
pub mod usage;
pub mod users;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use halyard_protocol::{Cursor, DeviceId, TenantId, UserId};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, Postgres};
use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqlSafeStr, Transaction};

pub use schema::Schema;
use sql::{Arg, Row, args, bind};
use turns::{Turn, Turns};

/// Connections that read at the same time.
const READERS: u32 = 8;
/// Transactions that write at the same time, each for another tenant (PostgreSQL).
const WRITERS: u32 = 12;
/// How long a request waits for its turn before the server says that it is overloaded.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a statement of PostgreSQL may wait for what another server's transaction holds, and how long it may take in all; and how long
/// a transaction may stand still whose server has gone away.
const POSTGRES_LIMITS: [(&str, &str); 3] =
    [("lock_timeout", "10s"), ("statement_timeout", "30s"), ("idle_in_transaction_session_timeout", "60s")];

/// Why the storage did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or is overloaded: try again later.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] sqlx::Error),
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
    Statement(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Taken,
            // PostgreSQL: another server's transaction holds what this one needs, or a statement takes too long.
            sqlx::Error::Database(inner) if matches!(inner.code().as_deref(), Some("55P03" | "57014")) => {
                Self::Unavailable(error)
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => {
                Self::Unavailable(error)
            }
            _ => Self::Statement(error),
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
}

#[derive(Clone)]
enum Db {
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    Postgres { readers: PgPool, writers: PgPool, turns: Turns },
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
            Some(("sqlite", path)) => open_sqlite(path.trim_start_matches("//"), access).await?,
            Some(("postgres" | "postgresql", _)) => {
                let options = PgConnectOptions::from_str(address).map_err(|_| StoreError::Address)?;
                let options = options.options(POSTGRES_LIMITS);
                let pool = |most| PgPoolOptions::new().max_connections(most).acquire_timeout(BUSY_TIMEOUT);
                // Apart: whoever reads does not wait for those who write.
                let readers = pool(READERS).connect_with(options.clone()).await.map_err(StoreError::Unavailable)?;
                let writers = pool(WRITERS).connect_lazy_with(options);
                Db::Postgres { readers, writers, turns: Turns::default() }
            }
            _ => return Err(StoreError::Address),
        };
        Ok(Self { db, after_commit })
    }

    /// A transaction that reads: one consistent moment.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        self.begin(false).await
    }

    /// A transaction that writes for one tenant.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn write(&self, tenant: TenantId) -> Result<Tx, StoreError> {
        let Db::Postgres { turns, .. } = &self.db else { return self.begin(true).await };
        let turn = turns.take(tenant, BUSY_TIMEOUT).await;
        let turn = turn.ok_or(StoreError::Unavailable(sqlx::Error::PoolTimedOut))?;
        let mut tx = self.begin(true).await?;
        tx.turn = Some(turn);
        tx.optional(dialect::LOCK_TENANT, args![tenant]).await?;
        Ok(tx)
    }

    /// A transaction that writes what belongs to no tenant: jobs' leases, sessions, upkeep, a new tenant.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn write_system(&self) -> Result<Tx, StoreError> {
        self.begin(true).await
    }

    async fn begin(&self, write: bool) -> Result<Tx, StoreError> {
        let inner = match &self.db {
            Db::Sqlite { writer, .. } if write => {
                Inner::Sqlite(writer.begin_with(dialect::SQLITE_BEGIN_WRITE.into_sql_str()).await?)
            }
            Db::Sqlite { readers, .. } => {
                Inner::Sqlite(readers.begin_with(dialect::SQLITE_BEGIN_READ.into_sql_str()).await?)
            }
            Db::Postgres { readers, writers, .. } => Inner::Postgres(if write {
                writers.begin_with(dialect::POSTGRES_BEGIN_WRITE.into_sql_str()).await?
            } else {
                readers.begin_with(dialect::POSTGRES_BEGIN_READ.into_sql_str()).await?
            }),
        };
        let (committed, after_commit) = (Committed::default(), Arc::clone(&self.after_commit));
        Ok(Tx { inner, committed, after_commit, turn: None })
    }

    /// Whether no other server can work on this database: a file belongs to one server.
    #[must_use]
    pub fn is_ours_alone(&self) -> bool {
        matches!(self.db, Db::Sqlite { .. })
    }

    /// Which database it is, for people.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.db {
            Db::Sqlite { .. } => "SQLite",
            Db::Postgres { .. } => "PostgreSQL",
        }
    }

    /// Closes all connections, after what is under way.
    pub async fn close(&self) {
        match &self.db {
            Db::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres { readers, writers, .. } => {
                readers.close().await;
                writers.close().await;
            }
        }
    }
}

async fn open_sqlite(path: &str, access: Access) -> Result<Db, StoreError> {
    if path.is_empty() || path.contains(":memory:") {
        return Err(StoreError::Address);
    }
    let options = SqliteConnectOptions::new().filename(path).foreign_keys(true).busy_timeout(BUSY_TIMEOUT);
    let options = match access {
        Access::Serve => {
            options.create_if_missing(true).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full)
        }
        // Not `read_only`: such a connection leaves SQLite's files beside the database behind.
        Access::Look => options.pragma("query_only", "ON"),
    };
    // One connection writes: requests queue up for it in order, instead of racing for SQLite's lock.
    let writer = SqlitePoolOptions::new().max_connections(1).acquire_timeout(BUSY_TIMEOUT);
    let writer = writer.connect_with(options.clone()).await.map_err(StoreError::Unavailable)?;
    let readers = SqlitePoolOptions::new().max_connections(READERS).acquire_timeout(BUSY_TIMEOUT);
    let readers = readers
        .connect_with(options.optimize_on_close(access == Access::Serve, None))
        .await
        .map_err(StoreError::Unavailable)?;
    Ok(Db::Sqlite { readers, writer })
}

/// A transaction. Dropped without [`Tx::commit`], it leaves no trace.
pub struct Tx {
    inner: Inner,
    committed: Committed,
    after_commit: AfterCommit,
    /// The writer's turn, given on after the transaction has ended.
    turn: Option<Turn>,
}

enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Commits, then tells those who wait. Goes through even if the caller goes away meanwhile.
    ///
    /// # Errors
    /// When the database could not commit: nothing was changed then.
    pub async fn commit(self) -> Result<(), StoreError> {
        let commit = async move {
            match self.inner {
                Inner::Sqlite(tx) => tx.commit().await?,
                Inner::Postgres(tx) => tx.commit().await?,
            }
            drop(self.turn);
            (self.after_commit)(self.committed);
            Ok(())
        };
        tokio::spawn(commit).await.unwrap_or(Err(StoreError::Corrupt("commit")))
    }

    /// Takes the turn of writers of several tenants, in their order: for a transaction of [`Store::write_system`] that changes what is
    /// theirs. Two that do so never wait for each other in a ring.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_tenants(&mut self, mut tenants: Vec<TenantId>) -> Result<(), StoreError> {
        tenants.sort_unstable();
        tenants.dedup();
        if let Inner::Postgres(_) = &self.inner {
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
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => bind!(sql, args).fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect(),
            Inner::Postgres(tx) => {
                bind!(sql, args).fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(crate) async fn optional(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<Row>, StoreError> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => bind!(sql, args).fetch_optional(&mut **tx).await?.map(Row::Sqlite),
            Inner::Postgres(tx) => bind!(sql, args).fetch_optional(&mut **tx).await?.map(Row::Postgres),
        })
    }

    pub(crate) async fn one(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Row, StoreError> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => Row::Sqlite(bind!(sql, args).fetch_one(&mut **tx).await?),
            Inner::Postgres(tx) => Row::Postgres(bind!(sql, args).fetch_one(&mut **tx).await?),
        })
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) async fn run(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64, StoreError> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => bind!(sql, args).execute(&mut **tx).await?.rows_affected(),
            Inner::Postgres(tx) => bind!(sql, args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// The text for the database at hand.
    pub(crate) fn pick(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self.inner {
            Inner::Sqlite(_) => sqlite,
            Inner::Postgres(_) => postgres,
        }
    }
}
