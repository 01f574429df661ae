//! Errors on the wire: a stable code, its cause, and where it helps the field it is about. The app has the words for both.

use serde::{Deserialize, Serialize};

use crate::codes::codes;
use crate::{Cause, Contact};

codes! {
/// What kind of error it is. The sentence beside a code may change; the code does not.
pub enum ErrorCode {
    /// 400: the body is no JSON, or not of the described shape; or a header or parameter is malformed.
    MalformedRequest = "malformed_request",
    /// 401: nobody is signed in, or the session has ended.
    SignedOut = "signed_out",
    /// 401: log-in or password is wrong.
    WrongCredentials = "wrong_credentials",
    /// 403: the role does not allow it.
    Forbidden = "forbidden",
    /// 403: the request comes from another site.
    WrongOrigin = "wrong_origin",
    /// 404: there is no such thing, or it is none of the asker's business.
    NotFound = "not_found",
    /// 405: this address does not take that method.
    MethodNotAllowed = "method_not_allowed",
    /// 409: the same `Idempotency-Key` came with another body.
    IdempotencyConflict = "idempotency_conflict",
    /// 409: the thing has changed in the meantime, or its id is taken.
    Conflict = "conflict",
    /// 409: too late to bring it back.
    UndoExpired = "undo_expired",
    /// 413: the body is too large.
    TooLarge = "too_large",
    /// 415: the body is not said to be JSON.
    UnsupportedMediaType = "unsupported_media_type",
    /// 422: well-formed, but a rule is broken; the cause says which.
    Invalid = "invalid",
    /// 422: these people can't be in one conversation.
    InvalidRecipients = "invalid_recipients",
    /// 422: this text can't be sent.
    InvalidText = "invalid_text",
    /// 422: these files can't be sent there, or this is no file that can be sent.
    InvalidMedia = "invalid_media",
    /// 422: one of the files has not been given to the server, or was forgotten meanwhile: give it once more.
    UnknownMedia = "unknown_media",
    /// 422: the own number is not one of the author's.
    NotYourNumber = "not_your_number",
    /// 422: a limit of the user or the business is reached; the cause says which.
    LimitReached = "limit_reached",
    /// 429: too many tries; the header `Retry-After` says how many seconds to wait.
    TooManyRequests = "too_many_requests",
    /// 500: our fault.
    Internal = "internal",
    /// 503: starting, stopping or overloaded; try again.
    Unavailable = "unavailable",
}
}

impl ErrorCode {
    /// The HTTP status that goes with it.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::MalformedRequest => 400,
            Self::SignedOut | Self::WrongCredentials => 401,
            Self::Forbidden | Self::WrongOrigin => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::IdempotencyConflict | Self::Conflict | Self::UndoExpired => 409,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid
            | Self::InvalidRecipients
            | Self::InvalidText
            | Self::InvalidMedia
            | Self::UnknownMedia
            | Self::NotYourNumber
            | Self::LimitReached => 422,
            Self::TooManyRequests => 429,
            Self::Internal | Self::Unknown => 500,
            Self::Unavailable => 503,
        }
    }
}

/// The body of every answer that is an error: problem details (RFC 9457, `application/problem+json`) with members of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// The stable code.
    pub code: ErrorCode,
    /// Which rule was broken, where the code does not say enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// A sentence in English, for people who write programs. Programs and users go by `code` and `cause`.
    #[serde(default)]
    pub detail: String,
    /// The same as `detail`, for apps of an earlier release, which can't do without.
    #[serde(default)]
    pub message: String,
    /// For a contact that was changed in the meantime: as it is now. Absent when it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Contact>))]
    pub contact: Option<Box<Contact>>,
    /// The field that it is about, as a JSON path without the dollar sign: `numbers[1].number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}
