//! What an SMSC brings, on its way into the database.
//!
//! Always holds: what one sender writes to one number is committed in the order in which it came, while others are not waited for. Of what
//! could not be committed the session hears, so that the SMSC brings it again. That a connection has ended is written down behind what came over it, and
//! before what comes over the next one: only then what is brought again is known again.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use halyard_carriers::smpp::{Arrived, Handle, ReceiptIn};
use halyard_carriers::{Address, Event, Receipt, Reported};
use halyard_protocol::{Ulid, UnixMs};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::super::Surroundings;
use super::desk;
use crate::operations::messaging::brought::{self, BroughtReport};
use crate::operations::messaging::pieces::{self, Over, Part};
use crate::store::StoreError;
use crate::store::carrier_accounts::AccountRecord;

/// How many transactions of a session may be under way at a time.
const LANES: u64 = 8;
/// What may wait in each: more than a session lets wait.
const WAITING: usize = 256;
/// Room beside that for connections that have ended: those find a place also where nothing else does.
const ENDINGS: usize = 64;
/// How often it is tried to commit what nobody brings again.
const TRIES: u32 = 8;

/// One thing to commit.
pub(super) enum Work {
    /// A text, or a part of one.
    Text(Handle, Arrived, Over),
    /// A receipt.
    Receipt(Handle, ReceiptIn),
    /// What became known of a text late.
    Report(desk::Report),
    /// What came over a connection before a moment will not come again.
    Settle(Ulid, UnixMs),
    /// The connection has ended.
    Ended(Ulid),
}

/// What was committed, or not.
pub(super) type Committed = (Handle, bool);

/// Where a session puts what came.
pub(super) struct Intake {
    lanes: Vec<mpsc::Sender<Work>>,
}

#[derive(Clone)]
struct Worker {
    around: Surroundings,
    account: AccountRecord,
    committed: mpsc::Sender<Committed>,
}

impl Intake {
    /// Begins to commit, until this is dropped and all is done. What was committed is said there.
    pub(super) fn start(
        around: &Surroundings,
        account: &AccountRecord,
        committed: &mpsc::Sender<Committed>,
        tasks: &TaskTracker,
    ) -> Self {
        let lanes = (0..LANES).map(|_| {
            let (lane, work) = mpsc::channel(WAITING + ENDINGS);
            let (around, account, committed) = (around.clone(), account.clone(), committed.clone());
            tasks.spawn(Worker { around, account, committed }.run(work));
            lane
        });
        Self { lanes: lanes.collect() }
    }

    /// A connection has ended: each lane hears of it behind what it has of that connection.
    pub(super) fn end(&self, connection: Ulid) {
        let is_noted = self.lanes.iter().all(|lane| lane.try_send(Work::Ended(connection)).is_ok());
        if !is_noted {
            tracing::error!("that a connection has ended could not be noted: what comes again may count twice");
        }
    }

    /// Takes something that is to be committed. Says whether there was room for it.
    pub(super) fn take(&self, work: Work) -> bool {
        let mut hash = DefaultHasher::new();
        match &work {
            Work::Text(_, arrived, _) => (&arrived.from, &arrived.to).hash(&mut hash),
            Work::Receipt(_, receipt) => receipt.references.hash(&mut hash),
            Work::Report(report) => report.id.hash(&mut hash),
            Work::Settle(connection, _) | Work::Ended(connection) => connection.to_string().hash(&mut hash),
        }
        let place = usize::try_from(hash.finish() % LANES).unwrap_or_default();
        self.lanes.get(place).is_some_and(|lane| lane.capacity() > ENDINGS && lane.try_send(work).is_ok())
    }
}

impl Worker {
    async fn run(self, mut work: mpsc::Receiver<Work>) {
        while let Some(work) = work.recv().await {
            let (handle, outcome) = match work {
                Work::Text(handle, arrived, over) => (Some(handle), self.text(arrived, over).await),
                Work::Receipt(handle, receipt) => (Some(handle), self.receipt(receipt).await),
                Work::Report(report) => (None, self.report(report).await),
                Work::Settle(connection, before) => {
                    (None, pieces::settle(&self.around.store, connection, before).await)
                }
                Work::Ended(connection) => (None, self.ended(connection).await),
            };
            if let Err(error) = &outcome {
                tracing::error!(account = %self.account.id, %error, "what a carrier brought could not be kept");
            }
            if let Some(handle) = handle {
                // Where the session is gone the carrier brings it again.
                let _ = self.committed.send((handle, outcome.is_ok())).await;
            }
        }
    }

    async fn text(&self, arrived: Arrived, over: Over) -> Result<(), StoreError> {
        let Arrived { from, to, concat, piece, fingerprint } = arrived;
        let Address::Number(to) = to else {
            tracing::warn!(account = %self.account.id, "a text came in for what is no phone number");
            return Ok(());
        };
        let part = Part { from, to, concat, piece, fingerprint };
        pieces::take_in(&self.around.store, &self.around.env, &self.account, over, part).await
    }

    async fn receipt(&self, came: ReceiptIn) -> Result<(), StoreError> {
        // Where the carrier does not know either there is nothing to say.
        let Some(reported) = came.receipt.reported() else { return Ok(()) };
        let forms = came.references;
        let Some(reference) = forms.first().cloned() else { return Ok(()) };
        let to = if let Address::Number(to) = came.from { Some(to) } else { None };
        self.add(Receipt { reference, ours: None, to, reported }, forms).await
    }

    /// Nobody brings it again, so it is tried for a while.
    async fn report(&self, report: desk::Report) -> Result<(), StoreError> {
        let desk::Report { id, result } = report;
        let (references, reported) = match result {
            Ok(references) if references.is_empty() => (vec![String::new()], Reported::Sent),
            Ok(references) => (references, Reported::Sent),
            Err(refusal) => (vec![String::new()], Reported::Failed(refusal)),
        };
        for reference in references {
            let receipt = Receipt { reference, ours: Some(id.clone()), to: None, reported: reported.clone() };
            let mut tries = 0;
            while let Err(error) = self.add(receipt.clone(), Vec::new()).await {
                before_another(&mut tries, error).await?;
            }
        }
        Ok(())
    }

    /// What comes over the next connection waits meanwhile: before this is written down it would count twice.
    async fn ended(&self, connection: Ulid) -> Result<(), StoreError> {
        let mut tries = 0;
        while let Err(error) = pieces::end_connection(&self.around.store, connection).await {
            before_another(&mut tries, error).await?;
        }
        Ok(())
    }

    async fn add(&self, receipt: Receipt, forms: Vec<String>) -> Result<(), StoreError> {
        let event = Event::Receipt(receipt);
        let (mut tx, whose) = brought::begin(&self.around.store, &self.account, &event).await?;
        let Event::Receipt(receipt) = event else { return Ok(()) };
        let reported = BroughtReport { account: self.account.id, receipt, forms };
        brought::add_report(&mut tx, &self.around.env, whose, &reported).await?;
        tx.commit().await
    }
}

/// Waits before another try of what has failed, longer each time.
///
/// # Errors
/// The same error, after the last try.
async fn before_another(tries: &mut u32, error: StoreError) -> Result<(), StoreError> {
    *tries += 1;
    if *tries >= TRIES {
        return Err(error);
    }
    tokio::time::sleep(Duration::from_millis(200) * 2_u32.pow(*tries)).await;
    Ok(())
}
