//! `POST /jobs/retry`: run jobs again that failed at every attempt.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::ErrorBody;
use halyard_protocol::admin::RetriedJobs;

use crate::api::extract::SignedIn;
use crate::app::App;
use crate::operations::queue;
use crate::problem::Problem;

/// Run all jobs again that failed at every attempt. A text whose author was told that it failed is not sent.
#[utoipa::path(
    post, path = "/jobs/retry", tag = "administration",
    responses(
        (status = 200, description = "They run again", body = RetriedJobs),
        (status = 403, description = "`forbidden`: only Administrators of the operator's business may", body = ErrorBody),
    )
)]
pub async fn retry(State(app): State<Arc<App>>, SignedIn(session): SignedIn) -> Result<Json<RetriedJobs>, Problem> {
    let mut tx = app.store.write_system().await?;
    let actor = app.actor(&session).confirmed(&mut tx).await?;
    let jobs = queue::retry(&mut tx, &actor).await?;
    tx.commit().await?;
    Ok(Json(RetriedJobs { jobs }))
}
