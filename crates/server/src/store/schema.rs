//! The schema of a database: how it stands to this version's, and how it is brought there.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::sql::args;
use super::{BUSY_TIMEOUT, Db, Store, StoreError, dialect, migrate};

/// How a database's schema stands to the one of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// The database is empty.
    Missing,
    /// An earlier version's: it has to be migrated.
    Behind,
    /// This version's.
    UpToDate,
    /// A later version's: this one can't work with it.
    Newer,
}

impl Store {
    /// Brings the schema to this version's. Safe to call at every start.
    ///
    /// # Errors
    /// [`StoreError::Migration`]: also when a newer version has migrated this database.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match &self.db {
            Db::Sqlite(sqlite) => {
                let options = SqliteConnectOptions::new().filename(&sqlite.path).busy_timeout(BUSY_TIMEOUT);
                let mut connection = options.connect().await?;
                migrate::sqlite().run(&mut connection).await?;
                connection.close().await?;
            }
            Db::Postgres(postgres) => {
                let generation = postgres.disk.generation().await?;
                let mut connection = postgres.writers.acquire().await?.detach();
                // A migration takes as long as it takes.
                for limit in ["SET statement_timeout = 0", "SET lock_timeout = 0"] {
                    sqlx::query(limit).execute(&mut connection).await?;
                }
                migrate::postgres().run(&mut connection).await?;
                postgres.disk.written(generation).await?;
            }
        }
        Ok(())
    }

    /// Refuses a database that is not of this version.
    ///
    /// # Errors
    /// [`StoreError::Behind`] and [`StoreError::Newer`].
    pub async fn require_up_to_date(&self) -> Result<(), StoreError> {
        match self.schema().await? {
            Schema::UpToDate => Ok(()),
            Schema::Missing | Schema::Behind => Err(StoreError::Behind),
            Schema::Newer => Err(StoreError::Newer),
        }
    }

    /// The settings of PostgreSQL by which it does not wait for the disk when it says that it has: then what was acknowledged is lost with its
    /// machine. (SQLite waits as this server says.)
    ///
    /// # Errors
    /// When the database fails.
    pub async fn careless_settings(&self) -> Result<Vec<&'static str>, StoreError> {
        if self.is_ours_alone() {
            return Ok(Vec::new());
        }
        let row = self.read_once().await?.one(dialect::POSTGRES_DURABILITY, args![]).await?;
        let mut off = Vec::new();
        for setting in ["synchronous_commit", "fsync"] {
            if row.text(setting)? == "off" {
                off.push(setting);
            }
        }
        Ok(off)
    }

    /// How the schema stands to this version's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        let mut tx = self.read().await?;
        let table =
            tx.optional(tx.pick(dialect::SQLITE_HAS_MIGRATIONS, dialect::POSTGRES_HAS_MIGRATIONS), args![]).await?;
        if table.is_none() {
            return Ok(Schema::Missing);
        }
        let rows =
            tx.all("SELECT version FROM _sqlx_migrations WHERE success = TRUE ORDER BY version", args![]).await?;
        let applied = rows.iter().map(|row| row.int("version")).collect::<Result<Vec<_>, _>>()?;
        let known = migrate::numbers();
        Ok(if applied == known {
            Schema::UpToDate
        } else if applied.iter().all(|number| known.contains(number)) {
            Schema::Behind
        } else {
            Schema::Newer
        })
    }
}
