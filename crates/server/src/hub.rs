//! The hub: who is connected, and how to wake them.
//!
//! Always holds: it decides nothing and keeps nothing that must last. Typing passes through it; who has come and gone waits in it
//! until the teller has written that down. Nothing grows for a connection that does not read: of a log only the newest cursor
//! waits for it, of states that there are some, of typing a few frames. So the hub ends no connection but those whose session is over.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use halyard_protocol::{Cursor, DeviceId, ServerFrame, StateVersion, TenantId, UserId};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;

use crate::feed::Feed;
use crate::store::{Committed, EndedSessions};

/// Connections of one user: each tab of each device has one.
const CONNECTIONS: usize = 50;
/// Frames of typing that may wait for a connection; more are lost.
const WAITING: usize = 16;

/// How long those have to come back who were connected to a server that is gone, or who have gone together with many. An app tries at
/// least once a minute.
pub const RETURN: Duration = Duration::from_secs(90);
/// More users of a tenant than leave by themselves at once.
const MANY: usize = 50;

/// The registry of connections.
#[derive(Default)]
pub struct Hub {
    state: Mutex<State>,
    to_tell: Notify,
}

#[derive(Default)]
struct State {
    users: HashMap<UserId, Online>,
    tenants: HashMap<TenantId, OnlineTenant>,
    connections: u64,
    moved: Moved,
    /// Tenants with states that their sockets have not been told.
    stale: BTreeSet<TenantId>,
}

/// Who has come or gone since that was last written down, and when.
#[derive(Default)]
struct Moved(BTreeMap<TenantId, BTreeMap<UserId, Instant>>);

impl Moved {
    /// A user has come or gone. Who had gone and come back, or the other way round, before it was written down has not moved.
    fn turn(&mut self, tenant: TenantId, user: UserId) {
        let users = self.0.entry(tenant).or_default();
        if users.remove(&user).is_none() {
            users.insert(user, Instant::now());
        }
    }
}

/// A user who is connected, or was a moment ago.
struct Online {
    tenant: TenantId,
    connections: Vec<Slot>,
    /// Raised by each arrival: a departure's grace is void when somebody has come since.
    arrivals: u64,
}

/// A tenant some of whose users are connected.
#[derive(Default)]
struct OnlineTenant {
    sockets: usize,
    feed: Arc<Feed>,
}

struct Slot {
    id: u64,
    device: DeviceId,
    cursor: watch::Sender<Cursor>,
    reads: watch::Sender<()>,
    frames: mpsc::Sender<ServerFrame>,
    ended: watch::Sender<bool>,
}

/// One connection's ends.
pub struct Connection {
    id: u64,
    user: UserId,
    tenant: TenantId,
    /// The newest cursor that was heard of; 0 for none yet.
    pub cursor: watch::Receiver<Cursor>,
    /// Changes when read positions have that the user sees.
    pub reads: watch::Receiver<()>,
    /// What is told of the tenant's users.
    pub feed: Arc<Feed>,
    /// Changes when [`Self::feed`] has a new frame.
    pub states: watch::Receiver<StateVersion>,
    /// Typing.
    pub frames: mpsc::Receiver<ServerFrame>,
    /// Becomes true when the session has ended.
    pub ended: watch::Receiver<bool>,
}

