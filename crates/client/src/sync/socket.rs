//! The socket: what it says, and losing it.

use halyard_protocol::limits::HEARTBEAT_SECONDS;
use halyard_protocol::socket::CLOSE_SIGNED_OUT;
use halyard_protocol::{ClientFrame, LoggedEvent, ServerFrame};

use super::{Connection, Sync};
use crate::api::CallError;
use crate::context::Turn;
use crate::effect::{Effect, SocketCommand, SocketEvent, Timer};
use crate::fact::Fact;
use crate::json;
use crate::retry::backoff;
use crate::update::Changed;

/// Milliseconds for which the timer of the silence counts as new.
const LISTEN_AGAIN: i64 = 1_000;

impl Sync {
    pub(crate) fn socket(&mut self, event: SocketEvent, turn: &mut Turn<'_>) {
        match event {
            SocketEvent::Opened => {
                Self::send(&ClientFrame::Resume { cursor: self.cursor, states: Some(self.states) }, turn);
                self.listen(turn);
            }
            SocketEvent::Frame(text) => self.frame(&text, turn),
            SocketEvent::Closed(code) => self.closed(code, turn),
        }
    }

    fn closed(&mut self, code: Option<u16>, turn: &mut Turn<'_>) {
        if !matches!(self.connection, Connection::Connecting | Connection::Live) {
            return;
        }
        turn.cancel_timer(Timer::SocketSilence);
        if code == Some(CLOSE_SIGNED_OUT) {
            turn.failed(CallError::signed_out());
            return;
        }
        self.connection = Connection::Lost;
        self.tries += 1;
        // The handshake's status can't be read: asking for the snapshot later tells whether the session has ended.
        turn.set_timer(Timer::Reconnect, backoff(self.tries, turn.env));
        turn.changed(Changed::Connection);
        turn.fact(Fact::Disconnected);
    }

    /// Nothing was heard for too long: the socket is dead although it looks open.
    pub(crate) fn silent(&mut self, turn: &mut Turn<'_>) {
        turn.effect(Effect::Socket(SocketCommand::Close));
        self.closed(None, turn);
    }

    fn frame(&mut self, text: &str, turn: &mut Turn<'_>) {
        if !matches!(self.connection, Connection::Connecting | Connection::Live) {
            return;
        }
        // Not with every frame of a burst: to set a timer takes the browser longer than to apply an event.
        if !(0..LISTEN_AGAIN).contains(&turn.env.now.since(self.listening_since)) {
            self.listen(turn);
        }
        // A frame that can't be read at all is as good as a lost one: start the socket again and resume.
        let Ok(frame) = json::read::<ServerFrame>(text) else { return self.silent(turn) };
        match frame {
            ServerFrame::Welcome { .. } => {
                let again = core::mem::take(&mut self.tries) > 0;
                self.connection = Connection::Live;
                turn.changed(Changed::Connection);
                turn.fact(Fact::Connected { again });
            }
            ServerFrame::Events { events } => self.events(events, turn),
            ServerFrame::Users { version, users } => {
                if version > self.states.users {
                    self.states.users = version;
                    turn.fact(Fact::UserStates(users));
                }
            }
            ServerFrame::Reads { version, reads } => {
                if version > self.states.reads {
                    self.states.reads = version;
                    turn.fact(Fact::Reads(reads));
                }
            }
            ServerFrame::Typing { conversation, user } => turn.fact(Fact::Typing(conversation, user)),
            ServerFrame::Reset => {
                self.stop();
                turn.effect(Effect::Socket(SocketCommand::Close));
                turn.cancel_timer(Timer::SocketSilence);
                turn.changed(Changed::Connection);
                turn.fact(Fact::SnapshotWanted);
            }
            ServerFrame::Ping => Self::send(&ClientFrame::Pong, turn),
            ServerFrame::Unknown => {}
        }
    }

