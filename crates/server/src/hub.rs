//! The hub: who is connected, and how to wake them.
//!
//! Always holds: it decides nothing and keeps nothing that must last. Presence and typing pass through it; they are
//! only true while one is connected. Nothing grows for a connection that does not read: of a log and of a presence only the newest
//! waits for it, of typing a few frames. So the hub ends no connection but those whose session is over.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use halyard_protocol::socket::UserPresence;
use halyard_protocol::{Availability, Cursor, DeviceId, Presence, ServerFrame, TenantId, UserId};
use tokio::sync::{mpsc, watch};

use crate::store::{Committed, EndedSessions};

/// Connections of one user: each tab of each device has one.
const CONNECTIONS: usize = 50;
/// Frames of typing that may wait for a connection; more are lost.
const WAITING: usize = 16;

/// The registry of connections.
#[derive(Default)]
pub struct Hub {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    users: HashMap<UserId, Online>,
    tenants: HashMap<TenantId, TenantPresence>,
    connections: u64,
}

/// A user who is connected, or was a moment ago.
struct Online {
    tenant: TenantId,
    availability: Availability,
    /// The cursor of the user's log as of which that is their availability; 0 where it is not known.
    availability_at: Cursor,
    connections: Vec<Slot>,
    /// Raised by each arrival: a departure's grace is void when somebody has come since.
    arrivals: u64,
}

/// The presences of a tenant's users. Each change has the next number, and of each user only the last one counts: so whoever last_told
/// everything up to a number is told what came after, however long ago that was.
#[derive(Default)]
struct TenantPresence {
    online: usize,
    presences: HashMap<UserId, (u64, Presence)>,
    changes: BTreeMap<u64, UserId>,
    newest: watch::Sender<u64>,
}

impl TenantPresence {
    fn change(&mut self, user: UserId, presence: Presence) {
        let number = *self.newest.borrow() + 1;
        if let Some((before, _)) = self.presences.insert(user, (number, presence)) {
            self.changes.remove(&before);
        }
        self.changes.insert(number, user);
        self.newest.send_replace(number);
    }
}

struct Slot {
    id: u64,
    device: DeviceId,
    cursor: watch::Sender<Cursor>,
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
    /// Changes when presences have: then [`Hub::presence_changes`] has them.
    pub presence: watch::Receiver<u64>,
    /// The number of the last change of a presence that was told here.
    last_told: u64,
    /// Typing.
    pub frames: mpsc::Receiver<ServerFrame>,
    /// Becomes true when the session has ended.
    pub ended: watch::Receiver<bool>,
}

impl Hub {
    /// Registers a connection; the colleagues hear of it when it is the user's first. `None` when the user has as many as one may.
    pub fn connect(
        &self,
        tenant: TenantId,
        user: UserId,
        device: DeviceId,
        availability: Availability,
    ) -> Option<Connection> {
        let mut state = self.lock();
        if state.users.get(&user).is_some_and(|online| online.connections.len() >= CONNECTIONS) {
            return None;
        }
        let State { users, tenants, connections } = &mut *state;
        *connections += 1;
        let id = *connections;
        let (cursor, cursor_end) = watch::channel(0);
        let (frames, frames_end) = mpsc::channel(WAITING);
        let (ended, ended_end) = watch::channel(false);
        let people = tenants.entry(tenant).or_default();
        let online = users.entry(user).or_insert_with(|| {
            people.online += 1;
            people.change(user, Presence::of(availability, true));
            Online { tenant, availability, availability_at: 0, connections: Vec::new(), arrivals: 0 }
        });
        online.arrivals += 1;
        online.connections.push(Slot { id, device, cursor, frames, ended });
        let presence = people.newest.subscribe();
        let last_told = *presence.borrow();
        Some(Connection {
            id,
            user,
            tenant,
            cursor: cursor_end,
            presence,
            last_told,
            frames: frames_end,
            ended: ended_end,
        })
    }

    /// Everybody of the tenant who is not offline.
    pub fn presence(&self, connection: &mut Connection) -> Vec<UserPresence> {
        let state = self.lock();
        let Some(people) = state.tenants.get(&connection.tenant) else { return Vec::new() };
        connection.last_told = *people.newest.borrow();
        let all =
            people.presences.iter().map(|(user, (_, presence))| UserPresence { user: *user, presence: *presence });
        let mut list: Vec<UserPresence> = all.filter(|entry| entry.presence != Presence::Offline).collect();
        list.sort_by_key(|entry| entry.user);
        list
    }

