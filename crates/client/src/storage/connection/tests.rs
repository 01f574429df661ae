//! One scenario for each situation, then any sequence of them.

mod any;

use halyard_protocol::{MessageId, Ulid};

use super::*;
use crate::storage::{Range, Row, Store, Token, Write};

/// A connection, with what was told to do and not looked at yet.
#[derive(Default)]
struct Desk {
    connection: Connection,
    out: VecDeque<Output>,
}

impl Desk {
    fn handle(&mut self, input: Input) {
        self.out.extend(self.connection.handle(input));
    }

    /// A connection that is open and idle.
    fn open() -> Self {
        let mut desk = Self::default();
        desk.handle(Input::Command(DbCommand::Load));
        desk.expect(&[Output::Open, Output::Alarm(OPENING_DEADLINE)]);
        desk.handle(Input::Opened);
        desk.expect_run(1, &DbCommand::Load);
        desk.handle(Input::Done(1, Ok(Some(loaded()))));
        desk.expect(&[Output::Report(loaded())]);
        desk
    }

    #[track_caller]
    fn expect(&mut self, outputs: &[Output]) {
        assert_eq!(self.out.drain(..).collect::<Vec<_>>(), outputs);
    }

    #[track_caller]
    fn expect_reopened(&mut self, job: Job, command: &DbCommand) {
        self.expect(&[say(Health::Reopened), Output::Run(job, Rc::new(command.clone()))]);
    }

    fn expect_run(&mut self, job: Job, command: &DbCommand) {
        self.expect(&[Output::Run(job, Rc::new(command.clone()))]);
    }
}

fn loaded() -> Db {
    Db::Loaded { rows: Vec::new(), sealed: Vec::new() }
}

fn token(n: u128) -> Token {
    Token::Message(MessageId(Ulid::from_bits(n)))
}

fn write(n: u128) -> DbCommand {
    let row = Row { store: Store::Outbox, key: n.to_string(), text: "A text".to_owned() };
    DbCommand::Write { owner: None, writes: vec![Write::Put(row)], token: Some(token(n)) }
}

fn read() -> DbCommand {
    DbCommand::Read { range: Range::all(Store::Outbox), limit: 9 }
}

fn say(health: Health) -> Output {
    Output::Report(Db::Health(health))
}

fn committed(n: u128) -> Output {
    Output::Report(Db::Committed(token(n)))
}

fn failed(n: u128, reason: Reason) -> Output {
    Output::Report(Db::Failed(token(n), reason))
}

fn done(job: Job, n: u128) -> Input {
    Input::Done(job, Ok(Some(Db::Committed(token(n)))))
}

#[test]
fn what_comes_before_the_database_is_open_runs_afterwards_one_at_a_time_and_in_order() {
    let mut desk = Desk::default();
    desk.handle(Input::Command(write(1)));
    desk.expect(&[Output::Open, Output::Alarm(OPENING_DEADLINE)]);
    desk.handle(Input::Command(write(2)));
    desk.expect(&[]);
    desk.handle(Input::Opened);
    desk.expect_run(1, &write(1));
    desk.handle(done(1, 1));
    desk.expect(&[committed(1), Output::Run(2, Rc::new(write(2)))]);
    assert!(!desk.connection.is_idle());
    desk.handle(done(2, 2));
    desk.expect(&[committed(2)]);
    assert!(desk.connection.is_idle());
}

#[test]
fn a_database_that_does_not_open_in_time_is_said_and_goes_on_when_it_opens_after_all() {
    let mut desk = Desk::default();
    desk.handle(Input::Command(write(1)));
    desk.out.clear();
    desk.handle(Input::Alarm);
    desk.expect(&[say(Health::Silent)]);
    desk.handle(Input::Command(write(2)));
    desk.expect(&[]);
    desk.handle(Input::Opened);
    desk.expect(&[say(Health::Works), Output::Run(1, Rc::new(write(1)))]);
    desk.handle(done(1, 1));
    desk.expect(&[committed(1), Output::Run(2, Rc::new(write(2)))]);
}

#[test]
fn a_connection_that_is_lost_between_two_commands_is_opened_again() {
    let mut desk = Desk::open();
    desk.handle(Input::Closed);
    desk.expect(&[Output::Open, Output::Alarm(OPENING_DEADLINE)]);
    desk.handle(Input::Command(write(1)));
    desk.expect(&[]);
    desk.handle(Input::Opened);
    desk.expect_reopened(2, &write(1));
}

#[test]
fn a_write_that_a_lost_connection_interrupts_runs_again_before_what_came_after_it() {
    let mut desk = Desk::open();
    desk.handle(Input::Command(write(1)));
    desk.handle(Input::Command(write(2)));
    desk.expect_run(2, &write(1));
    desk.handle(Input::Done(2, Err(Failure::Lost)));
    desk.expect(&[Output::Close, Output::Open, Output::Alarm(OPENING_DEADLINE)]);
    desk.handle(Input::Opened);
    desk.expect_reopened(3, &write(1));
    desk.handle(done(3, 1));
    desk.expect(&[committed(1), Output::Run(4, Rc::new(write(2)))]);
}

