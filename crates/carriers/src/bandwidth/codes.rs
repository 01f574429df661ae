//! What Bandwidth's error codes mean, after its page "Messaging Errors".

use crate::refusal::Why;

/// What a code of a text comes to that did not arrive.
pub(super) fn why(code: &str) -> Why {
    match code {
        // Expired, the phone or its network not to be had, no route for now, faults and full queues of networks.
        "4360" | "4701" | "4702" | "4730" | "5106" | "5201" | "5500" | "5501" | "5600" | "5610" | "5620" | "5630"
        | "5650" => Why::Unreachable,
        // The number or its network takes no texts, or none of this kind.
        "4404" | "4408" | "4409" | "4434" | "4492" | "4700" => Why::NotMobile,
        // Malformed, given to nobody, given back.
        "4303" | "4350" | "4406" | "4720" | "4721" => Why::NoSuchNumber,
        "4775" => Why::OptedOut,
        // Filters, lists of numbers, volume.
        "4470" | "4481" | "4482" | "4750" | "4753" | "4770" | "4771" | "4772" | "4780" | "4781" | "4785" | "4790"
        | "4791" => Why::Blocked,
        // A campaign that is not active, a number that is not set up for one, a toll-free number that is not verified.
        "4773" | "4774" | "4795" => Why::Unregistered,
        // The number at this end, and where the account may send.
        "4302" | "4403" | "4405" | "4407" | "4420" | "4421" | "4431" | "4432" | "4433" | "4740" | "4792" | "4793" => {
            Why::SenderNotAllowed
        }
        "4411" | "4711" => Why::TooLarge,
        "4410" | "4412" | "4712" => Why::UnsupportedMedia,
        "4001" | "4451" | "4452" | "4493" => Why::AccountProblem,
        "4751" => Why::TooLong,
        _ => Why::Other,
    }
}

/// Whether a code says only that no receipt came in time.
pub(super) fn is_no_news(code: &str) -> bool {
    code == "9902"
}

/// What an error in this field of a request comes to.
pub(super) fn of_field(field: &str) -> Why {
    // A place in a list stands in brackets.
    match field.split(['[', '.']).next().unwrap_or_default() {
        "to" => Why::NoSuchNumber,
        "from" => Why::SenderNotAllowed,
        "text" => Why::TooLong,
        "media" => Why::UnsupportedMedia,
        "applicationId" => Why::AccountProblem,
        _ => Why::Other,
    }
}