    /// The presences that have changed since this connection was told last.
    pub fn presence_changes(&self, connection: &mut Connection) -> Vec<UserPresence> {
        let state = self.lock();
        let Some(people) = state.tenants.get(&connection.tenant) else { return Vec::new() };
        let after = connection.last_told + 1;
        connection.last_told = *people.newest.borrow();
        let changed = people.changes.range(after..).filter_map(|(_, user)| Some((user, people.presences.get(user)?)));
        changed.map(|(user, (_, presence))| UserPresence { user: *user, presence: *presence }).collect()
    }

    /// Takes a connection out. When it was the user's last: a mark to hand to [`Self::depart`] after the grace.
    #[must_use]
    pub fn disconnect(&self, connection: &Connection) -> Option<Departure> {
        let mut state = self.lock();
        let online = state.users.get_mut(&connection.user)?;
        online.connections.retain(|slot| slot.id != connection.id);
        online.connections.is_empty().then_some(Departure { user: connection.user, arrivals: online.arrivals })
    }

    /// The user is offline now, unless somebody has come back since.
    pub fn depart(&self, departure: &Departure) {
        let mut state = self.lock();
        let State { users, tenants, .. } = &mut *state;
        let Some(online) = users.get(&departure.user) else { return };
        if !online.connections.is_empty() || online.arrivals != departure.arrivals {
            return;
        }
        let tenant = online.tenant;
        users.remove(&departure.user);
        if let Some(people) = tenants.get_mut(&tenant) {
            people.online -= 1;
            people.change(departure.user, Presence::Offline);
            if people.online == 0 {
                // Nobody is there to hear of it.
                tenants.remove(&tenant);
            }
        }
    }

    /// Sets a user's availability, as of a cursor of their log. One of a lower cursor is older, and ignored.
    pub fn set_availability(&self, user: UserId, availability: Availability, at: Cursor) {
        let mut state = self.lock();
        let State { users, tenants, .. } = &mut *state;
        let Some(online) = users.get_mut(&user) else { return };
        if at < online.availability_at {
            return;
        }
        online.availability_at = at;
        if online.availability != availability {
            online.availability = availability;
            if let Some(people) = tenants.get_mut(&online.tenant) {
                people.change(user, Presence::of(availability, true));
            }
        }
    }

