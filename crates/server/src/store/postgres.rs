//! PostgreSQL: connections that write, others that read, and one that waits for the disk.
//!
//! Always holds:
//! - A writer's own commit does not wait for the disk, so the next writer of its tenant does not either. It is told that it has committed
//!   when the log of PostgreSQL is on the disk up to there: for all who wait for that at a time, one commit that does wait is enough, as the
//!   log is written in order. (It waits as the database's own `synchronous_commit` says.)
//! - Where PostgreSQL failed in between, nobody is told of a success: the connection that waits for the disk was there before the
//!   transaction began and still is.
//! - What others read in that moment may be lost. So whoever tells an app up to which place it knows everything waits for the disk, too
//!   ([`super::Tx::settled`]).

use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use halyard_protocol::TenantId;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, SqlSafeStr as _, Transaction};

use super::following::{Follower, Found};
use super::gathering::{Bounds, Gathering};
use super::together::AllAsking;
use super::turns::{Turns, Urgency};
use super::{BUSY_TIMEOUT, READERS, StoreError, WRITERS, dialect};

/// After so long without use a connection is looked at before it is used again: PostgreSQL may have ended it.
const IDLE: Duration = Duration::from_secs(1);

/// How long a statement may wait for what another server's transaction holds, and how long it may take in all; and how long
/// a transaction may stand still whose server has gone away.
const LIMITS: [(&str, &str); 3] =
    [("lock_timeout", "10s"), ("statement_timeout", "30s"), ("idle_in_transaction_session_timeout", "60s")];

/// Those who are answered by the same statements.
const TOGETHER: Bounds = Bounds { batch: 64, waiting: 2_000, patience: BUSY_TIMEOUT, answer: ANSWER };
/// The same for jobs.
const OF_JOBS: Bounds = Bounds { patience: Urgency::Background.patience(), ..TOGETHER };
/// Those who wait for the disk: one answer does for all.
const DISK: Bounds =
    Bounds { batch: usize::MAX, waiting: usize::MAX, patience: Duration::from_secs(60), answer: ANSWER };
/// Somewhat longer than `statement_timeout`: PostgreSQL, or the line to it, hangs.
const ANSWER: Duration = Duration::from_secs(35);

/// A database.
#[derive(Clone)]
pub(super) struct Postgres {
    pub(super) readers: PgPool,
    pub(super) writers: PgPool,
    pub(super) turns: Turns,
    pub(super) disk: Disk,
    /// Those who read what is new in their logs.
    pub(super) followers: Gathering<TenantId, Follower, Option<Found>>,
    /// Those who ask together with others.
    pub(super) asking: Arc<AllAsking>,
}

impl Postgres {
    /// Connects to the database at an address.
    pub(super) async fn open(address: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(address).map_err(|_| StoreError::Address)?.options(LIMITS);
        let pool = |most| {
            let pool = PgPoolOptions::new().max_connections(most).acquire_timeout(BUSY_TIMEOUT);
            pool.test_before_acquire(false).before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for >= IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
        };
        // Apart: whoever reads does not wait for those who write.
        let readers = pool(READERS).connect_with(options.clone()).await;
        let readers = readers.map_err(|error| StoreError::Unavailable(error.into()))?;
        let disk = Disk::new(options.clone());
        let writers = pool(WRITERS).connect_lazy_with(options.options([("synchronous_commit", "off")]));
        let (followers, asking) = (Gathering::new(TOGETHER), Arc::new(AllAsking::new(TOGETHER, OF_JOBS)));
        Ok(Self { readers, writers, turns: Turns::default(), disk, followers, asking })
    }

    /// Closes all connections, after what is under way.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
        self.disk.close().await;
    }
}

/// Begins a transaction. Goes through even if the caller goes away in the middle: then it is rolled back. A beginning that is dropped would leave a
/// connection with a transaction of which its next user, a statement without one, knows nothing.
pub(super) async fn begin(
    pool: &PgPool,
    statement: &'static str,
) -> Result<Transaction<'static, sqlx::Postgres>, StoreError> {
    let connection = pool.acquire().await?;
    let begun = tokio::spawn(Transaction::begin(connection, Some(statement.into_sql_str())));
    Ok(begun.await.map_err(|_| StoreError::lost())??)
}

/// The connection that waits for the disk, and who waits for it.
#[derive(Clone)]
pub(super) struct Disk(Arc<Shared>);

/// Which connection waits for the disk: another one has another number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Generation(u64);

struct Shared {
    options: PgConnectOptions,
    connection: tokio::sync::Mutex<Option<PgConnection>>,
    state: Mutex<State>,
    waiting: Gathering<(), Generation, bool>,
}

#[derive(Default)]
struct State {
    /// Of the connection, or of the last one.
    generation: u64,
    is_connected: bool,
}

impl Disk {
    fn new(options: PgConnectOptions) -> Self {
        let (connection, state) = (tokio::sync::Mutex::default(), Mutex::default());
        Self(Arc::new(Shared { options, connection, state, waiting: Gathering::new(DISK) }))
    }

    /// Which connection waits for the disk now. To be asked before a transaction begins.
    pub(super) async fn generation(&self) -> Result<Generation, StoreError> {
        if let Some(generation) = self.0.connected() {
            return Ok(generation);
        }
        let mut connection = self.0.connection.lock().await;
        if connection.is_none() {
            let new = self.0.options.connect().await.map_err(|error| StoreError::Unavailable(error.into()))?;
            *connection = Some(new);
            let mut state = self.0.lock();
            state.generation += 1;
            state.is_connected = true;
        }
        self.0.connected().ok_or_else(StoreError::lost)
    }

    /// Waits until everything that was committed before is on the disk.
    ///
    /// # Errors
    /// When that can't be known: PostgreSQL may have failed since this was the generation.
    pub(super) async fn written(&self, since: Generation) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.0);
        let write = move |all: Vec<Generation>| {
            let shared = Arc::clone(&shared);
            async move {
                let written = shared.write().await;
                all.iter().map(|since| written == Some(*since)).collect()
            }
        };
        if self.0.waiting.ask((), since, write).await == Ok(true) { Ok(()) } else { Err(StoreError::lost()) }
    }

    async fn close(&self) {
        if let Some(connection) = self.0.connection.lock().await.take() {
            self.0.lock().is_connected = false;
            let _ = connection.close().await;
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connected(&self) -> Option<Generation> {
        let state = self.lock();
        state.is_connected.then_some(Generation(state.generation))
    }

    /// Waits for the disk; by which connection, if it could.
    async fn write(&self) -> Option<Generation> {
        let mut connection = self.connection.lock().await;
        let writing = sqlx::query(dialect::POSTGRES_FLUSH).execute(connection.as_mut()?);
        // Sooner than whoever has asked gives this up: a connection that hangs is not asked again.
        let result = tokio::time::timeout(ANSWER - Duration::from_secs(1), writing).await;
        let error = match result {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("it does not answer".to_owned()),
        };
        if let Some(error) = error {
            tracing::error!(error, "PostgreSQL could not be asked to write its log");
            *connection = None;
            self.lock().is_connected = false;
        }
        self.connected()
    }
}
