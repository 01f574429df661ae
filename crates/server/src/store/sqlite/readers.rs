//! The connections that read: each reader has one to itself and sees one moment.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::BUSY_TIMEOUT;
use super::connection::{Location, Statements as _};
use crate::store::{READERS, StoreError, dialect};

/// The readers.
#[derive(Clone)]
pub(crate) struct Readers(Arc<Shared>);

struct Shared {
    location: Location,
    free: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// With one connection; the others are opened when they are needed.
    pub(super) fn new(location: Location) -> Result<Self, StoreError> {
        let free = Mutex::new(vec![location.connect()?]);
        let permits = Arc::new(Semaphore::new(usize::try_from(READERS).unwrap_or(1)));
        Ok(Self(Arc::new(Shared { location, free, permits })))
    }

    /// Waits for a connection.
    pub(crate) async fn take(&self) -> Result<ReadTurn, StoreError> {
        let permit = tokio::time::timeout(BUSY_TIMEOUT, Arc::clone(&self.0.permits).acquire_owned()).await;
        let permit = permit.ok().and_then(Result::ok).ok_or_else(StoreError::overloaded)?;
        let free = self.0.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match free {
            Some(connection) => connection,
            None => self.0.location.connect()?,
        };
        connection.control(dialect::SQLITE_BEGIN_READ)?;
        Ok(ReadTurn { connection: Some(connection), shared: Arc::clone(&self.0), _permit: permit })
    }

    /// A new connection that is none of these.
    pub(crate) fn connect(&self) -> Result<Connection, StoreError> {
        self.0.location.connect()
    }

    /// Waits until nobody reads, and closes.
    pub(super) async fn close(&self) {
        let all = self.0.permits.acquire_many(READERS).await;
        self.0.permits.close();
        drop(all);
        let connections = std::mem::take(&mut *self.0.free.lock().unwrap_or_else(PoisonError::into_inner));
        drop(connections);
    }
}

/// A connection, for one reader; it goes back when dropped.
pub(crate) struct ReadTurn {
    connection: Option<Connection>,
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl ReadTurn {
    /// The connection.
    pub(crate) fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection.as_ref().ok_or_else(StoreError::lost)
    }
}

impl Drop for ReadTurn {
    fn drop(&mut self) {
        // One whose transaction can't be ended is of no more use.
        if let Some(connection) = self.connection.take()
            && connection.control("ROLLBACK").is_ok()
        {
            self.shared.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}
