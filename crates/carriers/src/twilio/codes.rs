//! What Twilio's error codes mean, after its page "Error and Warning Dictionary".

use core::time::Duration;

use super::FULL_QUEUE;
use crate::refusal::Why;

/// What a code comes to.
pub(super) fn why(code: &str) -> Why {
    match code {
        // Not available: phone, network.
        "30003" | "30017" | "30001" => Why::Unreachable,
        // A short code, a premium number, a landline, or no mobile number of another kind.
        "21265" | "21268" | "21614" | "21635" | "30006" => Why::NotMobile,
        // No valid number, or nobody's.
        "21211" | "21217" | "21604" | "30005" => Why::NoSuchNumber,
        "21610" => Why::OptedOut,
        // Blocked, filtered, held for fraud.
        "30004" | "30007" | "30038" | "30044" | "30450" | "30453" => Why::Blocked,
        // No toll-free verification; a number of no campaign, or of one that is not ready or suspended.
        "30032" | "30033" | "30034" | "30035" => Why::Unregistered,
        // The number is none of the account's or can't text, the region is not allowed, the two numbers can't be connected, the same number
        // at both ends, a trial account's limits, and a number that is not in the pool of the Messaging Service.
        "21212" | "21266" | "21267" | "21408" | "21603" | "21606" | "21608" | "21612" | "21659" | "21660" | "21661"
        | "21703" | "21712" => Why::SenderNotAllowed,
        "11751" | "30019" => Why::TooLarge,
        // Addresses that can't be used or fetched, kinds that are not taken, a recipient without MMS.
        "11200" | "12300" | "21620" | "21623" | "30011" => Why::UnsupportedMedia,
        // Login, suspended, closed, not active; a Messaging Service that is not there.
        "10001" | "20003" | "20005" | "20006" | "21701" | "21705" | "30002" | "90010" => Why::AccountProblem,
        "21605" | "21617" => Why::TooLong,
        _ => Why::Other,
    }
}

/// Whether a code says that the account or the number is used too much at a time.
pub(super) fn is_haste(code: &str) -> bool {
    matches!(code, "14107" | "20429" | "21611")
}

/// How long to wait after such a code, where the answer does not say.
pub(super) fn wait(code: &str) -> Option<Duration> {
    (code == "21611").then_some(FULL_QUEUE)
}
