//! The connection to the device's database: what to do when the browser opens it, refuses it, loses it, or another tab needs it.
//!
//! Does no input or output and reads no clock: [`Connection::handle`] takes what the browser or the app said and gives what is to be
//! done, in order. The adapter carries that out.
//!
//! Always holds:
//! - Commands run one at a time, in the order in which they came. Each that has an answer gets one, once.
//! - A command that a lost connection interrupted runs again, once. None runs again after its success was reported.
//! - Nothing is ever deleted. A damaged database stays as it is, and a new one is begun under another name.
//! - A database of a newer release is never touched.

use std::collections::VecDeque;
use std::rc::Rc;

use super::{Db, DbCommand, Health, Reason};

/// How long opening may take before the user is told, in milliseconds.
pub const OPENING_DEADLINE: u32 = 8_000;
/// How long another tab may take to let go of an older version before the user is told: after an update all tabs reload at once.
pub const BLOCKED_TIMEOUT: u32 = 1_500;
/// The pauses between attempts to open a database that fails without a clear reason, in milliseconds.
const PAUSES: [u32; 3] = [300, 1_200, 3_000];

/// Names one run of a command.
pub type Job = u32;

/// What the browser or the app said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The app wants this done.
    Command(DbCommand),
    /// The database is open.
    Opened,
    /// It could not be opened.
    NotOpened(OpenError),
    /// It has to be upgraded, and another tab still holds the older version.
    Blocked,
    /// Another tab upgrades the database, or somebody deletes it: they wait for this connection to close.
    Released {
        /// Whether it is upgraded.
        newer: bool,
    },
    /// The browser has closed the connection.
    Closed,
    /// The time of the last [`Output::Alarm`] has come.
    Alarm,
    /// A new database has taken the place of the damaged one, or could not be made.
    SetAside(bool),
    /// A command was carried out, or failed as a whole.
    Done(Job, Result<Option<Db>, Failure>),
}

/// Why the database could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// A newer release has made it.
    Newer,
    /// This browser gives no database: a private window, or switched off.
    Refused,
    /// The device is full.
    Full,
    /// It opens, and lacks what it has to have.
    Damaged,
    /// Anything else: it may pass.
    Other,
}

/// Why a command was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The device is full.
    Full,
    /// The connection is gone.
    Lost,
    /// The database lacks what it has to have.
    Damaged,
    /// Anything else: it fails again if it is repeated.
    Other,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Open the database.
    Open,
    /// Close it.
    Close,
    /// Say [`Input::Alarm`] after so many milliseconds; takes the place of the last one.
    Alarm(u32),
    /// Leave the damaged database as it is, and begin a new one with all that the user owns and that can be read.
    SetAside,
    /// Carry out a command; answered by [`Input::Done`].
    Run(Job, Rc<DbCommand>),
    /// Tell the app.
    Report(Db),
}

/// A command, and whether it was interrupted before.
#[derive(Clone, Debug)]
struct Task {
    command: Rc<DbCommand>,
    again: bool,
}

/// How opening goes.
#[derive(Clone, Copy, Debug, Default)]
struct Attempt {
    /// How many have failed since the database was last open.
    failed: usize,
}

#[derive(Debug)]
enum State {
    /// Nobody has asked for it yet.
    Unopened,
    /// It is being opened, for the first time or again.
    Opening(Attempt),
    /// It is being opened, and another tab holds an older version.
    Blocked,
    /// It could not be opened; the next attempt waits for the alarm.
    Lost(Attempt),
    Open,
    /// It is damaged: a new one is being made.
    Damaged,
    /// A newer release has it.
    Newer,
    /// There is none in this browser.
    Refused,
    /// There is no room to open it.
    Full,
}

/// The connection.
#[derive(Debug)]
pub struct Connection {
    state: State,
    waiting: VecDeque<Task>,
    running: Option<(Job, Task)>,
    last_job: Job,
    /// Whether it was open before.
    was_open: bool,
    /// Whether a damaged database was set aside in this run: the new one is not set aside in turn.
    set_aside: bool,
    /// Whether the app was told that the database does not come.
    reported: bool,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            state: State::Unopened,
            waiting: VecDeque::new(),
            running: None,
            last_job: 0,
            was_open: false,
            set_aside: false,
            reported: false,
        }
    }
}

