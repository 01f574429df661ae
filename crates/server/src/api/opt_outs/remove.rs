//! `DELETE /numbers/{number}/opt-outs/{recipient}`: somebody wants texts from a number again.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{ErrorBody, PhoneNumber};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Administration, Ids, Params};
use crate::app::App;
use crate::operations::opt_outs;
use crate::problem::Problem;

/// Why an opt-out ends.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Because {
    /// How it is known that they want texts again: it stands in the audit log.
    #[param(min_length = 1, max_length = 200)]
    reason: String,
}

/// Note that somebody wants texts from a number again. It takes their consent, and the reason says how that is known.
#[utoipa::path(
    delete, path = "/numbers/{number}/opt-outs/{recipient}", tag = "administration",
    params(("number" = PhoneNumber, Path, description = "The number of the business"),
           ("recipient" = PhoneNumber, Path, description = "Who wants texts from it"), Because, crate::api::extract::InTenant),
    responses(
        (status = 204, description = "They can be texted, now or before"),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: the business has no such number", body = ErrorBody),
        (status = 422, description = "`invalid`: the reason is empty or too long", body = ErrorBody),
    )
)]
pub async fn remove(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Ids(number, recipient): Ids<PhoneNumber, PhoneNumber>,
    Params(Because { reason }): Params<Because>,
) -> Result<StatusCode, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    opt_outs::remove(&mut tx, &actor, number, recipient, &reason).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
