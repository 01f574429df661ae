//! The server's interface: how a request is written and how its answer reads.

use halyard_protocol::{Cause, Contact, ErrorBody, ErrorCode};
use halyard_words::Text;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::effect::{HttpOutcome, HttpRequest, Method};
use crate::{json, reasons};

/// Why a call failed, as the user may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallError {
    pub(crate) code: ErrorCode,
    /// Which rule was broken, where the code does not say enough.
    pub(crate) cause: Option<Cause>,
    /// The server's own sentence, in English; empty when there was no answer of ours.
    pub(crate) detail: String,
    /// The answer's status: says more than a code that this version does not know.
    pub(crate) status: u16,
    /// A contact that was changed in the meantime, as it is now.
    pub(crate) contact: Option<Box<Contact>>,
    /// Milliseconds that the server asked to wait.
    pub(crate) retry_after: Option<u32>,
}

impl CallError {
    /// What the user is told.
    pub(crate) fn text(&self) -> Text {
        reasons::server(self.code, self.cause, &self.detail)
    }

    /// Whether the same request may succeed later: no network, an overloaded or restarting server, too many tries.
    pub(crate) fn is_temporary(&self) -> bool {
        // 408 and 425 are said by what stands between us and the server.
        matches!(self.status, 408 | 425 | 429) || self.status >= 500
    }

    /// One without an answer of the server's own.
    fn new(code: ErrorCode) -> Self {
        Self { code, cause: None, detail: String::new(), status: code.status(), contact: None, retry_after: None }
    }

    /// The server has said so by another way than an answer.
    pub(crate) fn signed_out() -> Self {
        Self::new(ErrorCode::SignedOut)
    }
}

/// The path of one item of a noun.
pub(crate) fn item(noun: &str, id: impl core::fmt::Display, rest: &str) -> String {
    [noun, "/", &id.to_string(), rest].concat()
}

/// A request without a body, to a path under `/api/v1/`.
pub(crate) fn bare(method: Method, path: String) -> HttpRequest {
    HttpRequest { method, path: ["/api/v1/", &path].concat(), body: None, idempotency_key: None }
}

/// A request with a body.
pub(crate) fn with_body(method: Method, path: String, body: &impl Serialize) -> HttpRequest {
    // Our own types have string keys and no foreign serializers: they always become JSON.
    with_json(method, path, serde_json::to_string(body).ok())
}

/// Apart, so that there is one copy of it for all types.
#[inline(never)]
fn with_json(method: Method, path: String, body: Option<String>) -> HttpRequest {
    HttpRequest { body, ..bare(method, path) }
}

/// Reads an answer that has a body.
pub(crate) fn read<T: DeserializeOwned>(outcome: HttpOutcome) -> Result<T, CallError> {
    let body = succeeded(outcome)?;
    json::read(&body).map_err(|_| CallError::new(ErrorCode::Unknown))
}

/// Whether the call succeeded; gives the body.
pub(crate) fn succeeded(outcome: HttpOutcome) -> Result<String, CallError> {
    let response = outcome.map_err(|_| CallError::new(ErrorCode::Unavailable))?;
    if (200..300).contains(&response.status) {
        return Ok(response.body);
    }
    let mut error = match json::read::<ErrorBody>(&response.body) {
        // An older server has a message in the place of the detail.
        Ok(ErrorBody { code, cause, detail, message, contact, field: _ }) => {
            let detail = if detail.is_empty() { message } else { detail };
            CallError { cause, detail, contact, ..CallError::new(code) }
        }
        // Not ours: a proxy's page, or a server that is just going down.
        Err(_) if response.status >= 500 => CallError::new(ErrorCode::Unavailable),
        Err(_) => CallError::new(ErrorCode::Unknown),
    };
    error.status = response.status;
    error.retry_after = response.retry_after.map(|seconds| seconds.saturating_mul(1000));
    Err(error)
}

#[cfg(test)]
mod tests {
    use halyard_protocol::CauseCode;

    use super::*;
    use crate::effect::HttpResponse;

    fn failed(status: u16, body: &str) -> CallError {
        succeeded(Ok(HttpResponse { status, body: body.to_owned(), retry_after: None })).unwrap_err()
    }

    #[test]
    fn an_answer_of_an_older_server_has_a_message_and_no_cause() {
        let error = failed(422, r#"{"code":"invalid","message":"Too long.","field":"title"}"#);
        assert_eq!((error.code, error.cause, error.detail.as_str()), (ErrorCode::Invalid, None, "Too long."));
    }

    #[test]
    fn an_answer_of_a_newer_server_may_have_codes_and_members_that_are_not_known() {
        let body =
            r#"{"code":"of_the_future","type":"a:b","cause":{"code":"of_the_future","on":[1]},"detail":"Later."}"#;
        let error = failed(409, body);
        let because = Some(CauseCode::Unknown.into());
        assert_eq!((error.code, error.cause, error.detail.as_str()), (ErrorCode::Unknown, because, "Later."));
        assert_eq!(error.text(), "The server refused this. The server says: Later.");
    }

    #[test]
    fn what_is_no_answer_of_ours_says_whether_to_try_again() {
        assert_eq!(failed(502, "<html>").code, ErrorCode::Unavailable);
        assert_eq!(failed(404, "<html>").text(), halyard_words::ANSWER_UNREADABLE.english());
    }
}
