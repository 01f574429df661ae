//! Following the server: the cursor, the socket, and coming back after it was lost.
//!
//! Always holds: events are applied in the order of their cursors, each once; a gap is never jumped over, it is
//! asked for again.

mod apply;
mod handle;

use halyard_protocol::Cursor;

/// The connection's state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
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
    pub(crate) link: Link,
    /// Tries since the last success.
    pub(crate) tries: u32,
    /// Whether all that the log said up to the cursor is here.
    pub(crate) started: bool,
    /// Whether the server has said, in this run, that the session is this user's.
    pub(crate) verified: bool,
    /// Whether it began anew in this run, by a snapshot: messages that the device has kept may lack what the log said.
    pub(crate) renewed: bool,
}

impl Sync {
    pub(crate) fn started(&mut self, cursor: Cursor) {
        self.cursor = cursor;
        self.started = true;
        self.tries = 0;
    }

    /// The device had kept all up to this cursor, or not all.
    pub(crate) fn cached(&mut self, cursor: Option<Cursor>) {
        self.cursor = cursor.unwrap_or_default();
        self.started = cursor.is_some();
    }

    pub(crate) fn stop(&mut self) {
        self.link = Link::Down;
        self.tries = 0;
    }
}
