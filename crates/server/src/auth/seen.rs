//! When browsers last sent a request.
//!
//! A request or a socket notes it here, which never fails and never waits; upkeep writes what was noted to the database, together.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use halyard_protocol::{DeviceId, UnixMs};

use crate::store::{self, Store, StoreError};

/// The least time between two notes of a browser, in milliseconds.
pub const INTERVAL: i64 = 5 * 60 * 1_000;
/// Browsers that are written in one transaction: others who write wait for its end.
const BROWSERS_PER_TRANSACTION: usize = 200;

/// What is not yet in the database.
#[derive(Default)]
pub struct Seen(Mutex<BTreeMap<DeviceId, UnixMs>>);

impl Seen {
    /// Notes that a browser sends a request now, which was last noted then.
    pub fn note(&self, device: DeviceId, then: UnixMs, now: UnixMs) {
        if now.since(then) >= INTERVAL {
            self.add(device, now);
        }
    }

    fn add(&self, device: DeviceId, at: UnixMs) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = noted.entry(device).or_insert(at);
        *noted = (*noted).max(at);
    }

    /// Writes what was noted. What could not be written stays noted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write(&self, store: &Store) -> Result<(), StoreError> {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if noted.is_empty() {
            return Ok(());
        }
        let written = write(store, &noted).await;
        if written.is_err() {
            noted.into_iter().for_each(|(device, at)| self.add(device, at));
        }
        written
    }
}

async fn write(store: &Store, noted: &BTreeMap<DeviceId, UnixMs>) -> Result<(), StoreError> {
    let noted: Vec<_> = noted.iter().collect();
    for browsers in noted.chunks(BROWSERS_PER_TRANSACTION) {
        let mut tx = store.write_system().await?;
        for (device, at) in browsers {
            store::sessions::touch(&mut tx, **device, **at).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use crate::testing::bench::Bench;
    use halyard_protocol::rest::Devices;

    #[tokio::test]
    async fn a_browser_is_noted_every_few_minutes() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let seen_at = async || {
            bench.app.seen.write(&bench.app.store).await.unwrap();
            maya.get("/devices").await.json::<Devices>().devices[0].seen_at
        };
        let start = seen_at().await;
        bench.test.pass(INTERVAL - 1);
        assert_eq!(maya.get("/session").await.status, 200);
        assert_eq!(seen_at().await, start);
        bench.test.pass(1);
        assert_eq!(maya.get("/session").await.status, 200);
        assert_eq!(seen_at().await, start.plus(INTERVAL));
    }

    #[tokio::test]
    async fn what_could_not_be_written_is_written_later() {
        let (store, _folder) = testing::store().await;
        let seen = Seen::default();
        let device = DeviceId(halyard_protocol::Ulid::from_bits(1));
        seen.note(device, UnixMs(0), UnixMs(INTERVAL));
        store.close().await;
        assert!(seen.write(&store).await.is_err());
        seen.note(device, UnixMs(0), UnixMs(2 * INTERVAL));
        assert_eq!(*seen.0.lock().unwrap(), [(device, UnixMs(2 * INTERVAL))].into());
    }
}
