//! The connections of all accounts: each account of the database that speaks SMPP has its own, for as long as it is there and as it is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use halyard_carriers::Kind;
use halyard_carriers::smpp::Options;
use halyard_protocol::CarrierAccountId;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::super::Surroundings;
use super::status::Status;
use super::trunk::{Running, Trunk};
use crate::metrics::Metrics;
use crate::store::StoreError;
use crate::store::carrier_accounts::{self, AccountRecord};

/// How often the accounts are looked at: a command in another process may have changed them.
const LOOK: Duration = Duration::from_secs(3);

/// The connections of all accounts.
#[derive(Clone, Default)]
pub struct Trunks(Arc<Inner>);

#[derive(Default)]
struct Inner {
    running: Mutex<HashMap<CarrierAccountId, Running>>,
    changed: Notify,
}

/// What looks after them.
struct Supervisor<Open> {
    trunks: Trunks,
    around: Surroundings,
    open: Open,
    metrics: Arc<Metrics>,
    tasks: TaskTracker,
    /// Connections that are ending, by their account.
    ending: HashMap<CarrierAccountId, JoinHandle<()>>,
    /// Accounts that can't be used, as they were when the log said so.
    unusable: HashMap<CarrierAccountId, AccountRecord>,
}

impl Trunks {
    /// This process has changed accounts: they are looked at now.
    pub fn accounts_changed(&self) {
        self.0.changed.notify_one();
    }

    /// An account's connections; none where it has none in this process, or is another one now.
    pub(super) fn of(&self, account: &AccountRecord) -> Option<Trunk> {
        let running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        let found = running.get(&account.id).filter(|running| running.record == *account);
        if found.is_none() {
            self.0.changed.notify_one();
        }
        found.map(|running| running.trunk.clone())
    }

    /// Whether an account's texts can leave from this process now.
    pub(super) fn is_up(&self, account: &AccountRecord) -> bool {
        self.of(account).is_some_and(|trunk| trunk.status() == Status::Up)
    }

    /// Keeps accounts connected until `stop`, then ends all connections in order. `open` reads an account's settings.
    pub async fn run<Open, Error>(
        self,
        around: Surroundings,
        open: Open,
        metrics: Arc<Metrics>,
        stop: CancellationToken,
    ) where
        Open: Fn(&AccountRecord) -> Result<Options, Error>,
        Error: std::fmt::Display,
    {
        let (ending, unusable, tasks) = (HashMap::new(), HashMap::new(), TaskTracker::new());
        let mut supervisor = Supervisor { trunks: self, around, open, metrics, tasks, ending, unusable };
        loop {
            if let Err(error) = supervisor.look().await {
                tracing::warn!(%error, "the accounts at carriers could not be looked at");
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = supervisor.trunks.0.changed.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        supervisor.end_all();
        supervisor.tasks.close();
        supervisor.tasks.wait().await;
    }
}

impl<Open, Error> Supervisor<Open>
where
    Open: Fn(&AccountRecord) -> Result<Options, Error>,
    Error: std::fmt::Display,
{
    /// Opens what is to be connected and is not, and ends what is not to be.
    async fn look(&mut self) -> Result<(), StoreError> {
        let mut tx = self.around.store.read_once().await?;
        let all = carrier_accounts::all(&mut tx).await?;
        drop(tx);
        let accounts: HashMap<CarrierAccountId, AccountRecord> =
            all.into_iter().filter(|record| record.kind == Kind::Smpp).map(|record| (record.id, record)).collect();
        let trunks = self.trunks.clone();
        let mut running = trunks.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, ended) in running.extract_if(|id, running| accounts.get(id) != Some(&running.record)) {
            tracing::info!(account = %id, "the account was changed or removed; its connections end");
            self.end(id, ended);
        }
        self.ending.retain(|_, done| !done.is_finished());
        self.unusable.retain(|id, record| accounts.get(id) == Some(record));
        for (id, record) in accounts {
            if running.contains_key(&id) || self.unusable.contains_key(&id) {
                continue;
            }
            match (self.open)(&record) {
                Ok(options) => {
                    let before = self.ending.remove(&id);
                    let (around, metrics) = (&self.around, &self.metrics);
                    let started = Running::start(around, record, &options, metrics, &self.tasks, before);
                    running.extend(started.map(|started| (id, started)));
                }
                Err(error) => {
                    tracing::error!(account = %id, %error, "an account at a carrier can't be used");
                    self.unusable.insert(id, record);
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, id: CarrierAccountId, ended: Running) {
        ended.stop.cancel();
        self.metrics.linked(&id.to_string(), None);
        self.ending.insert(id, ended.done);
    }

    fn end_all(&mut self) {
        let trunks = self.trunks.clone();
        let all = std::mem::take(&mut *trunks.0.running.lock().unwrap_or_else(PoisonError::into_inner));
        for (id, ended) in all {
            self.end(id, ended);
        }
    }
}
