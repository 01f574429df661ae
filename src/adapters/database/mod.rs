//! The device's database, in IndexedDB: the stores of [`halyard_client::storage`], the sealed rows, and the key.
//!
//! Always holds:
//! - Commands take effect one after the other, in the order in which they came, also those that came before the
//!   database was open.
//! - "Committed" is said after the transaction has been committed, and not before.
//! - Inside of a transaction nothing is awaited but its own requests. One that writes is committed explicitly, at once
//!   after its requests: a request that fails aborts it, which the commit says.

#[cfg(feature = "conformance")]
pub(crate) mod conformance;
mod crypto;
mod schema;
mod seal;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use halyard_client::Event;
use halyard_client::storage::Db;
use halyard_client::storage::{DbCommand, Range, Row, SealedLabel, Store, USER, Write};
use halyard_protocol::UserId;
use indexed_db_futures::KeyRange;
use indexed_db_futures::database::Database as Handle;
use indexed_db_futures::error::Error;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{Transaction, TransactionMode};
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::{Dispatch, spawn};

/// A row's text as it is kept.
#[derive(Serialize)]
struct Kept {
    json: String,
}

/// Holds the database, and the commands that wait for it.
pub(super) struct Database {
    shared: Rc<Shared>,
}

struct Shared {
    name: &'static str,
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
        Self::named(schema::NAME, send)
    }

    fn named(name: &'static str, send: Dispatch) -> Self {
        let (waiting, state) = (RefCell::default(), RefCell::new(State::Unopened));
        Self { shared: Rc::new(Shared { name, send, waiting, working: Cell::new(false), state }) }
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
            state = schema::open(self.name).await.map_or(State::Unavailable, State::Open);
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

/// What to say when a command could not be carried out.
fn refusal(command: &DbCommand) -> Option<Db> {
    match command {
        DbCommand::Load => Some(Db::Unavailable),
        DbCommand::Read { range, .. } => Some(Db::Rows { range: range.clone(), rows: Vec::new(), more: None }),
        DbCommand::Write { token, .. } => token.map(Db::Failed),
        DbCommand::Seal(seal) => Some(Db::Sealed { user: seal.label.user, done: false, sealed: Vec::new() }),
        DbCommand::Unseal(unseal) if unseal.user.is_none() => Some(Db::Opened(Vec::new())),
        DbCommand::Unseal(_) | DbCommand::Forget(_) | DbCommand::Persist => None,
    }
}

async fn carry_out(database: &Handle, command: DbCommand) -> Result<Option<Db>, Error> {
    match command {
        DbCommand::Load => {
            let transaction = database.transaction(schema::stores()).build()?;
            let mut rows = Vec::new();
            for store in Store::FIRST {
                rows.append(&mut read(&transaction, &Range::all(store), None).await?);
            }
            let sealed = labels(&transaction).await?;
            Ok(Some(Db::Loaded { rows, sealed }))
        }
        DbCommand::Read { range, limit } => {
            let transaction = database.transaction(range.store.name()).build()?;
            // One more than wanted says whether there is more.
            let most = u32::try_from(limit).ok().and_then(|limit| limit.checked_add(1));
            let mut rows = read(&transaction, &range, most).await?;
            let more = rows.get(limit).map(|row| row.key.clone());
            rows.truncate(limit);
            Ok(Some(Db::Rows { range, rows, more }))
        }
        DbCommand::Write { owner, writes, token } => {
            let transaction = database.transaction(schema::stores()).with_mode(TransactionMode::Readwrite).build()?;
            let is_owners = match owner {
                Some(owner) => belongs_to(&transaction, owner).await?,
                None => true,
            };
            if is_owners {
                for write in writes {
                    carry_out_write(&transaction, write)?;
                }
                transaction.commit().await?;
            }
            Ok(token.map(|token| if is_owners { Db::Committed(token) } else { Db::Failed(token) }))
        }
        // By a pointer: none of it runs before the first screen is drawn, so it need not be there by then.
        other => seal::run(database, other).await,
    }
}

async fn belongs_to(transaction: &Transaction<'_>, owner: UserId) -> Result<bool, Error> {
    let user: Option<JsValue> = transaction.object_store(Store::Account.name())?.get(USER).primitive()?.await?;
    Ok(user.and_then(|user| text(&user)).is_some_and(|user| user == owner.to_string()))
}

fn carry_out_write(transaction: &Transaction<'_>, write: Write) -> Result<(), Error> {
    match write {
        Write::Put(Row { store, key, text }) => {
            let kept = serde_wasm_bindgen::to_value(&Kept { json: text }).map_err(JsValue::from)?;
            transaction.object_store(store.name())?.put(kept).with_key(key).build().map(drop)
        }
        Write::Delete(range) => {
            transaction.object_store(range.store.name())?.delete::<String, _>(keys(&range)).build().map(drop)
        }
    }
}

fn keys(range: &Range) -> KeyRange<String> {
    if range.from <= range.to {
        KeyRange::Bound(range.from.clone(), false, range.to.clone(), false)
    } else {
        // IndexedDB refuses a range that ends before it begins; no key is empty.
        KeyRange::Only(String::new())
    }
}

/// The rows of a range, by key. One that can't be read, from a version that is yet to come, stays where it is.
async fn read(transaction: &Transaction<'_>, range: &Range, most: Option<u32>) -> Result<Vec<Row>, Error> {
    let store = transaction.object_store(range.store.name())?;
    let most = most.unwrap_or(u32::MAX);
    let names =
        store.get_all_keys::<String>().with_query::<String, _>(keys(range)).with_limit(most).primitive()?.await?;
    let values = store.get_all::<JsValue>().with_query::<String, _>(keys(range)).with_limit(most).primitive()?.await?;
    let row = |(key, value): (Result<String, Error>, Result<JsValue, Error>)| {
        Some(Row { store: range.store, key: key.ok()?, text: text(&value.ok()?)? })
    };
    Ok(names.zip(values).filter_map(row).collect())
}

/// Whose sealed rows are here.
async fn labels(transaction: &Transaction<'_>) -> Result<Vec<SealedLabel>, Error> {
    let sealed = transaction.object_store(schema::SEALED)?.get_all::<JsValue>().primitive()?.await?;
    Ok(sealed.filter_map(|sealed| label(&sealed.ok()?)).collect())
}

fn label(sealed: &JsValue) -> Option<SealedLabel> {
    let get = |name: &str| js_sys::Reflect::get(sealed, &JsValue::from_str(name)).ok();
    let text = |name| get(name)?.as_string();
    let count = |name| Some(get(name)?.as_f64()? as u32);
    Some(SealedLabel {
        user: text("user")?.parse().ok()?,
        login: text("login")?,
        pins: count("pins")?,
        unsent: count("unsent")?,
    })
}

/// The text of a kept value. Taken apart by hand: derived code brings words for each error and kind of number.
fn text(value: &JsValue) -> Option<String> {
    // Drafts were plain texts once.
    value.as_string().or_else(|| js_sys::Reflect::get(value, &JsValue::from_str("json")).ok()?.as_string())
}
