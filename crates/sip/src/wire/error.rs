//! What can be wrong with a message, and the status that says so.

use thiserror::Error;

use super::status::Status;

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Bad(pub &'static str);

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// It is longer than [`MAX_MESSAGE`](super::MAX_MESSAGE).
    #[error("the message is too long")]
    TooLong,
    /// It has more header lines than [`MAX_HEADERS`](super::MAX_HEADERS).
    #[error("the message has too many headers")]
    TooManyHeaders,
    /// The part in front of the body is not UTF-8 (RFC 3261, 7).
    #[error("the header is not UTF-8")]
    NotText,
    /// No empty line ends the header (RFC 3261, 7).
    #[error("the header does not end")]
    NoEnd,
    /// The first line is not that of a request or response (RFC 3261, 7.1 and 7.2).
    #[error("start line: {0}")]
    StartLine(Bad),
    /// Another version than SIP/2.0.
    #[error("the version is not SIP/2.0")]
    Version,
    /// A line that is no header (RFC 3261, 7.3).
    #[error("a header line: {0}")]
    HeaderLine(Bad),
    /// A header that has to be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A header that may be there once is there more often.
    #[error("{0} is there more than once")]
    Repeated(&'static str),
    /// A header's value can't be read.
    #[error("{0}: {1}")]
    Value(&'static str, Bad),
    /// CSeq names another method than the request line (RFC 3261, 8.1.1.5).
    #[error("CSeq names another method")]
    OtherMethod,
    /// Content-Length is no number, or there are two that differ (RFC 3261, 20.14).
    #[error("Content-Length is not right")]
    ContentLength,
    /// The body is shorter than Content-Length says (RFC 3261, 18.3).
    #[error("the body is shorter than Content-Length says")]
    ShortBody,
}

impl Fault {
    /// The status that a request with this fault is answered with.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::TooLong => Status::MESSAGE_TOO_LARGE,
            Self::Version => Status::VERSION_NOT_SUPPORTED,
            Self::TooManyHeaders
            | Self::NotText
            | Self::NoEnd
            | Self::StartLine(_)
            | Self::HeaderLine(_)
            | Self::Missing(_)
            | Self::Repeated(_)
            | Self::Value(..)
            | Self::OtherMethod
            | Self::ContentLength
            | Self::ShortBody => Status::BAD_REQUEST,
        }
    }
}

/// Why a message can't be written: a value would end its line, or is not what stands in that place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unwritable {
    /// A header's name is no token.
    #[error("a header's name is not a token")]
    Name,
    /// A value has a line end or NUL in it.
    #[error("{0} has a line end or NUL in it")]
    Value(String),
    /// The request line would read as another one.
    #[error("the start line has a space, line end or NUL where none may be")]
    StartLine,
    /// The body is not UTF-8, and a text is asked for.
    #[error("the body is not UTF-8")]
    NotText,
}
