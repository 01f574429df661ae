//! The turns of writers: those of one tenant wait here, in memory, and not with a connection of the database in their hands.
//!
//! Always holds: of one server, a tenant's writers hold one connection together, so however many they are, others find one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use halyard_protocol::TenantId;
use tokio::sync::OwnedMutexGuard;

/// A writer's turn; it ends when this is dropped.
pub(super) type Turn = OwnedMutexGuard<()>;

/// Whose turn it is, of each tenant that has written since the start.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<TenantId, Arc<tokio::sync::Mutex<()>>>>>);

impl Turns {
    /// Waits for a turn, first come first served; `None` when that takes longer than `most`.
    pub(super) async fn take(&self, tenant: TenantId, most: Duration) -> Option<Turn> {
        let queue = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(tenant).or_default())
        };
        tokio::time::timeout(most, queue.lock_owned()).await.ok()
    }
}