#[test]
fn a_read_that_a_lost_connection_interrupts_runs_again() {
    let mut desk = Desk::open();
    desk.handle(Input::Command(read()));
    desk.expect_run(2, &read());
    // The browser says that it is closed first, and then what became of the transaction.
    desk.handle(Input::Closed);
    desk.expect(&[Output::Open, Output::Alarm(OPENING_DEADLINE)]);
    desk.handle(Input::Done(2, Err(Failure::Lost)));
    desk.expect(&[]);
    desk.handle(Input::Opened);
    desk.expect_reopened(3, &read());
}

#[test]
fn a_command_that_is_interrupted_twice_fails_and_the_next_one_has_its_own_two_tries() {
    let mut desk = Desk::open();
    desk.handle(Input::Command(write(1)));
    desk.handle(Input::Command(write(2)));
    desk.handle(Input::Done(2, Err(Failure::Lost)));
    desk.handle(Input::Opened);
    desk.out.clear();
    desk.handle(Input::Done(3, Err(Failure::Lost)));
    desk.expect(&[failed(1, Reason::Shut), Output::Close, Output::Open, Output::Alarm(OPENING_DEADLINE)]);
    desk.handle(Input::Opened);
    desk.expect_reopened(4, &write(2));
    desk.handle(Input::Done(4, Err(Failure::Lost)));
    desk.handle(Input::Opened);
    desk.out.clear();
    desk.handle(done(5, 2));
    desk.expect(&[committed(2)]);
}

#[test]
fn a_write_that_ended_while_the_connection_was_lost_does_not_run_again() {
    let mut desk = Desk::open();
    desk.handle(Input::Command(write(1)));
    desk.handle(Input::Closed);
    desk.out.clear();
    desk.handle(done(2, 1));
    desk.expect(&[committed(1)]);
    desk.handle(Input::Opened);
    desk.expect(&[say(Health::Reopened)]);
}

#[test]
fn a_transaction_that_never_ended_is_repeated_and_its_late_word_is_not_heard() {
    let mut desk = Desk::open();
    desk.handle(Input::Command(write(1)));
    desk.handle(Input::Closed);
    desk.out.clear();
    desk.handle(Input::Opened);
    desk.expect_reopened(3, &write(1));
    desk.handle(done(2, 1));
    desk.expect(&[]);
    desk.handle(done(3, 1));
    desk.expect(&[committed(1)]);
}

#[test]
fn what_was_opened_by_an_interrupted_run_is_looked_for_after_the_second() {
    let unsealed = |restored| Db::Unsealed { restored, sealed: Vec::new() };
    assert_eq!(after_interruption(unsealed(false), false), unsealed(false));
    assert_eq!(after_interruption(unsealed(false), true), unsealed(true));
}

#[test]
fn a_full_device_fails_the_write_and_the_connection_stays() {
    let mut desk = Desk::open();
    desk.handle(Input::Command(write(1)));
    desk.out.clear();
    desk.handle(Input::Done(2, Err(Failure::Full)));
    desk.expect(&[failed(1, Reason::Full)]);
    desk.handle(Input::Command(write(2)));
    desk.expect_run(3, &write(2));
}

#[test]
fn a_write_that_fails_for_its_own_sake_is_not_repeated() {
    let mut desk = Desk::open();
    desk.handle(Input::Command(write(1)));
    desk.out.clear();
    desk.handle(Input::Done(2, Err(Failure::Other)));
    desk.expect(&[failed(1, Reason::Shut)]);
}

#[test]
fn a_tab_with_an_older_release_is_named_after_a_moment_and_waited_for() {
    let mut desk = Desk::default();
    desk.handle(Input::Command(write(1)));
    desk.out.clear();
    desk.handle(Input::Blocked);
    desk.expect(&[Output::Alarm(BLOCKED_TIMEOUT)]);
    desk.handle(Input::Alarm);
    desk.expect(&[say(Health::Blocked)]);
    desk.handle(Input::Command(write(2)));
    desk.expect(&[]);
    desk.handle(Input::Opened);
    desk.expect(&[say(Health::Works), Output::Run(1, Rc::new(write(1)))]);
}

#[test]
fn a_tab_with_an_older_release_that_reloads_at_once_is_not_named() {
    let mut desk = Desk::default();
    desk.handle(Input::Command(write(1)));
    desk.handle(Input::Blocked);
    desk.out.clear();
    desk.handle(Input::Opened);
    desk.expect_run(1, &write(1));
}

#[test]
fn a_newer_release_gets_the_database_and_what_was_under_way_ends_first() {
    let mut desk = Desk::open();
    desk.handle(Input::Command(write(1)));
    desk.handle(Input::Command(write(2)));
    desk.out.clear();
    desk.handle(Input::Released { newer: true });
    desk.expect(&[Output::Close, say(Health::Newer)]);
    desk.handle(done(2, 1));
    desk.expect(&[committed(1), failed(2, Reason::Shut)]);
    desk.handle(Input::Command(write(3)));
    desk.expect(&[failed(3, Reason::Shut)]);
}

