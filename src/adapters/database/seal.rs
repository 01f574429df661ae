//! Sealing and opening: rows out of the stores into one encrypted value, and back.
//!
//! Always holds: what is sealed and what it was made of are never both there, nor both gone: one transaction does it.

use std::pin::Pin;

use halyard_client::json;
use halyard_client::storage::Db;
use halyard_client::storage::{DbCommand, Range, Row, Seal, SealedLabel, Store, Unseal, Write};
use halyard_protocol::UserId;
use indexed_db_futures::database::Database as Handle;
use indexed_db_futures::error::Error;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::TransactionMode;
use js_sys::Object;
use wasm_bindgen::JsValue;

use super::super::spawn;
use super::crypto::{self, get, set};
use super::schema::{SEALED, VAULT, stores};
use super::{belongs_to, carry_out_write, label, labels, read};

/// Under what the key is kept while its user is signed in.
const CURRENT: &str = "current";
/// What goes along from the kept key to what is sealed by it.
const COPY: [&str; 4] = ["wrapped", "nonce", "salt", "rounds"];

/// A row as it stands in what is sealed: store, key, text.
type Packed = (String, String, String);

/// Carries out what concerns coming and leaving.
pub(super) fn run<'a>(
    database: &'a Handle,
    command: DbCommand,
) -> Pin<Box<dyn Future<Output = Result<Option<Db>, Error>> + 'a>> {
    Box::pin(async move {
        match command {
            DbCommand::Seal(sealing) => seal(database, *sealing).await.map(Some),
            DbCommand::Unseal(unsealing) => unseal(database, *unsealing).await.map(Some),
            DbCommand::Forget(user) => forget(database, user).await.map(|()| None),
            DbCommand::Persist => {
                persist();
                Ok(None)
            }
            _ => Ok(None),
        }
    })
}

async fn labels_now(database: &Handle) -> Result<Vec<SealedLabel>, Error> {
    labels(&database.transaction(SEALED).build()?).await
}

/// Reads, encrypts, and then in one transaction keeps what is sealed and forgets everything else of the user.
async fn seal(database: &Handle, Seal { label, keep, rows: typed }: Seal) -> Result<Db, Error> {
    let user = label.user;
    let reading = database.transaction(stores()).build()?;
    if !belongs_to(&reading, user).await? {
        return Ok(Db::Sealed { user, done: false, sealed: labels(&reading).await? });
    }
    let mut rows = Vec::new();
    for range in &keep {
        rows.append(&mut read(&reading, range, None).await?);
    }
    rows.extend(typed);
    let vault: Option<JsValue> = reading.object_store(VAULT)?.get(CURRENT).primitive()?.await?;
    let sealed = match vault {
        _ if keep.is_empty() => Ok(None),
        Some(vault) => encrypted(&vault, &label, rows).await.map(Some),
        None => Err(JsValue::NULL),
    };
    let done = match sealed {
        Ok(sealed) => empty(database, sealed, &[]).await.is_ok(),
        Err(_) => false,
    };
    if !done {
        // What was typed and not sent stays as it is: nothing may be lost.
        empty(database, None, &Store::UNSENT).await?;
    }
    Ok(Db::Sealed { user, done, sealed: labels_now(database).await? })
}

/// Forgets all that is kept but these stores, and keeps what is sealed.
async fn empty(database: &Handle, sealed: Option<Object>, but: &[Store]) -> Result<(), Error> {
    let transaction = database.transaction(stores()).with_mode(TransactionMode::Readwrite).build()?;
    for store in Store::ALL.into_iter().filter(|store| !but.contains(store)) {
        carry_out_write(&transaction, Write::Delete(Range::all(store)))?;
    }
    transaction.object_store(VAULT)?.delete(CURRENT).build()?;
    if let Some(sealed) = sealed {
        transaction.object_store(SEALED)?.add(JsValue::from(sealed)).build()?;
    }
    transaction.commit().await
}

