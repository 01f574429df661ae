//! How a session is, for those who hand texts to it, for the log and for the metrics.

use std::sync::{Arc, Mutex, PoisonError};

use halyard_carriers::smpp::Role;
use halyard_protocol::CarrierAccountId;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::metrics::Metrics;

/// How a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// It has not been connected yet.
    Starting,
    /// It works.
    Up,
    /// It does not.
    Down {
        /// Why, as the end of a sentence or a sentence.
        why: String,
        /// Whether somebody has to mend the account.
        mend: bool,
    },
}

impl Status {
    /// One that is down for no fault of the account.
    pub(super) fn down(why: impl Into<String>) -> Self {
        Self::Down { why: why.into(), mend: false }
    }

    /// What a text that can't leave is told.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Starting => "The connection to the carrier is being opened.".to_owned(),
            Self::Up => "The carrier takes no more texts at the moment.".to_owned(),
            Self::Down { why, .. } => {
                let why = why.trim_end_matches('.');
                let mut letters = why.chars();
                // The words of a refusal are a sentence; here it goes on. What begins with a name stays as it is.
                let first = letters.next().filter(|_| why.starts_with("The ") || why.starts_with("This "));
                let why = first.map_or_else(|| why.to_owned(), |c| format!("{}{}", c.to_lowercase(), letters.as_str()));
                format!("The connection to the carrier is down: {why}.")
            }
        }
    }
}

/// What a session is for, in a word.
pub(super) const fn name(role: Role) -> &'static str {
    match role {
        Role::Transceiver => "transceiver",
        Role::Transmitter => "transmitter",
        Role::Receiver => "receiver",
    }
}

/// Whether the sessions of an account are up, for the metrics.
pub(super) struct Board {
    account: CarrierAccountId,
    up: Mutex<Vec<bool>>,
    metrics: Arc<Metrics>,
    /// Cancelled when the account is another one, or gone: then others speak of it.
    stop: CancellationToken,
}

impl Board {
    /// Of an account with so many sessions, until `stop`.
    pub(super) fn new(
        account: CarrierAccountId,
        sessions: usize,
        metrics: Arc<Metrics>,
        stop: CancellationToken,
    ) -> Self {
        metrics.linked(&account.to_string(), Some(false));
        Self { account, up: Mutex::new(vec![false; sessions]), metrics, stop }
    }

    fn set(&self, place: usize, is_up: bool) {
        let mut up = self.up.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(up) = up.get_mut(place) {
            *up = is_up;
        }
        if !self.stop.is_cancelled() {
            self.metrics.linked(&self.account.to_string(), Some(up.iter().all(|up| *up)));
        }
    }
}

/// A session's place on the board, and what is said of it.
pub(super) struct Sign {
    pub(super) board: Arc<Board>,
    pub(super) place: usize,
    pub(super) role: Role,
    pub(super) status: watch::Sender<Status>,
}

impl Sign {
    /// Says how the session is. The log hears of what is new.
    pub(super) fn show(&self, status: Status) {
        let (account, role) = (self.board.account, name(self.role));
        self.board.set(self.place, status == Status::Up);
        if self.status.send_replace(status.clone()) == status {
            return;
        }
        match status {
            Status::Starting => {}
            Status::Up => tracing::info!(%account, role, "the session with the carrier is up"),
            Status::Down { why, mend: true } => {
                tracing::error!(%account, role, why, "the carrier refuses the session; the account has to be mended");
            }
            Status::Down { why, .. } => tracing::warn!(%account, role, why, "the session with the carrier is down"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_hears_why() {
        let words = |why: &str| Status::down(why).words();
        assert_eq!(words("The password is wrong."), "The connection to the carrier is down: the password is wrong.");
        assert_eq!(words("the connection ended"), "The connection to the carrier is down: the connection ended.");
        assert!(words("Nothing listens at smsc.example:2775.").ends_with(": Nothing listens at smsc.example:2775."));
    }
}
