//! The hub: who is connected, and how to wake them.
//!
//! Always holds: it decides nothing and keeps nothing that must last. Presence and typing pass through it; they are
//! only true while one is connected. What waits for a connection is bounded.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use halyard_protocol::socket::UserPresence;
use halyard_protocol::{Availability, Cursor, DeviceId, Presence, ServerFrame, TenantId, UserId};
use tokio::sync::{mpsc, watch};

/// Presence and typing frames that may wait for a connection.
const WAITING: usize = 256;

/// The registry of connections.
#[derive(Default)]
pub struct Hub {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    users: HashMap<UserId, Online>,
    next: u64,
}

struct Online {
    tenant: TenantId,
    availability: Availability,
    connections: Vec<Slot>,
    /// Raised by each arrival: a departure's grace is void when somebody has come since.
    arrivals: u64,
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
    /// The newest cursor that was heard of; 0 for none yet.
    pub cursor: watch::Receiver<Cursor>,
    /// Presence and typing. Closed when the connection did not take them in time.
    pub frames: mpsc::Receiver<ServerFrame>,
    /// Becomes true when the session has ended.
    pub ended: watch::Receiver<bool>,
}

impl Hub {
    /// Registers a connection; tells the colleagues when it is the user's first. What the hub knows of a user who is
    /// here already is newer than what a session was read with.
    pub fn connect(&self, tenant: TenantId, user: UserId, device: DeviceId, availability: Availability) -> Connection {
        let mut state = self.lock();
        state.next += 1;
        let id = state.next;
        let (cursor, cursor_end) = watch::channel(0);
        let (frames, frames_end) = mpsc::channel(WAITING);
        let (ended, ended_end) = watch::channel(false);
        let online = state.users.entry(user).or_insert_with(|| Online {
            tenant,
            availability,
            connections: Vec::new(),
            arrivals: 0,
        });
        let first = online.arrivals == 0;
        online.arrivals += 1;
        if first {
            state.publish(tenant, user, Presence::of(availability, true));
        }
        let slot = Slot { id, device, cursor, frames, ended };
        if let Some(online) = state.users.get_mut(&user) {
            online.connections.push(slot);
        }
        Connection { id, user, cursor: cursor_end, frames: frames_end, ended: ended_end }
    }

    /// Everybody of the tenant who is not offline. Who connects first and then asks misses nobody's change.
    pub fn presence(&self, tenant: TenantId) -> Vec<UserPresence> {
        let state = self.lock();
        let online = state.users.iter().filter(|(_, online)| online.tenant == tenant);
        let mut list: Vec<UserPresence> = online
            .map(|(user, online)| UserPresence { user: *user, presence: Presence::of(online.availability, true) })
            .collect();
        list.sort_by_key(|entry| entry.user);
        list
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
        let Some(online) = state.users.get(&departure.user) else { return };
        if online.connections.is_empty() && online.arrivals == departure.arrivals {
            let tenant = online.tenant;
            state.users.remove(&departure.user);
            state.publish(tenant, departure.user, Presence::Offline);
        }
    }

    /// The user says something else of themselves.
    pub fn set_availability(&self, user: UserId, availability: Availability) {
        let mut state = self.lock();
        let Some(online) = state.users.get_mut(&user) else { return };
        if online.availability != availability {
            online.availability = availability;
            let tenant = online.tenant;
            state.publish(tenant, user, Presence::of(availability, true));
        }
    }

