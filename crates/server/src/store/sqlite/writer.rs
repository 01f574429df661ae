//! The connection that writes, and whose turn it is to use it.
//!
//! Always holds:
//! - Writers come one after the other. Tenants take turns, and of each those who are asked and its jobs; the writers of one queue come in
//!   their order.
//! - Those who come while others wait share one transaction of SQLite, each in a savepoint of its own, and so one sync of the disk. A writer
//!   is told that it has committed when all of it is on the disk. What a writer sees of those
//!   before it is not on the disk yet: they are committed together or not at all.
//! - A writer that goes away in the middle leaves nothing behind. Where SQLite had to end the transaction by itself (a full disk, say),
//!   all who shared it are told that nothing was committed.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use halyard_protocol::TenantId;
use rusqlite::{Connection, ErrorCode};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::ASK_AGAIN;
use super::connection::Statements as _;
use super::log::Log;
use crate::store::turns::{Urgency, Waiting};
use crate::store::{StoreError, dialect};

/// Writers that share a transaction, at most.
const SHARING: usize = 128;
/// For so long others may join a transaction.
const JOINING: Duration = Duration::from_millis(8);

/// What is done when a transaction is on the disk.
pub(crate) type AfterCommit = Box<dyn FnOnce() + Send>;

/// The writer.
#[derive(Clone)]
pub(crate) struct Writer(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
}

struct State {
    /// How often SQLite has committed.
    #[cfg(test)]
    commits: usize,
    /// The connection while nobody has it.
    idle: Option<Box<Batch>>,
    waiting: Waiting<Queue, WriteTurn>,
    is_closed: bool,
}

/// The queue that a writer waits in.
pub(crate) type Queue = (Option<TenantId>, Urgency);

/// The connection, with those whose work is in its open transaction and not on the disk yet.
struct Batch {
    connection: Connection,
    log: Log,
    members: Vec<Member>,
    /// When the first of them was done.
    since: Instant,
}

struct Member {
    after_commit: AfterCommit,
    done: oneshot::Sender<Result<(), StoreError>>,
}

impl Batch {
    /// Whether SQLite has ended the transaction by itself.
    fn is_lost(&self) -> bool {
        self.connection.is_autocommit()
    }

    fn fail(&mut self) {
        for member in self.members.drain(..) {
            let _ = member.done.send(Err(StoreError::lost()));
        }
    }

    /// Puts all on the disk, and tells the members. Waits for the disk.
    fn commit(&mut self) {
        if let Err(error) = self.connection.control("COMMIT") {
            tracing::error!(%error, members = self.members.len(), "a transaction could not be committed");
            if !self.is_lost() {
                let _ = self.connection.control("ROLLBACK");
            }
            return self.fail();
        }
        for member in self.members.drain(..) {
            // A hook that panics must not take the connection with it.
            if std::panic::catch_unwind(AssertUnwindSafe(member.after_commit)).is_err() {
                tracing::error!("who waits for a commit could not be told of it");
            }
            // Whoever waited for it may be gone.
            let _ = member.done.send(Ok(()));
        }
        self.log.shorten(&self.connection);
    }
}

impl Writer {
    /// On a connection that does not wait for other processes.
    pub(super) fn new(connection: Connection) -> Self {
        let log = Log::new(&connection);
        let batch = Batch { connection, log, members: Vec::new(), since: Instant::now() };
        let state = State {
            #[cfg(test)]
            commits: 0,
            idle: Some(Box::new(batch)),
            waiting: Waiting::default(),
            is_closed: false,
        };
        Self(Arc::new(Shared { state: Mutex::new(state) }))
    }

    /// Waits for the turn to write, and begins.
    pub(crate) async fn take(&self, queue: Queue) -> Result<WriteTurn, StoreError> {
        let end = Instant::now() + queue.1.patience();
        let receiver = {
            let mut state = self.0.lock();
            if state.is_closed {
                return Err(StoreError::overloaded());
            }
            match state.idle.take() {
                Some(batch) => Err(WriteTurn::new(&self.0, batch)),
                None => Ok(state.waiting.join(queue)),
            }
        };
        let mut turn = match receiver {
            Err(turn) => turn,
            Ok(receiver) => {
                let turn = tokio::time::timeout_at(end, receiver).await;
                turn.ok().and_then(Result::ok).ok_or_else(StoreError::overloaded)?
            }
        };
        turn.begin(end).await?;
        Ok(turn)
    }

    /// Waits until nobody writes, and closes. Whoever comes later is refused, and so are those of longer queues who still wait.
    pub(super) async fn close(&self) {
        let receiver = {
            let mut state = self.0.lock();
            if std::mem::replace(&mut state.is_closed, true) {
                return;
            }
            if state.idle.take().is_some() {
                return;
            }
            state.waiting.join((None, Urgency::Background))
        };
        if let Ok(mut turn) = receiver.await
            && let Some(mut batch) = turn.batch.take()
        {
            if !batch.is_lost() {
                batch.commit();
            }
            // Those who came meanwhile are refused.
            self.0.lock().waiting = Waiting::default();
        }
    }
}

