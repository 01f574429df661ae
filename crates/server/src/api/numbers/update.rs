//! `PATCH /numbers/{number}`: name a number, or say what it can do.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::admin::{NumberAccount, UpdateNumber};
use halyard_protocol::{ErrorBody, PhoneNumber};

use crate::api::extract::{Administration, Body, Id};
use crate::app::App;
use crate::operations::numbers;
use crate::problem::Problem;

/// Name a number; who operates the system also says what it can do. What is absent stays.
#[utoipa::path(
    patch, path = "/numbers/{number}", tag = "administration", request_body = UpdateNumber,
    params(("number" = PhoneNumber, Path, description = "The number"), crate::api::extract::InTenant),
    responses(
        (status = 200, description = "The number as it is now", body = NumberAccount),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 422, description = "`invalid`: the name is too long", body = ErrorBody),
    )
)]
pub async fn update(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Id(number): Id<PhoneNumber>,
    Body(request): Body<UpdateNumber>,
) -> Result<Json<NumberAccount>, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    let account = numbers::update(&mut tx, &actor, number, request).await?;
    tx.commit().await?;
    Ok(Json(account))
}
