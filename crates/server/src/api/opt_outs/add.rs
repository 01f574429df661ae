//! `PUT /numbers/{number}/opt-outs/{recipient}`: somebody wants no texts from a number.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{ErrorBody, PhoneNumber};

use crate::api::extract::{Administration, Ids};
use crate::app::App;
use crate::operations::messaging::consent::Source;
use crate::operations::opt_outs;
use crate::problem::Problem;

/// Note that somebody wants no texts from a number. Nothing is sent to them; the composer of their conversations closes.
#[utoipa::path(
    put, path = "/numbers/{number}/opt-outs/{recipient}", tag = "administration",
    params(("number" = PhoneNumber, Path, description = "The number of the business"),
           ("recipient" = PhoneNumber, Path, description = "Who wants no texts from it"), crate::api::extract::InTenant),
    responses(
        (status = 204, description = "They get none, now or before"),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: the business has no such number", body = ErrorBody),
    )
)]
pub async fn add(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Ids(number, recipient): Ids<PhoneNumber, PhoneNumber>,
) -> Result<StatusCode, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    opt_outs::add(&mut tx, &actor, number, recipient, Source::Administrator).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
