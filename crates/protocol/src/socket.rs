//! The frames of the socket at `/api/v1/socket`: JSON texts, one value each.
//!
//! The app speaks first, with `resume`. The server answers `welcome`, then what the app missed as one or more
//! `events`, then events as they happen. In what the server says, each object's `type`
//! stands first. `ping` comes every [`crate::limits::HEARTBEAT_SECONDS`] and wants a `pong`.

use serde::{Deserialize, Serialize};

use crate::tagged::tagged;
use crate::{ConversationId, Cursor, LoggedEvent, Presence, UnixMs, UserId};

/// Close code: the server stops or restarts; come back soon (RFC 6455 registry: Service Restart).
pub const CLOSE_RESTART: u16 = 1012;
/// Close code: the app reads too slowly; come back and resume (RFC 6455 registry: Try Again Later).
pub const CLOSE_TOO_SLOW: u16 = 1013;
/// Close code: a frame was malformed, too large or too many (RFC 6455: Policy Violation).
pub const CLOSE_POLICY: u16 = 1008;
/// Close code of ours: the session has ended; sign in again.
pub const CLOSE_SIGNED_OUT: u16 = 4401;

/// What the app says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame: the last event that this device has applied.
    Resume {
        /// Its cursor.
        cursor: Cursor,
    },
    /// The answer to a `ping`.
    Pong,
    /// The user is typing in a chat; sent at most every three seconds, true for five.
    Typing {
        /// Where.
        conversation: ConversationId,
    },
    /// Something that this version does not know; ignored.
    #[serde(other)]
    Unknown,
}

/// A colleague's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserPresence {
    /// The colleague.
    pub user: UserId,
    /// Their presence.
    pub presence: Presence,
}

tagged! {
/// What the server says.
pub enum ServerFrame {
    /// The answer to `resume`.
    Welcome {
        /// The newest event of this user; what lies between comes next.
        cursor: Cursor,
        /// The server's clock.
        now: UnixMs,
        /// Everybody of the tenant who is not offline.
        presence: Vec<UserPresence>,
    },
    /// Events, in order, without gaps.
    Events {
        /// At least one.
        events: Vec<LoggedEvent>,
    },
    /// Presences that changed. Not in the log: only true while connected.
    Presence {
        /// Whose.
        users: Vec<UserPresence>,
    },
    /// A colleague is typing in a chat.
    Typing {
        /// Where.
        conversation: ConversationId,
        /// Who.
        user: UserId,
    },
    /// The app's cursor is too old, or from another log: start again from the snapshot.
    Reset,
    /// A heartbeat.
    Ping,
}
}
