//! `GET /numbers`: the numbers of the business.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::ErrorBody;
use halyard_protocol::admin::NumberAccounts;

use crate::api::extract::Administration;
use crate::app::App;
use crate::operations::numbers;
use crate::problem::Problem;

/// The numbers of the business, with who texts from them.
#[utoipa::path(
    get, path = "/numbers", tag = "administration", params(crate::api::extract::InTenant),
    responses(
        (status = 200, description = "The numbers", body = NumberAccounts),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
    )
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
) -> Result<Json<NumberAccounts>, Problem> {
    let mut tx = app.store.read().await?;
    Ok(Json(NumberAccounts { numbers: numbers::list(&mut tx, &actor).await? }))
}
