//! `GET /users`: all users of the business.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::ErrorBody;
use halyard_protocol::admin::UserAccounts;

use crate::api::extract::Administration;
use crate::app::App;
use crate::operations::directory;
use crate::problem::Problem;

/// All users of the business, disabled ones too, by extension.
#[utoipa::path(
    get, path = "/users", tag = "administration", params(crate::api::extract::InTenant),
    responses(
        (status = 200, description = "The users", body = UserAccounts),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
    )
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
) -> Result<Json<UserAccounts>, Problem> {
    let mut tx = app.store.read().await?;
    Ok(Json(UserAccounts { users: directory::list(&mut tx, &actor).await? }))
}
