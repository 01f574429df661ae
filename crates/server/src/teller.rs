//! The teller: writes down who is connected, and tells the sockets of a tenant how its users are.
//!
//! Always holds: what is told was read in one transaction, so a version stands for all before it, whichever server or command wrote it.
//! What changes meanwhile is told together: one frame for a tenant in [`Tempo::states`](crate::app::Tempo::states) at most, and a first one
//! soon after a rest. A restart is no news: who was connected counts as connected until there was time to come back.

use std::sync::Arc;
use std::time::Duration;

use halyard_protocol::{TenantId, UserId};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::feed::Feed;
use crate::hub::{Hub, RETURN};
use crate::store::{Store, StoreError, states};

/// After a rest: how long a first change waits for others.
const SOON: Duration = Duration::from_millis(100);
/// Users who come or go that are written down in one transaction: others who write wait for its end.
const USERS_PER_TRANSACTION: usize = 500;

/// What tells of states.
#[derive(Clone)]
pub struct Teller {
    store: Store,
    hub: Arc<Hub>,
    pace: Duration,
}

impl Teller {
    /// One that tells at most one frame in `pace`.
    #[must_use]
    pub fn new(store: Store, hub: Arc<Hub>, pace: Duration) -> Self {
        Self { store, hub, pace }
    }

    /// Tells until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let () = stop.run_until_cancelled(self.tell_for_ever()).await.unwrap_or_default();
    }

    async fn tell_for_ever(&self) {
        self.expect_returns().await.unwrap_or_else(|error| {
            tracing::error!(%error, "who was connected could not be read");
        });
        let mut next = Instant::now();
        loop {
            self.hub.something_to_tell().await;
            tokio::time::sleep_until(next.max(Instant::now() + SOON.min(self.pace))).await;
            if let Err(error) = self.tell().await {
                tracing::error!(%error, "states could not be told; it will be tried again");
            }
            next = Instant::now() + self.pace;
        }
    }

    /// Those who were connected when the server stopped count as connected for a while.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expect_returns(&self) -> Result<(), StoreError> {
        let mut tx = self.store.read().await?;
        let connected = states::connected(&mut tx).await?;
        let departures: Vec<_> = connected.into_iter().map(|(tenant, user)| self.hub.expect(tenant, user)).collect();
        let hub = Arc::clone(&self.hub);
        tokio::spawn(async move {
            tokio::time::sleep(RETURN).await;
            departures.iter().for_each(|departure| hub.depart(departure));
        });
        Ok(())
    }

    /// Writes down and tells what has changed.
    ///
    /// # Errors
    /// When the database fails: what was not written or told is kept for the next time.
    pub async fn tell(&self) -> Result<(), StoreError> {
        let mut outcome = Ok(());
        for (tenant, users) in self.hub.take_moved() {
            for users in users.chunks(USERS_PER_TRANSACTION) {
                if let Err(error) = self.write(tenant, users).await {
                    self.hub.move_again(tenant, users.iter().map(|(user, _)| *user));
                    outcome = Err(error);
                }
            }
        }
        for (tenant, feed) in self.hub.take_stale() {
            if let Err(error) = self.push(tenant, &feed).await {
                self.hub.set_stale(tenant);
                outcome = Err(error);
            }
        }
        outcome
    }

    async fn write(&self, tenant: TenantId, users: &[(UserId, bool)]) -> Result<(), StoreError> {
        let mut tx = self.store.write(tenant).await?;
        states::set_connected(&mut tx, tenant, users).await?;
        tx.commit().await
    }

    async fn push(&self, tenant: TenantId, feed: &Feed) -> Result<(), StoreError> {
        let Some(after) = feed.version() else { return Ok(()) };
        let mut tx = self.store.read().await?;
        let (version, users) = states::users_after(&mut tx, tenant, after).await?;
        if !users.is_empty() {
            tx.settled().await?;
            feed.push(version, users);
        }
        Ok(())
    }
}