#[cfg(test)]
impl Writer {
    /// How often SQLite has committed.
    pub(super) fn commits(&self) -> usize {
        self.0.lock().commits
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the connection to who is next; commits first if the transaction is large or old enough, or nobody waits.
    fn pass_on(self: &Arc<Self>, mut batch: Box<Batch>) {
        let is_full = batch.members.len() >= SHARING || (!batch.members.is_empty() && batch.since.elapsed() >= JOINING);
        if !is_full {
            let mut state = self.lock();
            while let Some(sender) = state.waiting.next() {
                match sender.send(WriteTurn::new(self, batch)) {
                    Ok(()) => return,
                    // That one has given up waiting.
                    Err(mut turn) => match turn.batch.take() {
                        Some(back) => batch = back,
                        None => return,
                    },
                }
            }
            if batch.members.is_empty() {
                if !batch.is_lost() {
                    let _ = batch.connection.control("ROLLBACK");
                }
                state.idle = Some(batch);
                return;
            }
        }
        let shared = Arc::clone(self);
        let commit = move || {
            // Whatever happens there, the connection has to be given on.
            if std::panic::catch_unwind(AssertUnwindSafe(|| batch.commit())).is_err() {
                let _ = batch.connection.control("ROLLBACK");
                batch.fail();
            }
            #[cfg(test)]
            {
                shared.lock().commits += 1;
            }
            shared.pass_on(batch);
        };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(commit)),
            // The process ends.
            Err(_) => commit(),
        }
    }
}

/// The turn to write. Dropped without [`WriteTurn::commit`], what was written is undone.
pub(crate) struct WriteTurn {
    shared: Arc<Shared>,
    batch: Option<Box<Batch>>,
    has_begun: bool,
}

impl WriteTurn {
    fn new(shared: &Arc<Shared>, batch: Box<Batch>) -> Self {
        Self { shared: Arc::clone(shared), batch: Some(batch), has_begun: false }
    }

    /// Begins a transaction, or joins the one that is open. Another process may be writing: it is not waited for in SQLite, where the
    /// thread would stand still.
    async fn begin(&mut self, end: Instant) -> Result<(), StoreError> {
        while !self.try_to_begin(Instant::now() >= end)? {
            tokio::time::sleep(ASK_AGAIN).await;
        }
        Ok(())
    }

    /// Says whether it has begun.
    fn try_to_begin(&mut self, is_last: bool) -> Result<bool, StoreError> {
        let Some(batch) = &self.batch else { return Err(StoreError::lost()) };
        if batch.connection.is_autocommit() {
            match batch.connection.control(dialect::SQLITE_BEGIN_WRITE) {
                Err(error) if !is_last && error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                    return Ok(false);
                }
                result => result?,
            }
        }
        batch.connection.control("SAVEPOINT one")?;
        self.has_begun = true;
        Ok(true)
    }

    /// The connection, in its transaction.
    pub(crate) fn connection(&self) -> Result<&Connection, StoreError> {
        let batch = self.batch.as_ref().filter(|batch| !batch.is_lost());
        batch.map(|batch| &batch.connection).ok_or_else(StoreError::lost)
    }

    /// Leaves what was written to be committed, alone or with what others write. The answer comes when it is on the disk; then
    /// `after_commit` was called. Goes through even if nobody waits for the answer.
    pub(crate) fn commit(mut self, after_commit: AfterCommit) -> oneshot::Receiver<Result<(), StoreError>> {
        let (done, answer) = oneshot::channel();
        let Some(mut batch) = self.batch.take() else { return answer };
        if batch.is_lost() || batch.connection.control("RELEASE one").is_err() {
            batch.fail();
            let _ = done.send(Err(StoreError::lost()));
        } else {
            if batch.members.is_empty() {
                batch.since = Instant::now();
            }
            batch.members.push(Member { after_commit, done });
        }
        self.shared.pass_on(batch);
        answer
    }
}

impl Drop for WriteTurn {
    fn drop(&mut self) {
        let Some(mut batch) = self.batch.take() else { return };
        if self.has_begun && !batch.is_lost() {
            let undone =
                batch.connection.control("ROLLBACK TO one").and_then(|()| batch.connection.control("RELEASE one"));
            if undone.is_err() && !batch.is_lost() {
                let _ = batch.connection.control("ROLLBACK");
            }
        }
        if batch.is_lost() {
            batch.fail();
        }
        self.shared.pass_on(batch);
    }
}
