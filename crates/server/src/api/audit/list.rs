//! `GET /audit`: who administered what, page by page.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::ErrorBody;
use halyard_protocol::admin::AuditPage;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Administration, Params, page_size};
use crate::app::App;
use crate::operations::audit;
use crate::problem::Problem;

/// Which page of the audit log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Entries before the one with this number; the newest when absent.
    #[param(minimum = 1)]
    before: Option<u64>,
    /// Entries in a page.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// Who administered what, the newest entry first.
#[utoipa::path(
    get, path = "/audit", tag = "administration", params(Page, crate::api::extract::InTenant),
    responses(
        (status = 200, description = "A page", body = AuditPage),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
    )
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Params(page): Params<Page>,
) -> Result<Json<AuditPage>, Problem> {
    let limit = page_size(page.limit, audit::PAGE)?;
    let mut tx = app.store.read().await?;
    Ok(Json(audit::page(&mut tx, &actor, page.before, limit).await?))
}
