//! What can go wrong with a database, whichever it is.

/// What a database's library says went wrong.
type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why the storage did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or is overloaded: try again later.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] Source),
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
    Statement(#[source] Source),
}

impl StoreError {
    /// There are too many who want to use the database.
    pub(super) fn overloaded() -> Self {
        Self::Unavailable("nobody gave a connection in time".into())
    }

    /// The database has ended a transaction by itself.
    pub(super) fn lost() -> Self {
        Self::Unavailable("the transaction was lost".into())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Taken,
            // Another server's transaction holds what this one needs, or a statement takes too long.
            sqlx::Error::Database(inner) if matches!(inner.code().as_deref(), Some("55P03" | "57014")) => {
                Self::Unavailable(error.into())
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => {
                Self::Unavailable(error.into())
            }
            _ => Self::Statement(error.into()),
        }
    }
}
