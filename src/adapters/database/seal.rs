//! Sealing and opening: rows out of the stores into one encrypted value, and back.
//!
//! Always holds: what is sealed and what it was made of are never both there, nor both gone: one transaction does it. Whether it is
//! still to be done that transaction decides, as another tab may do the same at the same time.

use std::pin::Pin;

use halyard_client::json;
use halyard_client::storage::Db;
use halyard_client::storage::{DbCommand, Range, Row, Seal, SealedLabel, Store, Unseal, Write};
use halyard_protocol::UserId;
use js_sys::{Array, Object};
use wasm_bindgen::JsValue;
use web_sys::IdbDatabase;

use super::super::spawn;
use super::crypto::{self, get, set};
use super::idb::{Request, Result, Transaction};
use super::rows::{self, Raw, belongs_to};
use super::schema::{SEALED, VAULT, stores};
use super::{ask_sealed, label, labels};

/// Under what the key is kept while its user is signed in.
const CURRENT: &str = "current";
/// What goes along from the kept key to what is sealed by it.
const COPY: [&str; 4] = ["wrapped", "nonce", "salt", "rounds"];
/// How often rows are encrypted anew that another tab has changed meanwhile.
const TRIES: usize = 3;

/// A row as it stands in what is sealed: store, key, text.
type Packed = (String, String, String);

/// Carries out what concerns coming and leaving.
pub(super) fn run<'a>(
    database: &'a IdbDatabase,
    command: &'a DbCommand,
) -> Pin<Box<dyn Future<Output = Result<Option<Db>>> + 'a>> {
    Box::pin(async move {
        match command {
            DbCommand::Seal(sealing) => seal(database, sealing).await.map(Some),
            DbCommand::Unseal(unsealing) => unseal(database, unsealing).await.map(Some),
            DbCommand::Forget(user) => forget(database, *user).await.map(|()| None),
            DbCommand::Persist => {
                persist();
                Ok(None)
            }
            DbCommand::Load | DbCommand::Read { .. } | DbCommand::Write { .. } => Ok(None),
        }
    })
}

async fn labels_now(database: &IdbDatabase) -> Result<Vec<SealedLabel>> {
    labels(ask_sealed(&Transaction::reading(database, &[SEALED])?)?).await
}

/// What became of the rows.
#[derive(PartialEq)]
enum Emptied {
    Done,
    /// Another tab has changed what was to be sealed.
    Changed,
    /// The database is no longer the user's: another tab has sealed it.
    NotTheirs,
}

/// Reads, encrypts, and then in one transaction keeps what is sealed and forgets everything else of the user.
async fn seal(database: &IdbDatabase, Seal { label, keep, rows: typed }: &Seal) -> Result<Db> {
    let user = label.user;
    let mut emptied = Emptied::Changed;
    for _ in 0..TRIES {
        let (raws, vault) = {
            let reading = Transaction::reading(database, &stores())?;
            if !belongs_to(&reading, user).await? {
                emptied = Emptied::NotTheirs;
                break;
            }
            let raws = read_all(&reading, keep).await?;
            (raws, Request::new(reading.store(VAULT)?.get(&CURRENT.into())?).result().await?)
        };
        let mut rows = rows::of_all(&raws).await;
        rows.extend(typed.iter().cloned());
        let sealed = if rows.is_empty() {
            None
        } else {
            match encrypted(&vault, label, rows).await {
                Ok(sealed) => Some(sealed),
                // There is no key.
                Err(_) => break,
            }
        };
        match empty(database, user, sealed, keep, &raws).await {
            Ok(Emptied::Changed) => {}
            Ok(ended) => {
                emptied = ended;
                break;
            }
            // No room, perhaps.
            Err(_) => break,
        }
    }
    if emptied == Emptied::Changed {
        // What was typed and not sent stays as it is: nothing may be lost.
        keep_unsent(database, user).await?;
    }
    Ok(Db::Sealed { user, done: emptied == Emptied::Done, sealed: labels_now(database).await? })
}

async fn read_all(transaction: &Transaction, ranges: &[Range]) -> Result<Vec<Raw>> {
    let mut raws = Vec::new();
    for range in ranges {
        raws.push(Raw::read(transaction, range, None).await?);
    }
    Ok(raws)
}

