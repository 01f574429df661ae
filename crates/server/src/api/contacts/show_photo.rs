//! `GET /media/photos/{id}`: a contact's photo, to whoever sees the contact.
//!
//! Outside of `/api/v1`, as files of messages are: the app's service worker keeps these answers. Its id is its content's, so it never changes
//! and a browser without a worker may keep it, too, for this session alone (`Vary: Cookie`).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, header};
use halyard_protocol::{MediaKind, PhotoId};

use crate::api::extract::{Id, SignedIn};
use crate::app::App;
use crate::problem::Problem;
use crate::store;

/// The photo.
///
/// # Errors
/// Nobody is signed in; or no contact that they see has this photo.
pub async fn show(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Id(id): Id<PhotoId>,
) -> Result<Response<Body>, Problem> {
    let mut tx = app.store.read().await?;
    let content = store::photos::content(&mut tx, crate::api::book(&session), id).await?;
    drop(tx);
    let content = content.ok_or_else(Problem::not_found)?;
    let kind = MediaKind::of(&content).unwrap_or(MediaKind::Unknown);
    let mut response = Response::new(Body::from(content));
    let headers = [
        (header::CONTENT_TYPE, kind.mime()),
        (header::CONTENT_SECURITY_POLICY, kind.policy()),
        (header::CONTENT_DISPOSITION, if kind.is_shown() { "inline" } else { "attachment" }),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (header::VARY, "cookie"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
