//! The server's interface: how a request is written and how its answer reads.

use halyard_protocol::{ErrorBody, ErrorCode};
use halyard_words::Text;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::effect::{HttpOutcome, HttpRequest, Method};
use crate::{json, reasons};

/// Why a call failed, as the user may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallError {
    pub(crate) code: ErrorCode,
    /// The server's own sentence, in English; empty when it has said nothing.
    pub(crate) said: String,
    /// The answer's status: says more than a code that this version does not know.
    pub(crate) status: u16,
    /// Milliseconds that the server asked to wait.
    pub(crate) retry_after: Option<u32>,
}

impl CallError {
    /// What the user is told.
    pub(crate) fn text(&self) -> Text {
        reasons::server(self.code, &self.said)
    }

    /// Whether the same request may succeed later: no network, an overloaded or restarting server, too many tries.
    pub(crate) fn is_temporary(&self) -> bool {
        // 408 and 425 are said by what stands between us and the server.
        matches!(self.status, 408 | 425 | 429) || self.status >= 500
    }

    fn unreadable() -> Self {
        Self { code: ErrorCode::Unknown, said: String::new(), status: ErrorCode::Unknown.status(), retry_after: None }
    }

    /// The server has said so by another way than an answer.
    pub(crate) fn signed_out() -> Self {
        Self {
            code: ErrorCode::SignedOut,
            said: String::new(),
            status: ErrorCode::SignedOut.status(),
            retry_after: None,
        }
    }

    fn unreachable() -> Self {
        Self {
            code: ErrorCode::Unavailable,
            said: String::new(),
            status: ErrorCode::Unavailable.status(),
            retry_after: None,
        }
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
    HttpRequest { body: serde_json::to_string(body).ok(), ..bare(method, path) }
}

/// Reads an answer that has a body.
pub(crate) fn read<T: DeserializeOwned>(outcome: HttpOutcome) -> Result<T, CallError> {
    let body = succeeded(outcome)?;
    json::read(&body).map_err(|_| CallError::unreadable())
}

/// Whether the call succeeded; gives the body.
pub(crate) fn succeeded(outcome: HttpOutcome) -> Result<String, CallError> {
    let response = outcome.map_err(|_| CallError::unreachable())?;
    if (200..300).contains(&response.status) {
        return Ok(response.body);
    }
    let (code, said) = match json::read::<ErrorBody>(&response.body) {
        Ok(error) => (error.code, error.message),
        // Not ours: a proxy's page, or a server that is just going down.
        Err(_) if response.status >= 500 => (ErrorCode::Unavailable, String::new()),
        Err(_) => (ErrorCode::Unknown, String::new()),
    };
    Err(CallError {
        code,
        said,
        status: response.status,
        retry_after: response.retry_after.map(|seconds| seconds.saturating_mul(1000)),
    })
}
