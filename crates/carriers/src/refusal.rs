//! Why a carrier does not take or does not deliver a text.

use serde::{Deserialize, Serialize};

/// Why a carrier does not take or does not deliver a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What it comes to, whatever the carrier calls it.
    pub why: Why,
    /// The carrier's code, as its documentation lists it; may be empty.
    pub code: String,
    /// The carrier's words, in English; may be empty.
    pub words: String,
}

/// Characters of a carrier's words that are kept.
const WORDS: usize = 300;

/// Characters of a carrier's code that are kept.
const CODE: usize = 64;

impl Refusal {
    /// A refusal with the carrier's code and words, as far as those are of a length that is worth keeping.
    #[must_use]
    pub fn new(why: Why, code: &str, words: &str) -> Self {
        let kept = |text: &str, length| text.trim().chars().filter(|c| !c.is_control()).take(length).collect();
        Self { why, code: kept(code, CODE), words: kept(words, WORDS) }
    }
}

/// What the reasons of all carriers come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The phone is off or out of reach, or its network is not to be had.
    Unreachable,
    /// The number is none of a phone that texts can reach: a landline, a short code.
    NotMobile,
    /// Nobody has the number.
    NoSuchNumber,
    /// The recipient has asked to get no texts from this number.
    OptedOut,
    /// A filter of the carrier or of the recipient's network holds the text, its number or its links for unwanted.
    Blocked,
    /// The own number is not registered, or not verified, for texts of businesses.
    Unregistered,
    /// The own number may not send this, or not there: it is not the account's, or the account has no such route.
    SenderNotAllowed,
    /// The files are too large.
    TooLarge,
    /// The files are of a kind that is not taken, or could not be fetched, or the recipient's number takes no files.
    UnsupportedMedia,
    /// The account can't be used until somebody mends it: wrong login, suspended, no funds.
    AccountProblem,
    /// The text is too long.
    TooLong,
    /// Another reason, or none that is known: the carrier's words say more.
    Other,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Unreachable,
        Self::NotMobile,
        Self::NoSuchNumber,
        Self::OptedOut,
        Self::Blocked,
        Self::Unregistered,
        Self::SenderNotAllowed,
        Self::TooLarge,
        Self::UnsupportedMedia,
        Self::AccountProblem,
        Self::TooLong,
        Self::Other,
    ];

    /// Its name: what the simulator is told, and what a log says.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::NotMobile => "not_mobile",
            Self::NoSuchNumber => "no_such_number",
            Self::OptedOut => "opted_out",
            Self::Blocked => "blocked",
            Self::Unregistered => "unregistered",
            Self::SenderNotAllowed => "sender_not_allowed",
            Self::TooLarge => "too_large",
            Self::UnsupportedMedia => "unsupported_media",
            Self::AccountProblem => "account_problem",
            Self::TooLong => "too_long",
            Self::Other => "other",
        }
    }

    /// The reason of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.name() == name)
    }

    /// Whether the same text, from the same number to the same recipient, may arrive at another try. It says nothing of who has to mend
    /// something before: for [`Why::AccountProblem`] somebody has to.
    #[must_use]
    pub const fn can_help_to_retry(self) -> bool {
        match self {
            Self::Unreachable | Self::AccountProblem | Self::Other => true,
            Self::NotMobile
            | Self::NoSuchNumber
            | Self::OptedOut
            | Self::Blocked
            | Self::Unregistered
            | Self::SenderNotAllowed
            | Self::TooLarge
            | Self::UnsupportedMedia
            | Self::TooLong => false,
        }
    }
}
