//! `GET /tenants`: the businesses on this system.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::ErrorBody;
use halyard_protocol::admin::TenantAccounts;

use crate::api::extract::SignedIn;
use crate::app::App;
use crate::operations::tenants;
use crate::problem::Problem;

/// The businesses on this system, by domain.
#[utoipa::path(
    get, path = "/tenants", tag = "administration",
    responses(
        (status = 200, description = "The businesses", body = TenantAccounts),
        (status = 403, description = "`forbidden`: only Administrators of the operator's business may", body = ErrorBody),
    )
)]
pub async fn list(State(app): State<Arc<App>>, SignedIn(session): SignedIn) -> Result<Json<TenantAccounts>, Problem> {
    let mut tx = app.store.read().await?;
    Ok(Json(TenantAccounts { tenants: tenants::list(&mut tx, &app.actor(&session)).await? }))
}
