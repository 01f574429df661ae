//! What a handler takes from a request: who asks, ids, parameters, a body. Each refuses with a [`Problem`].

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use halyard_protocol::{CauseCode, ErrorCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::app::App;
use crate::auth::token::Token;
use crate::operations::Actor;
use crate::problem::Problem;
use crate::store::{self, sessions::Session};
use crate::telemetry;

/// Who asks: the session that the request's cookie names.
pub struct SignedIn(pub Session);

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let token = Token::of_request(&parts.headers, app.settings.cookie()).ok_or_else(Problem::signed_out)?;
        let (hash, now) = (token.hash(), app.env.now());
        let mut tx = app.store.read_once().await?;
        let session = store::sessions::by_token(&mut tx, &hash, now, app.settings.lifetimes).await?;
        drop(tx);
        let session = session.ok_or_else(Problem::signed_out)?;
        telemetry::note_user(session.user, session.tenant);
        app.seen.note(session.device, session.seen_at, now);
        Ok(Self(session))
    }
}

/// An id in the address. One that can't be an id names nothing.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr + Send> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        path.0.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// Two ids in the address. One that can't be an id names nothing.
pub struct Ids<A, B>(pub A, pub B);

impl<S: Send + Sync, A: FromStr + Send, B: FromStr + Send> FromRequestParts<S> for Ids<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((first, second)) = path.map_err(|_| Problem::not_found())?;
        let (first, second) = (first.parse(), second.parse());
        let (Ok(first), Ok(second)) = (first, second) else { return Err(Problem::not_found()) };
        Ok(Self(first, second))
    }
}

/// Who administers, and in which business: their own, or for an Administrator of the operator's business the one that `tenant` names.
pub struct Administration(pub Actor);

/// In which business something is administered.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InTenant {
    /// The domain of another business than one's own, for Administrators of the operator's business.
    tenant: Option<String>,
}

impl FromRequestParts<Arc<App>> for Administration {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let SignedIn(session) = SignedIn::from_request_parts(parts, app).await?;
        let Params(InTenant { tenant }) = Params::from_request_parts(parts, app).await?;
        let actor = app.actor(&session);
        let Some(domain) = tenant else { return Ok(Self(actor)) };
        let mut tx = app.store.read().await?;
        let found = store::tenants::by_domain(&mut tx, &domain.to_lowercase()).await?;
        Ok(Self(actor.in_tenant(found.ok_or_else(Problem::not_found)?.id)?))
    }
}

/// The parameters after the question mark.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(error) => Err(Problem::new(ErrorCode::MalformedRequest, error.body_text())),
        }
    }
}

/// A JSON body.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let message = "The body has to be JSON, and say so: Content-Type: application/json.";
            return Err(Problem::new(ErrorCode::UnsupportedMediaType, message));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|error| match error {
            BytesRejection::FailedToBufferBody(error) if error.status() == 413 => {
                Problem::new(ErrorCode::TooLarge, "This is more than fits into one request.")
            }
            _ => Problem::new(ErrorCode::MalformedRequest, "The body could not be read."),
        })?;
        refuse_nul(&bytes)?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let field = error.path().to_string();
            let message = format!("The body is not as described: {}.", error.into_inner());
            let problem = Problem::new(ErrorCode::MalformedRequest, message);
            if field == "." { problem } else { problem.at(field) }
        })?;
        json.end().map_err(|error| Problem::new(ErrorCode::MalformedRequest, error.to_string()))?;
        Ok(Self(value))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// A NUL can't be kept by every database, and is in nobody's name or message. JSON can only write it escaped.
fn refuse_nul(body: &[u8]) -> Result<(), Problem> {
    let escaped = body.windows(6).enumerate().any(|(at, window)| {
        // An even number of backslashes before it escape each other, so this one begins an escape.
        window == br"\u0000" && body[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0
    });
    if escaped {
        Err(Problem::invalid(CauseCode::NulCharacter, "A text can't hold the character U+0000."))
    } else {
        Ok(())
    }
}

/// The address that a request comes from. Behind a trusted proxy: what the proxy says, which is the last entry.
pub struct Address(pub IpAddr);

impl FromRequestParts<Arc<App>> for Address {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if app.settings.trust_proxy {
            let forwarded = parts.headers.get_all("x-forwarded-for").into_iter().next_back();
            let last = forwarded.and_then(|value| value.to_str().ok()).and_then(|list| list.split(',').next_back());
            if let Some(address) = last.and_then(|text| text.trim().parse().ok()) {
                return Ok(Self(address));
            }
        }
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Self(peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// How many a page has: what was asked for, within what there may be.
///
/// # Errors
/// Zero, or more than `most`.
pub fn page_size(asked: Option<u32>, most: u32) -> Result<u32, Problem> {
    match asked {
        None => Ok(most),
        Some(limit) if (1..=most).contains(&limit) => Ok(limit),
        Some(_) => {
            let message = format!("limit: a page has 1 to {most} entries.");
            Err(Problem::new(ErrorCode::MalformedRequest, message).at("limit"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_nul_but_not_its_picture() {
        assert!(refuse_nul(br#"{"body":"a\u0000b"}"#).is_err());
        assert!(refuse_nul(br#"{"body":"a\\\u0000b"}"#).is_err());
        assert!(refuse_nul(br#"{"body":"a\\u0000b"}"#).is_ok());
        assert!(refuse_nul(b"").is_ok());
    }

    #[test]
    fn a_page_has_a_size_within_bounds() {
        assert_eq!(page_size(None, 100).unwrap(), 100);
        assert_eq!(page_size(Some(1), 100).unwrap(), 1);
        assert!(page_size(Some(0), 100).is_err());
        assert!(page_size(Some(101), 100).is_err());
    }
}
