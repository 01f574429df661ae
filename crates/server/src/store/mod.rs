//! Storage: one repository over SQLite and PostgreSQL.
//!
//! Owns the schema, the SQL and the transactions. A file here is one noun: functions on a [`Tx`], which its
//! caller began and commits, so that a request is one transaction. Two things that many ask for at a time have transactions of their own, which
//! those may share: a message into a chat (`entries.rs`) and what comes next in a log (`following.rs`).
//!
//! Always holds:
//! - Writers of one tenant come one after the other (SQLite: all writers do), and wait for that without a connection (`turns.rs`,
//!   `sqlite/writer.rs`). So a user's cursors and a conversation's places are given in the order of the commits, without gaps.
//! - What others must hear of after a commit (new events, new jobs) is told by [`Tx::commit`] itself, and only
//!   after the commit. Nobody can forget it, and a caller that goes away in the middle cannot prevent it.
//! - Nothing is acknowledged before the commit is on disk (SQLite: `synchronous = FULL`; PostgreSQL: `postgres.rs`).

pub mod address_book;
pub(crate) mod arg;
pub mod audit;
pub mod carrier_accounts;
pub mod carrier_references;
pub mod contacts;
pub mod contents;
pub mod conversations;
pub mod credentials;
pub mod deliveries;
mod dialect;
pub mod entries;
mod error;
pub mod events;
pub mod favourites;
mod file;
pub mod following;
mod gathering;
pub mod jobs;
pub mod media;
pub mod memberships;
pub mod messages;
mod migrate;
pub mod networks;
pub mod numbers;
pub mod opt_outs;
pub mod outgoing;
pub mod password_links;
pub mod photos;
mod postgres;
pub mod questions;
pub mod routes;
mod schema;
pub mod servers;
pub mod sessions;
pub mod sms_parts;
pub(crate) mod sql;
mod sqlite;
pub mod states;
pub mod tenants;
pub mod texts;
mod together;
mod transaction;
mod turns;
pub mod usage;
pub mod users;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use halyard_protocol::{Cursor, DeviceId, TenantId, UserId};

pub use error::StoreError;
use postgres::Postgres;
pub use schema::Schema;
use sql::args;
use sqlite::Sqlite;
use transaction::Inner;
pub use transaction::Tx;
use turns::Urgency;

/// Connections that read at the same time.
const READERS: u32 = 8;
/// Transactions that write at the same time, each for another tenant (PostgreSQL).
pub(crate) const WRITERS: u32 = 12;
/// How long a request waits for its turn before the server says that it is overloaded.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

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
                let generation = postgres.disk.generation().await?;
                let tx = postgres::begin(&postgres.readers, dialect::POSTGRES_BEGIN_READ).await?;
                Inner::Postgres(tx, postgres.disk.clone(), generation)
            }
        };
        Ok(self.transaction(inner))
    }

    /// One statement that reads, without a transaction around it on PostgreSQL. A second one is refused.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn read_once(&self) -> Result<Tx, StoreError> {
        let Db::Postgres(postgres) = &self.db else { return self.read().await };
        Ok(self.transaction(Inner::Once(Some(postgres.readers.acquire().await?))))
    }

    /// A transaction of one statement that writes for a tenant and is over with its answer (PostgreSQL): [`Tx::commit`] waits for the disk and tells those who
    /// wait. Where it takes a turn it locks the tenant's row itself.
    async fn write_once(&self, tenant: TenantId, urgency: Option<Urgency>) -> Result<Tx, StoreError> {
        let Db::Postgres(postgres) = &self.db else {
            return Err(StoreError::Statement("this database has transactions of steps".into()));
        };
        let turn = match urgency {
            Some(urgency) => {
                let turn = postgres.turns.take(tenant, urgency, urgency.patience()).await;
                Some(turn.ok_or_else(StoreError::overloaded)?)
            }
            None => None,
        };
        let generation = postgres.disk.generation().await?;
        let connection = postgres.writers.acquire().await?;
        let tx = self.transaction(Inner::WriteOnce(Some(connection), postgres.disk.clone(), generation));
        Ok(match turn {
            Some(turn) => tx.in_turn(turn),
            None => tx,
        })
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
        let turn = postgres.turns.take(tenant, urgency, urgency.patience()).await.ok_or_else(StoreError::overloaded)?;
        let mut tx = self.begin_writing((Some(tenant), urgency)).await?.in_turn(turn);
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

    /// The same for upkeep that may take long: its turn does not come before those who wait.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn write_system_in_background(&self) -> Result<Tx, StoreError> {
        self.begin_writing((None, Urgency::Background)).await
    }

    async fn begin_writing(&self, queue: (Option<TenantId>, Urgency)) -> Result<Tx, StoreError> {
        let inner = match &self.db {
            Db::Sqlite(sqlite) => Inner::Write(sqlite.writer.take(queue).await?),
            Db::Postgres(postgres) => {
                let generation = postgres.disk.generation().await?;
                let tx = postgres::begin(&postgres.writers, dialect::POSTGRES_BEGIN_WRITE).await?;
                Inner::Postgres(tx, postgres.disk.clone(), generation)
            }
        };
        Ok(self.transaction(inner))
    }

    fn transaction(&self, inner: Inner) -> Tx {
        Tx::new(inner, Arc::clone(&self.after_commit), Arc::clone(&self.statements))
    }

    /// How many statements were run since the start.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Whether no other server can work on this database: a file belongs to one server.
    #[must_use]
    pub fn is_ours_alone(&self) -> bool {
        !self.is_postgres()
    }

    fn is_postgres(&self) -> bool {
        matches!(self.db, Db::Postgres(_))
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
