//! How phones behave: by their numbers, so that nothing has to be set up to see each thing that a carrier does.
//!
//! | the number ends in | what happens |
//! |---|---|
//! | 00 | sent, then failed: the phone is off |
//! | 01 | refused at once: no mobile phone |
//! | 02 | sent, and never heard of again |
//! | 03 | delivered, and answered with an echo |
//! | 04 | taken, but the carrier's answer is lost |
//! | 05 | taken at the third try: twice too often |
//! | 06 | refused at once: the recipient opted out |
//! | anything else | delivered |
//!
//! Always holds: a phone whose behavior was set behaves as it was set.

use halyard_carriers::Why;
use halyard_protocol::PhoneNumber;
use serde::{Deserialize, Serialize};

/// How often a text is "too often" before it is taken ([`Behavior::Throttles`]).
pub const THROTTLED: u32 = 2;

/// What becomes of a text to a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behavior {
    /// The phone gets it.
    Delivers,
    /// It is sent, then it fails: the phone is off.
    Unreachable,
    /// It is refused: no mobile phone.
    NotMobile,
    /// It is sent, and nobody hears of it again.
    NeverConfirms,
    /// The phone gets it and answers.
    Echoes,
    /// It is taken, but the answer to whoever handed it over is lost.
    LosesAnswer,
    /// It is handed over too often, twice; then it is taken.
    Throttles,
    /// It is refused: the recipient wants no texts of this number.
    OptedOut,
    /// It is sent, then it fails: a filter holds it.
    Blocked,
    /// The phone has it, and that is reported, before the answer to whoever handed it over.
    ReportsFirst,
}

impl Behavior {
    /// All of them, those of numbers first and in their order.
    pub const ALL: [Self; 10] = [
        Self::Delivers,
        Self::Unreachable,
        Self::NotMobile,
        Self::NeverConfirms,
        Self::Echoes,
        Self::LosesAnswer,
        Self::Throttles,
        Self::OptedOut,
        Self::Blocked,
        Self::ReportsFirst,
    ];

    /// By the end of a number.
    #[must_use]
    pub const fn of(phone: PhoneNumber) -> Self {
        match phone.value() % 100 {
            0 => Self::Unreachable,
            1 => Self::NotMobile,
            2 => Self::NeverConfirms,
            3 => Self::Echoes,
            4 => Self::LosesAnswer,
            5 => Self::Throttles,
            6 => Self::OptedOut,
            _ => Self::Delivers,
        }
    }

    /// The end of such numbers; none for what is only set.
    #[must_use]
    pub const fn ending(self) -> Option<&'static str> {
        match self {
            Self::Unreachable => Some("00"),
            Self::NotMobile => Some("01"),
            Self::NeverConfirms => Some("02"),
            Self::Echoes => Some("03"),
            Self::LosesAnswer => Some("04"),
            Self::Throttles => Some("05"),
            Self::OptedOut => Some("06"),
            Self::Delivers | Self::Blocked | Self::ReportsFirst => None,
        }
    }

    /// What it does, in few words, for the page.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Delivers => "Gets every text",
            Self::Unreachable => "Is off: texts fail",
            Self::NotMobile => "Is a landline: texts are refused",
            Self::NeverConfirms => "Never confirms: texts stay sent",
            Self::Echoes => "Answers with an echo",
            Self::LosesAnswer => "Gets it; the carrier\u{2019}s answer is lost",
            Self::Throttles => "Takes the third try: twice too often",
            Self::OptedOut => "Opted out: texts are refused",
            Self::Blocked => "Behind a filter: texts fail",
            Self::ReportsFirst => "Confirms before the carrier answers",
        }
    }

    /// Why a text is refused as it is handed over.
    pub(super) const fn refuses(self) -> Option<(Why, &'static str)> {
        match self {
            Self::NotMobile => Some((Why::NotMobile, "Simulated: this number is a landline.")),
            Self::OptedOut => Some((Why::OptedOut, "Simulated: the recipient has opted out.")),
            Self::Delivers
            | Self::Unreachable
            | Self::NeverConfirms
            | Self::Echoes
            | Self::LosesAnswer
            | Self::Throttles
            | Self::Blocked
            | Self::ReportsFirst => None,
        }
    }

    /// Why a text fails that was sent.
    pub(super) const fn fails(self) -> Option<(Why, &'static str)> {
        match self {
            Self::Unreachable => Some((Why::Unreachable, "Simulated: the phone is off.")),
            Self::Blocked => Some((Why::Blocked, "Simulated: a filter holds the text.")),
            Self::Delivers
            | Self::NotMobile
            | Self::NeverConfirms
            | Self::Echoes
            | Self::LosesAnswer
            | Self::Throttles
            | Self::OptedOut
            | Self::ReportsFirst => None,
        }
    }
}
