//! SQLite: one connection that writes, several that read.
//!
//! Always holds: a statement runs where it is awaited, on the runtime's own thread: most take some microseconds, less than handing them
//! to another thread and back. What waits for the disk or for another process (commits, copies, the file's lock) never does so there.

mod connection;
mod log;
mod readers;
#[cfg(test)]
mod tests;
mod writer;

use std::time::Duration;

pub(super) use connection::{Row, Statements};
pub(super) use readers::{ReadTurn, Readers};
pub(super) use writer::{WriteTurn, Writer};

use super::{Access, BUSY_TIMEOUT, StoreError};
use connection::Location;

/// How long to wait before asking again for what another process holds.
const ASK_AGAIN: Duration = Duration::from_millis(5);

/// A database file.
#[derive(Clone)]
pub(super) struct Sqlite {
    pub(super) path: String,
    pub(super) readers: Readers,
    pub(super) writer: Writer,
}

impl Sqlite {
    /// Opens a file.
    pub(super) fn open(path: &str, access: Access) -> Result<Self, StoreError> {
        if path.is_empty() || path.contains(":memory:") {
            return Err(StoreError::Address);
        }
        let location = Location { path: path.to_owned(), access };
        // First the one that writes: it may have to make the file.
        let writing = location.connect()?;
        writing.busy_timeout(Duration::ZERO)?;
        let writer = Writer::new(writing);
        let readers = Readers::new(location)?;
        Ok(Self { path: path.to_owned(), readers, writer })
    }

    /// Waits for what is under way, and closes.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