async fn encrypted(vault: &JsValue, label: &SealedLabel, rows: Vec<Row>) -> Result<Object, JsValue> {
    let packed: Vec<Packed> = rows.into_iter().map(|row| (row.store.name().to_owned(), row.key, row.text)).collect();
    // Our own texts: they always become JSON.
    let text = serde_json::to_string(&packed).unwrap_or_default();
    let (nonce, data) = crypto::encrypt(&get(vault, "key")?, &text).await?;
    let sealed = Object::new();
    for name in COPY {
        set(&sealed, name, &get(vault, name)?)?;
    }
    set(&sealed, "data_nonce", &nonce)?;
    set(&sealed, "data", &data)?;
    set(&sealed, "user", &label.user.to_string().into())?;
    set(&sealed, "login", &label.login.as_str().into())?;
    set(&sealed, "pins", &label.pins.into())?;
    set(&sealed, "unsent", &label.unsent.into())?;
    Ok(sealed)
}

/// Opens what the password opens: to be read, or, for the user who has signed in, back into the stores.
async fn unseal(database: &Handle, Unseal { user, login, password }: Unseal) -> Result<Db, Error> {
    let reading = database.transaction(SEALED).build()?;
    let store = reading.object_store(SEALED)?;
    let numbers: Vec<f64> = store.get_all_keys::<f64>().primitive()?.await?.filter_map(Result::ok).collect();
    let values: Vec<JsValue> = store.get_all::<JsValue>().primitive()?.await?.filter_map(Result::ok).collect();
    let (mut opened, mut rows) = (Vec::new(), Vec::new());
    for (number, sealed) in numbers.into_iter().zip(values) {
        let theirs = label(&sealed).is_some_and(|label| match user {
            Some(user) => label.user == user,
            None => label.login.eq_ignore_ascii_case(&login),
        });
        if theirs && let Ok(mut found) = decrypted(&sealed, &password.0).await {
            opened.push(number);
            rows.append(&mut found);
        }
    }
    if user.is_none() {
        return Ok(Db::Opened(rows));
    }
    let vault = crypto::new_key(&password.0).await;
    let transaction = database.transaction(stores()).with_mode(TransactionMode::Readwrite).build()?;
    for row in rows {
        carry_out_write(&transaction, Write::Put(row))?;
    }
    let restored = !opened.is_empty();
    for number in opened {
        transaction.object_store(SEALED)?.delete(number).build()?;
    }
    if let Ok(vault) = vault {
        transaction.object_store(VAULT)?.put(JsValue::from(vault)).with_key(CURRENT).build()?;
    }
    transaction.commit().await?;
    Ok(Db::Unsealed { restored, sealed: labels_now(database).await? })
}

async fn decrypted(sealed: &JsValue, password: &str) -> Result<Vec<Row>, JsValue> {
    let key = crypto::key_of(sealed, password).await?;
    let text = crypto::decrypt(&key, &get(sealed, "data_nonce")?, &get(sealed, "data")?).await?;
    let packed: Vec<Packed> = json::read(&text).map_err(|_| JsValue::NULL)?;
    let row = |(name, key, text): Packed| {
        let store = Store::ALL.into_iter().find(|store| store.name() == name)?;
        Some(Row { store, key, text })
    };
    Ok(packed.into_iter().filter_map(row).collect())
}

async fn forget(database: &Handle, user: UserId) -> Result<(), Error> {
    let transaction = database.transaction(SEALED).with_mode(TransactionMode::Readwrite).build()?;
    let store = transaction.object_store(SEALED)?;
    let numbers: Vec<f64> = store.get_all_keys::<f64>().primitive()?.await?.filter_map(Result::ok).collect();
    let values: Vec<JsValue> = store.get_all::<JsValue>().primitive()?.await?.filter_map(Result::ok).collect();
    for (number, sealed) in numbers.into_iter().zip(values) {
        if label(&sealed).is_some_and(|label| label.user == user) {
            store.delete(number).build()?;
        }
    }
    transaction.commit().await
}

/// Asks the browser not to evict the database. It may ask the user, or decide by itself; nothing follows from a no.
fn persist() {
    if let Some(window) = web_sys::window()
        && let Ok(asked) = window.navigator().storage().persist()
    {
        spawn(async move {
            let _ = wasm_bindgen_futures::JsFuture::from(asked).await;
        });
    }
}
