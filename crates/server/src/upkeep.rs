//! Upkeep: what is forgotten after a while.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::{App, DAY};
use crate::store::{self, StoreError};

/// How often.
const EVERY: Duration = Duration::from_secs(10 * 60);
/// How long a carrier may take to bring a text twice, in milliseconds.
const KEEP_RECEIVED: i64 = 60 * DAY;

/// How long a file waits for the message that it is to be in, in milliseconds: longer than an app keeps trying before
/// somebody looks at it. A later try gives it to us again.
const KEEP_UNSENT: i64 = 7 * DAY;

/// How long a photo is kept that no contact has any more, in milliseconds: a deletion is undone within minutes, but may have been made
/// without a network.
const KEEP_PHOTOS: i64 = 7 * DAY;

/// Keeps the house until `stop`.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut turns = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = turns.tick() => {}
        }
        if let Err(error) = tidy(&app).await {
            tracing::error!(%error, "upkeep failed; it will be tried again");
        }
    }
}

/// Forgets old events, sessions that no longer hold, references of texts received long ago, files that nobody sent, and
/// photos that no contact has.
///
/// # Errors
/// When the database fails.
pub async fn tidy(app: &App) -> Result<(), StoreError> {
    let now = app.env.now();
    app.sign_ins.forget_idle();
    let mut tx = app.store.write_system().await?;
    let events = store::events::trim(&mut tx, now.plus(-app.settings.keep_events)).await?;
    let sessions = store::sessions::forget_expired(&mut tx, now, app.settings.lifetimes).await?;
    store::deliveries::forget_received(&mut tx, now.plus(-KEEP_RECEIVED)).await?;
    let files = store::media::forget_unsent(&mut tx, now.plus(-KEEP_UNSENT)).await?;
    let photos = store::photos::forget_unused(&mut tx, now.plus(-KEEP_PHOTOS)).await?;
    tx.commit().await?;
    tracing::debug!(events, sessions, files, photos, "forgotten");
    Ok(())
}
