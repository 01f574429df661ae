//! The states of an outgoing message, and the steps between them.

use halyard_protocol::{Cause, ErrorCode, UnixMs};
use halyard_words::Text;
use serde::{Deserialize, Serialize};

use crate::api::CallError;
use crate::env::Env;
use crate::reasons;
use crate::retry::backoff;

/// How far an outgoing message is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SendState {
    /// Its row is being kept on this device.
    Saving,
    /// Kept; leaves as soon as it is its turn.
    Queued {
        /// How often it was tried.
        tries: u32,
    },
    /// Under way to the server.
    Sending {
        /// How often it was tried, this time included.
        tries: u32,
    },
    /// A try failed for now.
    Waiting {
        /// How often it was tried.
        tries: u32,
        /// When it tries again.
        until: UnixMs,
        /// Whether the server asked to wait for so long: then nothing hurries it.
        asked: bool,
    },
    /// The server refused it: the user decides.
    Parked {
        /// Why, as a stable code. [`ErrorCode::Unavailable`]: a file of it can't be read from this device now.
        code: ErrorCode,
        /// Which rule was broken, where the code does not say enough.
        #[serde(default)]
        cause: Option<Cause>,
        /// The server's own sentence; of [`ErrorCode::UnknownMedia`] the name of a file that is not here any more.
        reason: String,
    },
}

impl SendState {
    pub(crate) fn is_parked(&self) -> bool {
        matches!(self, Self::Parked { .. })
    }

    /// Why the server refused it.
    pub(crate) fn why_parked(&self) -> Option<Text> {
        match self {
            Self::Parked { code, cause, reason } => Some(reasons::parked(*code, *cause, reason)),
            Self::Saving | Self::Queued { .. } | Self::Sending { .. } | Self::Waiting { .. } => None,
        }
    }

    /// Whether the user can take the message back: not one that is under way, which may be with the server already.
    pub(crate) fn can_be_taken_back(&self) -> bool {
        !matches!(self, Self::Sending { .. })
    }

    pub(super) fn is_due(&self, now: UnixMs) -> bool {
        match self {
            Self::Queued { .. } => true,
            Self::Waiting { until, .. } => *until <= now,
            _ => false,
        }
    }

    pub(super) fn due(&self) -> Option<UnixMs> {
        if let Self::Waiting { until, .. } = self { Some(*until) } else { None }
    }

    pub(super) fn saved(self) -> Self {
        if self == Self::Saving { Self::Queued { tries: 0 } } else { self }
    }

    pub(super) fn started(self) -> Self {
        match self {
            Self::Queued { tries } | Self::Waiting { tries, .. } => Self::Sending { tries: tries + 1 },
            other => other,
        }
    }

    pub(super) fn failed(self, error: CallError, env: &Env) -> Self {
        match self {
            Self::Sending { tries } if error.is_temporary() => {
                let asked = error.retry_after.is_some();
                let wait = error.retry_after.map_or_else(|| backoff(tries, env), i64::from);
                Self::Waiting { tries, until: env.now.plus(wait), asked }
            }
            Self::Sending { .. } if error.code == ErrorCode::UnknownMedia => {
                Self::Parked { code: error.code, cause: None, reason: String::new() }
            }
            Self::Sending { .. } => Self::Parked { code: error.code, cause: error.cause, reason: error.detail },
            other => other,
        }
    }

    pub(super) fn requeued(self) -> Self {
        match self {
            Self::Sending { tries } => Self::Queued { tries },
            other => other,
        }
    }

    pub(super) fn hurried(self) -> Self {
        match self {
            Self::Waiting { tries, asked: false, .. } => Self::Queued { tries },
            other => other,
        }
    }

    pub(super) fn retried(self) -> Self {
        if self.is_parked() { Self::Queued { tries: 0 } } else { self }
    }
}
