//! The device's database, in IndexedDB: the stores of [`halyard_client::storage`], the sealed rows, and the key.
//!
//! Translates between the browser and [`Connection`], which decides: when to open, what to run, what to answer.
//!
//! Always holds:
//! - "Committed" is said after the transaction has been committed, and not before.
//! - Inside of a transaction nothing is awaited but its own requests. One that writes is committed explicitly, at once
//!   after its requests: a request that fails aborts it, which the commit says.

#[cfg(feature = "conformance")]
pub(crate) mod conformance;
mod crypto;
mod idb;
mod rows;
mod salvage;
mod schema;
mod seal;

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use halyard_client::Event;
use halyard_client::storage::connection::{Connection, Failure, Input, Output};
use halyard_client::storage::{Db, DbCommand, Range, Reason, SealedLabel, Store};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbVersionChangeEvent};

use super::browser::get;
use super::{Dispatch, spawn};
use idb::{Request, Result, Transaction, name_of};
use rows::{Asked, Raw, ask_user, is_user};

/// Holds the connection.
pub(super) struct Database {
    shared: Rc<Shared>,
    _moved: Option<EventListener>,
}

struct Shared {
    base: &'static str,
    send: Dispatch,
    connection: RefCell<Connection>,
    open: RefCell<Option<Open>>,
    alarm: RefCell<Option<Timeout>>,
}

/// The handle, with what the browser says about it.
struct Open {
    database: IdbDatabase,
    _listeners: [EventListener; 2],
}

impl Database {
    pub(super) fn new(send: Dispatch) -> Self {
        Self::named(schema::NAME, send)
    }

    fn named(base: &'static str, send: Dispatch) -> Self {
        let (connection, open, alarm) = (RefCell::default(), RefCell::default(), RefCell::default());
        let shared = Rc::new(Shared { base, send, connection, open, alarm });
        let this = shared.clone();
        // Another tab has set a damaged database aside: this one moves to the new one, too.
        let moved = web_sys::window().map(|window| {
            EventListener::new(&window, "storage", move |event| {
                if get(event, "key").as_string().is_some_and(|key| key == schema::marker(base)) {
                    this.close();
                    this.clone().handle_soon(Input::Closed);
                }
            })
        });
        Self { shared, _moved: moved }
    }

    pub(super) fn run(&self, command: DbCommand) {
        self.shared.clone().handle_soon(Input::Command(command));
    }
}

impl Shared {
    /// In a task of its own: nobody is answered, and no listener ends, inside of the call that brought this.
    fn handle_soon(self: Rc<Self>, input: Input) {
        spawn(async move { self.handle(input) });
    }

    fn handle(self: &Rc<Self>, input: Input) {
        let outputs = self.connection.borrow_mut().handle(input);
        for output in outputs {
            match output {
                Output::Open => spawn(self.clone().open()),
                Output::Close => self.close(),
                Output::Alarm(milliseconds) => {
                    let this = self.clone();
                    let alarm = Timeout::new(milliseconds, move || this.handle(Input::Alarm));
                    self.alarm.replace(Some(alarm));
                }
                Output::SetAside => spawn(self.clone().set_aside()),
                Output::Run(job, command) => {
                    let this = self.clone();
                    let database = self.open.borrow().as_ref().map(|open| open.database.clone());
                    spawn(async move {
                        let outcome = match database {
                            Some(database) => carry_out(&database, &command).await.map_err(|error| failure(&error)),
                            None => Err(Failure::Lost),
                        };
                        this.handle(Input::Done(job, outcome));
                    });
                }
                Output::Report(db) => (self.send)(Event::Db(db)),
            }
        }
    }

    async fn open(self: Rc<Self>) {
        let this = self.clone();
        let blocked = move || this.clone().handle_soon(Input::Blocked);
        let name = schema::name(self.base, schema::current(self.base));
        let input = match schema::open(&name, Vec::new(), blocked).await {
            Ok(database) => {
                self.hold(database);
                Input::Opened
            }
            Err(error) => Input::NotOpened(error),
        };
        self.handle(input);
    }

