//! Errors on the wire: a stable code, a sentence for the user, and where it helps the field it is about.

use serde::{Deserialize, Serialize};

/// Stable codes. The sentence beside one may change; the code does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 400: the body is no JSON, or not of the described shape; or a header or parameter is malformed.
    MalformedRequest,
    /// 401: nobody is signed in, or the session has ended.
    SignedOut,
    /// 401: log-in or password is wrong.
    WrongCredentials,
    /// 403: the role does not allow it.
    Forbidden,
    /// 403: the request comes from another site.
    WrongOrigin,
    /// 404: there is no such thing, or it is none of the asker's business.
    NotFound,
    /// 405: this address does not take that method.
    MethodNotAllowed,
    /// 409: the same `Idempotency-Key` came with another body.
    IdempotencyConflict,
    /// 409: the thing has changed in the meantime, or its id is taken.
    Conflict,
    /// 409: too late to bring it back.
    UndoExpired,
    /// 413: the body is too large.
    TooLarge,
    /// 415: the body is not said to be JSON.
    UnsupportedMediaType,
    /// 422: well-formed, but a rule is broken; the sentence says which.
    Invalid,
    /// 422: these people can't be in one conversation.
    InvalidRecipients,
    /// 422: this text can't be sent.
    InvalidText,
    /// 422: these files can't be sent there, or this is no file that can be sent.
    InvalidMedia,
    /// 422: one of the files has not been given to the server, or was forgotten meanwhile: give it once more.
    UnknownMedia,
    /// 422: the own number is not one of the author's.
    NotYourNumber,
    /// 429: too many tries; the header `Retry-After` says how many seconds to wait.
    TooManyRequests,
    /// 500: our fault.
    Internal,
    /// 503: starting, stopping or overloaded; try again.
    Unavailable,
    /// A code that this version does not know.
    #[serde(other)]
    Unknown,
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
            | Self::NotYourNumber => 422,
            Self::TooManyRequests => 429,
            Self::Internal | Self::Unknown => 500,
            Self::Unavailable => 503,
        }
    }
}

/// The body of every answer that is an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// The stable code.
    pub code: ErrorCode,
    /// A sentence that can be shown to the user.
    pub message: String,
    /// The field that it is about, as a JSON path without the dollar sign: `numbers[1].number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}
