//! `DELETE /contacts/{id}`: delete a contact.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{Change, ContactId, ErrorBody};

use super::{may_edit, publish};
use crate::api::extract::{Id, Signed};
use crate::api::problem::Problem;
use crate::app::App;
use crate::store;

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
    Signed(session): Signed,
    Id(id): Id<ContactId>,
) -> Result<StatusCode, Problem> {
    let reader = crate::api::reader(&session);
    let mut tx = app.store.write(session.tenant).await?;
    let contact = store::contacts::by_id(&mut tx, reader, id).await?.ok_or_else(Problem::not_found)?;
    may_edit(&session, contact.scope)?;
    let now = app.env.now();
    store::contacts::remove(&mut tx, reader, &contact, now).await?;
    let change = Change::ContactRemoved { contact: id };
    publish(&mut tx, &session, contact.scope, now, &change).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
