//! Upkeep: what is forgotten after a while.

pub mod contents;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::app::{App, DAY};
use crate::operations::messaging::pieces;
use crate::store::{self, StoreError};

/// How often.
const EVERY: Duration = Duration::from_secs(10 * 60);
/// How often it is written down which browsers sent requests.
const WRITE_SEEN: Duration = Duration::from_secs(5);
/// Users whose logs are trimmed in one transaction: others who write wait for its end.
const USERS_PER_TRANSACTION: usize = 100;
/// Group chats that nobody is in any more which are forgotten in one turn.
const GROUPS_PER_TURN: u32 = 50;
/// Their entries that are forgotten in one transaction.
const ENTRIES_PER_TRANSACTION: u32 = 500;
/// How much longer than the log those are kept, in milliseconds: no event speaks of them then.
const KEEP_LEFT_GROUPS: i64 = DAY;
/// How long a network is known from which somebody has signed in, in milliseconds, after the session has ended at the latest.
const KEEP_NETWORKS: i64 = 180 * DAY;
/// How long a carrier may take to bring a text twice, in milliseconds.
const KEEP_RECEIVED: i64 = 60 * DAY;
/// How long a carrier may report on a text, in milliseconds.
const KEEP_REFERENCES: i64 = 90 * DAY;

/// How long it is known which parts of a text its carrier has taken, in milliseconds: longer than a text is tried.
const KEEP_PARTS_TAKEN: i64 = 7 * DAY;

/// How long a file waits for the message that it is to be in, in milliseconds: longer than an app keeps trying before
/// somebody looks at it. A later try gives it to us again.
const KEEP_UNSENT: i64 = 7 * DAY;

/// How long a photo is kept that no contact has any more, in milliseconds: a deletion is undone within minutes, but may have been made
/// without a network.
const KEEP_PHOTOS: i64 = 7 * DAY;

/// Keeps the house until `stop`.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    // Contents may take long: the rest does not wait for them.
    tokio::join!(keep_house(&app, &stop), contents::run(&app, &stop));
}

async fn keep_house(app: &App, stop: &CancellationToken) {
    let (mut turns, mut seen) = (tokio::time::interval(EVERY), tokio::time::interval(WRITE_SEEN));
    for turns in [&mut turns, &mut seen] {
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    loop {
        let outcome = tokio::select! {
            () = stop.cancelled() => break,
            _ = turns.tick() => tidy(app).await,
            _ = seen.tick() => app.seen.write(&app.store).await,
        };
        if let Err(error) = outcome {
            tracing::error!(%error, "upkeep failed; it will be tried again");
        }
    }
    if let Err(error) = app.seen.write(&app.store).await {
        tracing::error!(%error, "which browsers were heard of could not be written");
    }
}

/// Forgets old events, groups that all have left, sessions that no longer hold, references of texts received long ago, files that nobody
/// sent, and photos that no contact has. Texts that lack parts arrive as they are, after a while.
///
/// # Errors
/// When the database fails.
pub async fn tidy(app: &App) -> Result<(), StoreError> {
    let now = app.env.now();
    app.sign_ins.forget_idle();
    let events = trim_logs(app).await?;
    let (groups, files_of_groups) = forget_left_groups(app).await?;
    let mut tx = app.store.write_system().await?;
    let sessions = store::sessions::forget_expired(&mut tx, now, app.settings.lifetimes).await?;
    store::password_links::forget_expired(&mut tx, now).await?;
    store::networks::forget(&mut tx, now.plus(-app.settings.lifetimes.absolute - KEEP_NETWORKS)).await?;
    store::deliveries::forget_received(&mut tx, now.plus(-KEEP_RECEIVED)).await?;
    store::carrier_references::forget(&mut tx, now.plus(-KEEP_REFERENCES)).await?;
    store::sms_parts::forget_before(&mut tx, now.plus(-KEEP_PARTS_TAKEN)).await?;
    let files = store::media::forget_unsent(&mut tx, now.plus(-KEEP_UNSENT)).await?;
    if files + files_of_groups > 0 {
        store::usage::recount_bytes(&mut tx).await?;
    }
    let photos = store::photos::forget_unused(&mut tx, now.plus(-KEEP_PHOTOS)).await?;
    tx.commit().await?;
    pieces::give_up(&app.store, &app.env).await?;
    let contents = contents::forget_unused(app).await?;
    tracing::debug!(events, groups, sessions, files, contents, photos, "forgotten");
    Ok(())
}

/// Forgets events that are older than they are kept for, of some users at a time.
async fn trim_logs(app: &App) -> Result<u64, StoreError> {
    let mut tx = app.store.read().await?;
    let expired = store::events::last_expired(&mut tx, app.env.now().plus(-app.settings.keep_events)).await?;
    drop(tx);
    let mut events = 0;
    for users in expired.chunks(USERS_PER_TRANSACTION) {
        let mut tx = app.store.write_system().await?;
        for (user, up_to) in users {
            events += store::events::trim(&mut tx, *user, *up_to).await?;
        }
        tx.commit().await?;
    }
    Ok(events)
}

/// Forgets groups that all have left, once the logs of those who were in them no longer speak of what was written there. Says how many went, and
/// how many files.
async fn forget_left_groups(app: &App) -> Result<(usize, u64), StoreError> {
    let before = app.env.now().plus(-app.settings.keep_events - KEEP_LEFT_GROUPS);
    let mut tx = app.store.read().await?;
    let left = store::conversations::left_by_all(&mut tx, before, GROUPS_PER_TURN).await?;
    drop(tx);
    let mut files = 0;
    for id in &left {
        loop {
            let mut tx = app.store.write_system_in_background().await?;
            let forgotten = store::conversations::forget(&mut tx, *id, ENTRIES_PER_TRANSACTION).await?;
            tx.commit().await?;
            files += forgotten.files;
            if forgotten.is_all {
                break;
            }
        }
    }
    Ok((left.len(), files))
}
