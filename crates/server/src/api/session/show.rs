//! `GET /session`: who is signed in here.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::Me;

use crate::api::extract::Signed;
use crate::api::problem::Problem;
use crate::app::App;

/// Who is signed in here.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, description = "You", body = Me)))]
pub async fn show(State(app): State<Arc<App>>, Signed(session): Signed) -> Result<Json<Me>, Problem> {
    let mut tx = app.store.read().await?;
    Ok(Json(crate::api::me(&mut tx, &session).await?))
}
