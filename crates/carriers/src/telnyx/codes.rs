//! What Telnyx's error codes mean, after its pages "Messaging Error Code Reference" and "API error codes".

use crate::refusal::Why;

/// What a code comes to.
pub(super) fn why(code: &str) -> Why {
    match code {
        // Expired on its way or in the queue, the recipient's network not to be had, not routed for now.
        "40005" | "40006" | "40014" => Why::Unreachable,
        // A landline, or no way to the recipient for this kind of message.
        "40001" | "40319" => Why::NotMobile,
        "10001" | "10002" | "10016" | "40012" | "40310" => Why::NoSuchNumber,
        "40300" => Why::OptedOut,
        // Filters: of networks, of Telnyx, by content.
        "40002" | "40003" | "40015" | "40322" => Why::Blocked,
        // 10DLC, toll-free verification.
        "40010" | "40017" | "40329" | "40330" => Why::Unregistered,
        // The number at this end, the region, and destinations that were not verified.
        "10039" | "40013" | "40305" | "40306" | "40308" | "40309" | "40315" | "40320" | "40321" => {
            Why::SenderNotAllowed
        }
        "40302" => Why::TooLarge,
        "40317" => Why::UnsupportedMedia,
        // Login, rights, funds, an account or profile that is not active, a limit of expenses.
        "10009" | "10010" | "10038" | "20002" | "20006" | "20012" | "20013" | "20100" | "40311" | "40312" | "40313"
        | "40314" | "40333" => Why::AccountProblem,
        _ => Why::Other,
    }
}

/// Whether a code says that the account or the number is used too much at a time.
pub(super) fn is_haste(code: &str) -> bool {
    matches!(code, "10011" | "40011" | "40318")
}
