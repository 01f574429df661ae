//! `/users/{id}/devices`: where a user is signed in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::rest::Devices;
use halyard_protocol::{DeviceId, ErrorBody, UserId};

use crate::api::extract::{Administration, Id, Ids};
use crate::app::App;
use crate::operations::devices;
use crate::problem::Problem;

/// Where a user is signed in, by when the devices were last heard of.
#[utoipa::path(
    get, path = "/users/{id}/devices", tag = "administration",
    params(("id" = UserId, Path, description = "The user"), crate::api::extract::InTenant),
    responses(
        (status = 200, description = "The devices", body = Devices),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Id(user): Id<UserId>,
) -> Result<Json<Devices>, Problem> {
    let mut tx = app.store.read().await?;
    Ok(Json(Devices { devices: devices::list_of(&mut tx, &actor, user, app.settings.lifetimes).await? }))
}

/// Sign a user out everywhere.
#[utoipa::path(
    delete, path = "/users/{id}/devices", tag = "administration",
    params(("id" = UserId, Path, description = "The user"), crate::api::extract::InTenant),
    responses(
        (status = 204, description = "Signed out"),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn sign_out_everywhere(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Id(user): Id<UserId>,
) -> Result<StatusCode, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    devices::sign_out_everywhere(&mut tx, &actor, user).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign a user out on one device.
#[utoipa::path(
    delete, path = "/users/{id}/devices/{device}", tag = "administration",
    params(("id" = UserId, Path, description = "The user"), ("device" = DeviceId, Path, description = "The device"),
           crate::api::extract::InTenant),
    responses(
        (status = 204, description = "Signed out"),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn sign_out(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Ids(user, device): Ids<UserId, DeviceId>,
) -> Result<StatusCode, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    devices::sign_out_of(&mut tx, &actor, user, device).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
