//! Following the log: what a socket reads whenever it hears that there is more for its user.
//!
//! Always holds: an answer is of one moment, and what it says is on the disk. On PostgreSQL those of one tenant who want to read at the
//! same time are answered by the same statements: a message to a group of 50 is read once for 50 sockets, not 50 times.

use halyard_protocol::{Cursor, DeviceId, LoggedEvent, TenantId, UnixMs, UserId};

use super::sessions::{self, Lifetimes, SessionState};
use super::{Db, Store, StoreError, Tx, events};

/// Who follows the log, and how far they are.
#[derive(Clone, Copy, Debug)]
pub struct Follower {
    /// Whose session is looked at.
    pub device: DeviceId,
    /// Whose log it is.
    pub user: UserId,
    /// The last event that they have.
    pub cursor: Cursor,
}

/// What a follower finds.
#[derive(Debug)]
pub struct Found {
    /// The state of their session.
    pub state: SessionState,
    /// What comes next in the log; `None` where that can't be told without a gap (see [`events::after`]).
    pub events: Option<Vec<LoggedEvent>>,
}

/// Up to how many events a follower is told at a time, at which moment, and how long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The most events.
    pub limit: u32,
    /// The moment.
    pub now: UnixMs,
    /// How long sessions last.
    pub lifetimes: Lifetimes,
}

impl Store {
    /// What a follower of this tenant finds; `None` when their session no longer holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follow(
        &self,
        tenant: TenantId,
        follower: Follower,
        terms: Terms,
    ) -> Result<Option<Found>, StoreError> {
        let Db::Postgres(postgres) = &self.db else {
            let mut tx = self.read().await?;
            let found = find_one(&mut tx, follower, terms).await?;
            return tx.settled().await.map(|()| found);
        };
        let store = self.clone();
        let answer = move |followers: Vec<Follower>| {
            let store = store.clone();
            async move {
                match store.find(&followers, terms).await {
                    Ok(found) => found.into_iter().map(Ok).collect(),
                    Err(error) => {
                        tracing::error!(%error, followers = followers.len(), "the log could not be read");
                        followers.iter().map(|_| Err(StoreError::lost())).collect()
                    }
                }
            }
        };
        postgres.followers.ask(tenant, follower, answer).await.ok_or_else(StoreError::lost)?
    }

    async fn find(&self, followers: &[Follower], terms: Terms) -> Result<Vec<Option<Found>>, StoreError> {
        let mut tx = self.read().await?;
        let devices: Vec<DeviceId> = followers.iter().map(|follower| follower.device).collect();
        let states = sessions::states(&mut tx, &devices, terms.now, terms.lifetimes).await?;
        let here = followers.iter().filter_map(|follower| Some((follower, states.get(&follower.device)?)));
        let places: Vec<events::Place> = here
            .map(|(follower, state)| events::Place {
                user: follower.user,
                cursor: follower.cursor,
                newest: state.newest,
            })
            .collect();
        let mut found = events::after_all(&mut tx, &places, terms.limit).await?.into_iter();
        tx.settled().await?;
        let of_one = |follower: &Follower| {
            let state = *states.get(&follower.device)?;
            Some(Found { state, events: found.next().flatten() })
        };
        Ok(followers.iter().map(of_one).collect())
    }
}

async fn find_one(tx: &mut Tx, follower: Follower, terms: Terms) -> Result<Option<Found>, StoreError> {
    let Follower { device, user, cursor } = follower;
    let Some(state) = sessions::state(tx, device, terms.now, terms.lifetimes).await? else { return Ok(None) };
    let events = events::after(tx, user, cursor, state.newest, terms.limit).await?;
    Ok(Some(Found { state, events }))
}
