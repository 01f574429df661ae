//! The frames of the socket at `/api/v1/socket`: JSON texts, one value each.
//!
//! The app speaks first, with `resume`. The server answers `welcome`, then what the app missed as one or more
//! `events`, then events as they happen; and, as `users` and `reads`, the states that are newer than those that the app has, then
//! states as they change. Of each kind the versions only go up, and a frame holds the newest state of all that has changed since the
//! one before: an app that has applied it has all up to its version. In what the server says, each object's `type`
//! stands first. `ping` comes every [`crate::limits::HEARTBEAT_SECONDS`] and wants a `pong`.

use serde::{Deserialize, Serialize};

use crate::tagged::tagged;
use crate::{ConversationId, Cursor, LoggedEvent, ReadPosition, StateVersion, UnixMs, UserId, UserState};

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
        /// Up to where it knows the states; absent where it does not read them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        states: Option<StatesSeen>,
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

/// Up to where an app knows the states of its tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatesSeen {
    /// Those of users.
    pub users: StateVersion,
    /// Read positions.
    pub reads: StateVersion,
}

impl StatesSeen {
    /// All up to a version.
    #[must_use]
    pub const fn all(version: StateVersion) -> Self {
        Self { users: version, reads: version }
    }
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
        /// Always empty: apps of before there were states want it.
        presence: Vec<UserId>,
    },
    /// Events, in order, without gaps.
    Events {
        /// At least one.
        events: Vec<LoggedEvent>,
    },
    /// States of users of the tenant.
    Users {
        /// The app knows all of them up to here now.
        version: StateVersion,
        /// Of each user the newest.
        users: Vec<UserState>,
    },
    /// Read positions in the user's conversations.
    Reads {
        /// The app knows all of them up to here now.
        version: StateVersion,
        /// Of each member of each conversation the newest.
        reads: Vec<ReadPosition>,
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
