//! The stores of the database, its versions and its names.
//!
//! Always holds: a migration keeps what the user owns; what the server has, too, it may drop. No database is deleted: a damaged one
//! stays under its name, and the next one has the next number: `halyard`, `halyard-2`. Local storage says which is the current one;
//! the service worker, which has none, takes the highest number.

use gloo_events::EventListener;
use halyard_client::storage::Store;
use halyard_client::storage::connection::OpenError;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbObjectStoreParameters, IdbOpenDbRequest, IdbVersionChangeEvent};

use super::idb::{Request, Result, database, name_of};

pub(super) const NAME: &str = "halyard";
/// 1: outbox and drafts. 2: the cache, what is sealed, and the key. 3: files. 4: files are Blobs.
pub(super) const VERSION: u32 = 4;
/// What is sealed, by a number.
pub(super) const SEALED: &str = "sealed";
/// The key of the user who is signed in, and its copy that only the password opens.
pub(super) const VAULT: &str = "vault";

/// All stores.
pub(super) fn stores() -> Vec<&'static str> {
    Store::ALL.into_iter().map(Store::name).chain([SEALED, VAULT]).collect()
}

/// Where local storage has the number of the current database.
pub(super) fn marker(base: &str) -> String {
    [base, "-database"].concat()
}

fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The number of the current database.
pub(super) fn current(base: &str) -> u32 {
    let number = local_storage().and_then(|storage| storage.get_item(&marker(base)).ok()?);
    number.and_then(|number| number.parse().ok()).unwrap_or(1)
}

pub(super) fn set_current(base: &str, number: u32) {
    if let Some(storage) = local_storage() {
        // Where it can't be kept the damaged one is found again, and this one after it.
        let _ = storage.set_item(&marker(base), &number.to_string());
    }
}

/// The name of a database by its number.
pub(super) fn name(base: &str, number: u32) -> String {
    if number < 2 { base.to_owned() } else { [base, "-", &number.to_string()].concat() }
}

/// A row that could be read, as it is kept.
#[derive(Clone)]
pub(super) struct Salvaged {
    pub(super) store: &'static str,
    pub(super) key: JsValue,
    pub(super) value: JsValue,
}

/// Opens a database of this version. One that is made now begins with what was salvaged.
pub(super) async fn open(
    name: &str,
    begin_with: Vec<Salvaged>,
    blocked: impl Fn() + 'static,
) -> core::result::Result<IdbDatabase, OpenError> {
    let request = request(name, Some(VERSION)).map_err(|error| open_error(&error))?;
    let upgraded = request.clone();
    let _upgrade = EventListener::new(&request, "upgradeneeded", move |event| {
        let is_made = event.dyn_ref::<IdbVersionChangeEvent>().is_some_and(|event| event.old_version() == 0.0);
        let rows = if is_made { &begin_with[..] } else { &[] };
        if upgrade(&upgraded, rows).is_err()
            && let Some(transaction) = upgraded.transaction()
        {
            let _ = transaction.abort();
        }
    });
    let _blocked = EventListener::new(&request, "blocked", move |_| blocked());
    let opened = Request::new(request.unchecked_into()).result().await.and_then(database);
    let database = opened.map_err(|error| open_error(&error))?;
    let names = database.object_store_names();
    if !stores().into_iter().all(|store| names.contains(store)) {
        database.close();
        return Err(OpenError::Damaged);
    }
    Ok(database)
}

/// Whether there is a database of this name. None is made.
pub(super) async fn exists(name: &str) -> bool {
    let Ok(request) = request(name, None) else { return false };
    let opening = request.clone();
    let _upgrade = EventListener::new(&request, "upgradeneeded", move |_| {
        if let Some(transaction) = opening.transaction() {
            let _ = transaction.abort();
        }
    });
    match Request::new(request.unchecked_into()).result().await.and_then(database) {
        Ok(database) => {
            database.close();
            true
        }
        Err(_) => false,
    }
}

pub(super) fn request(name: &str, version: Option<u32>) -> Result<IdbOpenDbRequest> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let Some(factory) = window.indexed_db()? else { return Err(js_sys::Error::new("").into()) };
    match version {
        Some(version) => factory.open_with_u32(name, version),
        None => factory.open(name),
    }
}

fn upgrade(request: &IdbOpenDbRequest, rows: &[Salvaged]) -> Result<()> {
    let database = database(request.result()?)?;
    let known = database.object_store_names();
    for store in stores() {
        if !known.contains(store) {
            let numbered = IdbObjectStoreParameters::new();
            numbered.set_auto_increment(store == SEALED);
            database.create_object_store_with_optional_parameters(store, &numbered)?;
        }
    }
    let transaction = request.transaction().ok_or(JsValue::NULL)?;
    for Salvaged { store, key, value } in rows {
        transaction.object_store(store)?.put_with_key(value, key)?;
    }
    Ok(())
}

fn open_error(error: &JsValue) -> OpenError {
    match name_of(error).as_str() {
        "VersionError" => OpenError::Newer,
        // `Error`, and none at all: there is no IndexedDB here.
        "SecurityError" | "InvalidStateError" | "NotSupportedError" | "NotAllowedError" | "Error" | "" => {
            OpenError::Refused
        }
        "QuotaExceededError" => OpenError::Full,
        _ => OpenError::Other,
    }
}
