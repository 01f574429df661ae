//! The one shape of every answer that is an error: problem details (RFC 9457).

use std::borrow::Cow;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use halyard_protocol::{Cause, CauseCode, Contact, ErrorBody, ErrorCode};

use crate::auth::password::PasswordError;
use crate::media::contents::ContentsError;
use crate::store::StoreError;

/// The media type of these answers.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error on its way to the user: a code, its cause where the code does not say enough, and where it helps the field. The detail is
/// for people who write programs.
#[derive(Debug)]
pub struct Problem {
    code: ErrorCode,
    cause: Option<Cause>,
    detail: Cow<'static, str>,
    field: Option<String>,
    /// The contact as it is, where it was changed in the meantime.
    contact: Option<Box<Contact>>,
    /// Seconds, for the header `Retry-After`.
    retry_after: Option<u64>,
}

impl Problem {
    /// One that the code alone describes.
    pub fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, cause: None, detail: detail.into(), field: None, contact: None, retry_after: None }
    }

    /// One that has this cause.
    pub fn because(code: ErrorCode, cause: impl Into<Cause>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { cause: Some(cause.into()), ..Self::new(code, detail) }
    }

    /// One of the rules that both ends check.
    pub fn rule(code: ErrorCode, error: impl Into<Cause> + ToString) -> Self {
        let detail = error.to_string();
        Self::because(code, error, detail)
    }

    /// There is no such thing, or it is none of the asker's business.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "There is nothing here.")
    }

    /// Whether there is no such thing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.code == ErrorCode::NotFound
    }

    /// The sentence, for people who write programs or run commands.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn signed_out() -> Self {
        Self::new(ErrorCode::SignedOut, "Sign in first.")
    }

    /// Too many tries have failed: to be made again after a while.
    #[must_use]
    pub fn too_many_tries(wait: Duration) -> Self {
        let detail = "Too many tries. Wait a moment and try again.";
        Self::new(ErrorCode::TooManyRequests, detail).retry_after(wait.as_secs() + 1)
    }

    /// It is our fault.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(ErrorCode::Internal, "Something went wrong on our side.")
    }

    /// A rule is broken.
    pub fn invalid(cause: impl Into<Cause>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::because(ErrorCode::Invalid, cause, detail)
    }

    /// A text is too long.
    pub fn too_long(code: CauseCode, limit: usize) -> Self {
        Self::invalid(code.limit(limit), format!("This has {limit} characters at most."))
    }

    /// About this field, as a JSON path without the dollar sign.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// With the contact that is there.
    #[must_use]
    pub fn with_contact(mut self, contact: Option<Contact>) -> Self {
        self.contact = contact.map(Box::new);
        self
    }

    /// To be tried again after so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => {
                tracing::warn!(%error, "the database is not available");
                Self::new(ErrorCode::Unavailable, "The server is busy. Try again in a moment.").retry_after(1)
            }
            StoreError::Taken => Self::new(ErrorCode::Conflict, "That has changed in the meantime. Try again."),
            error => {
                tracing::error!(%error, "a request failed");
                Self::internal()
            }
        }
    }
}

impl From<ContentsError> for Problem {
    fn from(error: ContentsError) -> Self {
        match error {
            ContentsError::Unavailable(_) | ContentsError::Folder { .. } => {
                tracing::error!(%error, "contents of files can't be reached");
                Self::new(ErrorCode::Unavailable, "Files can't be reached at this moment. Try again.").retry_after(5)
            }
            ContentsError::Missing(_) | ContentsError::Damaged { .. } => {
                tracing::error!(%error, "a file has lost its content");
                Self::internal()
            }
        }
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => {
                Self::new(ErrorCode::TooManyRequests, "Too many people sign in at this moment.").retry_after(2)
            }
            PasswordError::Failed => {
                tracing::error!(%error, "a request failed");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let detail = self.detail.into_owned();
        let message = detail.clone();
        let body =
            ErrorBody { code: self.code, cause: self.cause, detail, message, contact: self.contact, field: self.field };
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes that tell a program what it did wrong. To a user they all say that the app and the server don't fit each other.
    const PROGRAMS: [ErrorCode; 2] = [ErrorCode::MethodNotAllowed, ErrorCode::UnsupportedMediaType];

    #[test]
    fn the_app_has_words_for_every_code_that_it_is_answered_with() {
        let words = include_str!("../../../public/words/en.txt");
        let section = words.split("\n# ").find(|section| section.starts_with("Why something can't be done")).unwrap();
        let keys: Vec<&str> = section.lines().filter_map(|line| Some(line.split_once(" = ")?.0)).collect();
        let codes = ErrorCode::ALL.iter().filter(|code| !PROGRAMS.contains(code)).map(|code| code.name());
        let (of_administration, told): (Vec<CauseCode>, Vec<CauseCode>) =
            CauseCode::ALL.iter().partition(|code| CauseCode::OF_ADMINISTRATION.contains(code));
        let all = codes.chain(told.into_iter().map(CauseCode::name));
        let missing: Vec<&str> = all.filter(|code| !keys.contains(code)).collect();
        assert!(missing.is_empty(), "public/words/en.txt has no words for {missing:?}");
        let needless: Vec<CauseCode> =
            of_administration.into_iter().filter(|code| keys.contains(&code.name())).collect();
        assert!(needless.is_empty(), "the app is never answered with {needless:?}");
    }
}
