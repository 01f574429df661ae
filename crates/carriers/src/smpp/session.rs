//! A session with an SMSC, as a value: it is told what happened, with the time, and says what is to be done.
//!
//! Its driver opens the connection and calls [`Session::connected`], hands over what it reads ([`Session::received`]), does each
//! [`Output`] in its order, calls [`Session::tick`] at the time that the last [`Output::WakeAt`] named, and [`Session::closed`] when the
//! connection has ended. Then it connects again, with the same session. Times are those of a clock that is never set, from any beginning.
//!
//! Always holds:
//! - Every [`Session::submit`] gets exactly one [`Output::Submitted`]. What was written and not answered, because the answer takes too long or
//!   the connection ended, is [`Outcome::Unknown`]. An answer that comes after that is [`Output::Late`].
//! - A text or receipt is answered when the driver says what became of it, and not before. Of a connection that has ended nothing is
//!   answered: the SMSC brings it again.
//! - Nothing is written after [`Output::Close`].

mod link;
#[cfg(test)]
mod tests;

use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;

use crate::outcome::Outcome;
use crate::refusal::{Refusal, Why};
use crate::smpp::incoming::{Arrived, Reading, ReceiptIn};
use crate::smpp::options::{Options, Role};
use crate::smpp::outgoing::{self, Submission};
use crate::smpp::pdu::{Frames, Writer, command};
use crate::smpp::status;

/// How long the answer to a bind, a test of the connection or a farewell is waited for.
const SOON: Duration = Duration::from_secs(10);
/// The first pause after "too often", and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// Texts and receipts that may wait for the driver; the SMSC keeps what is more.
const MOST_WAITING: usize = 100;
/// Submissions whose answer may still come late.
const MOST_LATE: usize = 1_000;

/// How a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The login was sent.
    Connecting,
    /// It works.
    Bound,
    /// It works, but takes no submissions until then: the SMSC was asked too often.
    Throttled {
        /// Until when.
        until: Duration,
    },
    /// The SMSC does not let us in.
    Refused {
        /// Why, in words for whoever manages the account.
        why: Refusal,
        /// Whether the account's settings have to be mended: trying again often would only get it barred.
        mend: bool,
    },
    /// It ended, and why.
    Lost(&'static str),
    /// It ended as we wanted.
    Left,
}

/// Names a text or receipt that came in, until the driver has said what became of it. No two in the life of a session are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(u64);

/// Bytes to write. Those of a login have the password in them, so they are in no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Write these bytes.
    Write(Bytes),
    /// Close the connection. What was written before should still leave.
    Close,
    /// Call [`Session::tick`] at this time, and forget the time named before.
    WakeAt(Duration),
    /// The session is in another state.
    State(State),
    /// What came of a submission.
    Submitted {
        /// The text's reference.
        id: String,
        /// Which part.
        part: u8,
        /// What came of it; a reference in it is in the form in which receipts find it.
        outcome: Outcome,
    },
    /// After [`Outcome::Unknown`] the SMSC has said what became of the part.
    Late {
        /// The text's reference.
        id: String,
        /// Which part.
        part: u8,
        /// What came of it; not [`Outcome::Unknown`].
        outcome: Outcome,
    },
    /// A text, or a part of one, came in: commit it, then call [`Session::taken`].
    Inbound(Handle, Arrived),
    /// A receipt came in: commit it, then call [`Session::taken`].
    Receipt(Handle, ReceiptIn),
    /// Something was passed over, in words for a log.
    Skipped(&'static str),
}

/// A session.
#[derive(Debug)]
pub struct Session {
    options: Options,
    role: Role,
    link: Link,
    frames: Frames,
    sequence: u32,
    outstanding: BTreeMap<u32, Outstanding>,
    late: BTreeMap<u32, (String, u8)>,
    pace: Pace,
    heard: Duration,
    /// Until when the answer to a test of the connection has to come.
    tested: Option<Duration>,
    waiting: BTreeMap<Handle, Waiting>,
    handles: u64,
    told: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Down,
    Binding {
        sequence: u32,
        until: Duration,
    },
    Bound,
    /// No submissions any more; what is under way is waited for.
    Leaving {
        until: Duration,
    },
    /// The farewell was sent.
    Unbinding {
        until: Duration,
    },
}

