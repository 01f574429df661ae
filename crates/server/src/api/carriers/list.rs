//! `GET /carriers`: the accounts that may carry the business's numbers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::ErrorBody;
use halyard_protocol::admin::CarrierAccounts;

use crate::api::extract::Administration;
use crate::app::App;
use crate::operations::carriers;
use crate::problem::Problem;

/// The accounts at carriers that may carry the business's numbers: its own, and the operator's.
#[utoipa::path(
    get, path = "/carriers", tag = "administration", params(crate::api::extract::InTenant),
    responses(
        (status = 200, description = "The accounts, without their secrets", body = CarrierAccounts),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
    )
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
) -> Result<Json<CarrierAccounts>, Problem> {
    let mut tx = app.store.read().await?;
    let links = app.carriers.links();
    Ok(Json(CarrierAccounts { carriers: carriers::list(&mut tx, &actor, |record| links.webhook(record)).await? }))
}
