//! `DELETE /contacts/{id}`: delete a contact.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{ContactId, ErrorBody};

use crate::api::extract::{Id, SignedIn};
use crate::app::App;
use crate::operations::contacts;
use crate::problem::Problem;

/// Delete a contact. To undo it, save it again under the same id; its photo, by its id, is there for seven days.
#[utoipa::path(
    delete, path = "/contacts/{id}", tag = "contacts", params(("id" = ContactId, Path, description = "The contact")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "`forbidden`: your role does not change shared contacts", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn delete(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Id(id): Id<ContactId>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.store.write(session.tenant).await?;
    contacts::remove(&mut tx, &app.actor(&session), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
