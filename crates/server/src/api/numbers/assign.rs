//! `/numbers/{number}/users/{id}`: who texts from a number.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{ErrorBody, PhoneNumber, UserId};

use crate::api::extract::{Administration, Ids};
use crate::app::App;
use crate::operations::numbers;
use crate::problem::Problem;

/// Let a user text from a number. Several may share one. They see what was written there so far, as read.
#[utoipa::path(
    put, path = "/numbers/{number}/users/{id}", tag = "administration",
    params(("number" = PhoneNumber, Path, description = "The number"), ("id" = UserId, Path, description = "The user"),
           crate::api::extract::InTenant),
    responses(
        (status = 204, description = "They text from it, now or before"),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: the business has no such number or user", body = ErrorBody),
    )
)]
pub async fn assign(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Ids(number, user): Ids<PhoneNumber, UserId>,
) -> Result<StatusCode, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    numbers::assign(&mut tx, &actor, number, user).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a number, and with it its conversations, from a user.
#[utoipa::path(
    delete, path = "/numbers/{number}/users/{id}", tag = "administration",
    params(("number" = PhoneNumber, Path, description = "The number"), ("id" = UserId, Path, description = "The user"),
           crate::api::extract::InTenant),
    responses(
        (status = 204, description = "They don't text from it, now or before"),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: the business has no such number or user", body = ErrorBody),
    )
)]
pub async fn unassign(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Ids(number, user): Ids<PhoneNumber, UserId>,
) -> Result<StatusCode, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    numbers::unassign(&mut tx, &actor, number, user).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
