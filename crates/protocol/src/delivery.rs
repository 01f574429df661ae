//! How far a text got on its way to one recipient.
//!
//! Always holds: a state only moves forward ([`DeliveryState::advance`]); `Delivered` and `Failed` are final. A text that may have left is
//! never sent again by itself: it is `Unconfirmed` until a receipt says more.

use serde::{Deserialize, Serialize};

use crate::{Cause, PhoneNumber, UnixMs};

/// The states that a text passes on its way to one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Committed by our server; not handed on yet.
    Accepted,
    /// Handed to the carrier, and nobody knows whether it has taken it: the connection or the server broke in between.
    Unconfirmed,
    /// Handed to the carrier, which has taken it. Not yet on the phone.
    Sent,
    /// The carrier says that the phone has it.
    Delivered,
    /// It will not arrive; the cause or the reason says why.
    Failed,
    /// A state that this version does not know.
    #[serde(other)]
    Unknown,
}

impl DeliveryState {
    /// The state after a report: reports may come late, twice and in any order, and never move it backwards.
    #[must_use]
    pub fn advance(self, reported: Self) -> Self {
        if self.rank() < reported.rank() { reported } else { self }
    }

    /// Whether no later report can change it.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Failed)
    }

    fn rank(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Accepted => 1,
            Self::Unconfirmed => 2,
            Self::Sent => 3,
            // Both are final: whichever was reported first stays.
            Self::Delivered | Self::Failed => 4,
        }
    }
}

/// How far a text got on its way to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// The recipient.
    pub to: PhoneNumber,
    /// How far.
    pub state: DeliveryState,
    /// When it failed: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// When it failed: why, in the words of the server or the carrier. Programs and users go by `cause`, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it came to this state.
    pub at: UnixMs,
}

impl Delivery {
    /// Takes a report in: moves forward or stays as it is. Says whether it moved.
    pub fn apply(&mut self, report: &Self) -> bool {
        let moved = self.state.advance(report.state) != self.state;
        if moved {
            self.clone_from(report);
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STATES: [DeliveryState; 6] = [
        DeliveryState::Unknown,
        DeliveryState::Accepted,
        DeliveryState::Unconfirmed,
        DeliveryState::Sent,
        DeliveryState::Delivered,
        DeliveryState::Failed,
    ];

    proptest! {
        #[test]
        fn reports_in_any_order_never_move_back(reports in prop::collection::vec(0usize..6, 0..12)) {
            let mut state = DeliveryState::Accepted;
            for report in reports {
                let next = state.advance(STATES[report]);
                prop_assert!(next.rank() >= state.rank());
                prop_assert!(!state.is_final() || next == state);
                state = next;
            }
        }
    }
}
