//! `GET /opt-outs`: who wants no texts.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::ErrorBody;
use halyard_protocol::admin::OptOuts;

use crate::api::extract::Administration;
use crate::app::App;
use crate::operations::opt_outs;
use crate::problem::Problem;

/// Those who want no texts from numbers of the business, the newest first.
#[utoipa::path(
    get, path = "/opt-outs", tag = "administration", params(crate::api::extract::InTenant),
    responses(
        (status = 200, description = "The opt-outs", body = OptOuts),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
    )
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
) -> Result<Json<OptOuts>, Problem> {
    let mut tx = app.store.read().await?;
    Ok(Json(OptOuts { opt_outs: opt_outs::list(&mut tx, &actor).await? }))
}
