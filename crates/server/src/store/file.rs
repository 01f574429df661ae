//! A SQLite database as a file: whether somebody has it, copies, damage.

use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteLockingMode};
use sqlx::{ConnectOptions as _, Connection as _};

use super::sql::Row;
use super::{Db, Store, StoreError};

impl Store {
    /// Whether somebody else has a SQLite file open.
    ///
    /// # Errors
    /// When it can't be read.
    pub async fn is_in_use(path: &str) -> Result<bool, StoreError> {
        let options = SqliteConnectOptions::new().filename(path).busy_timeout(Duration::ZERO);
        // In this mode a connection wants the file for itself alone.
        let options = options.locking_mode(SqliteLockingMode::Exclusive);
        let mut connection = match options.connect().await {
            Ok(connection) => connection,
            Err(error) => return is_busy(error),
        };
        let taken = sqlx::raw_sql("BEGIN EXCLUSIVE; ROLLBACK").execute(&mut connection).await;
        let _ = connection.close().await;
        taken.map_or_else(is_busy, |_| Ok(false))
    }

    /// Copies the database, as it is at this moment, into a file that is not there yet. Others read and write meanwhile.
    ///
    /// # Errors
    /// When the file is there or can't be written. [`StoreError::Address`] for PostgreSQL.
    pub async fn copy_into(&self, file: &str) -> Result<(), StoreError> {
        let Db::Sqlite { readers, .. } = &self.db else { return Err(StoreError::Address) };
        let mut connection = readers.acquire().await?.detach();
        // SQLite counts a copy as a change, and makes a transaction of its own for it.
        sqlx::query("PRAGMA query_only = OFF").execute(&mut connection).await?;
        sqlx::query("VACUUM INTO $1").bind(file).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Says what is damaged in a SQLite database; nothing when it is whole.
    ///
    /// # Errors
    /// When it can't be read at all.
    pub async fn damage(&self) -> Result<Vec<String>, StoreError> {
        let Db::Sqlite { readers, .. } = &self.db else { return Ok(Vec::new()) };
        let rows = sqlx::query("PRAGMA integrity_check").fetch_all(readers).await?;
        let found: Result<Vec<String>, _> =
            rows.into_iter().map(|row| Row::Sqlite(row).text("integrity_check")).collect();
        Ok(found?.into_iter().filter(|line| line != "ok").collect())
    }
}

fn is_busy(error: sqlx::Error) -> Result<bool, StoreError> {
    match &error {
        // SQLITE_BUSY and its extended codes: https://www.sqlite.org/rescode.html
        sqlx::Error::Database(inner)
            if inner.code().is_some_and(|code| code.parse::<u32>().is_ok_and(|code| code & 0xFF == 5)) =>
        {
            Ok(true)
        }
        _ => Err(error.into()),
    }
}
