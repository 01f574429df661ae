//! `GET /jobs`: what waits, and what failed at every attempt.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::ErrorBody;
use halyard_protocol::admin::JobsReport;

use crate::api::extract::SignedIn;
use crate::app::App;
use crate::operations::queue;
use crate::problem::Problem;

/// How many jobs wait or run, and those that failed at every attempt.
#[utoipa::path(
    get, path = "/jobs", tag = "administration",
    responses(
        (status = 200, description = "The queue", body = JobsReport),
        (status = 403, description = "`forbidden`: only Administrators of the operator's business may", body = ErrorBody),
    )
)]
pub async fn list(State(app): State<Arc<App>>, SignedIn(session): SignedIn) -> Result<Json<JobsReport>, Problem> {
    let mut tx = app.store.read().await?;
    Ok(Json(queue::report(&mut tx, &app.actor(&session)).await?))
}
