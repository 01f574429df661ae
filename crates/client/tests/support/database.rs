//! The adapter of the device's database: the product's own [`Connection`] over a database in memory.
//!
//! Always holds: a command is carried out at once, except while the database is silent.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use halyard_client::storage::connection::{Connection, Failure, Input, Output};
use halyard_client::storage::memory::Memory;
use halyard_client::storage::{Db, DbCommand};

/// The adapter.
#[derive(Debug, Default)]
pub(crate) struct Database {
    connection: Connection,
    disk: Rc<RefCell<Memory>>,
    /// The connection is lost while the next command runs: before it has taken effect, or after.
    pub(crate) loses: Option<Lost>,
    /// It does not answer.
    silent: bool,
}

/// When a connection is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    Before,
    After,
}

impl Database {
    pub(crate) fn new(disk: Rc<RefCell<Memory>>) -> Self {
        Self { disk, ..Self::default() }
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.silent
    }

    /// Carries out a command. Gives what the app is told.
    pub(crate) fn run(&mut self, command: DbCommand) -> Vec<Db> {
        assert!(!self.silent, "it does not answer");
        self.answer(Input::Command(command))
    }

    /// The connection closes and does not open in time.
    pub(crate) fn fall_silent(&mut self) -> Vec<Db> {
        if !self.connection.is_idle() || std::mem::replace(&mut self.silent, true) {
            return Vec::new();
        }
        self.connection.handle(Input::Closed);
        let reports = self.connection.handle(Input::Alarm).into_iter();
        reports.filter_map(|output| if let Output::Report(db) = output { Some(db) } else { None }).collect()
    }

    /// It opens after all.
    pub(crate) fn speak(&mut self) -> Vec<Db> {
        if std::mem::take(&mut self.silent) { self.answer(Input::Opened) } else { Vec::new() }
    }

    /// The browser has closed it: somebody has cleared what the browser keeps.
    pub(crate) fn close(&mut self) -> Vec<Db> {
        if self.silent { Vec::new() } else { self.answer(Input::Closed) }
    }

    fn answer(&mut self, input: Input) -> Vec<Db> {
        let mut said = Vec::new();
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            for output in self.connection.handle(input) {
                match output {
                    Output::Open => inputs.push_back(Input::Opened),
                    Output::Close | Output::Alarm(_) => {}
                    Output::SetAside => panic!("it was never damaged"),
                    Output::Run(job, command) => {
                        let lost = self.loses.take();
                        let run = || self.disk.borrow_mut().run(DbCommand::clone(&command));
                        let outcome = match lost {
                            None => Ok(run()),
                            Some(Lost::Before) => Err(Failure::Lost),
                            Some(Lost::After) => {
                                run();
                                Err(Failure::Lost)
                            }
                        };
                        inputs.push_back(Input::Done(job, outcome));
                    }
                    Output::Report(db) => said.push(db),
                }
            }
        }
        said
    }
}
