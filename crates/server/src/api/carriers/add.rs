//! `POST /carriers`: add an account.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::ErrorBody;
use halyard_protocol::admin::{CarrierAccounts, NewCarrierAccount};

use crate::api::extract::{Administration, Body};
use crate::app::App;
use crate::operations::carriers;
use crate::problem::Problem;

/// Add an account at a carrier. Its secrets are sealed, and no answer has them.
#[utoipa::path(
    post, path = "/carriers", tag = "administration", request_body = NewCarrierAccount,
    params(crate::api::extract::InTenant),
    responses(
        (status = 201, description = "Added: all accounts, the new one among them", body = CarrierAccounts),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
        (status = 409, description = "`conflict`: the server has no key to seal secrets with", body = ErrorBody),
        (status = 422, description = "`invalid`: no such kind, or a setting is missing or wrong", body = ErrorBody),
    )
)]
pub async fn add(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Body(new): Body<NewCarrierAccount>,
) -> Result<(StatusCode, Json<CarrierAccounts>), Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    carriers::add(&mut tx, &actor, &app.env, &app.sealing, new).await?;
    let links = app.carriers.links();
    let accounts = CarrierAccounts { carriers: carriers::list(&mut tx, &actor, |record| links.webhook(record)).await? };
    tx.commit().await?;
    app.carriers.accounts_changed();
    Ok((StatusCode::CREATED, Json(accounts)))
}
