//! `DELETE /users/{id}`: remove a user.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{EntryId, ErrorBody, UserId};

use crate::api::extract::{Administration, Id};
use crate::app::App;
use crate::operations::directory;
use crate::problem::Problem;

/// Remove a user for good. What they wrote stays; their own contacts and settings go, and the extension is free.
#[utoipa::path(
    delete, path = "/users/{id}", tag = "administration",
    params(("id" = UserId, Path, description = "The user"), crate::api::extract::InTenant),
    responses(
        (status = 204, description = "Removed"),
        (status = 403, description = "`forbidden`: your role does not allow it, or it is your own account", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn remove(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Id(user): Id<UserId>,
) -> Result<StatusCode, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    directory::remove(&mut tx, &actor, user, || EntryId(app.env.ulid())).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
