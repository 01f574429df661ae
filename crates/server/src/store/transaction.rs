//! A transaction: statements on either database, what they bring, and the commit.
//!
//! Always holds: what a commit has brought is told after it, once, and only when it is on the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use halyard_protocol::{Cursor, TenantId, UserId};
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Transaction};

use super::arg::Arg;
use super::postgres::{Disk, Generation};
use super::sql::{Row, args, bind};
use super::sqlite::{ReadTurn, Statements as _, WriteTurn};
use super::turns::Turn;
use super::{AfterCommit, Committed, EndedSessions, StoreError, dialect};

/// A transaction. Dropped without [`Tx::commit`], it leaves no trace; but for one that writes once, which is over with its statement.
pub struct Tx {
    inner: Inner,
    committed: Committed,
    after_commit: AfterCommit,
    /// The writer's turn, given on after the transaction has ended.
    turn: Option<Turn>,
    statements: Arc<AtomicU64>,
}

/// What a transaction runs on.
pub(super) enum Inner {
    Read(ReadTurn),
    Write(WriteTurn),
    /// With the disk to wait for.
    Postgres(Transaction<'static, sqlx::Postgres>, Disk, Generation),
    /// A connection until it has been asked.
    Once(Option<PoolConnection<sqlx::Postgres>>),
    /// The same to write, with the disk to wait for.
    WriteOnce(Option<PoolConnection<sqlx::Postgres>>, Disk, Generation),
}

impl Tx {
    /// One that counts its statements, and tells what its commit has brought.
    pub(super) fn new(inner: Inner, after_commit: AfterCommit, statements: Arc<AtomicU64>) -> Self {
        Self { inner, committed: Committed::default(), after_commit, turn: None, statements }
    }

    /// The same, in a turn that ends with it.
    pub(super) fn in_turn(self, turn: Turn) -> Self {
        Self { turn: Some(turn), ..self }
    }

    /// Commits, then tells those who wait. Goes through even if the caller goes away meanwhile.
    ///
    /// # Errors
    /// When the database could not commit: nothing was changed then; or when PostgreSQL could not say whether that is on the disk: then it
    /// may have been.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Self { inner, committed, after_commit, turn, .. } = self;
        match inner {
            Inner::Read(_) | Inner::Once(_) => Ok(()),
            Inner::WriteOnce(_, disk, generation) => {
                drop(turn);
                let written = disk.written(generation).await;
                after_commit(committed);
                written
            }
            Inner::Write(writing) => {
                let answer = writing.commit(Box::new(move || after_commit(committed)));
                answer.await.unwrap_or_else(|_| Err(StoreError::lost()))
            }
            Inner::Postgres(tx, disk, generation) => {
                let commit = async move {
                    // The next one begins while this one ends; PostgreSQL lets it wait for the tenant's row until then.
                    drop(turn);
                    tx.commit().await?;
                    let written = disk.written(generation).await;
                    // Also where nobody knows: whoever is woken looks for themselves.
                    after_commit(committed);
                    written
                };
                tokio::spawn(commit).await.unwrap_or_else(|_| Err(StoreError::lost()))
            }
        }
    }

    /// Ends a transaction that has read, and waits until all that it has read is on the disk. For whoever tells an app up to which place it
    /// knows everything: places that are lost are given out again.
    ///
    /// # Errors
    /// When the database can't say.
    pub async fn settled(self) -> Result<(), StoreError> {
        match self.inner {
            // SQLite shows readers what is on the disk.
            Inner::Read(_) | Inner::Write(_) | Inner::Once(_) | Inner::WriteOnce(..) => Ok(()),
            Inner::Postgres(tx, disk, generation) => {
                drop(tx);
                disk.written(generation).await
            }
        }
    }

