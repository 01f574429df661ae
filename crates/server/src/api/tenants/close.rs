//! `DELETE /tenant`: close a business.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::ErrorBody;

use crate::api::extract::Administration;
use crate::app::App;
use crate::operations::tenants;
use crate::problem::Problem;

/// Close a business: its users are signed out and disabled, its numbers retired, its domain is free. What it has stays in the database.
#[utoipa::path(
    delete, path = "/tenant", tag = "administration", params(crate::api::extract::InTenant),
    responses(
        (status = 204, description = "Closed"),
        (status = 403, description = "`forbidden`: only Administrators of the operator's business may, and not their own",
         body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
    )
)]
pub async fn close(State(app): State<Arc<App>>, Administration(actor): Administration) -> Result<StatusCode, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    tenants::close(&mut tx, &actor).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
