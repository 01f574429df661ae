//! `DELETE /devices/{id}`: sign out there.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{DeviceId, ErrorBody};

use crate::api::extract::{Id, Signed};
use crate::api::problem::Problem;
use crate::app::App;
use crate::store;

/// Sign out on another device; its connection ends at once.
#[utoipa::path(
    delete, path = "/devices/{id}", tag = "session", params(("id" = DeviceId, Path, description = "The device")),
    responses(
        (status = 204, description = "Signed out there"),
        (status = 404, description = "`not_found`: none of your devices", body = ErrorBody),
    )
)]
pub async fn delete(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Id(device): Id<DeviceId>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.store.write(session.tenant).await?;
    if !store::sessions::end(&mut tx, session.user, device).await? {
        return Err(Problem::not_found());
    }
    tx.commit().await?;
    app.hub.end_device(session.user, device);
    Ok(StatusCode::NO_CONTENT)
}
