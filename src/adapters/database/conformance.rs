//! The list of [`halyard_client::storage::conformance`], run on IndexedDB and WebCrypto in a real browser; and what only a browser
//! shows: rows of earlier releases, two tabs at once, a damaged database.

use std::cell::RefCell;
use std::rc::Rc;

use halyard_client::Event;
use halyard_client::storage::{Db, DbCommand, Health, Range, Row, Store, Token, Write, conformance};
use halyard_protocol::{MessageId, Ulid};
use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, IdbObjectStoreParameters};

use super::idb::{Request, Result, Transaction, database};
use super::rows::Raw;
use super::{Database, crypto, schema};
use crate::adapters::browser::get;

/// A database, and what it has answered.
struct Tab {
    database: Database,
    answers: Rc<RefCell<Vec<Db>>>,
}

impl Tab {
    fn of(name: &'static str) -> Self {
        let answers = Rc::new(RefCell::new(Vec::new()));
        let received = answers.clone();
        let send = move |event| {
            if let Event::Db(answer) = event {
                received.borrow_mut().push(answer);
            }
        };
        Self { database: Database::named(name, Rc::new(send)), answers }
    }

    /// Waits until nothing is left to be done. Gives what was said since.
    async fn rest(&self) -> Vec<Db> {
        loop {
            // A command comes in a task of its own.
            gloo_timers::future::TimeoutFuture::new(0).await;
            if self.database.shared.connection.borrow().is_idle() {
                return self.answers.take();
            }
        }
    }

    async fn run(&self, command: DbCommand) -> Vec<Db> {
        self.database.run(command);
        self.rest().await
    }
}

/// Runs the list on a database of its own, and the rest on others. Gives what did not come as it has to: nothing, if all is well.
#[wasm_bindgen(js_name = halyardConformance)]
pub fn run() -> Promise {
    wasm_bindgen_futures::future_to_promise(async {
        let failures = Array::new();
        let tab = Tab::of("conformance-list");
        for step in conformance::steps() {
            let answer = tab.run(step.command).await.pop();
            if answer != step.answer {
                failures.push(&format!("{}: {answer:?} instead of {:?}", step.says, step.answer).into());
            }
        }
        for (what, held) in [
            ("rows of the last release are read", last_release("conformance-release").await?),
            ("a file is kept as a Blob", file_is_blob("conformance-file").await?),
            ("two tabs that sign out at once seal once", two_tabs("conformance-tabs").await?),
            ("a damaged database is set aside with what the user owns", damaged("conformance-damaged").await?),
        ] {
            if let Err(found) = held {
                failures.push(&[what, ": ", &found].concat().into());
            }
        }
        Ok(failures.into())
    })
}

type Held = core::result::Result<(), String>;

fn held(condition: bool, found: &impl core::fmt::Debug) -> Held {
    if condition { Ok(()) } else { Err(format!("{found:?}")) }
}

