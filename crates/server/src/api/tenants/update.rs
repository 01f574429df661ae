//! `PATCH /tenant`: change the business.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::admin::UpdateTenant;
use halyard_protocol::{ErrorBody, Tenant};

use crate::api::extract::{Administration, Body};
use crate::app::App;
use crate::operations::tenants;
use crate::problem::Problem;

/// Rename the business, or set the country of numbers typed without one. What is absent stays; apps see it when they start again.
#[utoipa::path(
    patch, path = "/tenant", tag = "administration", request_body = UpdateTenant,
    params(crate::api::extract::InTenant),
    responses(
        (status = 200, description = "The business as it is now", body = Tenant),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
        (status = 422, description = "`invalid`: a rule is broken; the cause says which", body = ErrorBody),
    )
)]
pub async fn update(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Body(request): Body<UpdateTenant>,
) -> Result<Json<Tenant>, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    let tenant = tenants::update(&mut tx, &actor, request).await?;
    tx.commit().await?;
    Ok(Json(tenant))
}
