//! `DELETE /carriers/{id}`: remove an account.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{CarrierAccountId, ErrorBody};

use crate::api::extract::{Administration, Id};
use crate::app::App;
use crate::operations::carriers;
use crate::problem::Problem;

/// Remove an account that carries no number. What it carried stays.
#[utoipa::path(
    delete, path = "/carriers/{id}", tag = "administration",
    params(("id" = CarrierAccountId, Path, description = "The account"), crate::api::extract::InTenant),
    responses(
        (status = 204, description = "Removed"),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 409, description = "`conflict`: it carries numbers", body = ErrorBody),
    )
)]
pub async fn remove(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Id(id): Id<CarrierAccountId>,
) -> Result<StatusCode, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    carriers::remove(&mut tx, &actor, id).await?;
    tx.commit().await?;
    app.carriers.accounts_changed();
    Ok(StatusCode::NO_CONTENT)
}