/// A submission that was written.
#[derive(Debug)]
struct Outstanding {
    id: String,
    part: u8,
    at: Duration,
}

/// How fast the SMSC wants it.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// No submissions until then.
    until: Option<Duration>,
    /// When the last pause began.
    since: Duration,
    /// How long the next one is.
    next: Duration,
}

/// A text or receipt that the driver is committing.
#[derive(Debug)]
struct Waiting {
    command: u32,
    sequence: u32,
    body: Vec<u8>,
}

impl Session {
    /// A session that is not connected.
    #[must_use]
    pub fn new(options: Options, role: Role) -> Self {
        Self {
            options,
            role,
            link: Link::Down,
            frames: Frames::default(),
            sequence: 0,
            outstanding: BTreeMap::new(),
            late: BTreeMap::new(),
            pace: Pace { until: None, since: Duration::ZERO, next: PAUSES.0 },
            heard: Duration::ZERO,
            tested: None,
            waiting: BTreeMap::new(),
            handles: 0,
            told: None,
        }
    }

    /// A connection was opened.
    pub fn connected(&mut self, now: Duration) -> Vec<Output> {
        let mut outputs = Vec::new();
        self.end(State::Lost("another connection was opened"), false, &mut outputs);
        let sequence = self.next_sequence();
        self.link = Link::Binding { sequence, until: now + SOON };
        self.heard = now;
        outputs.push(Output::Write(Bytes(outgoing::bind(&self.options, self.role, sequence))));
        outputs.push(Output::State(State::Connecting));
        self.told(outputs)
    }

    /// Bytes came.
    pub fn received(&mut self, bytes: &[u8], now: Duration) -> Vec<Output> {
        let mut outputs = Vec::new();
        if self.link == Link::Down {
            return outputs;
        }
        self.frames.push(bytes);
        while self.link != Link::Down {
            match self.frames.next() {
                Ok(Some(pdu)) => self.handle(pdu, now, &mut outputs),
                Ok(None) => break,
                Err(_) => {
                    let nack = Writer::new(command::GENERIC_NACK, status::BAD_COMMAND_LENGTH, 0).finish();
                    outputs.push(Output::Write(Bytes(nack)));
                    self.end(State::Lost("the carrier sent a length that can't be"), true, &mut outputs);
                }
            }
        }
        self.leave_when_done(now, &mut outputs);
        self.told(outputs)
    }

    /// How many submissions are taken now.
    #[must_use]
    pub fn room(&self, now: Duration) -> usize {
        if self.link != Link::Bound || self.role == Role::Receiver || self.paused(now).is_some() {
            return 0;
        }
        self.options.window.saturating_sub(self.outstanding.len())
    }

    /// Hands over one part of a text. Where there is no [`Session::room`] it is reported as [`Outcome::Later`] or [`Outcome::Throttled`] at
    /// once, and was not written. How many segments a second the account takes is the caller's to keep.
    pub fn submit(&mut self, submission: Submission, now: Duration) -> Vec<Output> {
        let Submission { id, part, .. } = &submission;
        let (id, part) = (id.clone(), *part);
        if self.room(now) == 0 {
            let outcome = match self.paused(now) {
                Some(wait) if self.link == Link::Bound => Outcome::Throttled { wait: Some(wait) },
                _ => Outcome::Later(Refusal {
                    why: Why::Unreachable,
                    code: String::new(),
                    words: "The session with the carrier does not take messages at the moment.".to_owned(),
                }),
            };
            return vec![Output::Submitted { id, part, outcome }];
        }
        let sequence = self.next_sequence();
        let bytes = outgoing::submit(&submission, &self.options, sequence);
        self.outstanding.insert(sequence, Outstanding { id, part, at: now });
        self.told(vec![Output::Write(Bytes(bytes))])
    }

    /// The driver has committed what came in.
    pub fn taken(&mut self, handle: Handle, now: Duration) -> Vec<Output> {
        self.answer(handle, status::OK, now)
    }

    /// The driver could not commit what came in: the SMSC is to bring it again later.
    pub fn not_taken(&mut self, handle: Handle, now: Duration) -> Vec<Output> {
        self.answer(handle, status::TEMPORARY, now)
    }

