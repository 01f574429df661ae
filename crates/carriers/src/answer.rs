//! What answers mean at every provider alike, by their status.
//!
//! Always holds: an answer that does not say that the text was not taken leaves that open ([`Outcome::Unknown`]). Nothing was taken where
//! the login, the address or the pace was refused: these are answered before anything is looked at.

use core::time::Duration;

use serde::de::DeserializeOwned;

use crate::http::Response;
use crate::json;
use crate::moment;
use crate::outcome::Outcome;
use crate::refusal::{Refusal, Why};

/// The longest that a provider may want to be left alone.
const LONGEST_WAIT: u64 = 24 * 3600;

/// Reads a body that is an object in JSON; none where it is anything else. A list would be read as a type's fields in their order.
pub(crate) fn json<T: DeserializeOwned>(answer: &Response) -> Option<T> {
    let body = answer.body.trim_ascii_start();
    body.starts_with(b"{").then(|| json::read(body).ok())?
}

/// Whether an answer says that all went well.
pub(crate) fn is_success(answer: &Response) -> bool {
    (200..300).contains(&answer.status)
}

/// A reference that can be kept, as it was given.
pub(crate) fn reference(text: String) -> Option<String> {
    (!text.is_empty() && text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_graphic())).then_some(text)
}

/// Words of a provider for a sentence of ours: not long, and without signs that can't be seen.
pub(crate) fn words(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// What a text comes to that was taken under this reference.
pub(crate) fn taken(id: Option<String>) -> Outcome {
    id.and_then(reference).map_or(Outcome::Unknown, |id| Outcome::Taken { references: vec![id] })
}

/// What an answer means that is no success, where the provider's own words for it were not found.
pub(crate) fn by_status(answer: &Response) -> Outcome {
    let later = |words: &str| Outcome::Later(Refusal::new(Why::AccountProblem, &answer.status.to_string(), words));
    match answer.status {
        429 => Outcome::Throttled { wait: retry_after(answer) },
        401 => later("The login was refused."),
        403 => later("The account may not do this."),
        402 => later("The account has no funds."),
        404 | 405 | 410 | 421 => later("There is nothing at this address."),
        300..=399 => later("The address leads elsewhere."),
        _ => Outcome::Unknown,
    }
}

/// What a refusal in the provider's own words means: nothing was taken, whatever the reason.
pub(crate) fn by_reason(answer: &Response, refusal: Refusal) -> Outcome {
    match answer.status {
        429 => Outcome::Throttled { wait: retry_after(answer) },
        401 | 402 => Outcome::Later(Refusal { why: Why::AccountProblem, ..refusal }),
        403 if refusal.why == Why::Other => Outcome::Later(Refusal { why: Why::AccountProblem, ..refusal }),
        400 | 403..=407 | 409..=428 | 430..=499 if refusal.why == Why::AccountProblem => Outcome::Later(refusal),
        404 | 405 => by_status(answer),
        400 | 403 | 406 | 407 | 409..=428 | 430..=499 => Outcome::Refused(refusal),
        _ => Outcome::Unknown,
    }
}

/// How long a provider wants to be left alone (RFC 9110, 10.2.3): seconds, or a moment, which its own clock is held against.
pub(crate) fn retry_after(answer: &Response) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let now = moment::from_rfc2822(answer.header("date")?)?;
            let millis = moment::from_rfc2822(text)?.since(now).max(0);
            u64::try_from(millis).ok()?.div_ceil(1000)
        }
    };
    Some(Duration::from_secs(seconds.min(LONGEST_WAIT)))
}

/// Whether two texts say the same, as far as a provider may have altered one: other blanks, other quotation marks, something put in front.
#[must_use]
pub fn is_same_text(theirs: &str, ours: &str) -> bool {
    // Signs and letters with accents are what is replaced by what takes less room; digits and the letters of other scripts stay.
    let stays = |c: &char| c.is_ascii_alphanumeric() || *c > '\u{24f}' && c.is_alphanumeric();
    let core = |text: &str| text.chars().filter(stays).collect::<String>();
    let (theirs, ours) = (theirs.trim(), ours.trim());
    let (their_core, our_core) = (core(theirs), core(ours));
    theirs == ours || (!our_core.is_empty() && their_core.ends_with(&our_core))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response { status, headers, body: Vec::new() }
    }

    #[test]
    fn only_what_says_so_was_not_taken() {
        for status in 100..=599 {
            let outcome = by_status(&answer(status, &[]));
            let expected = match status {
                429 => matches!(outcome, Outcome::Throttled { wait: None }),
                300..=399 | 401..=405 | 410 | 421 => matches!(outcome, Outcome::Later(_)),
                _ => outcome == Outcome::Unknown,
            };
            assert!(expected, "{status}: {outcome:?}");
            let refused = by_reason(&answer(status, &[]), Refusal::new(Why::Blocked, "1", ""));
            assert_ne!(
                matches!(refused, Outcome::Refused(_)),
                !(400..500).contains(&status) || matches!(status, 401 | 402 | 404 | 405 | 408 | 429),
                "{status}"
            );
        }
    }

    #[test]
    fn a_wait_is_seconds_or_a_moment() {
        let date = ("date", "Thu, 24 Aug 2023 05:01:45 GMT");
        for (headers, expected) in [
            (vec![], None),
            (vec![("retry-after", "17")], Some(17)),
            (vec![("retry-after", "99999999999999")], Some(86_400)),
            (vec![("retry-after", "99999999999999999999")], None),
            (vec![("retry-after", "soon"), date], None),
            (vec![("retry-after", "Thu, 24 Aug 2023 05:02:00 GMT")], None),
            (vec![("retry-after", "Thu, 24 Aug 2023 05:02:00 GMT"), date], Some(15)),
            (vec![("retry-after", "Thu, 24 Aug 2023 05:00:00 GMT"), date], Some(0)),
        ] {
            assert_eq!(retry_after(&answer(429, &headers)), expected.map(Duration::from_secs), "{headers:?}");
        }
    }

    #[test]
    fn a_text_is_known_again_though_it_was_altered() {
        for (theirs, ours, expected) in [
            ("See you at 5", "See you at 5 ", true),
            ("\"See you\" at 5...", "“See you” at 5…", true),
            ("Sent from your trial account - See you at 5", "See you at 5", true),
            ("See you at 6", "See you at 5", false),
            ("\u{d8}l kl. 5", "øl kl. 5", true),
            ("Буду в 5", "Буду в 5", true),
            ("Не буду в 5", "Да, в 5", false),
            ("👍", "👍", true),
            ("👎", "👍", false),
            ("", "See you", false),
        ] {
            assert_eq!(is_same_text(theirs, ours), expected, "{theirs:?} {ours:?}");
        }
    }
}
