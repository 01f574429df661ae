//! The device's database: what the user owns here, the outbox and the drafts.
//!
//! Always holds:
//! - Commands take effect one after the other, in the order in which they came, also those that came before the
//!   database was open.
//! - "Committed" is said after the transaction has been committed, and not before.
//! - Inside of a transaction nothing is awaited but its own requests. One that writes is committed explicitly, at once
//!   after its requests: a request that fails aborts it, which the commit says.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use halyard_client::Event;
use halyard_client::effect::DbCommand;
use halyard_client::event::Db;
use halyard_client::outbox::OutboxRow;
use halyard_protocol::MessageId;
use indexed_db_futures::database::Database as Handle;
use indexed_db_futures::error::Error;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{Transaction, TransactionMode};
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::{Dispatch, spawn};

const NAME: &str = "halyard";
const VERSION: u8 = 1;
/// Message id -> [`Kept`].
const OUTBOX: &str = "outbox";
/// Draft key -> text.
const DRAFTS: &str = "drafts";
const STORES: [&str; 2] = [OUTBOX, DRAFTS];

/// An [`OutboxRow`] as it is kept: as one text, so that the app reads and writes its types in one way only.
#[derive(Serialize)]
struct Kept {
    json: String,
}

impl Kept {
    /// The row that a kept value says. Taken apart by hand: derived code brings words for each error and kind of number.
    fn read(value: &JsValue) -> Option<OutboxRow> {
        let json = js_sys::Reflect::get(value, &JsValue::from_str("json")).ok()?;
        OutboxRow::from_json(&json.as_string()?)
    }
}

/// Holds the database, and the commands that wait for it.
pub(super) struct Database {
    shared: Rc<Shared>,
}

struct Shared {
    send: Dispatch,
    waiting: RefCell<VecDeque<DbCommand>>,
    /// Whether the commands are being worked off.
    working: Cell<bool>,
    state: RefCell<State>,
}

enum State {
    /// Nobody has asked for it yet.
    Unopened,
    Open(Handle),
    /// There is none on this device.
    Unavailable,
}

impl Database {
    pub(super) fn new(send: Dispatch) -> Self {
        let (waiting, state) = (RefCell::default(), RefCell::new(State::Unopened));
        Self { shared: Rc::new(Shared { send, waiting, working: Cell::new(false), state }) }
    }

    pub(super) fn run(&self, command: DbCommand) {
        self.shared.waiting.borrow_mut().push_back(command);
        if !self.shared.working.replace(true) {
            spawn(Rc::clone(&self.shared).work());
        }
    }
}

impl Shared {
    /// Carries out all commands that wait, and those that come meanwhile.
    async fn work(self: Rc<Self>) {
        let mut state = self.state.replace(State::Unopened);
        if matches!(state, State::Unopened) {
            state = open().await.map_or(State::Unavailable, State::Open);
        }
        while let Some(command) = self.next() {
            let refusal = refusal(&command);
            let answer = match &state {
                State::Open(database) => carry_out(database, command).await.unwrap_or(refusal),
                State::Unopened | State::Unavailable => refusal,
            };
            if let Some(answer) = answer {
                (self.send)(Event::Db(answer));
            }
        }
        self.state.replace(state);
        self.working.set(false);
    }

    fn next(&self) -> Option<DbCommand> {
        self.waiting.borrow_mut().pop_front()
    }
}

async fn open() -> Option<Handle> {
    let opening = Handle::open(NAME).with_version(VERSION).with_on_upgrade_needed(|_, database| {
        for store in STORES {
            database.create_object_store(store).build()?;
        }
        Ok(())
    });
    opening.await.ok()
}

/// What to say when a command could not be carried out: that a draft could not be kept is said by the message that it
/// becomes.
fn refusal(command: &DbCommand) -> Option<Db> {
    match command {
        DbCommand::Load => Some(Db::Unavailable),
        DbCommand::PutOutbox { row, .. } => Some(Db::Failed(row.id)),
        DbCommand::DeleteOutbox(_) | DbCommand::PutDraft { .. } | DbCommand::Clear => None,
    }
}

async fn carry_out(database: &Handle, command: DbCommand) -> Result<Option<Db>, Error> {
    let transaction = |mode| database.transaction(STORES).with_mode(mode).build();
    match command {
        DbCommand::Load => load(&transaction(TransactionMode::Readonly)?).await.map(Some),
        DbCommand::PutOutbox { row, draft } => {
            let id = row.id;
            let transaction = transaction(TransactionMode::Readwrite)?;
            put_outbox(&transaction, &row, draft)?;
            transaction.commit().await?;
            Ok(Some(Db::Committed(id)))
        }
        DbCommand::DeleteOutbox(message) => {
            let transaction = transaction(TransactionMode::Readwrite)?;
            transaction.object_store(OUTBOX)?.delete(key(message)).build()?;
            transaction.commit().await?;
            Ok(None)
        }
        DbCommand::PutDraft { key, text } => {
            let transaction = transaction(TransactionMode::Readwrite)?;
            put_draft(&transaction, key, text)?;
            transaction.commit().await?;
            Ok(None)
        }
        DbCommand::Clear => {
            let transaction = transaction(TransactionMode::Readwrite)?;
            for store in STORES {
                transaction.object_store(store)?.clear()?;
            }
            transaction.commit().await?;
            Ok(None)
        }
    }
}

/// Ids sort by time as text, too, so the outbox comes back in the order of writing.
fn key(message: MessageId) -> String {
    message.to_string()
}

/// What was kept. A row that can't be read, from a version that is yet to come, stays where it is and is not shown.
async fn load(transaction: &Transaction<'_>) -> Result<Db, Error> {
    let rows = transaction.object_store(OUTBOX)?.get_all::<JsValue>().await?;
    let drafts = transaction.object_store(DRAFTS)?;
    let keys = drafts.get_all_keys::<String>().await?;
    let texts = drafts.get_all::<String>().await?;
    let drafts = keys.zip(texts).filter_map(|(key, text)| Some((key.ok()?, text.ok()?))).collect();
    let outbox = rows.filter_map(|row| Kept::read(&row.ok()?)).collect();
    Ok(Db::Loaded { outbox, drafts })
}

fn put_outbox(transaction: &Transaction<'_>, row: &OutboxRow, draft: Option<String>) -> Result<(), Error> {
    let kept = serde_wasm_bindgen::to_value(&Kept { json: row.to_json() }).map_err(JsValue::from)?;
    transaction.object_store(OUTBOX)?.put(kept).with_key(key(row.id)).build()?;
    if let Some(draft) = draft {
        transaction.object_store(DRAFTS)?.delete(draft).build()?;
    }
    Ok(())
}

fn put_draft(transaction: &Transaction<'_>, key: String, text: String) -> Result<(), Error> {
    let drafts = transaction.object_store(DRAFTS)?;
    if text.is_empty() {
        drafts.delete(key).build().map(drop)
    } else {
        drafts.put(text).with_key(key).build().map(drop)
    }
}
