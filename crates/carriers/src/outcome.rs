//! What a carrier says to a submission, to a look-up and to a test of an account.

use core::time::Duration;

use crate::event::Receipt;
use crate::refusal::Refusal;

/// What came of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The carrier has the text. A receipt will say more.
    Taken {
        /// The carrier's references, by which receipts name the text: one, or one for each part where the carrier tells parts apart.
        references: Vec<String>,
    },
    /// It will never take it.
    Refused(Refusal),
    /// It has not taken it, and may later.
    Later(Refusal),
    /// It has not taken it, because it is asked too often.
    Throttled {
        /// How long it wants to be left alone, where it says so.
        wait: Option<Duration>,
    },
    /// It may have taken it: the answer does not say.
    Unknown,
}

/// What a carrier says of an earlier submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookedUp {
    /// What it has that may be the text: same numbers and words, since the submission began. The caller leaves out those that it knows as
    /// other texts; none left means that it never had it.
    Has(Vec<Found>),
    /// It does not say.
    Unknown,
}

/// A text that a carrier has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The carrier's reference.
    pub reference: String,
    /// How far it is, for those recipients that the carrier tells of.
    pub receipts: Vec<Receipt>,
}

/// What came of a test of an account: a sentence for whoever set it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tested {
    /// It works; the sentence says what was found.
    Works(String),
    /// It does not; the sentence says what is wrong and where to mend it.
    Fails(String),
}
