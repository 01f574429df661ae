//! `GET /devices`: where I am signed in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::Devices;

use crate::api::extract::SignedIn;
use crate::app::App;
use crate::operations::devices;
use crate::problem::Problem;

/// The devices that I am signed in on: this one first, then by when they were last heard of.
#[utoipa::path(
    get, path = "/devices", tag = "session", responses((status = 200, description = "My devices", body = Devices))
)]
pub async fn list(State(app): State<Arc<App>>, SignedIn(session): SignedIn) -> Result<Json<Devices>, Problem> {
    let mut tx = app.store.read().await?;
    let devices = devices::list(&mut tx, &app.actor(&session), app.settings.lifetimes).await?;
    Ok(Json(Devices { devices }))
}
