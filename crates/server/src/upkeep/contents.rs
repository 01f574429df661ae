//! Upkeep of contents: what is still in the database goes to the folder or bucket, and objects that nothing names are deleted.
//!
//! Always holds: an object that is deleted has been forgotten by the database in a transaction that is on the disk, or is older than a day
//! and was never named: whoever puts one names it within minutes, or not at all.

use std::time::Duration;

use futures_util::StreamExt as _;
use halyard_protocol::Ulid;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};
use tokio_util::sync::CancellationToken;

use crate::app::{App, DAY};
use crate::digest::hex;
use crate::media::contents::{ContentsError, made_at};
use crate::store::{self, StoreError};

/// Between two looks at what is still in the database, while there is something.
const MOVE: Duration = Duration::from_millis(250);
/// The same when there was nothing, or it could not be moved: a command may have added something, or the bucket come back.
const LOOK: Duration = Duration::from_secs(10 * 60);
/// Contents that are moved between two pauses.
const AT_A_TIME: u32 = 8;
/// Between two sweeps.
const SWEEP: Duration = Duration::from_secs(24 * 60 * 60);
/// From the start to the first sweep, which lists all objects: a start has other things to do.
const FIRST_SWEEP: Duration = Duration::from_secs(60 * 60);
/// How long an object may be without a name in the database, in milliseconds.
const UNNAMED: i64 = DAY;
/// Objects that the database is asked for at once.
const ASKED_AT_ONCE: usize = 500;
/// Contents that one transaction forgets.
const FORGOTTEN_AT_ONCE: u32 = 500;

/// Why contents could not be looked after.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder or bucket.
    #[error(transparent)]
    Contents(#[from] ContentsError),
}

/// Looks after contents until `stop`. What is under way then is left as it is: the next start goes on with it.
pub(super) async fn run(app: &App, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = look_after(app) => {}
    }
}

async fn look_after(app: &App) {
    let mut sweeps = interval_at(Instant::now() + FIRST_SWEEP, SWEEP);
    let mut looks = interval(LOOK);
    let mut moves = interval(MOVE);
    for turns in [&mut sweeps, &mut looks, &mut moves] {
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    let mut some_left = true;
    loop {
        let outcome = tokio::select! {
            _ = looks.tick() => {
                some_left = true;
                Ok(())
            }
            _ = moves.tick(), if some_left => match move_some(app).await {
                Ok(moved) => {
                    some_left = moved > 0;
                    Ok(())
                }
                Err(error) => {
                    some_left = false;
                    Err(error)
                }
            },
            _ = sweeps.tick() => sweep(app).await.map(drop),
        };
        if let Err(error) = outcome {
            tracing::error!(%error, "contents of files could not be looked after; it will be tried again");
        }
    }
}

/// Moves some contents from the database to the folder or bucket. Says how many it found there.
///
/// # Errors
/// [`UpkeepError`]: what was not moved is in the database as before.
pub async fn move_some(app: &App) -> Result<usize, UpkeepError> {
    // Servers that share a database begin at different places, so that seldom two move the same one.
    let from = hex(&app.env.bytes::<4>());
    let mut tx = app.store.read().await?;
    let mut hashes = store::contents::to_move(&mut tx, &from, AT_A_TIME).await?;
    if hashes.is_empty() {
        hashes = store::contents::to_move(&mut tx, "", AT_A_TIME).await?;
    }
    drop(tx);
    for hash in &hashes {
        move_one(app, hash).await?;
    }
    if !hashes.is_empty() {
        tracing::info!(contents = hashes.len(), "moved contents of files out of the database");
    }
    Ok(hashes.len())
}

/// The content is safe in the folder or bucket before the database lets go of it. A transaction that fails may have gone through
/// (PostgreSQL), so its object stays: a sweep finds it if nothing names it.
async fn move_one(app: &App, hash: &str) -> Result<(), UpkeepError> {
    let mut tx = app.store.read_once().await?;
    let bytes = store::contents::bytes(&mut tx, hash).await?;
    drop(tx);
    let Some(bytes) = bytes else { return Ok(()) };
    let object = app.env.ulid();
    app.contents.put(object, bytes.into()).await?;
    let mut tx = app.store.write_system_in_background().await?;
    let moved = store::contents::moved(&mut tx, hash, object).await?;
    tx.commit().await?;
    if !moved {
        // Forgotten meanwhile, or another server was faster.
        app.contents.delete(vec![object]).await?;
    }
    Ok(())
}

/// Forgets contents that no file has, and deletes their objects. Says how many.
///
/// # Errors
/// When the database fails. What can't be deleted is left for a sweep.
pub async fn forget_unused(app: &App) -> Result<usize, StoreError> {
    let mut forgotten = 0;
    loop {
        let mut tx = app.store.write_system().await?;
        let (some, objects) = store::contents::forget_unused(&mut tx, FORGOTTEN_AT_ONCE).await?;
        tx.commit().await?;
        if let Err(error) = app.contents.delete(objects).await {
            tracing::warn!(%error, "forgotten contents could not be deleted; a sweep will");
        }
        forgotten += some;
        if some == 0 {
            return Ok(forgotten);
        }
    }
}

/// Deletes objects that nothing names and that are older than a day: a server that ended between two steps leaves such. Says how many.
///
/// # Errors
/// [`UpkeepError`].
pub async fn sweep(app: &App) -> Result<usize, UpkeepError> {
    let before = app.env.now().plus(-UNNAMED);
    let mut found = app.contents.list().chunks(ASKED_AT_ONCE);
    let mut swept = 0;
    while let Some(some) = found.next().await {
        let some = some.into_iter().collect::<Result<Vec<Ulid>, _>>()?;
        let mut unnamed: Vec<Ulid> = some.into_iter().filter(|object| made_at(*object) < before).collect();
        let mut tx = app.store.read_once().await?;
        let named = store::contents::named(&mut tx, &unnamed).await?;
        drop(tx);
        unnamed.retain(|object| !named.contains(object));
        swept += unnamed.len();
        app.contents.delete(unnamed).await?;
    }
    let unfinished = app.contents.remove_unfinished(before).await?;
    if swept + unfinished > 0 {
        tracing::warn!(swept, unfinished, "deleted objects that nothing names");
    }
    Ok(swept)
}
