//! `POST /numbers/{number}/move`: give a number to another business.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::admin::MoveNumber;
use halyard_protocol::{ErrorBody, PhoneNumber};

use crate::api::extract::{Administration, Body, Id};
use crate::app::App;
use crate::operations::numbers;
use crate::problem::Problem;

/// Move a number to another business. Its conversations stay at this one.
#[utoipa::path(
    post, path = "/numbers/{number}/move", tag = "administration", request_body = MoveNumber,
    params(("number" = PhoneNumber, Path, description = "The number"), crate::api::extract::InTenant),
    responses(
        (status = 204, description = "Moved"),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such number or business", body = ErrorBody),
        (status = 409, description = "`conflict`: it was given to somebody else meanwhile", body = ErrorBody),
    )
)]
pub async fn move_to(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Id(number): Id<PhoneNumber>,
    Body(request): Body<MoveNumber>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.store.write_system().await?;
    let actor = actor.confirmed(&mut tx).await?;
    numbers::move_to(&mut tx, &actor, number, &request.to).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
