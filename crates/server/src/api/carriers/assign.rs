//! `PUT /numbers/{number}/carrier`: which account carries a number.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::admin::{AssignCarrier, NumberAccount};
use halyard_protocol::{ErrorBody, PhoneNumber};

use crate::api::extract::{Administration, Body, Id};
use crate::app::App;
use crate::operations::carriers;
use crate::problem::Problem;

/// Let an account carry a number, or none. The number can do from then on what the account takes; its conversations stay.
#[utoipa::path(
    put, path = "/numbers/{number}/carrier", tag = "administration", request_body = AssignCarrier,
    params(("number" = PhoneNumber, Path, description = "The number"), crate::api::extract::InTenant),
    responses(
        (status = 200, description = "The number as it is now", body = NumberAccount),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such number or account", body = ErrorBody),
        (status = 422, description = "`invalid`: the account can't be used", body = ErrorBody),
    )
)]
pub async fn assign(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Id(number): Id<PhoneNumber>,
    Body(request): Body<AssignCarrier>,
) -> Result<Json<NumberAccount>, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    let account = match request.account {
        Some(id) => {
            let record = carriers::find(&mut tx, &actor, id).await?;
            Some((id, app.carriers.capabilities(&record)?))
        }
        None => None,
    };
    let number = carriers::assign(&mut tx, &actor, number, account).await?;
    tx.commit().await?;
    Ok(Json(number))
}
