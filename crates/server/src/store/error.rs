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

/// Whether an error of PostgreSQL is about its state at this moment and not about the statement: the same may succeed later. Another
/// server's transaction holds what is needed (55P03), the transaction stood still for too long or collided with another (25P03, class 40), the
/// disk is full or there are too many connections (class 53), it stops, starts, or a statement took too long (class 57), or its files could not be
/// read or written (class 58).
fn passes_by_itself(code: &str) -> bool {
    matches!(code, "55P03" | "25P03") || ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Taken,
            sqlx::Error::Database(inner) if inner.code().is_some_and(|code| passes_by_itself(&code)) => {
                Self::Unavailable(error.into())
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => {
                Self::Unavailable(error.into())
            }
            _ => Self::Statement(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_stops_starts_or_is_full_is_asked_again_later() {
        for code in
            ["57P01", "57P02", "57P03", "53100", "53300", "08006", "40001", "40P01", "58030", "55P03", "25P03", "57014"]
        {
            assert!(passes_by_itself(code), "{code}");
        }
        // A rule that is broken, a syntax error, a value that does not fit.
        for code in ["23505", "42601", "22001", "25006", "25P02"] {
            assert!(!passes_by_itself(code), "{code}");
        }
    }
}
