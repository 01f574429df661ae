//! Presence: who is connected to this server, written down; and servers that are gone, forgotten with those who were connected to them.
//!
//! Always holds: nobody compares clocks. A server raises a count in the database while it lives, and whoever has not seen the count of
//! another change for a while, by their own clock, counts that one as gone. One that lives after all (it could not reach the database,
//! say) sees that it was forgotten, and everybody who is connected to it is written down again. A server that starts anew finds its earlier
//! life among the others: so a restart is no news to those who come back in time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use halyard_protocol::{TenantId, Ulid, UserId};
use tokio::time::{Instant, MissedTickBehavior};

use crate::hub::Hub;
use crate::store::servers::{self, Beat};
use crate::store::{Store, StoreError};

/// Users who come or go that are written down in one transaction: others who write wait for its end.
const USERS_PER_TRANSACTION: usize = 500;

/// Each so many looks those are looked for who show as connected and are not. While servers of an earlier release run beside this one
/// their users are among them, and come back with those servers' next heartbeat.
pub(crate) const STRAYS: u32 = 30;

/// What writes down who is connected.
#[derive(Clone)]
pub struct Presence(Arc<Shared>);

struct Shared {
    store: Store,
    hub: Arc<Hub>,
    server: Ulid,
    beat: Duration,
    returns: Duration,
    /// Whether this server has a row, as far as it knows.
    is_known: AtomicBool,
    /// How often it has looked at the others.
    looks: AtomicU32,
    /// The counts of the others, and since when each is what it is.
    others: Mutex<HashMap<Ulid, (u64, Instant)>>,
}

impl Presence {
    /// Of a server with a fresh id, which says every `beat` that it lives, and counts those as gone of which it has heard nothing for as
    /// long as users have for their `returns`.
    #[must_use]
    pub fn new(store: Store, hub: Arc<Hub>, server: Ulid, [beat, returns]: [Duration; 2]) -> Self {
        let (is_known, looks, others) = (AtomicBool::default(), AtomicU32::default(), Mutex::default());
        Self(Arc::new(Shared { store, hub, server, beat, returns, is_known, looks, others }))
    }

    /// Says that this server lives and looks at the others, for ever.
    pub async fn watch(&self) {
        let mut turns = tokio::time::interval(self.0.beat);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            if let Err(error) = self.look().await {
                tracing::error!(%error, "it can't be seen which servers live; it will be tried again");
                // While the database was away nobody could be heard.
                self.others().clear();
            }
        }
    }

    /// Says that this server lives, and forgets others that no longer do.
    ///
    /// # Errors
    /// When the database fails: the next time all of it is tried again.
    pub async fn look(&self) -> Result<(), StoreError> {
        let Shared { store, server, .. } = &*self.0;
        // Where no other server can be nobody asks.
        if !store.is_ours_alone() {
            let mut tx = store.write_system_in_background().await?;
            let is_new = servers::beat(&mut tx, *server).await?;
            tx.commit().await?;
            self.heard(is_new);
        }
        let mut tx = store.read().await?;
        let all = servers::all(&mut tx).await?;
        drop(tx);
        for silent in self.silent(all) {
            let mut tx = store.write_system_in_background().await?;
            if servers::forget(&mut tx, silent).await? {
                tracing::info!(server = %silent.0, "a server is gone; who was connected to it and to no other counts as away");
            }
            tx.commit().await?;
        }
        let strays = self.0.looks.fetch_add(1, Ordering::Relaxed) % STRAYS == STRAYS - 1;
        let lost = servers::lost(&mut store.read_once().await?, strays).await?;
        for (tenant, users) in lost {
            for users in users.chunks(USERS_PER_TRANSACTION) {
                let mut tx = store.write_in_background(tenant).await?;
                servers::forget_lost(&mut tx, tenant, users).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Writes down who of a tenant is connected to this server, and who no longer is.
    ///
    /// # Errors
    /// When the database fails: those who are not written down are moved again in the hub.
    pub async fn write(&self, tenant: TenantId, users: &[(UserId, bool)]) -> Result<(), StoreError> {
        let mut outcome = Ok(());
        for users in users.chunks(USERS_PER_TRANSACTION) {
            if let Err(error) = self.write_some(tenant, users).await {
                self.0.hub.move_again(tenant, users.iter().map(|(user, _)| *user));
                outcome = Err(error);
            }
        }
        outcome
    }

    async fn write_some(&self, tenant: TenantId, users: &[(UserId, bool)]) -> Result<(), StoreError> {
        let Shared { store, server, .. } = &*self.0;
        let mut tx = store.write(tenant).await?;
        let is_new = servers::set_connected(&mut tx, *server, store.is_ours_alone(), tenant, users).await?;
        tx.commit().await?;
        self.heard(is_new);
        Ok(())
    }

    /// This server has a row now. Where it had one before, others have forgotten it: whoever is connected has to be written down again.
    fn heard(&self, is_new: bool) {
        if self.0.is_known.swap(true, Ordering::Relaxed) && is_new {
            tracing::warn!("other servers counted this one as gone; who is connected to it is written down again");
            self.0.hub.move_all();
        }
    }

    /// Those of the other servers whose count has been the same for too long.
    fn silent(&self, all: Vec<Beat>) -> Vec<Beat> {
        let Shared { server, returns, .. } = &*self.0;
        let mut others = self.others();
        let now = Instant::now();
        others.retain(|id, _| all.iter().any(|(here, _)| here == id));
        let mut silent = Vec::new();
        for (id, beat) in all.into_iter().filter(|(id, _)| id != server) {
            let (last, since) = others.entry(id).or_insert((beat, now));
            if *last != beat {
                (*last, *since) = (beat, now);
            }
            // Also where no time has to pass it is looked at twice.
            if *since < now && now.duration_since(*since) >= *returns {
                silent.push((id, beat));
            }
        }
        silent
    }

    fn others(&self) -> MutexGuard<'_, HashMap<Ulid, (u64, Instant)>> {
        // Nothing panics while it is held.
        self.0.others.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
