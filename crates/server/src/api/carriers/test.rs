//! `POST /carriers/{id}/test`: does it work?

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::admin::CarrierTest;
use halyard_protocol::{CarrierAccountId, ErrorBody};

use crate::api::extract::{Administration, Id};
use crate::app::App;
use crate::operations::carriers;
use crate::problem::Problem;

/// Ask an account's carrier whether the account works. Nothing is sent to anybody.
#[utoipa::path(
    post, path = "/carriers/{id}/test", tag = "administration",
    params(("id" = CarrierAccountId, Path, description = "The account"), crate::api::extract::InTenant),
    responses(
        (status = 200, description = "What was found, or what is wrong", body = CarrierTest),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn test(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Id(id): Id<CarrierAccountId>,
) -> Result<Json<CarrierTest>, Problem> {
    let mut tx = app.store.read().await?;
    let record = carriers::find(&mut tx, &actor, id).await?;
    drop(tx);
    Ok(Json(app.carriers.test(&record).await))
}