    /// Takes the turn of writers of several tenants, in their order: for a transaction of [`Store::write_system`](super::Store::write_system) that changes what is
    /// theirs. Two that do so never wait for each other in a ring.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_tenants(&mut self, mut tenants: Vec<TenantId>) -> Result<(), StoreError> {
        tenants.sort_unstable();
        tenants.dedup();
        if self.is_postgres() {
            for tenant in tenants {
                self.optional(dialect::LOCK_TENANT, args![tenant]).await?;
            }
        }
        Ok(())
    }

    /// Notes that this user has new events up to `cursor`.
    pub(crate) fn note_cursor(&mut self, user: UserId, cursor: Cursor) {
        self.committed.cursors.insert(user, cursor);
    }

    /// Notes that there are new jobs.
    pub(crate) fn note_jobs(&mut self) {
        self.committed.jobs = true;
    }

    /// Notes that the state of a tenant's users has changed.
    pub(crate) fn note_states(&mut self, tenant: TenantId) {
        self.committed.states.insert(tenant);
    }

    /// Notes that a read position has changed that this user sees.
    pub(crate) fn note_reads(&mut self, user: UserId) {
        self.committed.reads.insert(user);
    }

    /// Notes that sessions of a user have ended.
    pub(crate) fn note_ended(&mut self, user: UserId, which: EndedSessions) {
        self.committed.ended.push((user, which));
    }

    pub(crate) async fn all(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        self.rows(sql, args, usize::MAX).await
    }

    pub(crate) async fn optional(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args, 1).await?.pop())
    }

    pub(crate) async fn one(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Row, StoreError> {
        self.optional(sql, args).await?.ok_or_else(|| StoreError::Statement("there is no such row".into()))
    }

    /// Up to `most` rows of an answer.
    async fn rows(&mut self, sql: &'static str, args: Vec<Arg>, most: usize) -> Result<Vec<Row>, StoreError> {
        self.count_statement();
        // On SQLite nothing here waits: others have to get their share of this thread.
        tokio::task::coop::consume_budget().await;
        let rows = match &mut self.inner {
            Inner::Read(turn) => turn.connection()?.rows(sql, &args, most)?,
            Inner::Write(turn) => turn.connection()?.rows(sql, &args, most)?,
            Inner::Postgres(tx, ..) => return from_postgres(tx, sql, args, most).await,
            Inner::Once(connection) | Inner::WriteOnce(connection, ..) => {
                let mut connection = connection.take().ok_or_else(asked_twice)?;
                return from_postgres(&mut connection, sql, args, most).await;
            }
        };
        Ok(rows.into_iter().map(Row::Sqlite).collect())
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) async fn run(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64, StoreError> {
        self.count_statement();
        tokio::task::coop::consume_budget().await;
        match &mut self.inner {
            Inner::Read(turn) => turn.connection()?.change(sql, &args),
            Inner::Write(turn) => turn.connection()?.change(sql, &args),
            Inner::Postgres(tx, ..) => Ok(bind!(sql, args).execute(&mut **tx).await?.rows_affected()),
            Inner::Once(_) | Inner::WriteOnce(..) => Err(StoreError::Statement("this transaction brings rows".into())),
        }
    }

    fn count_statement(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether this is PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(..) | Inner::Once(_) | Inner::WriteOnce(..))
    }

    /// The text for the database at hand.
    pub(crate) fn pick(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        if self.is_postgres() { postgres } else { sqlite }
    }
}

fn asked_twice() -> StoreError {
    StoreError::Statement("this transaction has one statement".into())
}

/// Up to `most` rows of PostgreSQL's answer.
async fn from_postgres(
    connection: &mut PgConnection,
    sql: &'static str,
    args: Vec<Arg>,
    most: usize,
) -> Result<Vec<Row>, StoreError> {
    if most == 1 {
        let row = bind!(sql, args).fetch_optional(connection).await?;
        return Ok(row.into_iter().map(Row::Postgres).collect());
    }
    let rows = bind!(sql, args).fetch_all(connection).await?;
    Ok(rows.into_iter().map(Row::Postgres).collect())
}