impl Hub {
    /// Registers a connection. `None` when the user has as many as one may.
    pub fn connect(&self, tenant: TenantId, user: UserId, device: DeviceId) -> Option<Connection> {
        let mut state = self.lock();
        if state.users.get(&user).is_some_and(|online| online.connections.len() >= CONNECTIONS) {
            return None;
        }
        let State { users, tenants, connections, moved, .. } = &mut *state;
        *connections += 1;
        let id = *connections;
        let (cursor, cursor_end) = watch::channel(0);
        let (reads, reads_end) = watch::channel(());
        let (frames, frames_end) = mpsc::channel(WAITING);
        let (ended, ended_end) = watch::channel(false);
        let online = users.entry(user).or_insert_with(|| {
            moved.turn(tenant, user);
            self.to_tell.notify_one();
            Online { tenant, connections: Vec::new(), arrivals: 0 }
        });
        online.arrivals += 1;
        online.connections.push(Slot { id, device, cursor, reads, frames, ended });
        let there = tenants.entry(tenant).or_default();
        there.sockets += 1;
        let feed = Arc::clone(&there.feed);
        Some(Connection {
            id,
            user,
            tenant,
            cursor: cursor_end,
            reads: reads_end,
            states: feed.subscribe(),
            feed,
            frames: frames_end,
            ended: ended_end,
        })
    }

    /// Takes a connection out. When it was the user's last: a mark to hand to [`Self::depart`] after the grace.
    #[must_use]
    pub fn disconnect(&self, connection: &Connection) -> Option<Departure> {
        let mut state = self.lock();
        if let Some(there) = state.tenants.get_mut(&connection.tenant) {
            there.sockets -= 1;
            if there.sockets == 0 {
                // Nobody is there to be told.
                state.tenants.remove(&connection.tenant);
            }
        }
        let online = state.users.get_mut(&connection.user)?;
        online.connections.retain(|slot| slot.id != connection.id);
        online.connections.is_empty().then_some(Departure { user: connection.user, arrivals: online.arrivals })
    }

    /// The user is not connected any more, unless somebody has come back since.
    pub fn depart(&self, departure: &Departure) {
        let mut state = self.lock();
        let State { users, moved, .. } = &mut *state;
        let Some(online) = users.get(&departure.user) else { return };
        if !online.connections.is_empty() || online.arrivals != departure.arrivals {
            return;
        }
        moved.turn(online.tenant, departure.user);
        users.remove(&departure.user);
        self.to_tell.notify_one();
    }

    /// Whether a user is connected has still to be written down, or once more.
    pub fn move_again(&self, tenant: TenantId, users: impl IntoIterator<Item = UserId>) {
        let now = Instant::now();
        self.lock().moved.0.entry(tenant).or_default().extend(users.into_iter().map(|user| (user, now)));
        self.to_tell.notify_one();
    }

    /// Whether anybody is connected has to be written down once more.
    pub fn move_all(&self) {
        let mut state = self.lock();
        let State { users, moved, .. } = &mut *state;
        let now = Instant::now();
        for (user, online) in users {
            moved.0.entry(online.tenant).or_default().insert(*user, now);
        }
        drop(state);
        self.to_tell.notify_one();
    }

    /// The tenants of which there is something to write down or to tell, but for those that are `busy`.
    pub fn with_news(&self, busy: &BTreeSet<TenantId>) -> BTreeSet<TenantId> {
        let mut state = self.lock();
        let State { tenants, moved, stale, .. } = &mut *state;
        // Where there are no sockets nobody is to be told.
        stale.retain(|tenant| tenants.contains_key(tenant));
        moved.0.keys().chain(&*stale).filter(|tenant| !busy.contains(tenant)).copied().collect()
    }

    /// Who of a tenant has come or gone since this was last asked, and whether they are connected now. Where many have gone at once their
    /// network may have: they are kept for the time that they have to come back.
    pub fn take_moved(&self, tenant: TenantId) -> Vec<(UserId, bool)> {
        let mut state = self.lock();
        let State { users: online, moved, .. } = &mut *state;
        let Some(users) = moved.0.get_mut(&tenant) else { return Vec::new() };
        let many = users.keys().filter(|user| !online.contains_key(*user)).count() > MANY;
        let mut taken = Vec::new();
        users.retain(|user, at| {
            let connected = online.contains_key(user);
            let waits = many && !connected && at.elapsed() < RETURN;
            if !waits {
                taken.push((*user, connected));
            }
            waits
        });
        if users.is_empty() {
            moved.0.remove(&tenant);
        }
        taken
    }