#[test]
fn a_database_of_a_newer_release_is_not_touched() {
    let mut desk = Desk::default();
    desk.handle(Input::Command(DbCommand::Load));
    desk.handle(Input::Command(read()));
    desk.out.clear();
    desk.handle(Input::NotOpened(OpenError::Newer));
    let unread = Db::NotRead(Range::all(Store::Outbox));
    desk.expect(&[say(Health::Newer), Output::Report(Db::Unavailable), Output::Report(unread)]);
    for input in [Input::Alarm, Input::Closed, Input::Blocked, Input::NotOpened(OpenError::Other)] {
        desk.handle(input);
    }
    desk.expect(&[]);
}

#[test]
fn a_browser_without_a_database_is_said_at_once() {
    let mut desk = Desk::default();
    desk.handle(Input::Command(DbCommand::Load));
    desk.out.clear();
    desk.handle(Input::NotOpened(OpenError::Refused));
    desk.expect(&[say(Health::Refused), Output::Report(Db::Unavailable)]);
    desk.handle(Input::Command(write(1)));
    desk.expect(&[failed(1, Reason::Shut)]);
}

#[test]
fn a_device_without_room_to_open_it_is_full() {
    let mut desk = Desk::default();
    desk.handle(Input::Command(write(1)));
    desk.out.clear();
    desk.handle(Input::NotOpened(OpenError::Full));
    desk.expect(&[say(Health::Full), failed(1, Reason::Full)]);
}

#[test]
fn a_deleted_database_is_made_again_and_the_app_hears_that_it_may_be_empty() {
    let mut desk = Desk::open();
    desk.handle(Input::Released { newer: false });
    desk.expect(&[Output::Close, Output::Open, Output::Alarm(OPENING_DEADLINE)]);
    desk.handle(Input::Opened);
    desk.expect(&[say(Health::Reopened)]);
}

#[test]
fn a_database_that_fails_to_open_is_tried_again_and_then_set_aside() {
    let mut desk = Desk::default();
    desk.handle(Input::Command(write(1)));
    desk.out.clear();
    for pause in PAUSES {
        desk.handle(Input::NotOpened(OpenError::Other));
        desk.expect(&[Output::Alarm(pause)]);
        desk.handle(Input::Alarm);
        desk.expect(&[Output::Open, Output::Alarm(OPENING_DEADLINE)]);
    }
    desk.handle(Input::NotOpened(OpenError::Other));
    desk.expect(&[Output::SetAside]);
    desk.handle(Input::SetAside(true));
    desk.expect(&[say(Health::SetAside), Output::Run(1, Rc::new(write(1)))]);
}

#[test]
fn a_database_that_opens_at_the_second_try_is_not_set_aside() {
    let mut desk = Desk::default();
    desk.handle(Input::Command(write(1)));
    desk.handle(Input::NotOpened(OpenError::Other));
    desk.handle(Input::Alarm);
    desk.out.clear();
    desk.handle(Input::Opened);
    desk.expect_run(1, &write(1));
}

#[test]
fn a_database_that_lacks_a_store_is_set_aside_and_the_command_runs_on_the_new_one() {
    let mut desk = Desk::open();
    desk.handle(Input::Command(write(1)));
    desk.out.clear();
    desk.handle(Input::Done(2, Err(Failure::Damaged)));
    desk.expect(&[Output::Close, Output::SetAside]);
    desk.handle(Input::SetAside(true));
    desk.expect(&[say(Health::SetAside), Output::Run(3, Rc::new(write(1)))]);
    // A new one that is damaged, too, is not set aside in turn.
    desk.handle(Input::Done(3, Err(Failure::Damaged)));
    desk.expect(&[failed(1, Reason::Shut), Output::Close, say(Health::Refused)]);
}

#[test]
fn where_no_new_database_can_be_made_the_app_works_without_one() {
    let mut desk = Desk::default();
    desk.handle(Input::Command(write(1)));
    desk.out.clear();
    desk.handle(Input::NotOpened(OpenError::Damaged));
    desk.expect(&[Output::SetAside]);
    desk.handle(Input::SetAside(false));
    desk.expect(&[say(Health::Refused), failed(1, Reason::Shut)]);
}

#[test]
fn what_ran_when_the_connection_was_lost_for_good_is_answered_too() {
    let mut desk = Desk::open();
    desk.handle(Input::Command(write(1)));
    desk.handle(Input::Command(write(2)));
    desk.handle(Input::Closed);
    desk.out.clear();
    desk.handle(Input::NotOpened(OpenError::Newer));
    desk.expect(&[say(Health::Newer), failed(1, Reason::Shut), failed(2, Reason::Shut)]);
    desk.handle(done(2, 1));
    desk.expect(&[]);
}
