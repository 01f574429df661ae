//! A new database in the place of a damaged one: with all that the user owns, as far as it can be read.
//!
//! Always holds: the damaged one is only read. What the server has, too, is not taken over; it comes from there.

use halyard_client::storage::{STATE, Store};
use indexed_db_futures::database::Database;
use indexed_db_futures::internals::SystemRepr;
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::IdbDatabase;

use super::idb::{Request, Result, Transaction};
use super::schema::{self, SEALED, Salvaged, VAULT};

/// What is the user's own. Files come last: they may be what a device has no room for.
const OWNED: [&str; 8] = [
    Store::Account.name(),
    Store::Outbox.name(),
    Store::Drafts.name(),
    Store::Attachments.name(),
    Store::Windows.name(),
    SEALED,
    VAULT,
    Store::Files.name(),
];

/// Begins a new database. Where not all of what could be read can be kept, it is one with less.
pub(super) async fn begin(base: &str) -> Option<IdbDatabase> {
    let damaged = schema::current(base);
    let rows = salvage(&schema::name(base, damaged)).await.unwrap_or_default();
    let next = damaged + 1;
    let texts: Vec<Salvaged> = rows.iter().filter(|row| row.store != Store::Files.name()).cloned().collect();
    for begin_with in [rows, texts, Vec::new()] {
        if let Ok(opened) = schema::open(&schema::name(base, next), begin_with, || {}).await {
            schema::set_current(base, next);
            return Some(opened);
        }
    }
    None
}

/// Reads what can be read.
async fn salvage(name: &str) -> Option<Vec<Salvaged>> {
    // Opening would make one. (A handler of the library's that refuses to brings the words of all its errors, 17 kB.)
    if !schema::exists(name).await {
        return None;
    }
    // The library opens it; reading is what the app does elsewhere, too.
    let database = Database::open(name).await.ok()?;
    let mut rows = Vec::new();
    for store in OWNED {
        for key in keys(database.as_sys(), store).await.unwrap_or_default() {
            // Each by itself: one that can't be read ends its transaction.
            if let Ok(value) = value(database.as_sys(), store, &key).await
                && !value.is_undefined()
                && !is_cache(store, &key)
            {
                rows.push(Salvaged { store, key, value });
            }
        }
    }
    database.close();
    Some(rows)
}

/// How far the cache is: without the cache it would not be true.
fn is_cache(store: &str, key: &JsValue) -> bool {
    store == Store::Account.name() && key.as_string().is_some_and(|key| key == STATE)
}

async fn keys(database: &IdbDatabase, store: &str) -> Result<Array> {
    let transaction = Transaction::reading(database, &[store])?;
    Ok(Array::from(&Request::new(transaction.store(store)?.get_all_keys()?).result().await?))
}

async fn value(database: &IdbDatabase, store: &str, key: &JsValue) -> Result<JsValue> {
    let transaction = Transaction::reading(database, &[store])?;
    Request::new(transaction.store(store)?.get(key)?).result().await
}
