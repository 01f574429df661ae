//! `POST /tenants`: one more business.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::admin::NewTenant;
use halyard_protocol::{ErrorBody, Permission, Tenant, TenantId};

use crate::api::extract::{Body, SignedIn};
use crate::app::App;
use crate::operations::tenants;
use crate::problem::Problem;

/// Add a business. Its first user is added with `POST /users?tenant=` and its domain.
#[utoipa::path(
    post, path = "/tenants", tag = "administration", request_body = NewTenant,
    responses(
        (status = 201, description = "Added", body = Tenant),
        (status = 403, description = "`forbidden`: only Administrators of the operator's business may", body = ErrorBody),
        (status = 409, description = "`conflict`: another business has the domain", body = ErrorBody),
        (status = 422, description = "`invalid`: a rule is broken; the cause says which", body = ErrorBody),
    )
)]
pub async fn add(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Body(request): Body<NewTenant>,
) -> Result<(StatusCode, Json<Tenant>), Problem> {
    let actor = app.actor(&session);
    actor.require(Permission::ManageTenants)?;
    let actor = actor.in_tenant(TenantId(app.env.ulid()))?;
    let mut tx = app.store.write_system().await?;
    let actor = actor.confirmed(&mut tx).await?;
    let tenant = tenants::add(&mut tx, &actor, request).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(tenant)))
}
