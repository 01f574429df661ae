//! `POST /numbers`: one more number.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::ErrorBody;
use halyard_protocol::admin::{NewNumber, NumberAccount};

use crate::api::extract::{Administration, Body};
use crate::app::App;
use crate::operations::numbers;
use crate::problem::Problem;

/// Add a number to the business. Whose a number is, who operates the system knows: only they add one.
#[utoipa::path(
    post, path = "/numbers", tag = "administration", request_body = NewNumber, params(crate::api::extract::InTenant),
    responses(
        (status = 201, description = "Added", body = NumberAccount),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
        (status = 409, description = "`conflict`: the number is in use on this system", body = ErrorBody),
        (status = 422, description = "`invalid`: the name is too long", body = ErrorBody),
    )
)]
pub async fn add(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Body(request): Body<NewNumber>,
) -> Result<(StatusCode, Json<NumberAccount>), Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    let account = numbers::add(&mut tx, &actor, request).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(account)))
}
