//! Who is signed in.
//!
//! Always holds: what belongs to a user is on screen only while that user's session is `SignedIn`, `Expired` or
//! `Reading`; an expired session keeps everything, and goes on when the same user signs in again.

mod handle;

use halyard_protocol::rest::Me;

pub(crate) use handle::{draft_key, file_key, later_draft_key};

/// Where signing in stands.
#[derive(Debug, Default)]
pub(crate) enum Session {
    /// Asking the server who is signed in.
    #[default]
    Starting,
    /// The server can't be reached yet; it is tried again.
    Unreachable,
    /// Nobody.
    SignedOut { attempt: Attempt },
    /// Somebody.
    SignedIn(Box<Me>),
    /// Somebody whose session has ended; everything waits for them.
    Expired { me: Box<Me>, attempt: Attempt },
    /// Somebody who has opened what is sealed here, without a network: to read, not to write.
    Reading(Box<Me>),
}

/// A password, from the log-in until it has opened what is sealed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(pub String);

impl core::fmt::Debug for Secret {
    /// Never shows it.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret")
    }
}

/// An attempt to sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) busy: bool,
    pub(crate) error: Option<String>,
    /// What was typed, until the server has answered.
    pub(crate) typed: Option<(String, Secret)>,
}

impl Session {
    /// The user whose things are on screen.
    pub(crate) fn me(&self) -> Option<&Me> {
        match self {
            Self::SignedIn(me) | Self::Expired { me, .. } | Self::Reading(me) => Some(me),
            _ => None,
        }
    }

    pub(crate) fn me_mut(&mut self) -> Option<&mut Me> {
        match self {
            Self::SignedIn(me) | Self::Expired { me, .. } | Self::Reading(me) => Some(me),
            _ => None,
        }
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        matches!(self, Self::SignedIn(_))
    }

    pub(crate) fn attempt_mut(&mut self) -> Option<&mut Attempt> {
        match self {
            Self::SignedOut { attempt } | Self::Expired { attempt, .. } => Some(attempt),
            _ => None,
        }
    }

    /// The server says that the session has ended.
    pub(crate) fn expire(&mut self) {
        *self = match core::mem::take(self) {
            Self::SignedIn(me) | Self::Reading(me) => Self::Expired { me, attempt: Attempt::default() },
            expired @ Self::Expired { .. } => expired,
            _ => Self::SignedOut { attempt: Attempt::default() },
        };
    }
}
