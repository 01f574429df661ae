//! PostgreSQL: connections that write, others that read, and one that waits for the disk.
//!
//! Always holds:
//! - A writer's own commit does not wait for the disk, so the next writer of its tenant does not either. It is told that it has committed
//!   when the log of PostgreSQL is on the disk up to there: for all who wait for that at a time, one commit that does wait is enough, as the
//!   log is written in order.
//! - So what one reads may be lost if PostgreSQL's machine fails in this moment, but nothing that anybody was told of, and nothing that
//!   somebody did after it was told that a commit of its own went through.

use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use tokio::sync::oneshot;

use super::turns::Turns;
use super::{BUSY_TIMEOUT, READERS, StoreError, WRITERS, dialect};

/// How long a statement may wait for what another server's transaction holds, and how long it may take in all; and how long
/// a transaction may stand still whose server has gone away.
const LIMITS: [(&str, &str); 3] =
    [("lock_timeout", "10s"), ("statement_timeout", "30s"), ("idle_in_transaction_session_timeout", "60s")];

/// A database.
#[derive(Clone)]
pub(super) struct Postgres {
    pub(super) readers: PgPool,
    pub(super) writers: PgPool,
    pub(super) turns: Turns,
    pub(super) disk: Disk,
}

impl Postgres {
    /// Connects to the database at an address.
    pub(super) async fn open(address: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(address).map_err(|_| StoreError::Address)?.options(LIMITS);
        let pool = |most| PgPoolOptions::new().max_connections(most).acquire_timeout(BUSY_TIMEOUT);
        // Apart: whoever reads does not wait for those who write.
        let readers = pool(READERS).connect_with(options.clone()).await;
        let readers = readers.map_err(|error| StoreError::Unavailable(error.into()))?;
        let disk = Disk::new(pool(1).connect_lazy_with(options.clone()));
        let writers = pool(WRITERS).connect_lazy_with(options.options([("synchronous_commit", "off")]));
        Ok(Self { readers, writers, turns: Turns::default(), disk })
    }

    /// Closes all connections, after what is under way.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
        self.disk.0.pool.close().await;
    }
}

/// Who waits for the disk.
#[derive(Clone)]
pub(super) struct Disk(Arc<Shared>);

struct Shared {
    pool: PgPool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_busy: bool,
    waiting: Vec<oneshot::Sender<Result<(), StoreError>>>,
}

impl Disk {
    fn new(pool: PgPool) -> Self {
        Self(Arc::new(Shared { pool, state: Mutex::default() }))
    }

    /// Waits until everything that was committed before is on the disk.
    pub(super) async fn written(&self) -> Result<(), StoreError> {
        let (sender, answer) = oneshot::channel();
        let begins = {
            let mut state = self.0.lock();
            state.waiting.push(sender);
            !std::mem::replace(&mut state.is_busy, true)
        };
        if begins {
            tokio::spawn(Arc::clone(&self.0).write_all());
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::lost()))
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the disk for all who wait now, and again for those who have come meanwhile.
    async fn write_all(self: Arc<Self>) {
        loop {
            let waiting = {
                let mut state = self.lock();
                if state.waiting.is_empty() {
                    state.is_busy = false;
                    return;
                }
                std::mem::take(&mut state.waiting)
            };
            let result = sqlx::query(dialect::POSTGRES_FLUSH).execute(&self.pool).await;
            if let Err(error) = &result {
                tracing::error!(%error, "PostgreSQL could not be asked to write its log");
            }
            for sender in waiting {
                // Whoever waited for it may be gone.
                let _ = sender.send(if result.is_ok() { Ok(()) } else { Err(StoreError::lost()) });
            }
        }
    }
}
