//! Following the log: what a socket reads whenever it hears that there is more for its user.
//!
//! Always holds: an answer is of one moment, and what it says is on the disk. On PostgreSQL those of one tenant who want to read at the
//! same time are answered by the same statements, so a message to a group of 50 costs a few of them and not a few for each of 50 sockets.

use halyard_protocol::{Cursor, DeviceId, LoggedEvent, TenantId, UnixMs, UserId};

use super::gathering::Unanswered;
use super::sessions::{self, Lifetimes, SessionState};
use super::{Db, Store, StoreError, Tx, events};

/// So many times the events that one follower may be told at a time, a batch reads at most, while each gets some: they are all in memory.
const SHARES: usize = 8;

/// Who follows the log, and how far they are.
#[derive(Clone, Copy, Debug)]
pub struct Follower {
    /// Whose session is looked at.
    pub device: DeviceId,
    /// Whose log it is.
    pub user: UserId,
    /// The last event that they have.
    pub cursor: Cursor,
    /// The moment at which they ask.
    pub now: UnixMs,
}

/// What a follower finds.
#[derive(Debug)]
pub struct Found {
    /// The state of their session.
    pub state: SessionState,
    /// What comes next in the log; `None` where that can't be told without a gap (see [`events::after`]).
    pub events: Option<Vec<LoggedEvent>>,
}

/// Up to how many events a follower is told at a time, and how long sessions last: the same for all of a server.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The most events.
    pub limit: u32,
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
        let Db::Postgres(postgres) = &self.db else { return self.find_alone(follower, terms).await };
        let store = self.clone();
        let answer = move |followers: Vec<Follower>| {
            let store = store.clone();
            async move {
                store.find(&followers, terms).await.unwrap_or_else(|error| {
                    tracing::error!(%error, followers = followers.len(), "logs could not be read together");
                    Vec::new()
                })
            }
        };
        match postgres.followers.ask(tenant, follower, answer).await {
            Ok(found) => Ok(found),
            // Alone they may be answered, or there is an error of their own.
            Err(Unanswered::Failed) => self.find_alone(follower, terms).await,
            Err(Unanswered::Overloaded) => Err(StoreError::overloaded()),
        }
    }

    async fn find_alone(&self, follower: Follower, terms: Terms) -> Result<Option<Found>, StoreError> {
        let mut tx = self.read().await?;
        let found = find_one(&mut tx, follower, terms).await?;
        tx.settled().await?;
        Ok(found)
    }

    async fn find(&self, followers: &[Follower], terms: Terms) -> Result<Vec<Option<Found>>, StoreError> {
        let mut tx = self.read().await?;
        let devices: Vec<DeviceId> = followers.iter().map(|follower| follower.device).collect();
        let now = followers.iter().map(|follower| follower.now).max().unwrap_or(UnixMs(0));
        let states = sessions::states(&mut tx, &devices, now, terms.lifetimes).await?;
        let here = followers.iter().filter_map(|follower| Some((follower, states.get(&follower.device)?)));
        let places: Vec<events::Place> = here
            .map(|(follower, state)| events::Place {
                user: follower.user,
                cursor: follower.cursor,
                newest: state.newest,
            })
            .collect();
        let limit = terms.limit as usize;
        let limit = (limit * SHARES / followers.len().max(1)).min(limit);
        let limit = u32::try_from(limit).unwrap_or(terms.limit).max(1);
        let mut found = events::after_all(&mut tx, &places, limit).await?.into_iter();
        tx.settled().await?;
        let of_one = |follower: &Follower| {
            let state = *states.get(&follower.device)?;
            Some(Found { state, events: found.next().flatten() })
        };
        Ok(followers.iter().map(of_one).collect())
    }
}

async fn find_one(tx: &mut Tx, follower: Follower, terms: Terms) -> Result<Option<Found>, StoreError> {
    let Follower { device, user, cursor, now } = follower;
    let Some(state) = sessions::state(tx, device, now, terms.lifetimes).await? else { return Ok(None) };
    let events = events::after(tx, user, cursor, state.newest, terms.limit).await?;
    Ok(Some(Found { state, events }))
}