    fn events(&mut self, events: Vec<LoggedEvent>, turn: &mut Turn<'_>) {
        for event in events {
            if event.cursor <= self.cursor {
                continue;
            }
            if event.cursor > self.cursor + 1 {
                // A gap: what lies between must come first.
                return self.silent(turn);
            }
            self.cursor = event.cursor;
            turn.fact(Fact::Logged(Box::new(event.change)));
        }
        turn.fact(Fact::OutboxReady);
    }

    fn listen(&mut self, turn: &mut Turn<'_>) {
        self.listening_since = turn.env.now;
        turn.set_timer(Timer::SocketSilence, i64::from(HEARTBEAT_SECONDS) * 2_500);
    }
}

#[cfg(test)]
mod tests {
    use halyard_protocol::{Change, StatesSeen};

    use super::*;
    use crate::testing::Alone;

    fn connected(cursor: u64) -> (Sync, Alone) {
        let mut sync = Sync { connection: Connection::Live, started: true, verified: true, ..Sync::default() };
        sync.cursor = cursor;
        (sync, Alone::new())
    }

    fn events(cursors: &[u64]) -> SocketEvent {
        let events = cursors.iter().map(|cursor| LoggedEvent {
            cursor: *cursor,
            at: halyard_protocol::UnixMs(0),
            change: Change::ContactsReplaced,
        });
        let frame = ServerFrame::Events { events: events.collect() };
        SocketEvent::Frame(serde_json::to_string(&frame).expect("a frame"))
    }

    #[test]
    fn each_event_is_a_fact_once_in_the_order_of_the_log() {
        let (mut sync, mut alone) = connected(4);
        let done = alone.turn(|cx| sync.socket(events(&[3, 4, 5, 6]), cx));
        let logged = done.facts.iter().filter(|fact| matches!(fact, Fact::Logged(_))).count();
        assert_eq!((logged, sync.cursor), (2, 6));
    }

    #[test]
    fn of_a_burst_one_frame_a_second_begins_the_wait_for_silence_anew() {
        let (mut sync, mut alone) = connected(4);
        let opened = alone.turn(|cx| sync.socket(SocketEvent::Opened, cx));
        assert_eq!(opened.timer(Timer::SocketSilence), Some(62_500));
        assert_eq!(alone.turn(|cx| sync.socket(events(&[5]), cx)).timer(Timer::SocketSilence), None);
        alone.now = alone.now.plus(LISTEN_AGAIN);
        assert!(alone.turn(|cx| sync.socket(events(&[6]), cx)).timer(Timer::SocketSilence).is_some());
        // The clock was set back.
        alone.now = alone.now.plus(-5_000);
        assert!(alone.turn(|cx| sync.socket(events(&[7]), cx)).timer(Timer::SocketSilence).is_some());
    }

    #[test]
    fn states_are_taken_where_they_are_newer() {
        let (mut sync, mut alone) = connected(4);
        let users = |version| {
            let frame = ServerFrame::Users { version, users: Vec::new() };
            SocketEvent::Frame(serde_json::to_string(&frame).expect("a frame"))
        };
        let taken = [3, 2, 3, 4].map(|version| alone.turn(|cx| sync.socket(users(version), cx)).facts.len());
        assert_eq!((taken, sync.states), ([1, 0, 0, 1], StatesSeen { users: 4, reads: 0 }));
    }

    #[test]
    fn a_gap_is_not_jumped_over() {
        let (mut sync, mut alone) = connected(4);
        let done = alone.turn(|cx| sync.socket(events(&[5, 7]), cx));
        assert_eq!((sync.cursor, sync.connection), (5, Connection::Lost));
        assert!(done.facts.iter().any(|fact| matches!(fact, Fact::Disconnected)));
        assert!(done.timer(Timer::Reconnect).is_some());
    }

    #[test]
    fn a_frame_that_cannot_be_read_starts_the_socket_again() {
        let (mut sync, mut alone) = connected(4);
        let done = alone.turn(|cx| sync.socket(SocketEvent::Frame("{".to_owned()), cx));
        assert_eq!(sync.connection, Connection::Lost);
        assert!(done.effects.contains(&Effect::Socket(SocketCommand::Close)));
    }
}
