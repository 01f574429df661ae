//! A connection to a file, and how a statement runs on it.

use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, ToSql};

use crate::store::arg::Arg;
use crate::store::{Access, StoreError};

/// Prepared statements that a connection keeps: more than there are in this crate.
const STATEMENTS: usize = 512;
/// Kibibytes of pages that a connection keeps in memory.
const CACHE: i64 = 16_384;

/// Which file, and what for.
#[derive(Clone)]
pub(super) struct Location {
    pub(super) path: String,
    pub(super) access: Access,
}

impl Location {
    pub(super) fn connect(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let flags = match self.access {
            Access::Serve => flags | OpenFlags::SQLITE_OPEN_CREATE,
            Access::Look => flags,
        };
        let connection =
            Connection::open_with_flags(&self.path, flags).map_err(|error| StoreError::Unavailable(error.into()))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.busy_timeout(super::BUSY_TIMEOUT)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", -CACHE)?;
        // What undoes a savepoint would else go to a file of its own, for which there may be no folder.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        match self.access {
            Access::Serve => {
                connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
                connection.pragma_update(None, "synchronous", "FULL")?;
            }
            // Not opened read-only: such a connection leaves SQLite's files beside the database behind.
            Access::Look => connection.pragma_update(None, "query_only", true)?,
        }
        Ok(connection)
    }
}

/// A row of an answer.
pub(crate) struct Row {
    columns: Arc<[Box<str>]>,
    values: Vec<Value>,
}

impl Row {
    /// The value of a column.
    pub(crate) fn value(&self, name: &'static str) -> Result<&Value, StoreError> {
        let place = self.columns.iter().position(|column| **column == *name);
        place.and_then(|place| self.values.get(place)).ok_or(StoreError::Corrupt(name))
    }
}

/// Runs statements.
pub(crate) trait Statements {
    /// All rows of an answer, `most` at most.
    fn rows(&self, sql: &'static str, args: &[Arg], most: usize) -> Result<Vec<Row>, StoreError>;
    /// How many rows a statement changed.
    fn change(&self, sql: &'static str, args: &[Arg]) -> Result<u64, StoreError>;
    /// Begins or ends something, by a statement that is prepared once.
    fn control(&self, sql: &'static str) -> rusqlite::Result<()>;
}

impl Statements for Connection {
    fn rows(&self, sql: &'static str, args: &[Arg], most: usize) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.prepare_cached(sql)?;
        bind(&mut statement, args)?;
        let columns: Arc<[Box<str>]> = statement.column_names().into_iter().map(Box::from).collect();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        // A statement that changes and answers has changed all when its first row comes.
        while found.len() < most
            && let Some(row) = rows.next()?
        {
            let values = (0..columns.len()).map(|place| row.get(place)).collect::<Result<_, _>>()?;
            found.push(Row { columns: Arc::clone(&columns), values });
        }
        Ok(found)
    }

    fn change(&self, sql: &'static str, args: &[Arg]) -> Result<u64, StoreError> {
        let mut statement = self.prepare_cached(sql)?;
        bind(&mut statement, args)?;
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        drop(rows);
        Ok(if statement.readonly() { 0 } else { self.changes() })
    }

    fn control(&self, sql: &'static str) -> rusqlite::Result<()> {
        self.prepare_cached(sql)?.raw_execute().map(drop)
    }
}

/// Binds each value to its places: `$2` is the second, wherever and however often it stands.
fn bind(statement: &mut CachedStatement<'_>, args: &[Arg]) -> Result<(), StoreError> {
    for place in 1..=statement.parameter_count() {
        let number = statement.parameter_name(place).and_then(|name| name.trim_start_matches('$').parse().ok());
        let arg = args.get(number.unwrap_or(place) - 1).ok_or(StoreError::Corrupt("argument"))?;
        statement.raw_bind_parameter(place, arg)?;
    }
    Ok(())
}

impl ToSql for Arg {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self {
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Text(None) | Self::Int(None) => ValueRef::Null,
            Self::Int(Some(number)) => ValueRef::Integer(*number),
            Self::Flag(flag) => ValueRef::Integer(i64::from(*flag)),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE, SQLITE_FULL, SQLITE_IOERR};
        match error.sqlite_error() {
            Some(inner) if matches!(inner.extended_code, SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE) => {
                Self::Taken
            }
            // Another process has the file, or the disk is full or fails.
            Some(inner)
                if matches!(inner.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
                    || matches!(inner.extended_code & 0xFF, SQLITE_FULL | SQLITE_IOERR) =>
            {
                Self::Unavailable(error.into())
            }
            _ => Self::Statement(error.into()),
        }
    }
}
