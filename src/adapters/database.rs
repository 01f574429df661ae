//! The device's database: what the user owns here, the outbox and the drafts.
//!
//! Always holds:
//! - Commands take effect in the order in which they came, also those that came before the database was open.
//! - "Committed" is said after the transaction has completed, and not before.
//! - Nothing is awaited inside of a transaction: all its requests are made at once, and its own events say the end.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::EventListener;
use halyard_client::Event;
use halyard_client::effect::DbCommand;
use halyard_client::event::Db;
use halyard_client::outbox::OutboxRow;
use halyard_protocol::MessageId;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbOpenDbRequest, IdbRequest, IdbTransaction, IdbTransactionMode};

use super::Dispatch;

const NAME: &str = "halyard";
const VERSION: u32 = 1;
/// Message id -> [`OutboxRow`] as JSON.
const OUTBOX: &str = "outbox";
/// Draft key -> text.
const DRAFTS: &str = "drafts";
const STORES: [&str; 2] = [OUTBOX, DRAFTS];

/// Holds the database.
pub(super) struct Database {
    send: Dispatch,
    state: Rc<RefCell<State>>,
}

enum State {
    /// Being opened; these wait.
    Opening(Vec<DbCommand>),
    Open(IdbDatabase),
    /// There is none on this device.
    Unavailable,
}

impl Database {
    pub(super) fn new(send: Dispatch) -> Self {
        let state = Rc::new(RefCell::new(State::Opening(Vec::new())));
        if open(&state, &send).is_none() {
            *state.borrow_mut() = State::Unavailable;
        }
        Self { send, state }
    }

    pub(super) fn run(&self, command: DbCommand) {
        match &mut *self.state.borrow_mut() {
            State::Opening(waiting) => waiting.push(command),
            State::Open(database) => carry_out(database, command, &self.send),
            State::Unavailable => refuse(command, &self.send),
        }
    }
}

/// Asks for the database. What comes of it is written into `state`.
fn open(state: &Rc<RefCell<State>>, send: &Dispatch) -> Option<()> {
    let request = web_sys::window()?.indexed_db().ok()??.open_with_u32(NAME, VERSION).ok()?;
    once(&request, "upgradeneeded", |request| {
        if let Some(database) = opened(&request) {
            for store in STORES {
                // Fails only for a store that is there already.
                let _ = database.create_object_store(store);
            }
        }
    });
    for outcome in ["success", "error", "blocked"] {
        let (state, send) = (state.clone(), send.clone());
        once(&request, outcome, move |request| settle(&state, opened(&request), &send));
    }
    Some(())
}

fn opened(request: &IdbOpenDbRequest) -> Option<IdbDatabase> {
    request.result().ok()?.dyn_into().ok()
}

/// Ends the opening, once, and carries out what waited for it.
fn settle(state: &RefCell<State>, database: Option<IdbDatabase>, send: &Dispatch) {
    if let Some(database) = &database {
        // A newer version of the app in another tab must not wait for this one.
        let closing = database.clone();
        EventListener::new(database, "versionchange", move |_| closing.close()).forget();
    }
    let next = database.map_or(State::Unavailable, State::Open);
    let mut state = state.borrow_mut();
    let State::Opening(waiting) = &mut *state else { return };
    let waiting = std::mem::take(waiting);
    for command in waiting {
        match &next {
            State::Open(database) => carry_out(database, command, send),
            _ => refuse(command, send),
        }
    }
    *state = next;
}

fn carry_out(database: &IdbDatabase, command: DbCommand, send: &Dispatch) {
    let message = message_of(&command);
    let loads = matches!(command, DbCommand::Load);
    let mode = if loads { IdbTransactionMode::Readonly } else { IdbTransactionMode::Readwrite };
    let done = transaction(database, mode).and_then(|transaction| {
        let answers = requests(&transaction, command)?;
        let send = send.clone();
        at_end(&transaction, move |complete| match message {
            _ if !complete => report_failure(loads, message, &send),
            _ if loads => send(Event::Db(loaded(&answers))),
            Some(message) => send(Event::Db(Db::Committed(message))),
            None => {}
        });
        Ok(())
    });
    if done.is_err() {
        let send = send.clone();
        later(move || report_failure(loads, message, &send));
    }
}