impl Connection {
    /// Takes in what was said. Gives what is to be done.
    pub fn handle(&mut self, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Command(command) => {
                self.waiting.push_back(Task { command: Rc::new(command), again: false });
                if matches!(self.state, State::Unopened) {
                    self.open(Attempt::default(), &mut out);
                }
            }
            Input::Opened => self.opened(&mut out),
            Input::NotOpened(error) => self.not_opened(error, &mut out),
            Input::Blocked => {
                if matches!(self.state, State::Opening(_)) {
                    self.state = State::Blocked;
                    out.push(Output::Alarm(BLOCKED_TIMEOUT));
                }
            }
            Input::Released { newer } => {
                if matches!(self.state, State::Open) {
                    out.push(Output::Close);
                    if newer {
                        self.shut(State::Newer, Health::Newer, &mut out);
                    } else {
                        self.open(Attempt::default(), &mut out);
                    }
                }
            }
            Input::Closed => {
                if matches!(self.state, State::Open) {
                    self.open(Attempt::default(), &mut out);
                }
            }
            Input::Alarm => self.alarm(&mut out),
            Input::SetAside(done) => {
                if matches!(self.state, State::Damaged) {
                    if done {
                        self.works(Health::SetAside, &mut out);
                    } else {
                        self.shut(State::Refused, Health::Refused, &mut out);
                    }
                }
            }
            Input::Done(job, outcome) => {
                if let Some((_, task)) = self.running.take_if(|(running, _)| *running == job) {
                    self.done(task, outcome, &mut out);
                }
            }
        }
        self.go_on(&mut out);
        out
    }

    /// Whether nothing waits and nothing runs.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.running.is_none() && self.waiting.is_empty()
    }

    fn open(&mut self, attempt: Attempt, out: &mut Vec<Output>) {
        self.state = State::Opening(attempt);
        out.extend([Output::Open, Output::Alarm(OPENING_DEADLINE)]);
    }

    fn opened(&mut self, out: &mut Vec<Output>) {
        match self.state {
            State::Opening(_) | State::Blocked => {
                // Somebody may have cleared what this browser keeps: what the app took for kept is gone then.
                let health = if self.was_open { Health::Reopened } else { Health::Works };
                self.works(health, out);
            }
            State::Open => {}
            State::Unopened | State::Lost(_) | State::Damaged | State::Newer | State::Refused | State::Full => {
                out.push(Output::Close)
            }
        }
    }

    /// A database is open. What ran on the connection before it and has not ended is interrupted.
    fn works(&mut self, health: Health, out: &mut Vec<Output>) {
        (self.state, self.was_open) = (State::Open, true);
        if core::mem::take(&mut self.reported) || health != Health::Works {
            out.push(Output::Report(Db::Health(health)));
        }
        if let Some((_, task)) = self.running.take() {
            self.interrupted(task, out);
        }
    }

    fn not_opened(&mut self, error: OpenError, out: &mut Vec<Output>) {
        let attempt = match self.state {
            State::Opening(attempt) => attempt,
            State::Blocked => Attempt::default(),
            State::Unopened
            | State::Lost(_)
            | State::Open
            | State::Damaged
            | State::Newer
            | State::Refused
            | State::Full => return,
        };
        match (error, PAUSES.get(attempt.failed)) {
            (OpenError::Newer, _) => self.shut(State::Newer, Health::Newer, out),
            (OpenError::Refused, _) => self.shut(State::Refused, Health::Refused, out),
            (OpenError::Full, _) => self.shut(State::Full, Health::Full, out),
            (OpenError::Other, Some(pause)) => {
                self.state = State::Lost(Attempt { failed: attempt.failed + 1 });
                out.push(Output::Alarm(*pause));
            }
            (OpenError::Damaged, _) | (OpenError::Other, None) => self.damaged(out),
        }
    }

    fn damaged(&mut self, out: &mut Vec<Output>) {
        if core::mem::replace(&mut self.set_aside, true) {
            self.shut(State::Refused, Health::Refused, out);
        } else {
            self.state = State::Damaged;
            out.push(Output::SetAside);
        }
    }

    /// The app works without the database from now on.
    fn shut(&mut self, state: State, health: Health, out: &mut Vec<Output>) {
        if !matches!(self.state, State::Open) {
            // What ran on a connection that was lost, and whose end nobody heard, comes before the others.
            if let Some((_, task)) = self.running.take() {
                self.waiting.push_front(task);
            }
        }
        self.state = state;
        out.push(Output::Report(Db::Health(health)));
    }

    fn alarm(&mut self, out: &mut Vec<Output>) {
        let health = match self.state {
            State::Opening(_) => Health::Silent,
            State::Blocked => Health::Blocked,
            State::Lost(attempt) => return self.open(attempt, out),
            State::Unopened | State::Open | State::Damaged | State::Newer | State::Refused | State::Full => return,
        };
        if !core::mem::replace(&mut self.reported, true) || health == Health::Blocked {
            out.push(Output::Report(Db::Health(health)));
        }
    }

    fn done(&mut self, task: Task, outcome: Result<Option<Db>, Failure>, out: &mut Vec<Output>) {
        match outcome {
            Ok(answer) => out.extend(answer.map(|answer| Output::Report(after_interruption(answer, task.again)))),
            Err(Failure::Full) => refuse(&task.command, Reason::Full, out),
            Err(Failure::Other) => refuse(&task.command, Reason::Shut, out),
            Err(Failure::Lost) => {
                self.interrupted(task, out);
                if matches!(self.state, State::Open) {
                    out.push(Output::Close);
                    self.open(Attempt::default(), out);
                }
            }
            Err(Failure::Damaged) => {
                self.interrupted(task, out);
                if matches!(self.state, State::Open) {
                    out.push(Output::Close);
                    self.damaged(out);
                }
            }
        }
    }

    /// The command runs again as soon as there is a database, unless this was its second time.
    fn interrupted(&mut self, task: Task, out: &mut Vec<Output>) {
        if task.again {
            refuse(&task.command, Reason::Shut, out);
        } else {
            self.waiting.push_front(Task { again: true, ..task });
        }
    }

    /// Runs the next command, or refuses all that wait.
    fn go_on(&mut self, out: &mut Vec<Output>) {
        if self.running.is_some() {
            return;
        }
        match self.state {
            State::Open => {
                if let Some(task) = self.waiting.pop_front() {
                    self.last_job = self.last_job.wrapping_add(1);
                    out.push(Output::Run(self.last_job, Rc::clone(&task.command)));
                    self.running = Some((self.last_job, task));
                }
            }
            State::Newer | State::Refused => self.refuse_all(Reason::Shut, out),
            State::Full => self.refuse_all(Reason::Full, out),
            State::Unopened | State::Opening(_) | State::Blocked | State::Lost(_) | State::Damaged => {}
        }
    }

    fn refuse_all(&mut self, reason: Reason, out: &mut Vec<Output>) {
        for task in self.waiting.drain(..) {
            refuse(&task.command, reason, out);
        }
    }
}

/// An answer, with what is not known after an interruption: what was sealed may have been opened by the first run.
fn after_interruption(answer: Db, again: bool) -> Db {
    match answer {
        Db::Unsealed { restored, sealed } => Db::Unsealed { restored: restored || again, sealed },
        answer => answer,
    }
}

/// Says that a command was not carried out.
fn refuse(command: &DbCommand, reason: Reason, out: &mut Vec<Output>) {
    let answer = match command {
        DbCommand::Load => Some(Db::Unavailable),
        DbCommand::Read { range, .. } => Some(Db::NotRead(range.clone())),
        DbCommand::Write { token, .. } => token.map(|token| Db::Failed(token, reason)),
        DbCommand::Seal(seal) => Some(Db::NotSealed(seal.label.user)),
        DbCommand::Unseal(unseal) if unseal.user.is_none() => Some(Db::Opened(Vec::new())),
        DbCommand::Unseal(_) => Some(Db::NotUnsealed),
        DbCommand::Forget(_) | DbCommand::Persist => None,
    };
    out.extend(answer.map(Output::Report));
}

#[cfg(test)]
mod tests;
