//! A SQLite database as a file: whether somebody has it, copies, damage.

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{Db, Store, StoreError};

impl Store {
    /// Whether somebody else has a SQLite file open.
    ///
    /// # Errors
    /// When it can't be read.
    pub async fn is_in_use(path: &str) -> Result<bool, StoreError> {
        let path = path.to_owned();
        off_the_runtime(move || match take_alone(&path) {
            Ok(()) => Ok(false),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(true),
            Err(error) => Err(error.into()),
        })
        .await
    }

    /// Copies the database, as it is at this moment, into a file that is not there yet. Others read and write meanwhile.
    ///
    /// # Errors
    /// When the file is there or can't be written. [`StoreError::Address`] for PostgreSQL.
    pub async fn copy_into(&self, file: &str) -> Result<(), StoreError> {
        let Db::Sqlite(sqlite) = &self.db else { return Err(StoreError::Address) };
        let (readers, file) = (sqlite.readers.clone(), file.to_owned());
        off_the_runtime(move || {
            let connection = readers.connect()?;
            // SQLite counts a copy as a change, and makes a transaction of its own for it.
            connection.pragma_update(None, "query_only", false)?;
            connection.execute("VACUUM INTO ?1", [file])?;
            Ok(())
        })
        .await
    }

    /// Says what is damaged in a SQLite database; nothing when it is whole.
    ///
    /// # Errors
    /// When it can't be read at all.
    pub async fn damage(&self) -> Result<Vec<String>, StoreError> {
        let Db::Sqlite(sqlite) = &self.db else { return Ok(Vec::new()) };
        let readers = sqlite.readers.clone();
        off_the_runtime(move || {
            let connection = readers.connect()?;
            let mut found = Vec::new();
            connection.pragma_query(None, "integrity_check", |row| {
                found.push(row.get::<_, String>(0)?);
                Ok(())
            })?;
            found.retain(|line| line != "ok");
            Ok(found)
        })
        .await
    }
}

/// Takes a file for this process alone, for a moment.
fn take_alone(path: &str) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // In this mode a connection wants the file for itself alone.
    connection.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
    connection.execute_batch("BEGIN EXCLUSIVE; ROLLBACK")
}

/// Does what takes long where nobody waits for it.
async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(StoreError::lost()))
}
