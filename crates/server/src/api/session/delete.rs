//! `DELETE /session`: sign out here.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::api::extract::Signed;
use crate::api::problem::Problem;
use crate::app::App;
use crate::auth::token::no_cookie;
use crate::store;

/// Sign out on this device.
#[utoipa::path(
    delete, path = "/session", tag = "session",
    responses((status = 204, description = "Signed out",
               headers(("Set-Cookie" = String, description = "Takes the session away"))))
)]
pub async fn delete(State(app): State<Arc<App>>, Signed(session): Signed) -> Result<Response, Problem> {
    let mut tx = app.store.write(session.tenant).await?;
    store::sessions::end(&mut tx, session.user, session.device).await?;
    tx.commit().await?;
    app.hub.end_device(session.user, session.device);
    let cookie = no_cookie(app.settings.cookie(), app.settings.secure);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