    /// Tells the connections what a commit has brought.
    pub fn committed(&self, committed: &Committed) {
        for (user, (availability, at)) in &committed.availabilities {
            self.set_availability(*user, *availability, *at);
        }
        let state = self.lock();
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

    fn arrive(hub: &Hub, bits: u128, availability: Availability) -> Connection {
        hub.connect(TENANT, user(bits), DEVICE, availability).unwrap()
    }

    fn seen(hub: &Hub, connection: &mut Connection) -> Vec<(UserId, Presence)> {
        hub.presence_changes(connection).iter().map(|entry| (entry.user, entry.presence)).collect()
    }

    fn cursors(of: u128, cursor: Cursor) -> Committed {
        Committed { cursors: [(user(of), cursor)].into(), ..Committed::default() }
    }

    #[test]
    fn colleagues_hear_of_arrival_and_of_departure_after_the_grace() {
        let hub = Hub::default();
        let mut a = arrive(&hub, 1, Availability::Available);
        let mut b = arrive(&hub, 2, Availability::Busy);
        let second = arrive(&hub, 2, Availability::Busy);
        assert_eq!(hub.presence(&mut b).len(), 2);
        assert_eq!(seen(&hub, &mut a), [(user(2), Presence::Busy)], "the second tab is no news");
        assert!(hub.disconnect(&b).is_none());
        let departure = hub.disconnect(&second).unwrap();
        assert_eq!(seen(&hub, &mut a), []);
        hub.depart(&departure);
        assert_eq!(seen(&hub, &mut a), [(user(2), Presence::Offline)]);
        assert_eq!(hub.presence(&mut a).len(), 1);
    }

    #[test]
    fn a_reload_within_the_grace_goes_unnoticed() {
        let hub = Hub::default();
        let mut a = arrive(&hub, 1, Availability::Available);
        let b = arrive(&hub, 2, Availability::Available);
        seen(&hub, &mut a);
        let departure = hub.disconnect(&b).unwrap();
        let again = arrive(&hub, 2, Availability::Available);
        hub.depart(&departure);
        assert_eq!(seen(&hub, &mut a), []);
        let departure = hub.disconnect(&again).unwrap();
        hub.depart(&departure);
        assert_eq!(seen(&hub, &mut a), [(user(2), Presence::Offline)]);
    }

    #[test]
    fn other_tenants_hear_nothing() {
        let hub = Hub::default();
        let mut a = arrive(&hub, 1, Availability::Available);
        let mut other = hub.connect(TenantId(Ulid::from_bits(2)), user(3), DEVICE, Availability::Available).unwrap();
        assert_eq!(hub.presence(&mut other).len(), 1);
        assert!(!a.presence.has_changed().unwrap());
        assert_eq!(seen(&hub, &mut a), []);
    }

    #[test]
    fn wake_ups_never_go_back() {
        let hub = Hub::default();
        let a = arrive(&hub, 1, Availability::Available);
        hub.committed(&cursors(1, 5));
        hub.committed(&cursors(1, 3));
        assert_eq!(*a.cursor.borrow(), 5);
    }

    #[test]
    fn who_does_not_read_for_long_is_told_the_newest_of_each() {
        let hub = Hub::default();
        let mut a = arrive(&hub, 1, Availability::Available);
        let _others: Vec<_> = (2..1_000).map(|bits| arrive(&hub, bits, Availability::Available)).collect();
        for turn in 1..1_000 {
            let availability = if turn % 2 == 0 { Availability::Busy } else { Availability::Away };
            hub.set_availability(user(2), availability, turn);
        }
        assert!(a.presence.has_changed().unwrap());
        let told = seen(&hub, &mut a);
        assert_eq!(told.len(), 998);
        assert_eq!(told.last(), Some(&(user(2), Presence::Away)));
        assert!(!*a.ended.borrow(), "and its session is not over");
        assert_eq!(seen(&hub, &mut a), []);
    }

    #[test]
    fn an_older_availability_does_not_replace_a_newer_one() {
        let hub = Hub::default();
        let mut a = arrive(&hub, 1, Availability::Available);
        let _b = arrive(&hub, 2, Availability::Available);
        let busy = Committed { availabilities: [(user(2), (Availability::Busy, 8))].into(), ..Committed::default() };
        let away = Committed { availabilities: [(user(2), (Availability::Away, 7))].into(), ..Committed::default() };
        hub.committed(&busy);
        hub.committed(&away);
        assert_eq!(seen(&hub, &mut a), [(user(2), Presence::Busy)]);
    }

    #[test]
    fn only_the_connections_of_ended_sessions_end() {
        let hub = Hub::default();
        let other_device = DeviceId(Ulid::from_bits(10));
        let (a, b) = (arrive(&hub, 1, Availability::Available), arrive(&hub, 2, Availability::Available));
        let other = hub.connect(TENANT, user(1), other_device, Availability::Available).unwrap();
        let one = (user(1), EndedSessions::Device(other_device));
        hub.committed(&Committed { ended: vec![one], ..Committed::default() });
        assert_eq!([&a, &b, &other].map(|connection| *connection.ended.borrow()), [false, false, true]);
        hub.committed(&Committed { ended: vec![(user(1), EndedSessions::All)], ..Committed::default() });
        assert_eq!([&a, &b].map(|connection| *connection.ended.borrow()), [true, false]);
    }

    #[test]
    fn a_user_has_only_so_many_connections() {
        let hub = Hub::default();
        let connections: Vec<_> = (0..CONNECTIONS).map(|_| arrive(&hub, 1, Availability::Available)).collect();
        assert!(hub.connect(TENANT, user(1), DEVICE, Availability::Available).is_none());
        assert!(hub.connect(TENANT, user(2), DEVICE, Availability::Available).is_some());
        assert!(hub.disconnect(&connections[0]).is_none());
        assert!(hub.connect(TENANT, user(1), DEVICE, Availability::Available).is_some());
    }

    #[test]
    fn of_a_tenant_that_is_gone_nothing_stays() {
        let hub = Hub::default();
        let a = arrive(&hub, 1, Availability::Available);
        let departure = hub.disconnect(&a).unwrap();
        hub.depart(&departure);
        assert!(hub.lock().tenants.is_empty() && hub.lock().users.is_empty());
    }
}
