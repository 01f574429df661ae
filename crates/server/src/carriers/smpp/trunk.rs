//! The connections of one account.

use std::sync::Arc;
use std::time::Duration;

use halyard_carriers::Outcome;
use halyard_carriers::smpp::{Options, Role, Session, Submission};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::super::Surroundings;
use super::desk::{Desk, Handed, Outcomes};
use super::drive::Driver;
use super::intake::Intake;
use super::status::{Board, Sign, Status};
use crate::metrics::Metrics;
use crate::store::carrier_accounts::AccountRecord;

/// Texts that may wait between the queue and a session.
const WAITING: usize = 64;
/// What came in and was committed, on its way back to the session.
const COMMITTED: usize = 256;
/// How long a text waits for a session that is being opened.
const OPENING: Duration = Duration::from_secs(5);
/// How long a text waits for room in the session's window.
const ROOM: Duration = Duration::from_secs(20);
/// How long the connections of before may take to end.
const BEFORE: Duration = Duration::from_secs(15);

/// The connections of one account, as those see it who have texts for it.
#[derive(Clone)]
pub(super) struct Trunk {
    began: Instant,
    response: Duration,
    handing: mpsc::Sender<Handed>,
    status: watch::Receiver<Status>,
}

/// A trunk with its tasks.
pub(super) struct Running {
    pub(super) record: AccountRecord,
    pub(super) trunk: Trunk,
    pub(super) stop: CancellationToken,
    pub(super) done: JoinHandle<()>,
}

impl Running {
    /// Opens an account's connections, after those of before have ended.
    pub(super) fn start(
        around: &Surroundings,
        record: AccountRecord,
        options: &Options,
        metrics: &Arc<Metrics>,
        tasks: &TaskTracker,
        before: Option<JoinHandle<()>>,
    ) -> Option<Self> {
        let (stop, began) = (CancellationToken::new(), Instant::now());
        let roles = options.bind.roles();
        let board = Arc::new(Board::new(record.id, roles.len(), Arc::clone(metrics), stop.clone()));
        let mut drivers = Vec::new();
        let mut trunk = None;
        for (place, role) in roles.iter().copied().enumerate() {
            let (handing, handed) = mpsc::channel(WAITING);
            let (committing, committed) = mpsc::channel(COMMITTED);
            let (status, shown) = watch::channel(Status::Starting);
            let intake = Intake::start(around, &record, &committing, tasks);
            let sign = Sign { board: Arc::clone(&board), place, role, status };
            let session = Session::new(options.clone(), role);
            if role != Role::Receiver {
                trunk = Some(Trunk { began, response: options.response, handing, status: shown });
            }
            let (around, options, stop) = (around.clone(), options.clone(), stop.clone());
            let desk = Desk::default();
            drivers.push(Driver { around, options, session, sign, handed, committed, intake, desk, began, stop });
        }
        let trunk = trunk?;
        let done = tasks.spawn(async move {
            if let Some(before) = before {
                let _ = timeout(BEFORE, before).await;
            }
            futures_util::future::join_all(drivers.into_iter().map(Driver::run)).await;
        });
        Some(Self { record, trunk, stop, done })
    }
}

impl Trunk {
    /// How the session is that takes texts.
    pub(super) fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    /// Waits a while for a session that is being opened.
    ///
    /// # Errors
    /// The session is not up: how it is.
    pub(super) async fn up(&self) -> Result<(), Status> {
        let mut status = self.status.clone();
        let _ = timeout(OPENING, async { status.wait_for(|status| *status != Status::Starting).await.map(drop) }).await;
        match self.status() {
            Status::Up => Ok(()),
            other => Err(other),
        }
    }

    /// Hands parts of a text over.
    ///
    /// # Errors
    /// The session is not up: how it is.
    pub(super) async fn send(
        &self,
        id: &str,
        parts: Vec<Submission>,
        earlier: Vec<(u8, String)>,
    ) -> Result<Outcomes, Status> {
        self.up().await?;
        let numbers: Vec<u8> = parts.iter().map(|part| part.part).collect();
        let (heard, hears) = oneshot::channel();
        let handed = Handed { id: id.to_owned(), parts, earlier, until: self.began.elapsed() + ROOM, heard };
        if self.handing.try_send(handed).is_err() {
            return Err(Status::Up);
        }
        match timeout(ROOM + self.response + OPENING, hears).await {
            Ok(Ok(outcomes)) => Ok(outcomes),
            _ => Ok(numbers.into_iter().map(|part| (part, Outcome::Unknown)).collect()),
        }
    }
}
