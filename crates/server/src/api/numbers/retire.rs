//! `DELETE /numbers/{number}`: take a number out of use.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{ErrorBody, PhoneNumber};

use crate::api::extract::{Administration, Id};
use crate::app::App;
use crate::operations::numbers;
use crate::problem::Problem;

/// Take a number out of use. Those who texted from it keep its conversations.
#[utoipa::path(
    delete, path = "/numbers/{number}", tag = "administration",
    params(("number" = PhoneNumber, Path, description = "The number"), crate::api::extract::InTenant),
    responses(
        (status = 204, description = "Retired"),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn retire(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Id(number): Id<PhoneNumber>,
) -> Result<StatusCode, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    numbers::retire(&mut tx, &actor, number).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
