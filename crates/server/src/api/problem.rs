//! The one shape of every answer that is an error.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use halyard_protocol::{ErrorBody, ErrorCode};

use crate::auth::password::PasswordError;
use crate::store::StoreError;

/// An error on its way to the user: a code, a sentence, and where it helps the field.
#[derive(Debug)]
pub struct Problem {
    code: ErrorCode,
    message: Cow<'static, str>,
    field: Option<String>,
    /// Seconds, for the header `Retry-After`.
    retry_after: Option<u64>,
}

impl Problem {
    /// With a sentence for the user.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), field: None, retry_after: None }
    }

    /// There is no such thing, or it is none of the asker's business.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "There is nothing here.")
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn signed_out() -> Self {
        Self::new(ErrorCode::SignedOut, "Sign in first.")
    }

    /// It is our fault.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(ErrorCode::Internal, "Something went wrong on our side.")
    }

    /// A rule is broken.
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::Invalid, message)
    }

    /// About this field, as a JSON path without the dollar sign.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
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

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        tracing::error!(%error, "a request failed");
        Self::internal()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = ErrorBody { code: self.code, message: self.message.into_owned(), field: self.field };
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