    /// A tenant has states that its sockets may not have been told.
    pub fn set_stale(&self, tenant: TenantId) {
        self.lock().stale.insert(tenant);
        self.to_tell.notify_one();
    }

    /// What the sockets of a tenant are told, if it has any and [`Self::set_stale`] was called since this was last asked.
    pub fn take_stale(&self, tenant: TenantId) -> Option<Arc<Feed>> {
        let mut state = self.lock();
        let was_stale = state.stale.remove(&tenant);
        state.tenants.get(&tenant).filter(|_| was_stale).map(|there| Arc::clone(&there.feed))
    }

    /// There may be something for the teller that it left.
    pub fn look_again(&self) {
        self.to_tell.notify_one();
    }

    /// Waits until there is something for the teller.
    pub async fn something_to_tell(&self) {
        self.to_tell.notified().await;
    }

    /// Tells the connections what a commit has brought.
    pub fn committed(&self, committed: &Committed) {
        let mut state = self.lock();
        state.stale.extend(&committed.states);
        if !committed.states.is_empty() {
            self.to_tell.notify_one();
        }
        let slots_of = |user: &UserId| state.users.get(user).map(|online| &online.connections).into_iter().flatten();
        for (user, newest) in &committed.cursors {
            for slot in slots_of(user) {
                slot.cursor.send_if_modified(|cursor| {
                    let newer = *newest > *cursor;
                    *cursor = (*cursor).max(*newest);
                    newer
                });
            }
        }
        for user in &committed.reads {
            for slot in slots_of(user) {
                slot.reads.send_replace(());
            }
        }
        for (user, which) in &committed.ended {
            for slot in slots_of(user) {
                let is_over = match which {
                    EndedSessions::All => true,
                    EndedSessions::Device(device) => slot.device == *device,
                };
                if is_over {
                    slot.ended.send_replace(true);
                }
            }
        }
    }

