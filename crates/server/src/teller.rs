//! The teller: has it written down who is connected, and tells the sockets of a tenant how its users are.
//!
//! Always holds: what is told was read in one transaction, so a version stands for all before it, whichever server or command wrote it.
//! What changes meanwhile is told together: one frame for a tenant in [`Tempo::states`](crate::app::Tempo::states) at most, and a first one
//! soon after a rest. Each tenant is told by itself, a few at a time: one that takes long keeps back the others only where several do.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use halyard_protocol::TenantId;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::feed::Feed;
use crate::hub::Hub;
use crate::presence::Presence;
use crate::store::{Store, StoreError, states};

/// After a rest: how long a first change waits for others.
const SOON: Duration = Duration::from_millis(100);
/// Tenants that are told at the same time.
const SIDE_BY_SIDE: usize = 4;

/// What tells of states.
#[derive(Clone)]
pub struct Teller {
    store: Store,
    hub: Arc<Hub>,
    presence: Presence,
    pace: Duration,
}

impl Teller {
    /// One that tells at most one frame of a tenant in `pace`.
    #[must_use]
    pub fn new(store: Store, hub: Arc<Hub>, presence: Presence, pace: Duration) -> Self {
        Self { store, hub, presence, pace }
    }

    /// Tells until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let work = async { tokio::join!(self.tell_for_ever(), self.presence.watch()) };
        let _ = stop.run_until_cancelled(work).await;
    }

    async fn tell_for_ever(&self) {
        let places = Semaphore::new(SIDE_BY_SIDE);
        let mut busy = BTreeSet::new();
        let mut under_way = FuturesUnordered::new();
        let mut news = std::pin::pin!(self.news());
        loop {
            tokio::select! {
                () = &mut news => {
                    for tenant in self.hub.with_news(&busy) {
                        busy.insert(tenant);
                        under_way.push(self.tell_and_rest(tenant, &places));
                    }
                    news.set(self.news());
                }
                Some(tenant) = under_way.next() => {
                    busy.remove(&tenant);
                    // There may be more of it.
                    self.hub.look_again();
                }
            }
        }
    }

    /// Waits until there is something to tell, and some more for what comes with it.
    async fn news(&self) {
        self.hub.something_to_tell().await;
        tokio::time::sleep(SOON.min(self.pace)).await;
    }

    /// Tells a tenant when there is a place, and lets it rest.
    async fn tell_and_rest(&self, tenant: TenantId, places: &Semaphore) -> TenantId {
        if let Ok(_place) = places.acquire().await
            && let Err(error) = self.tell_tenant(tenant).await
        {
            tracing::error!(%error, "states could not be told; it will be tried again");
        }
        tokio::time::sleep(self.pace).await;
        tenant
    }

    /// Writes down and tells what has changed.
    ///
    /// # Errors
    /// When the database fails: what was not written or told is kept for the next time.
    #[cfg(test)]
    pub(crate) async fn tell(&self) -> Result<(), StoreError> {
        let mut outcome = Ok(());
        for tenant in self.hub.with_news(&BTreeSet::new()) {
            outcome = outcome.and(self.tell_tenant(tenant).await);
        }
        outcome
    }

    /// Writes down and tells what has changed of a tenant.
    async fn tell_tenant(&self, tenant: TenantId) -> Result<(), StoreError> {
        let written = self.presence.write(tenant, &self.hub.take_moved(tenant)).await;
        if let Some(feed) = self.hub.take_stale(tenant)
            && let Err(error) = self.push(tenant, &feed).await
        {
            self.hub.set_stale(tenant);
            return Err(error);
        }
        written
    }

    async fn push(&self, tenant: TenantId, feed: &Feed) -> Result<(), StoreError> {
        let Some(after) = feed.version() else { return Ok(()) };
        let mut tx = self.store.read().await?;
        let (version, users) = states::users_after(&mut tx, tenant, after).await?;
        if version > after {
            tx.settled().await?;
            feed.push(version, users);
        }
        Ok(())
    }
}
