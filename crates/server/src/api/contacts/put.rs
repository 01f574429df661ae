//! `PUT /contacts/{id}`: save a contact.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::{Change, Contact, ContactDraft, ContactId, ErrorBody};

use super::{checked, may_edit, tell};
use crate::api::extract::{Body, Id, Signed};
use crate::api::problem::Problem;
use crate::app::App;
use crate::store;

/// Save a contact under an id of my choice: a fresh one, or that of a contact to replace.
///
/// The same again changes nothing. Saving a deleted contact brings it back.
#[utoipa::path(
    put, path = "/contacts/{id}", tag = "contacts", request_body = ContactDraft,
    params(("id" = ContactId, Path, description = "The contact")),
    responses(
        (status = 200, description = "Saved", body = Contact),
        (status = 403, description = "`forbidden`: your role does not change shared contacts", body = ErrorBody),
        (status = 404, description = "`not_found`: this can't be an id", body = ErrorBody),
        (status = 422, description = "`invalid`: a rule is broken; the sentence says which", body = ErrorBody),
    )
)]
pub async fn put(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Id(id): Id<ContactId>,
    Body(draft): Body<ContactDraft>,
) -> Result<Json<Contact>, Problem> {
    let draft = checked(draft)?;
    may_edit(&session, draft.scope)?;
    let (reader, now) = (crate::api::reader(&session), app.env.now());
    let mut tx = app.store.write(session.tenant).await?;
    let before = store::contacts::by_id(&mut tx, reader, id).await?;
    if let Some(before) = &before {
        may_edit(&session, before.scope)?;
        if before.to_draft() == draft {
            return Ok(Json(before.clone()));
        }
        if before.scope != draft.scope {
            tell(&mut tx, &session, before.scope, now, &Change::ContactRemoved { contact: id }).await?;
        }
    }
    let contact = store::contacts::save(&mut tx, reader, id, draft, before.as_ref(), now).await?;
    let change = Change::ContactChanged { contact: contact.clone() };
    tell(&mut tx, &session, contact.scope, now, &change).await?;
    tx.commit().await?;
    Ok(Json(contact))
}