    /// Wakes the connections of users with new events.
    pub fn wake(&self, cursors: &BTreeMap<UserId, Cursor>) {
        let state = self.lock();
        for (user, newest) in cursors {
            for slot in state.users.get(user).map(|online| &online.connections).into_iter().flatten() {
                slot.cursor.send_if_modified(|cursor| {
                    let newer = *newest > *cursor;
                    *cursor = (*cursor).max(*newest);
                    newer
                });
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

    /// Ends the connections of a device whose session is over.
    pub fn end_device(&self, user: UserId, device: DeviceId) {
        let state = self.lock();
        for slot in state.users.get(&user).map(|online| &online.connections).into_iter().flatten() {
            if slot.device == device {
                slot.ended.send_replace(true);
            }
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

impl State {
    /// Sends a user's presence to everybody connected of the tenant. A connection that has no room for it is cut off:
    /// it would show something false for ever.
    fn publish(&mut self, tenant: TenantId, user: UserId, presence: Presence) {
        let frame = ServerFrame::Presence { users: vec![UserPresence { user, presence }] };
        for online in self.users.values_mut().filter(|online| online.tenant == tenant) {
            online.connections.retain(|slot| slot.frames.try_send(frame.clone()).is_ok());
        }
    }
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

    fn seen(connection: &mut Connection) -> Vec<(UserId, Presence)> {
        std::iter::from_fn(|| connection.frames.try_recv().ok())
            .filter_map(|frame| match frame {
                ServerFrame::Presence { users } => Some(users),
                _ => None,
            })
            .flatten()
            .map(|entry| (entry.user, entry.presence))
            .collect()
    }

    #[test]
    fn colleagues_hear_of_arrival_and_of_departure_after_the_grace() {
        let hub = Hub::default();
        let mut a = hub.connect(TENANT, user(1), DEVICE, Availability::Available);
        let b = hub.connect(TENANT, user(2), DEVICE, Availability::Busy);
        let second = hub.connect(TENANT, user(2), DEVICE, Availability::Busy);
        assert_eq!(hub.presence(TENANT).len(), 2);
        assert_eq!(seen(&mut a), [(user(2), Presence::Busy)], "the second tab is no news");
        assert!(hub.disconnect(&b).is_none());
        let departure = hub.disconnect(&second).unwrap();
        assert_eq!(seen(&mut a), []);
        hub.depart(&departure);
        assert_eq!(seen(&mut a), [(user(2), Presence::Offline)]);
    }

    #[test]
    fn a_reload_within_the_grace_goes_unnoticed() {
        let hub = Hub::default();
        let mut a = hub.connect(TENANT, user(1), DEVICE, Availability::Available);
        let b = hub.connect(TENANT, user(2), DEVICE, Availability::Available);
        seen(&mut a);
        let departure = hub.disconnect(&b).unwrap();
        let again = hub.connect(TENANT, user(2), DEVICE, Availability::Available);
        hub.depart(&departure);
        assert_eq!(seen(&mut a), []);
        let departure = hub.disconnect(&again).unwrap();
        hub.depart(&departure);
        assert_eq!(seen(&mut a), [(user(2), Presence::Offline)]);
    }

    #[test]
    fn other_tenants_hear_nothing() {
        let hub = Hub::default();
        let mut a = hub.connect(TENANT, user(1), DEVICE, Availability::Available);
        let other = hub.connect(TenantId(Ulid::from_bits(2)), user(3), DEVICE, Availability::Available);
        assert_eq!(hub.presence(TenantId(Ulid::from_bits(2))).len(), 1);
        assert_eq!(seen(&mut a), []);
        drop(other);
    }

    #[test]
    fn wake_ups_never_go_back() {
        let hub = Hub::default();
        let a = hub.connect(TENANT, user(1), DEVICE, Availability::Available);
        hub.wake(&[(user(1), 5)].into());
        hub.wake(&[(user(1), 3)].into());
        assert_eq!(*a.cursor.borrow(), 5);
    }

    #[test]
    fn who_does_not_read_is_cut_off() {
        let hub = Hub::default();
        let mut a = hub.connect(TENANT, user(1), DEVICE, Availability::Available);
        let b = hub.connect(TENANT, user(2), DEVICE, Availability::Available);
        for turn in 0..WAITING {
            let availability = if turn % 2 == 0 { Availability::Busy } else { Availability::Away };
            hub.set_availability(user(2), availability);
        }
        assert_eq!(seen(&mut a).len(), WAITING);
        assert!(a.frames.try_recv().is_err() && a.frames.is_closed());
        drop(b);
    }
}