    /// Sends a frame to all connections of some users. It may get lost: typing does no harm then.
    pub fn whisper(&self, users: &[UserId], frame: &ServerFrame) {
        let state = self.lock();
        for slot in users.iter().filter_map(|user| state.users.get(user)).flat_map(|online| &online.connections) {
            // A full queue belongs to somebody who does not read; typing is not worth their connection.
            let _ = slot.frames.try_send(frame.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held; and if, the registry is still a registry.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A user's last connection went away.
pub struct Departure {
    user: UserId,
    arrivals: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use halyard_protocol::Ulid;

    const TENANT: TenantId = TenantId(Ulid::from_bits(1));
    const DEVICE: DeviceId = DeviceId(Ulid::from_bits(9));

    fn user(bits: u128) -> UserId {
        UserId(Ulid::from_bits(bits))
    }

    fn arrive(hub: &Hub, bits: u128) -> Connection {
        hub.connect(TENANT, user(bits), DEVICE).unwrap()
    }

    fn moved(hub: &Hub) -> Vec<(UserId, bool)> {
        hub.take_moved(TENANT)
    }

    fn cursors(of: u128, cursor: Cursor) -> Committed {
        Committed { cursors: [(user(of), cursor)].into(), ..Committed::default() }
    }

    #[test]
    fn the_first_connection_of_a_user_is_news_and_the_end_of_the_last_one_after_the_grace() {
        let hub = Hub::default();
        let a = arrive(&hub, 2);
        assert_eq!(moved(&hub), [(user(2), true)]);
        let b = arrive(&hub, 2);
        assert_eq!(moved(&hub), [], "the second tab is no news");
        assert!(hub.disconnect(&a).is_none());
        let departure = hub.disconnect(&b).unwrap();
        assert_eq!(moved(&hub), []);
        hub.depart(&departure);
        assert_eq!(moved(&hub), [(user(2), false)]);
    }

    #[test]
    fn a_reload_within_the_grace_goes_unnoticed() {
        let hub = Hub::default();
        let first = arrive(&hub, 2);
        moved(&hub);
        let departure = hub.disconnect(&first).unwrap();
        let again = arrive(&hub, 2);
        hub.depart(&departure);
        assert_eq!(moved(&hub), []);
        let departure = hub.disconnect(&again).unwrap();
        hub.depart(&departure);
        let _back = arrive(&hub, 2);
        assert_eq!(moved(&hub), [], "in the end it stands as it is written down");
    }

    #[test]
    fn many_who_go_at_once_have_time_to_come_back() {
        let hub = Hub::default();
        let connections: Vec<_> = (0..60).map(|bits| arrive(&hub, bits)).collect();
        assert_eq!(moved(&hub).len(), 60);
        for connection in &connections {
            hub.depart(&hub.disconnect(connection).unwrap());
        }
        assert_eq!(moved(&hub), []);
        let _back: Vec<_> = (1..60).map(|bits| arrive(&hub, bits)).collect();
        assert_eq!(moved(&hub), [(user(0), false)], "one who has gone alone");
    }

    #[test]
    fn everybody_who_is_connected_can_be_written_down_again() {
        let hub = Hub::default();
        let _here = [1, 2].map(|bits| arrive(&hub, bits));
        moved(&hub);
        hub.move_all();
        assert_eq!(moved(&hub), [(user(1), true), (user(2), true)]);
    }

    #[test]
    fn only_tenants_with_sockets_are_told_and_busy_ones_later() {
        let hub = Hub::default();
        let a = arrive(&hub, 1);
        moved(&hub);
        let other = TenantId(Ulid::from_bits(2));
        hub.committed(&Committed { states: [TENANT, other].into(), ..Committed::default() });
        assert_eq!(hub.with_news(&[TENANT].into()), [].into());
        assert_eq!(hub.with_news(&BTreeSet::new()), [TENANT].into());
        assert!(hub.take_stale(TENANT).is_some_and(|feed| Arc::ptr_eq(&feed, &a.feed)));
        assert!(hub.take_stale(TENANT).is_none() && hub.take_stale(other).is_none());
        let departure = hub.disconnect(&a);
        hub.set_stale(TENANT);
        assert!(departure.is_some() && hub.take_stale(TENANT).is_none());
    }

    #[test]
    fn wake_ups_never_go_back() {
        let hub = Hub::default();
        let a = arrive(&hub, 1);
        hub.committed(&cursors(1, 5));
        hub.committed(&cursors(1, 3));
        assert_eq!(*a.cursor.borrow(), 5);
        assert!(!a.reads.has_changed().unwrap());
        hub.committed(&Committed { reads: [user(1)].into(), ..Committed::default() });
        assert!(a.reads.has_changed().unwrap());
    }

    #[test]
    fn only_the_connections_of_ended_sessions_end() {
        let hub = Hub::default();
        let other_device = DeviceId(Ulid::from_bits(10));
        let (a, b) = (arrive(&hub, 1), arrive(&hub, 2));
        let other = hub.connect(TENANT, user(1), other_device).unwrap();
        let one = (user(1), EndedSessions::Device(other_device));
        hub.committed(&Committed { ended: vec![one], ..Committed::default() });
        assert_eq!([&a, &b, &other].map(|connection| *connection.ended.borrow()), [false, false, true]);
        hub.committed(&Committed { ended: vec![(user(1), EndedSessions::All)], ..Committed::default() });
        assert_eq!([&a, &b].map(|connection| *connection.ended.borrow()), [true, false]);
    }

    #[test]
    fn a_user_has_only_so_many_connections() {
        let hub = Hub::default();
        let connections: Vec<_> = (0..CONNECTIONS).map(|_| arrive(&hub, 1)).collect();
        assert!(hub.connect(TENANT, user(1), DEVICE).is_none());
        assert!(hub.disconnect(&connections[0]).is_none());
        arrive(&hub, 1);
    }
}