fn transaction(database: &IdbDatabase, mode: IdbTransactionMode) -> Result<IdbTransaction, JsValue> {
    let stores: js_sys::Array = STORES.into_iter().map(JsValue::from_str).collect();
    database.transaction_with_str_sequence_and_mode(&stores, mode)
}

/// Makes all requests of a command. For [`DbCommand::Load`] they hold, in the end: outbox rows, draft keys, drafts.
fn requests(transaction: &IdbTransaction, command: DbCommand) -> Result<Vec<IdbRequest>, JsValue> {
    let outbox = transaction.object_store(OUTBOX)?;
    let drafts = transaction.object_store(DRAFTS)?;
    let key = |text: &str| JsValue::from_str(text);
    match command {
        DbCommand::Load => return Ok(vec![outbox.get_all()?, drafts.get_all_keys()?, drafts.get_all()?]),
        DbCommand::PutOutbox { row, draft } => {
            let json = serde_json::to_string(&row).map_err(|_| JsValue::NULL)?;
            outbox.put_with_key(&key(&json), &key(&row.id.to_string()))?;
            if let Some(draft) = draft {
                drafts.delete(&key(&draft))?;
            }
        }
        DbCommand::DeleteOutbox(message) => {
            outbox.delete(&key(&message.to_string()))?;
        }
        DbCommand::PutDraft { key: name, text } if text.is_empty() => {
            drafts.delete(&key(&name))?;
        }
        DbCommand::PutDraft { key: name, text } => {
            drafts.put_with_key(&key(&text), &key(&name))?;
        }
        DbCommand::Clear => {
            outbox.clear()?;
            drafts.clear()?;
        }
    }
    Ok(Vec::new())
}

/// What was kept. Keys sort as text, and message ids by time, so the outbox is in the order of writing. A row that
/// can't be read, from a version that is yet to come, stays where it is and is not shown.
fn loaded(answers: &[IdbRequest]) -> Db {
    let texts = |n: usize| -> Vec<String> {
        let values = answers.get(n).and_then(|request| request.result().ok());
        values
            .map(|values| js_sys::Array::from(&values))
            .map_or_else(Vec::new, |values| values.iter().map(|value| value.as_string().unwrap_or_default()).collect())
    };
    let outbox = texts(0).iter().filter_map(|json| serde_json::from_str::<OutboxRow>(json).ok()).collect();
    Db::Loaded { outbox, drafts: texts(1).into_iter().zip(texts(2)).collect() }
}

fn message_of(command: &DbCommand) -> Option<MessageId> {
    if let DbCommand::PutOutbox { row, .. } = command { Some(row.id) } else { None }
}

fn report_failure(loads: bool, message: Option<MessageId>, send: &Dispatch) {
    if loads {
        send(Event::Db(Db::Unavailable));
    } else if let Some(message) = message {
        send(Event::Db(Db::Failed(message)));
    }
}

/// Answers without a database.
fn refuse(command: DbCommand, send: &Dispatch) {
    let (loads, message, send) = (matches!(command, DbCommand::Load), message_of(&command), send.clone());
    later(move || report_failure(loads, message, &send));
}

fn later(task: impl FnOnce() + 'static) {
    gloo_timers::callback::Timeout::new(0, task).forget();
}

/// Hears the end of a transaction: whether it is complete, or was aborted and nothing of it happened.
fn at_end(transaction: &IdbTransaction, then: impl FnOnce(bool) + 'static) {
    let then = Rc::new(Cell::new(Some(then)));
    // The two listeners hold each other, until one of them is called and lets both go.
    let listeners = Rc::new(Cell::new(None));
    let ends = [("complete", true), ("abort", false)].map(|(name, complete)| {
        let (then, listeners) = (then.clone(), listeners.clone());
        EventListener::once(transaction, name, move |_| {
            listeners.take();
            if let Some(then) = then.take() {
                then(complete);
            }
        })
    });
    listeners.set(Some(ends));
}

/// Hears one event of the request that opens the database.
fn once(request: &IdbOpenDbRequest, name: &'static str, then: impl FnOnce(IdbOpenDbRequest) + 'static) {
    let target = request.clone();
    EventListener::once(request, name, move |_| then(target)).forget();
}