/// A database as it was, with these rows of `{ json }`, or of plain texts.
async fn earlier(name: &str, version: u32, stores: &[&'static str], rows: &[(&str, &str, &str, bool)]) -> Result<()> {
    let request = schema::request(name, Some(version))?;
    let upgraded = request.clone();
    let stores = stores.to_vec();
    let _upgrade = gloo_events::EventListener::new(&request, "upgradeneeded", move |_| {
        let Ok(database) = upgraded.result().and_then(database) else { return };
        for store in &stores {
            let numbered = IdbObjectStoreParameters::new();
            numbered.set_auto_increment(*store == schema::SEALED);
            let _ = database.create_object_store_with_optional_parameters(store, &numbered);
        }
    });
    let database = database(Request::new(request.unchecked_into()).result().await?)?;
    for (store, key, text, plain) in rows {
        let transaction = Transaction::writing(&database, &[store])?;
        let value = if *plain {
            JsValue::from_str(text)
        } else {
            let row = js_sys::Object::new();
            crypto::set(&row, "json", &JsValue::from_str(text))?;
            row.into()
        };
        transaction.store(store)?.put_with_key(&value, &JsValue::from_str(key))?;
        transaction.commit().await?;
    }
    database.close();
    Ok(())
}

fn row(store: Store, key: &str, text: &str) -> Row {
    Row { store, key: key.to_owned(), text: text.to_owned() }
}

const BYTES: &str = "GIF\u{0}\u{ff}\u{80}";

async fn last_release(name: &'static str) -> Result<Held> {
    let rows = [
        ("outbox", "1", "{\u{201c}a\u{201d}: \u{1f44b}}", false),
        ("drafts", "u/c", "Typed long ago", true),
        ("files", "f", BYTES, false),
        ("account", "user", "somebody", false),
        ("windows", "windows", "{}", false),
    ];
    earlier(name, 3, &schema::stores(), &rows).await?;
    let tab = Tab::of(name);
    let found = tab.run(DbCommand::Load).await;
    let wanted = Db::Loaded {
        rows: vec![
            row(Store::Outbox, "1", rows[0].2),
            row(Store::Drafts, "u/c", rows[1].2),
            row(Store::Account, "user", "somebody"),
            row(Store::Windows, "windows", "{}"),
        ],
        sealed: Vec::new(),
    };
    if found != [wanted] {
        return Ok(held(false, &found));
    }
    let range = Range::key(Store::Files, "f".to_owned());
    let found = tab.run(DbCommand::Read { range: range.clone(), limit: 1 }).await;
    let wanted = Db::Rows { range, rows: vec![row(Store::Files, "f", BYTES)], more: None };
    Ok(held(found == [wanted], &found))
}

async fn file_is_blob(name: &'static str) -> Result<Held> {
    let tab = Tab::of(name);
    let writes = vec![Write::Put(row(Store::Files, "f", BYTES))];
    tab.run(DbCommand::Write { owner: None, writes, token: None }).await;
    let range = Range::key(Store::Files, "f".to_owned());
    let found = tab.run(DbCommand::Read { range: range.clone(), limit: 1 }).await;
    let wanted = Db::Rows { range, rows: vec![row(Store::Files, "f", BYTES)], more: None };
    let Some(open) = tab.database.shared.open.take() else { return Ok(Err("it is not open".to_owned())) };
    let transaction = Transaction::reading(&open.database, &["files"])?;
    let value = Request::new(transaction.store("files")?.get(&"f".into())?).result().await?;
    let size = get(&value, "file").dyn_into::<Blob>().map(|blob| blob.size()).unwrap_or_default();
    Ok(held(found == [wanted] && size == 6.0, &(found, size)))
}

async fn two_tabs(name: &'static str) -> Result<Held> {
    let (one, other) = (Tab::of(name), Tab::of(name));
    for command in conformance::signed_in() {
        one.run(command).await;
    }
    other.run(DbCommand::Load).await;
    one.database.run(conformance::sign_out());
    other.database.run(conformance::sign_out());
    let mut found = one.rest().await;
    found.append(&mut other.rest().await);
    let done = found.iter().filter(|answer| matches!(answer, Db::Sealed { done: true, .. })).count();
    let left = one.run(DbCommand::Load).await;
    let once = matches!(&left[..], [Db::Loaded { rows, sealed }] if rows.is_empty() && sealed.len() == 1);
    Ok(held(done == 1 && found.len() == 2 && once, &(found, left)))
}

async fn damaged(name: &'static str) -> Result<Held> {
    let rows =
        [("outbox", "1", "{}", false), ("account", "user", "somebody", false), ("account", "state", "{}", false)];
    let stores: Vec<&'static str> = schema::stores().into_iter().filter(|store| *store != "messages").collect();
    earlier(name, schema::VERSION, &stores, &rows).await?;
    let tab = Tab::of(name);
    let found = tab.run(DbCommand::Load).await;
    let wanted = [
        Db::Health(Health::SetAside),
        Db::Loaded {
            rows: vec![row(Store::Outbox, "1", "{}"), row(Store::Account, "user", "somebody")],
            sealed: Vec::new(),
        },
    ];
    if found != wanted {
        return Ok(held(false, &found));
    }
    // What is written from now on is found by the next start.
    let token = Token::Message(MessageId(Ulid::from_bits(1)));
    let writes = vec![Write::Put(row(Store::Outbox, "2", "{}"))];
    tab.run(DbCommand::Write { owner: None, writes, token: Some(token) }).await;
    let next = Tab::of(name).run(DbCommand::Load).await;
    if !matches!(&next[..], [Db::Loaded { rows, .. }] if rows.len() == 3) {
        return Ok(held(false, &next));
    }
    // The damaged one is there as it was.
    let old = database(Request::new(schema::request(name, None)?.unchecked_into()).result().await?)?;
    let transaction = Transaction::reading(&old, &["account"])?;
    let rows = Raw::read(&transaction, &Range::all(Store::Account), None).await?.rows().await;
    old.close();
    Ok(held(rows.len() == 2, &rows))
}
