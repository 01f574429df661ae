//! The write-ahead log of a database file, kept short.
//!
//! SQLite copies its log into the database by itself, and begins it anew when no reader needs it. Where readers overlap without a gap that moment
//! never comes: the log grows with each commit, a hundred megabytes a minute, until the disk is full; and then it can't be
//! copied, as the database has no room to grow (<https://sqlite.org/wal.html#avoiding_excessively_large_wal_files>).
//!
//! Always holds: a log that has become long is begun anew after a commit. Readers are waited for, but not for long: who reads for minutes (a
//! back-up) keeps no writer.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;

/// A log of so many bytes is long. SQLite's own copying begins at a quarter of it.
const LONG: u64 = 16 << 20;
/// It is tried again when it has grown by so many more.
const STEP: u64 = 4 << 20;
/// How long readers of the log are waited for, each time.
const PATIENCE: Duration = Duration::from_millis(20);

/// The log of a connection's database.
pub(super) struct Log {
    file: Option<PathBuf>,
    /// How long it may become.
    limit: u64,
}

impl Log {
    pub(super) fn new(connection: &Connection) -> Self {
        let file = connection.path().map(|path| PathBuf::from(format!("{path}-wal")));
        Self { file, limit: LONG }
    }

    /// Begins the log anew if it is long. To be called between transactions, where the thread may wait.
    pub(super) fn shorten(&mut self, connection: &Connection) {
        let Some(length) = self.file.as_ref().and_then(|file| std::fs::metadata(file).ok()).map(|file| file.len())
        else {
            return;
        };
        if length < self.limit {
            return;
        }
        let shortened = connection
            .busy_timeout(PATIENCE)
            .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0)));
        let _ = connection.busy_timeout(Duration::ZERO);
        match shortened {
            Ok(false) => self.limit = LONG,
            Ok(true) => {
                tracing::debug!(length, "the log of the database stays long while somebody reads it");
                self.limit = length + STEP;
            }
            // On a full disk, say: there may be room for the next one already, and before the log has taken it.
            Err(error) => tracing::debug!(%error, "the log of the database could not be begun anew"),
        }
    }
}