    async fn set_aside(self: Rc<Self>) {
        let begun = salvage::begin(self.base).await;
        let done = begun.is_some();
        if let Some(database) = begun {
            self.hold(database);
        }
        self.handle(Input::SetAside(done));
    }

    fn hold(self: &Rc<Self>, database: IdbDatabase) {
        let (closed, released) = (self.clone(), self.clone());
        let listeners = [
            EventListener::new(&database, "close", move |_| {
                closed.open.take();
                closed.clone().handle_soon(Input::Closed);
            }),
            EventListener::new(&database, "versionchange", move |event| {
                let event = event.dyn_ref::<IdbVersionChangeEvent>();
                let newer = event.is_some_and(|event| event.new_version().is_some());
                released.clone().handle_soon(Input::Released { newer });
            }),
        ];
        self.open.replace(Some(Open { database, _listeners: listeners }));
    }

    /// What runs on it ends all the same.
    fn close(&self) {
        if let Some(open) = self.open.take() {
            open.database.close();
        }
    }
}

/// Why a command was not carried out, by the name of the exception.
fn failure(error: &JsValue) -> Failure {
    match name_of(error).as_str() {
        "QuotaExceededError" => Failure::Full,
        // The connection is closed, or was while the transaction ran.
        "InvalidStateError" | "AbortError" | "UnknownError" => Failure::Lost,
        "NotFoundError" => Failure::Damaged,
        _ => Failure::Other,
    }
}

async fn carry_out(database: &IdbDatabase, command: &DbCommand) -> Result<Option<Db>> {
    match command {
        DbCommand::Load => {
            let transaction = Transaction::reading(database, &schema::stores())?;
            let mut asked = Vec::new();
            for store in Store::FIRST {
                asked.push(Asked::new(&transaction, &Range::all(store), None)?);
            }
            let sealed = ask_sealed(&transaction)?;
            let mut raws = Vec::new();
            for one in asked {
                raws.push(one.answer().await?);
            }
            let sealed = labels(sealed).await?;
            Ok(Some(Db::Loaded { rows: rows::of_all(&raws).await, sealed }))
        }
        DbCommand::Read { range, limit } => {
            let transaction = Transaction::reading(database, &[range.store.name()])?;
            // One more than wanted says whether there is more.
            let most = u32::try_from(*limit).ok().and_then(|limit| limit.checked_add(1));
            let mut rows = Raw::read(&transaction, range, most).await?.rows().await;
            let more = rows.get(*limit).map(|row| row.key.clone());
            rows.truncate(*limit);
            Ok(Some(Db::Rows { range: range.clone(), rows, more }))
        }
        DbCommand::Write { owner, writes, token } => {
            let transaction = Transaction::writing(database, &schema::stores())?;
            // All is asked for at once: an answer takes milliseconds, and where the database is somebody else's nothing is committed.
            let asked = match owner {
                Some(owner) => Some((ask_user(&transaction)?, *owner)),
                None => None,
            };
            for write in writes {
                rows::write(&transaction, write)?;
            }
            if let Some((user, owner)) = asked
                && !is_user(user, owner).await?
            {
                return Ok(token.map(|token| Db::Failed(token, Reason::Shut)));
            }
            transaction.commit().await?;
            Ok(token.map(Db::Committed))
        }
        // By a pointer: none of it runs before the first screen is drawn, so it need not be there by then.
        other => seal::run(database, other).await,
    }
}

fn ask_sealed(transaction: &Transaction) -> Result<Request> {
    Ok(Request::new(transaction.store(schema::SEALED)?.get_all()?))
}

/// Whose sealed rows are here.
async fn labels(sealed: Request) -> Result<Vec<SealedLabel>> {
    Ok(Array::from(&sealed.result().await?).iter().filter_map(|sealed| label(&sealed)).collect())
}

/// Taken apart by hand: derived code brings words for each error and kind of number.
fn label(sealed: &JsValue) -> Option<SealedLabel> {
    let text = |name| get(sealed, name).as_string();
    let count = |name| Some(get(sealed, name).as_f64()? as u32);
    Some(SealedLabel {
        user: text("user")?.parse().ok()?,
        login: text("login")?,
        pins: count("pins")?,
        unsent: count("unsent")?,
    })
}
