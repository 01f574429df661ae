//! Any sequence of commands and faults, on a browser that carries out what the machine asks for.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::storage::memory::Memory;

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Write,
    Read,
    Load,
    /// The browser answers that the database is open, or not.
    Opens,
    Fails(OpenError),
    Blocks,
    Alarms,
    /// The running command ends: with success, without, or with success that nobody hears as the connection went first.
    Ends(Option<Failure>),
    Unheard,
    Closes,
    Released(bool),
    SetAside(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let open_error = prop_oneof![
        8 => Just(OpenError::Other),
        1 => Just(OpenError::Damaged),
        1 => Just(OpenError::Newer),
        1 => Just(OpenError::Refused),
        1 => Just(OpenError::Full),
    ];
    let failure = prop_oneof![
        4 => Just(Failure::Lost),
        1 => Just(Failure::Damaged),
        2 => Just(Failure::Full),
        2 => Just(Failure::Other),
    ];
    let step = prop_oneof![
        8 => Just(Step::Write),
        2 => Just(Step::Read),
        1 => Just(Step::Load),
        8 => Just(Step::Opens),
        1 => open_error.prop_map(Step::Fails),
        1 => Just(Step::Blocks),
        4 => Just(Step::Alarms),
        10 => Just(Step::Ends(None)),
        3 => failure.prop_map(|failure| Step::Ends(Some(failure))),
        2 => Just(Step::Unheard),
        2 => Just(Step::Closes),
        1 => any::<bool>().prop_map(Step::Released),
        2 => any::<bool>().prop_map(Step::SetAside),
    ];
    prop::collection::vec(step, 1..120)
}

/// The browser: its databases by number, and what it was asked to do.
#[derive(Default)]
struct Browser {
    connection: Connection,
    databases: Vec<Memory>,
    opening: bool,
    open: bool,
    setting_aside: bool,
    alarm: bool,
    running: Option<(Job, Rc<DbCommand>)>,
    /// Writes by their token: how often each was to run, and what was said of it.
    runs: BTreeMap<u128, u32>,
    answers: BTreeMap<u128, Vec<bool>>,
    given: u128,
    loads: (u32, u32),
    reads: (u32, u32),
}

impl Browser {
    fn handle(&mut self, input: Input) {
        for output in self.connection.handle(input) {
            match output {
                Output::Open => {
                    assert!(!self.opening && !self.open, "one connection at a time");
                    self.opening = true;
                }
                Output::Close => self.open = false,
                Output::Alarm(_) => self.alarm = true,
                Output::SetAside => {
                    assert!(!self.opening && !self.open);
                    self.setting_aside = true;
                }
                Output::Run(job, command) => {
                    assert!(self.open, "commands run on an open database");
                    if let DbCommand::Write { token: Some(Token::Message(id)), .. } = &*command {
                        let id = id.0.bits();
                        assert!(!self.answers.contains_key(&id), "an answered write runs again");
                        assert!(self.runs.range(id + 1..).next().is_none(), "a write is overtaken by a later one");
                        let runs = self.runs.entry(id).or_default();
                        *runs += 1;
                        assert!(*runs <= 2, "a write runs twice at most");
                    }
                    let before = self.running.replace((job, command));
                    assert!(before.is_none(), "one at a time");
                }
                Output::Report(db) => self.reported(db),
            }
        }
    }

    fn reported(&mut self, db: Db) {
        match db {
            Db::Committed(Token::Message(id)) => self.answers.entry(id.0.bits()).or_default().push(true),
            Db::Failed(Token::Message(id), _) => self.answers.entry(id.0.bits()).or_default().push(false),
            Db::Rows { .. } | Db::NotRead(_) => self.reads.1 += 1,
            Db::Loaded { .. } | Db::Unavailable => self.loads.1 += 1,
            Db::Health(_) => {}
            other => panic!("nobody has asked for {other:?}"),
        }
    }

    /// The running command takes effect. Gives what it answers.
    fn carry_out(&mut self, command: &DbCommand) -> Option<Db> {
        let database = self.databases.last_mut().expect("one that is open");
        database.run(command.clone())
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Write => {
                self.given += 1;
                self.handle(Input::Command(write(self.given)));
            }
            Step::Read => {
                self.reads.0 += 1;
                self.handle(Input::Command(read()));
            }
            Step::Load => {
                self.loads.0 += 1;
                self.handle(Input::Command(DbCommand::Load));
            }
            Step::Opens if self.opening => {
                (self.opening, self.open) = (false, true);
                if self.databases.is_empty() {
                    self.databases.push(Memory::default());
                }
                // What was interrupted is over.
                self.running = None;
                self.handle(Input::Opened);
            }
            Step::Fails(error) if self.opening => {
                self.opening = false;
                self.handle(Input::NotOpened(error));
            }
            Step::Blocks if self.opening => self.handle(Input::Blocked),
            Step::Alarms if core::mem::take(&mut self.alarm) => self.handle(Input::Alarm),
            Step::Ends(failure) => {
                let Some((job, command)) = self.running.take() else { return };
                let outcome = match failure {
                    Some(failure) => Err(failure),
                    None => Ok(self.carry_out(&command)),
                };
                self.handle(Input::Done(job, outcome));
            }
            Step::Unheard if self.open => {
                if let Some((_, command)) = self.running.take() {
                    self.carry_out(&command);
                }
                self.open = false;
                self.handle(Input::Closed);
            }
            Step::Closes if self.open => {
                self.open = false;
                self.handle(Input::Closed);
            }
            Step::Released(newer) if self.open => self.handle(Input::Released { newer }),
            Step::SetAside(done) if self.setting_aside => {
                self.setting_aside = false;
                self.open = done;
                if done {
                    // All that the user owns is read: the cache is not among it here.
                    self.databases.push(self.databases.last().cloned().unwrap_or_default());
                    self.running = None;
                }
                self.handle(Input::SetAside(done));
            }
            Step::Opens
            | Step::Fails(_)
            | Step::Blocks
            | Step::Alarms
            | Step::Unheard
            | Step::Closes
            | Step::Released(_)
            | Step::SetAside(_) => {}
        }
    }

    /// All goes well from now on.
    fn settle(&mut self) {
        for _ in 0..1_000 {
            self.step(Step::SetAside(true));
            self.step(Step::Opens);
            self.step(Step::Ends(None));
            if !self.opening {
                self.step(Step::Alarms);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn each_command_is_answered_once_and_what_was_committed_is_there(steps in steps()) {
        let mut browser = Browser::default();
        let mut databases = 0;
        for step in steps {
            browser.step(step);
            prop_assert!(browser.databases.len() >= databases, "a database is gone");
            databases = browser.databases.len();
        }
        browser.settle();
        prop_assert!(browser.connection.is_idle());
        prop_assert_eq!(browser.loads.0, browser.loads.1);
        prop_assert_eq!(browser.reads.0, browser.reads.1);
        for n in 1..=browser.given {
            let answers = browser.answers.get(&n).cloned().unwrap_or_default();
            prop_assert_eq!(answers.len(), 1, "write {}", n);
            if answers[0] {
                let key = n.to_string();
                let stored = browser.databases.last().is_some_and(|last| last.get(Store::Outbox, &key).is_some());
                prop_assert!(stored, "write {} was said to be kept", n);
            }
        }
    }
}
