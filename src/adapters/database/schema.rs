//! The stores of the database and its versions.
//!
//! Always holds: a migration keeps what the user owns; what the server has, too, it may drop.

use halyard_client::storage::Store;
use indexed_db_futures::database::Database;
use indexed_db_futures::prelude::*;

pub(super) const NAME: &str = "halyard";
/// 1: outbox and drafts. 2: the cache, what is sealed, and the key. 3: files.
const VERSION: u8 = 3;
/// What is sealed, by a number.
pub(super) const SEALED: &str = "sealed";
/// The key of the user who is signed in, and its copy that only the password opens.
pub(super) const VAULT: &str = "vault";

/// All stores.
pub(super) fn stores() -> Vec<&'static str> {
    Store::ALL.into_iter().map(Store::name).chain([SEALED, VAULT]).collect()
}

/// Opens the database. One that is broken is made anew: what was in it could not be read any more.
pub(super) async fn open(name: &str) -> Option<Database> {
    if let Some(database) = attempt(name).await {
        return Some(database);
    }
    // It may have been busy; the second failure is taken for a broken one, unless a newer version of the app made it.
    if let Some(database) = attempt(name).await {
        return Some(database);
    }
    if is_newer(name).await {
        return None;
    }
    Database::delete_by_name(name).ok()?.await.ok()?;
    attempt(name).await
}

async fn attempt(name: &str) -> Option<Database> {
    let opening = Database::open(name).with_version(VERSION).with_on_upgrade_needed(|_, database| {
        let known: Vec<String> = database.object_store_names().collect();
        for store in stores() {
            if !known.iter().any(|name| name == store) {
                let builder = database.create_object_store(store);
                if store == SEALED {
                    builder.with_auto_increment(true).build()?;
                } else {
                    builder.build()?;
                }
            }
        }
        Ok(())
    });
    opening.await.ok()
}

/// Whether the database opens when no version is asked for: then it is sound, and newer than this app.
async fn is_newer(name: &str) -> bool {
    match Database::open(name).await {
        Ok(database) => {
            database.close();
            true
        }
        Err(_) => false,
    }
}
