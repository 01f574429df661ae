//! A session's driver: dials, tells the session what happens, does what it says, and dials again when the connection has ended.
//!
//! Always holds: the driver never waits for the SMSC to read, nor for the database: it goes on hearing the other side meanwhile. It ends only
//! when it is told to; then it says farewell, and cuts the connection where that takes too long.

use std::collections::VecDeque;
use std::time::Duration;

use halyard_carriers::smpp::{Options, Output, REFUSED_PAUSE, Session, State, reconnect_after};
use halyard_protocol::Ulid;
use tokio::io::{AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::super::Surroundings;
use super::desk::{Desk, Handed, Report};
use super::dial::{Wire, dial};
use super::intake::{Committed, Intake, Work};
use super::status::{Sign, Status};
use crate::operations::messaging::pieces::Over;

/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(5);
/// How long what was written last may take to leave.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// A session that was up for so long did not fail.
const LASTING: Duration = Duration::from_secs(20);
/// Bytes that may wait to be written before nothing more is read.
const MOST_UNWRITTEN: usize = 256 * 1024;
/// How often what came in is settled.
const SETTLE: Duration = Duration::from_secs(20);
/// What was answered so long before the SMSC was last heard of has reached it.
const HEARD: Duration = Duration::from_secs(5);
/// What a session may take to find out that nobody is there, beside its time of silence.
const SILENCE: Duration = Duration::from_secs(60);

/// What drives a session.
pub(super) struct Driver {
    pub(super) around: Surroundings,
    pub(super) options: Options,
    pub(super) session: Session,
    pub(super) sign: Sign,
    pub(super) handed: mpsc::Receiver<Handed>,
    pub(super) committed: mpsc::Receiver<Committed>,
    pub(super) intake: Intake,
    pub(super) desk: Desk,
    /// When the session's clock began.
    pub(super) began: Instant,
    pub(super) stop: CancellationToken,
}

/// One connection.
struct Talk {
    connection: Ulid,
    out: Vec<u8>,
    is_flushed: bool,
    wake: Option<Duration>,
    is_closing: bool,
    was_bound: bool,
    /// Until when no submissions are taken.
    throttled: Option<Duration>,
    /// When the SMSC was last heard of.
    heard: Duration,
    /// When something came in last that is not settled.
    arrived: Option<Duration>,
    /// How the session ended.
    ended: Option<Status>,
}

impl Driver {
    /// Drives until it is told to stop.
    pub(super) async fn run(mut self) {
        let mut failures = 0;
        while let Some(dialled) = self.meanwhile(|options| async move { dial(&options).await }).await {
            let (status, lasted) = match dialled {
                Ok(wire) => self.talk(wire).await,
                Err(why) => (Status::down(why), false),
            };
            if self.stop.is_cancelled() {
                break;
            }
            failures = if lasted { 1 } else { failures + 1 };
            let [chance] = self.around.env.bytes();
            let wait = match status {
                Status::Down { mend: true, .. } => REFUSED_PAUSE,
                _ => reconnect_after(failures, chance),
            };
            self.sign.show(status);
            if self.meanwhile(|_| tokio::time::sleep(wait)).await.is_none() {
                break;
            }
        }
        self.sign.show(Status::down("it was ended"));
        self.handed.close();
        while let Some(handed) = self.handed.recv().await {
            self.desk.take(handed);
        }
        self.desk.expire(None, &self.words());
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn words(&self) -> String {
        self.sign.status.borrow().words()
    }

    /// Does something that needs no connection. None when it is to stop.
    async fn meanwhile<T, F: Future<Output = T>>(&mut self, work: impl FnOnce(Options) -> F) -> Option<T> {
        let work = work(self.options.clone());
        tokio::pin!(work);
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return None,
                done = &mut work => return Some(done),
                Some(handed) = self.handed.recv() => {
                    self.desk.take(handed);
                    self.desk.expire(None, &self.words());
                }
                // Of a connection that has ended nothing is answered.
                Some(_) = self.committed.recv() => {}
            }
        }
    }

    /// Speaks over a connection until it ends. How it ended, and whether the session was up for long.
    async fn talk(&mut self, wire: Wire) -> (Status, bool) {
        let (mut reading, mut writing) = tokio::io::split(wire);
        let mut buffer = vec![0; 16 * 1024];
        let began = self.now();
        let mut talk = Talk::new(self.around.env.ulid(), began);
        let outputs = self.session.connected(began);
        self.act(&mut talk, outputs);
        let mut settle = tokio::time::interval(SETTLE);
        let mut farewell: Option<Instant> = None;
        while talk.ended.is_none() {
            self.feed(&mut talk);
            let until = self.desk.first_until();
            let wakes = [talk.wake, until].into_iter().flatten().min().map(|wake| self.began + wake);
            let wakes = wakes.into_iter().chain(farewell).min();
            tokio::select! {
                read = reading.read(&mut buffer), if talk.out.len() < MOST_UNWRITTEN => {
                    let now = self.now();
                    let outputs = match read {
                        Ok(0) | Err(_) => self.session.closed(now),
                        Ok(length) => {
                            talk.heard = now;
                            self.session.received(buffer.get(..length).unwrap_or_default(), now)
                        }
                    };
                    self.act(&mut talk, outputs);
                }
                put = put(&mut writing, &talk.out), if !talk.out.is_empty() || !talk.is_flushed => match put {
                    Ok(0) => talk.is_flushed = true,
                    Ok(length) => {
                        talk.out.drain(..length);
                        talk.is_flushed = false;
                    }
                    Err(_) => {
                        let outputs = self.session.closed(self.now());
                        self.act(&mut talk, outputs);
                    }
                },
                () = async { sleep_until(wakes.unwrap_or_else(Instant::now)).await }, if wakes.is_some() => {
                    self.woken(&mut talk, farewell);
                }
                Some(handed) = self.handed.recv() => self.desk.take(handed),
                Some((handle, is_kept)) = self.committed.recv() => {
                    let now = self.now();
                    let outputs = if is_kept { self.session.taken(handle, now) } else { self.session.not_taken(handle, now) };
                    self.act(&mut talk, outputs);
                }
                _ = settle.tick() => self.settle(&mut talk),
                () = self.stop.cancelled(), if farewell.is_none() => {
                    farewell = Some(Instant::now() + FAREWELL);
                    self.desk.expire(None, "The server ends the connection to the carrier.");
                    let outputs = self.session.leave(self.now());
                    self.act(&mut talk, outputs);
                }
            }
        }
        if talk.is_closing {
            let last = async {
                let _ = writing.write_all(&talk.out).await;
                let _ = writing.shutdown().await;
            };
            let _ = timeout(LAST_WORDS, last).await;
        }
        self.intake.end(talk.connection);
        self.desk.forget_doubts();
        let status = talk.ended.unwrap_or(Status::Starting);
        self.desk.expire(None, &status.words());
        let lasted = talk.was_bound && self.now().saturating_sub(began) >= LASTING;
        (status, lasted)
    }

    /// Some time has come: the session's, that of a text that waits, or that by which a farewell has to be done.
    fn woken(&mut self, talk: &mut Talk, farewell: Option<Instant>) {
        let now = self.now();
        if talk.wake.is_some_and(|wake| now >= wake) {
            talk.wake = None;
            let outputs = self.session.tick(now);
            self.act(talk, outputs);
        }
        self.desk.expire(Some(now), "The carrier takes no more texts at the moment.");
        if farewell.is_some_and(|farewell| Instant::now() >= farewell) {
            let outputs = self.session.closed(now);
            self.act(talk, outputs);
            talk.is_closing = true;
            talk.ended.get_or_insert(Status::down("it was ended"));
        }
    }

    /// Hands parts to the session, as far as it takes them. Where the SMSC wants to be left alone they are told so.
    fn feed(&mut self, talk: &mut Talk) {
        let now = self.now();
        let is_throttled = talk.throttled.is_some_and(|until| until > now);
        while talk.ended.is_none() && self.desk.has_next() && (is_throttled || self.session.room(now) > 0) {
            let Some(next) = self.desk.next() else { break };
            let outputs = self.session.submit(next, now);
            self.act(talk, outputs);
        }
    }

    /// Does what the session says.
    fn act(&mut self, talk: &mut Talk, outputs: Vec<Output>) {
        let mut outputs = VecDeque::from(outputs);
        while let Some(output) = outputs.pop_front() {
            match output {
                Output::Write(bytes) => talk.out.extend_from_slice(&bytes.0),
                Output::Close => talk.is_closing = true,
                Output::WakeAt(at) => talk.wake = Some(at),
                Output::State(state) => self.became(talk, state),
                Output::Submitted { id, part, outcome } => {
                    let report = self.desk.ended(&id, part, outcome);
                    self.report(report);
                }
                Output::Late { id, part, outcome } => {
                    let report = self.desk.late(&id, part, outcome);
                    self.report(report);
                }
                Output::Inbound(handle, arrived) => {
                    talk.arrived = Some(self.now());
                    let over = Over { connection: talk.connection, silence: self.options.idle + SILENCE };
                    if !self.intake.take(Work::Text(handle, arrived, over)) {
                        outputs.extend(self.session.not_taken(handle, self.now()));
                    }
                }
                Output::Receipt(handle, receipt) => {
                    if !self.intake.take(Work::Receipt(handle, receipt)) {
                        outputs.extend(self.session.not_taken(handle, self.now()));
                    }
                }
                Output::Skipped(what) => {
                    tracing::warn!(role = ?self.sign.role, what, "the carrier sent something that is passed over");
                }
            }
        }
    }

    fn report(&self, report: Option<Report>) {
        if let Some(report) = report
            && !self.intake.take(Work::Report(report))
        {
            tracing::error!("what became known of a text late could not be kept");
        }
    }

    fn became(&self, talk: &mut Talk, state: State) {
        match state {
            State::Connecting => {}
            State::Bound => {
                (talk.was_bound, talk.throttled) = (true, None);
                self.sign.show(Status::Up);
            }
            State::Throttled { until } => talk.throttled = Some(until),
            State::Refused { why, mend } => talk.end(Status::Down { why: why.words, mend }),
            State::Lost(why) if talk.was_bound => talk.end(Status::down(why)),
            State::Lost("the connection ended") => {
                let why = "The carrier closed the connection before it answered the login: it may not know this server's address.";
                talk.end(Status::down(why));
            }
            State::Lost(why) => talk.end(Status::down(why)),
            State::Left => talk.end(Status::down("it was ended")),
        }
    }

    /// What came in before the SMSC was last heard of will not come again.
    fn settle(&self, talk: &mut Talk) {
        let Some(arrived) = talk.arrived else { return };
        let silent = self.now().saturating_sub(talk.heard) + HEARD;
        let before = self.around.env.now().plus(-i64::try_from(silent.as_millis()).unwrap_or(i64::MAX));
        self.intake.take(Work::Settle(talk.connection, before));
        // It is committed a moment after it came.
        if talk.heard > arrived + HEARD * 3 {
            talk.arrived = None;
        }
    }
}

impl Talk {
    fn new(connection: Ulid, now: Duration) -> Self {
        Self {
            connection,
            out: Vec::new(),
            is_flushed: true,
            wake: None,
            is_closing: false,
            was_bound: false,
            throttled: None,
            heard: now,
            arrived: None,
            ended: None,
        }
    }

    fn end(&mut self, status: Status) {
        self.ended.get_or_insert(status);
    }
}

/// Writes some bytes, and says how many; where there are none, lets leave what was written.
async fn put(writing: &mut (impl AsyncWrite + Unpin), out: &[u8]) -> std::io::Result<usize> {
    if out.is_empty() {
        writing.flush().await?;
        return Ok(0);
    }
    match writing.write(out).await? {
        0 => Err(std::io::ErrorKind::WriteZero.into()),
        length => Ok(length),
    }
}