/// Forgets all that is kept, and keeps what is sealed, if that is of what is there now.
async fn empty(
    database: &IdbDatabase,
    user: UserId,
    sealed: Option<Object>,
    keep: &[Range],
    sealed_of: &[Raw],
) -> Result<Emptied> {
    let transaction = Transaction::writing(database, &stores())?;
    if !belongs_to(&transaction, user).await? {
        return Ok(Emptied::NotTheirs);
    }
    let now = read_all(&transaction, keep).await?;
    if !now.iter().zip(sealed_of).all(|(now, then)| now.is_same(then)) {
        return Ok(Emptied::Changed);
    }
    forget_stores(&transaction, &[])?;
    if let Some(sealed) = sealed {
        transaction.store(SEALED)?.add(&sealed)?;
    }
    transaction.commit().await?;
    Ok(Emptied::Done)
}

/// Forgets all that is kept but what was not sent.
async fn keep_unsent(database: &IdbDatabase, user: UserId) -> Result<()> {
    let transaction = Transaction::writing(database, &stores())?;
    if belongs_to(&transaction, user).await? {
        forget_stores(&transaction, &Store::UNSENT)?;
        transaction.commit().await?;
    }
    Ok(())
}

fn forget_stores(transaction: &Transaction, but: &[Store]) -> Result<()> {
    for store in Store::ALL.into_iter().filter(|store| !but.contains(store)) {
        rows::write(transaction, &Write::Delete(Range::all(store)))?;
    }
    transaction.store(VAULT)?.delete(&CURRENT.into()).map(drop)
}

async fn encrypted(vault: &JsValue, label: &SealedLabel, rows: Vec<Row>) -> Result<Object> {
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
async fn unseal(database: &IdbDatabase, Unseal { user, login, password }: &Unseal) -> Result<Db> {
    let (numbers, values) = {
        let reading = Transaction::reading(database, &[SEALED])?;
        let numbers = sealed_numbers(&reading).await?;
        (numbers, Request::new(reading.store(SEALED)?.get_all()?).result().await?)
    };
    let mut opened = Vec::new();
    for (number, sealed) in numbers.iter().zip(Array::from(&values).iter()) {
        let theirs = label(&sealed).is_some_and(|label| match user {
            Some(user) => label.user == *user,
            None => label.login.eq_ignore_ascii_case(login),
        });
        if theirs && let Ok(rows) = decrypted(&sealed, &password.0).await {
            opened.push((number, rows));
        }
    }
    if user.is_none() {
        return Ok(Db::Opened(opened.into_iter().flat_map(|(_, rows)| rows).collect()));
    }
    let vault = crypto::new_key(&password.0).await;
    let transaction = Transaction::writing(database, &stores())?;
    // What another tab has opened meanwhile may have changed since.
    let still = sealed_numbers(&transaction).await?;
    let mut restored = false;
    for (number, rows) in opened.into_iter().filter(|(number, _)| still.includes(number, 0)) {
        for row in rows {
            rows::write(&transaction, &Write::Put(row))?;
        }
        transaction.store(SEALED)?.delete(&number)?;
        restored = true;
    }
    if let Ok(vault) = vault {
        transaction.store(VAULT)?.put_with_key(&vault, &CURRENT.into())?;
    }
    transaction.commit().await?;
    Ok(Db::Unsealed { restored, sealed: labels_now(database).await? })
}

/// Under which numbers sealed rows are here.
async fn sealed_numbers(transaction: &Transaction) -> Result<Array> {
    let numbers = Request::new(transaction.store(SEALED)?.get_all_keys()?).result().await?;
    Ok(Array::from(&numbers))
}

async fn decrypted(sealed: &JsValue, password: &str) -> Result<Vec<Row>> {
    let key = crypto::key_of(sealed, password).await?;
    let text = crypto::decrypt(&key, &get(sealed, "data_nonce")?, &get(sealed, "data")?).await?;
    let packed: Vec<Packed> = json::read(&text).map_err(|_| JsValue::NULL)?;
    let row = |(name, key, text): Packed| {
        let store = Store::ALL.into_iter().find(|store| store.name() == name)?;
        Some(Row { store, key, text })
    };
    Ok(packed.into_iter().filter_map(row).collect())
}

async fn forget(database: &IdbDatabase, user: UserId) -> Result<()> {
    let transaction = Transaction::writing(database, &[SEALED])?;
    let store = transaction.store(SEALED)?;
    let numbers = sealed_numbers(&transaction).await?;
    let values = Request::new(store.get_all()?).result().await?;
    for (number, sealed) in numbers.iter().zip(Array::from(&values).iter()) {
        if label(&sealed).is_some_and(|label| label.user == user) {
            store.delete(&number)?;
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
