//! `PATCH /users/{id}`: change a user.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::admin::{UpdateUser, UserAccount};
use halyard_protocol::{ErrorBody, UserId};

use crate::api::extract::{Administration, Body, Id};
use crate::app::App;
use crate::operations::directory;
use crate::problem::Problem;

/// Change a user: extension, name, department, e-mail address, role, status; disable or enable them. What is absent stays.
///
/// A Call Center Supervisor may set the status alone.
#[utoipa::path(
    patch, path = "/users/{id}", tag = "administration", request_body = UpdateUser,
    params(("id" = UserId, Path, description = "The user"), crate::api::extract::InTenant),
    responses(
        (status = 200, description = "The user as they are now", body = UserAccount),
        (status = 403, description = "`forbidden`: your role does not allow it, or it is your own account", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 409, description = "`conflict`: another user has the extension", body = ErrorBody),
        (status = 422, description = "`invalid`: a rule is broken; the cause says which", body = ErrorBody),
    )
)]
pub async fn update(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Id(user): Id<UserId>,
    Body(request): Body<UpdateUser>,
) -> Result<Json<UserAccount>, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    let account = directory::update(&mut tx, &actor, user, request).await?;
    tx.commit().await?;
    Ok(Json(account))
}
