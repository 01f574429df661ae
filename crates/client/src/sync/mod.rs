//! Following the server: the cursor, the versions of states, the socket, and coming back after it was lost.
//!
//! Always holds: events are applied in the order of their cursors, each once; a gap is never jumped over, it is
//! asked for again. States are only applied where they are newer than what is here.

mod socket;

use halyard_protocol::{ClientFrame, Cursor, StateVersion, StatesSeen, UnixMs};

use crate::api::CallError;
use crate::context::Turn;
use crate::effect::{Effect, SocketCommand, Timer};
use crate::fact::Fact;
use crate::retry::backoff;
use crate::update::Changed;

const SOCKET: &str = "/api/v1/socket";
/// While sealed rows are read without a network: how often the server is looked for, in milliseconds.
const LOOK_AGAIN: i64 = 10_000;

/// The connection's state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Connection {
    /// There is none, and none is wanted: nobody is signed in.
    #[default]
    Down,
    /// The server is asked whose the session is.
    Checking,
    /// Being opened.
    Connecting,
    /// Open, and following.
    Live,
    /// Lost; a timer is set to try again.
    Lost,
}

/// Where this device stands in the user's log.
#[derive(Debug, Default)]
pub(crate) struct Sync {
    pub(crate) cursor: Cursor,
    /// Up to where the states are here.
    pub(crate) states: StatesSeen,
    pub(crate) connection: Connection,
    /// Tries since the last success.
    pub(crate) tries: u32,
    /// Whether all that the log said up to the cursor is here.
    pub(crate) started: bool,
    /// Whether the server has said, in this run, that the session is this user's.
    pub(crate) verified: bool,
    /// Whether it began anew in this run, by a snapshot: messages that the device stores may lack what the log said.
    pub(crate) renewed: bool,
    /// When the wait for silence began last.
    listening_since: UnixMs,
}

impl Sync {
    /// A snapshot is here: all up to this cursor, and this version of the states.
    pub(crate) fn start(&mut self, cursor: Cursor, version: StateVersion) {
        self.cursor = cursor;
        self.states = StatesSeen::all(version);
        self.started = true;
        self.tries = 0;
    }

    /// The device has stored all up to this cursor and these states, or not all.
    pub(crate) fn start_from_stored(&mut self, cursor: Option<Cursor>, states: Option<StatesSeen>) {
        // A version that knew of no states has not stored them.
        self.started = cursor.is_some() && states.is_some();
        (self.cursor, self.states) = (cursor.unwrap_or_default(), states.unwrap_or_default());
    }

    /// Nobody follows any more.
    pub(crate) fn stop(&mut self) {
        self.connection = Connection::Down;
        self.tries = 0;
    }

    /// Whether the connection was lost, rather than never made.
    pub(crate) fn is_lost(&self) -> bool {
        self.connection == Connection::Lost || (self.tries > 0 && self.connection != Connection::Live)
    }

    /// Connects, for a user who is signed in, if that is not under way.
    pub(crate) fn connect(&mut self, signed_in: bool, turn: &mut Turn<'_>) {
        if !signed_in || matches!(self.connection, Connection::Connecting | Connection::Live) {
            return;
        }
        turn.cancel_timer(Timer::Reconnect);
        turn.changed(Changed::Connection);
        if !self.verified {
            // Started from what the device has stored: the session may be another user's by now, and the log with it.
            if self.connection != Connection::Checking {
                self.connection = Connection::Checking;
                turn.fact(Fact::ProbeWanted);
            }
        } else if self.started {
            self.connection = Connection::Connecting;
            turn.effect(Effect::Socket(SocketCommand::Open(SOCKET)));
        } else {
            turn.fact(Fact::SnapshotWanted);
        }
    }

    /// The timer to try again has come. Every third try asks by HTTP first: only there a 401 can be read.
    pub(crate) fn reconnect(&mut self, signed_in: bool, reading: bool, turn: &mut Turn<'_>) {
        if reading || (self.verified && self.tries > 0 && self.tries.is_multiple_of(3)) {
            turn.fact(Fact::ProbeWanted);
        }
        self.connect(signed_in, turn);
    }

    /// The network is back, or the user looks again: don't wait for the timer.
    pub(crate) fn hurry(&mut self, signed_in: bool, turn: &mut Turn<'_>) {
        if self.connection == Connection::Lost {
            self.connection = Connection::Down;
            self.connect(signed_in, turn);
        }
    }

    /// The server has said that the session is this user's.
    pub(crate) fn verify(&mut self) {
        self.verified = true;
        self.tries = 0;
        self.connection = Connection::Down;
    }

    /// The server could not be asked whose the session is.
    pub(crate) fn not_verified(&mut self, error: &CallError, turn: &mut Turn<'_>) {
        self.connection = Connection::Lost;
        self.tries += 1;
        let wait = error.retry_after.map_or_else(|| backoff(self.tries, turn.env), i64::from);
        turn.set_timer(Timer::Reconnect, wait);
        turn.changed(Changed::Connection);
    }

    /// The snapshot could not be had.
    pub(crate) fn snapshot_failed(&mut self, error: &CallError, turn: &mut Turn<'_>) {
        self.tries += 1;
        let wait = error.retry_after.map_or_else(|| backoff(self.tries, turn.env), i64::from);
        turn.set_timer(Timer::Bootstrap, wait);
        turn.changed(Changed::Connection);
    }

    /// While sealed rows are read without a network: looks for the server in a while.
    pub(crate) fn look_again(turn: &mut Turn<'_>) {
        turn.set_timer(Timer::Reconnect, LOOK_AGAIN);
    }

    /// What failed for now, and nobody waits for, is tried once more in a while.
    pub(crate) fn try_later(turn: &mut Turn<'_>) {
        turn.set_timer(Timer::CatchUp, backoff(3, turn.env));
    }

    pub(crate) fn send(frame: &ClientFrame, turn: &mut Turn<'_>) {
        if let Ok(text) = serde_json::to_string(frame) {
            turn.effect(Effect::Socket(SocketCommand::Send(text)));
        }
    }
}
