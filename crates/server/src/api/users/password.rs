//! `PUT /users/{id}/password`: another password for a user.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::admin::NewPassword;
use halyard_protocol::{ErrorBody, UserId};

use crate::api::extract::{Administration, Body, Id};
use crate::app::App;
use crate::operations::{directory, passwords};
use crate::problem::Problem;

/// Set a user's password, and sign them out everywhere. A link is better: then nobody but the user knows the password.
#[utoipa::path(
    put, path = "/users/{id}/password", tag = "administration", request_body = NewPassword,
    params(("id" = UserId, Path, description = "The user"), crate::api::extract::InTenant),
    responses(
        (status = 204, description = "It is set"),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 422, description = "`invalid`: too short or too long", body = ErrorBody),
        (status = 429, description = "`too_many_requests`: too many passwords are set at this moment", body = ErrorBody),
    )
)]
pub async fn set(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Id(user): Id<UserId>,
    Body(request): Body<NewPassword>,
) -> Result<StatusCode, Problem> {
    passwords::check(&request.password).map_err(|problem| problem.at("password"))?;
    // Before anything is hashed: that takes time, and its place in a queue.
    let mut tx = app.store.read().await?;
    directory::find_to_manage(&mut tx, &actor, user).await?;
    drop(tx);
    let hash = app.passwords.hash(request.password).await?;
    let (mut tx, actor) = app.administer(actor).await?;
    passwords::change_of(&mut tx, &actor, user, &hash).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
