//! `/texting`: how the business texts to phones outside.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::ErrorBody;
use halyard_protocol::admin::Texting;

use crate::api::extract::{Administration, Body};
use crate::app::App;
use crate::operations::opt_outs;
use crate::problem::Problem;

/// How the business texts to phones outside.
#[utoipa::path(
    get, path = "/texting", tag = "administration", params(crate::api::extract::InTenant),
    responses(
        (status = 200, description = "How it does", body = Texting),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
    )
)]
pub async fn show(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
) -> Result<Json<Texting>, Problem> {
    let mut tx = app.store.read().await?;
    Ok(Json(opt_outs::texting(&mut tx, &actor).await?))
}

/// Say what HELP is answered with; who operates the system also says to which countries texts may go.
#[utoipa::path(
    put, path = "/texting", tag = "administration", request_body = Texting, params(crate::api::extract::InTenant),
    responses(
        (status = 200, description = "How it does now", body = Texting),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
        (status = 422, description = "`invalid`: the text is too long, or a calling code is none", body = ErrorBody),
    )
)]
pub async fn set(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Body(texting): Body<Texting>,
) -> Result<Json<Texting>, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    let texting = opt_outs::set_texting(&mut tx, &actor, texting).await?;
    tx.commit().await?;
    Ok(Json(texting))
}
