//! One outcome out of those of a text's parts.
//!
//! Always holds: a text was taken where all its parts were. Where nobody knows of one, nobody knows of the text; where one was refused it will
//! not arrive as a whole.

use std::collections::BTreeMap;
use std::time::Duration;

use halyard_carriers::Outcome;
use halyard_protocol::CauseCode;

use super::super::{SubmitError, Submitted};
use super::desk::Outcomes;
use crate::operations::messaging::receipts::Failure;

/// How long a carrier is left alone that does not say for how long.
const THROTTLED: Duration = Duration::from_secs(1);

/// What came of a text.
#[derive(Debug)]
pub(super) struct Folded {
    /// What came of it.
    pub(super) result: Result<Submitted, SubmitError>,
    /// The parts that were taken now, with their references, where the others are to be handed over again.
    pub(super) keep: Vec<(u8, String)>,
}

/// Puts the outcomes of the parts that were handed over together with those that were taken before.
pub(super) fn fold(earlier: &[(u8, String)], outcomes: Outcomes) -> Folded {
    let mut taken: BTreeMap<u8, String> = earlier.iter().cloned().collect();
    let mut keep = Vec::new();
    let (mut refused, mut later, mut wait, mut unknown) = (None, None, None, false);
    for (part, outcome) in outcomes {
        match outcome {
            Outcome::Taken { references } => {
                let reference = references.into_iter().next().unwrap_or_default();
                keep.push((part, reference.clone()));
                taken.insert(part, reference);
            }
            Outcome::Refused(refusal) => refused = refused.or(Some(refusal)),
            Outcome::Later(refusal) => later = later.or(Some(refusal)),
            Outcome::Throttled { wait: asked } => wait = wait.max(Some(asked.unwrap_or(THROTTLED))),
            Outcome::Unknown => unknown = true,
        }
    }
    let result = if let Some(refusal) = refused {
        let mut failure = Failure::from(refusal);
        if !taken.is_empty() {
            failure.reason.push_str(" Other parts of the text were taken.");
        }
        Err(SubmitError::Final(failure))
    } else if unknown {
        Err(SubmitError::Unconfirmed)
    } else if let Some(wait) = wait {
        Err(SubmitError::Throttled(wait))
    } else if let Some(refusal) = later {
        let failure = Failure::from(refusal);
        let cause = failure.cause.or(Some(CauseCode::NumberNotReached.into()));
        Err(SubmitError::Temporary(Failure { cause, ..failure }))
    } else {
        let references = taken.into_values().filter(|reference| !reference.is_empty()).collect();
        Ok(Submitted { references, delivered: false, receipts: Vec::new() })
    };
    let is_to_go_on = matches!(result, Err(SubmitError::Temporary(_) | SubmitError::Throttled(_)));
    Folded { result, keep: if is_to_go_on { keep } else { Vec::new() } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use halyard_carriers::{Refusal, Why};

    fn taken(reference: &str) -> Outcome {
        Outcome::Taken { references: vec![reference.to_owned()] }
    }

    fn refusal(why: Why) -> Refusal {
        Refusal { why, code: "0x0000000B".to_owned(), words: "No.".to_owned() }
    }

    #[test]
    fn a_text_was_taken_where_all_its_parts_were() {
        let folded = fold(&[(2, "b".to_owned())], vec![(3, taken("c")), (1, taken("a"))]);
        assert_eq!(folded.result.unwrap().references, ["a", "b", "c"]);
        assert!(folded.keep.is_empty());
        let nameless = fold(&[], vec![(1, Outcome::Taken { references: Vec::new() })]);
        assert!(nameless.result.unwrap().references.is_empty());
    }

    #[test]
    fn a_part_that_was_refused_ends_the_text() {
        let refused = || Outcome::Refused(refusal(Why::NotMobile));
        let Err(SubmitError::Final(failure)) = fold(&[], vec![(1, refused())]).result else { panic!("final") };
        assert_eq!(failure.reason, "0x0000000B: No.");
        let folded = fold(&[], vec![(1, taken("a")), (2, refused()), (3, Outcome::Unknown)]);
        let Err(SubmitError::Final(failure)) = folded.result else { panic!("final") };
        assert_eq!(failure.reason, "0x0000000B: No. Other parts of the text were taken.");
        assert!(folded.keep.is_empty());
    }

    #[test]
    fn where_nobody_knows_of_a_part_nobody_knows_of_the_text() {
        let folded = fold(&[], vec![(1, taken("a")), (2, Outcome::Unknown), (3, Outcome::Throttled { wait: None })]);
        assert_eq!(folded.result.unwrap_err(), SubmitError::Unconfirmed);
        assert!(folded.keep.is_empty());
    }

    #[test]
    fn parts_that_were_taken_are_kept_for_the_next_try() {
        let wait = Some(Duration::from_secs(4));
        let folded = fold(&[], vec![(1, taken("a")), (2, Outcome::Throttled { wait })]);
        assert_eq!(folded.result.unwrap_err(), SubmitError::Throttled(Duration::from_secs(4)));
        assert_eq!(folded.keep, [(1, "a".to_owned())]);
        let folded = fold(&[(1, "a".to_owned())], vec![(2, taken("b")), (3, Outcome::Later(refusal(Why::Other)))]);
        let Err(SubmitError::Temporary(failure)) = folded.result else { panic!("temporary") };
        assert_eq!(failure.cause, Some(CauseCode::NumberNotReached.into()));
        assert_eq!(folded.keep, [(2, "b".to_owned())]);
    }
}
