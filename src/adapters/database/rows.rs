//! Rows as the browser keeps them: `{ json }` with a row's text, or `{ file }` with a Blob for what is in a file.
//!
//! Always holds: what an earlier release wrote can be read: drafts were plain texts, and files `{ json }` with one character for each
//! byte.

use halyard_client::storage::{Range, Row, Store, USER, Write};
use halyard_protocol::UserId;
use js_sys::{Array, Object, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, IdbKeyRange};

use super::super::browser::get;
use super::super::pictures;
use super::crypto::set;
use super::idb::{Request, Result, Transaction};

/// The rows of a range as they are kept.
pub(super) struct Raw {
    store: Store,
    keys: Array,
    values: Array,
}

/// Rows that were asked for.
pub(super) struct Asked {
    store: Store,
    keys: Request,
    values: Request,
}

impl Asked {
    /// Asks for a range, by key. The browser reads while more is asked for.
    pub(super) fn new(transaction: &Transaction, range: &Range, most: Option<u32>) -> Result<Self> {
        let store = transaction.store(range.store.name())?;
        let keys = keys(range)?;
        let most = most.unwrap_or(u32::MAX);
        let values = Request::new(store.get_all_with_key_and_limit(&keys, most)?);
        let keys = Request::new(store.get_all_keys_with_key_and_limit(&keys, most)?);
        Ok(Self { store: range.store, keys, values })
    }

    /// The rows.
    pub(super) async fn answer(self) -> Result<Raw> {
        let (values, keys) = (self.values.result().await?, self.keys.result().await?);
        Ok(Raw { store: self.store, keys: keys.dyn_into()?, values: values.dyn_into()? })
    }
}

impl Raw {
    /// Reads a range, by key.
    pub(super) async fn read(transaction: &Transaction, range: &Range, most: Option<u32>) -> Result<Self> {
        Asked::new(transaction, range, most)?.answer().await
    }

    /// Whether the same is kept. What is in a file never changes.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.keys.length() == other.keys.length()
            && (0..self.keys.length()).all(|at| {
                self.keys.get(at) == other.keys.get(at) && text(&self.values.get(at)) == text(&other.values.get(at))
            })
    }

    /// The rows. One that can't be read, from a version that is yet to come, stays where it is. Not inside of a transaction: reading a
    /// Blob would end it.
    pub(super) async fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for (key, value) in self.keys.iter().zip(self.values.iter()) {
            let Some(key) = key.as_string() else { continue };
            let text = match text(&value) {
                Some(text) => Some(text),
                None => content(&value).await,
            };
            rows.extend(text.map(|text| Row { store: self.store, key, text }));
        }
        rows
    }
}

/// The rows of several ranges.
pub(super) async fn of_all(raws: &[Raw]) -> Vec<Row> {
    let mut rows = Vec::new();
    for raw in raws {
        rows.append(&mut raw.rows().await);
    }
    rows
}

/// The text of a kept value.
pub(super) fn text(value: &JsValue) -> Option<String> {
    value.as_string().or_else(|| get(value, "json").as_string())
}

/// What is in a kept file: one character for each byte.
async fn content(value: &JsValue) -> Option<String> {
    let blob: Blob = get(value, "file").dyn_into().ok()?;
    Some(pictures::bytes(&blob).await.ok()?.into_iter().map(char::from).collect())
}

/// A row as it is kept.
#[derive(Serialize)]
struct StoredText<'text> {
    json: &'text str,
}

fn stored_value(store: Store, text: &str) -> Result<JsValue> {
    if store == Store::Files {
        let value = Object::new();
        let bytes: Vec<u8> = text.chars().map(|byte| byte as u8).collect();
        let parts = Array::of1(&Uint8Array::from(&bytes[..]));
        set(&value, "file", &Blob::new_with_u8_array_sequence(&parts)?.into())?;
        return Ok(value.into());
    }
    Ok(serde_wasm_bindgen::to_value(&StoredText { json: text })?)
}

/// Makes the request; that it has failed says the commit.
pub(super) fn write(transaction: &Transaction, write: &Write) -> Result<()> {
    match write {
        Write::Put(Row { store, key, text }) => {
            let value = stored_value(*store, text)?;
            transaction.store(store.name())?.put_with_key(&value, &key.as_str().into()).map(drop)
        }
        Write::Delete(range) => transaction.store(range.store.name())?.delete(&keys(range)?).map(drop),
    }
}

fn keys(range: &Range) -> Result<JsValue> {
    let keys = if range.from <= range.to {
        IdbKeyRange::bound(&range.from.as_str().into(), &range.to.as_str().into())
    } else {
        // IndexedDB refuses a range that ends before it begins; no key is empty.
        IdbKeyRange::only(&"".into())
    };
    keys.map(JsValue::from)
}

/// Whether the database is this user's.
pub(super) async fn belongs_to(transaction: &Transaction, owner: UserId) -> Result<bool> {
    is_user(ask_user(transaction)?, owner).await
}

/// Requests whose the database is: the answer is from before any write that is requested later.
pub(super) fn ask_user(transaction: &Transaction) -> Result<Request> {
    Ok(Request::new(transaction.store(Store::Account.name())?.get(&USER.into())?))
}

/// Whether the answer is this user.
pub(super) async fn is_user(asked: Request, owner: UserId) -> Result<bool> {
    let user = asked.result().await?;
    Ok(text(&user).is_some_and(|user| user == owner.to_string()))
}