    /// The time that an [`Output::WakeAt`] named has come.
    pub fn tick(&mut self, now: Duration) -> Vec<Output> {
        let mut outputs = Vec::new();
        self.told = None;
        self.expire(now, &mut outputs);
        match self.link {
            Link::Down => return outputs,
            Link::Binding { until, .. } if now >= until => {
                self.end(State::Lost("the carrier did not answer the login"), true, &mut outputs);
            }
            Link::Unbinding { until } if now >= until => self.end(State::Left, true, &mut outputs),
            Link::Leaving { until } if now >= until => self.unbind(now, &mut outputs),
            Link::Bound | Link::Leaving { .. } => self.test(now, &mut outputs),
            Link::Binding { .. } | Link::Unbinding { .. } => {}
        }
        if self.link != Link::Down && self.pace.until.is_some_and(|until| now >= until) {
            self.pace.until = None;
            if self.link == Link::Bound {
                outputs.push(Output::State(State::Bound));
            }
        }
        self.leave_when_done(now, &mut outputs);
        self.told(outputs)
    }

    /// Ends the session in order: no submissions any more, those under way are waited for, then the SMSC is told.
    pub fn leave(&mut self, now: Duration) -> Vec<Output> {
        let mut outputs = Vec::new();
        match self.link {
            Link::Bound => self.link = Link::Leaving { until: now + self.options.response },
            Link::Binding { .. } => self.end(State::Left, true, &mut outputs),
            Link::Down | Link::Leaving { .. } | Link::Unbinding { .. } => {}
        }
        self.leave_when_done(now, &mut outputs);
        self.told(outputs)
    }

    /// The connection has ended, or was never opened.
    pub fn closed(&mut self, _now: Duration) -> Vec<Output> {
        let mut outputs = Vec::new();
        let state = match self.link {
            Link::Unbinding { .. } => State::Left,
            _ => State::Lost("the connection ended"),
        };
        self.end(state, false, &mut outputs);
        self.told = None;
        outputs
    }

    /// How a part of a text is read that comes in on this session.
    const fn reading(&self) -> Reading {
        Reading { alphabet: self.options.alphabet, home: self.options.home, ids: self.options.ids }
    }

    fn paused(&self, now: Duration) -> Option<Duration> {
        self.pace.until.and_then(|until| until.checked_sub(now)).filter(|wait| !wait.is_zero())
    }

    /// The next number of a unit, from 1 to 0x7fffffff, which no submission has that is waited for.
    fn next_sequence(&mut self) -> u32 {
        loop {
            self.sequence = if self.sequence >= 0x7fff_ffff { 1 } else { self.sequence + 1 };
            if !self.outstanding.contains_key(&self.sequence) {
                self.late.remove(&self.sequence);
                return self.sequence;
            }
        }
    }

    fn answer(&mut self, handle: Handle, status: u32, now: Duration) -> Vec<Output> {
        let Some(Waiting { command, sequence, .. }) = self.waiting.remove(&handle) else { return Vec::new() };
        let mut outputs = vec![Output::Write(Bytes(answer(command, status, sequence)))];
        self.leave_when_done(now, &mut outputs);
        self.told(outputs)
    }

    /// Appends the next time, where it is another one.
    fn told(&mut self, mut outputs: Vec<Output>) -> Vec<Output> {
        let next = self.next_time();
        if core::mem::replace(&mut self.told, next) != next
            && let Some(next) = next
        {
            outputs.push(Output::WakeAt(next));
        }
        outputs
    }

    fn next_time(&self) -> Option<Duration> {
        let first = self.outstanding.values().map(|outstanding| outstanding.at).min();
        let answer = first.map(|at| at + self.options.response);
        let (link, silence) = match self.link {
            Link::Down => return None,
            Link::Binding { until, .. } | Link::Unbinding { until } => (Some(until), None),
            Link::Leaving { until } => (Some(until), Some(self.heard + self.options.idle)),
            Link::Bound => (None, Some(self.heard + self.options.idle)),
        };
        let silence = if silence.is_some() { self.tested.or(silence) } else { None };
        [answer, link, silence, self.pace.until].into_iter().flatten().min()
    }
}

/// An answer to what the SMSC sent. Those to messages have an id, which is empty.
fn answer(command: u32, status: u32, sequence: u32) -> Vec<u8> {
    let writer = Writer::new(command | command::ANSWER, status, sequence);
    match command {
        command::DELIVER_SM | command::DATA_SM => writer.text("").finish(),
        _ => writer.finish(),
    }
}
