//! `POST /contacts/import`: many contacts at once, all or none.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::{ImportContacts, Imported};
use halyard_protocol::{Change, ContactScope, ErrorBody, limits};

use super::{checked, may_edit, tell};
use crate::api::extract::{Body, Signed};
use crate::api::problem::Problem;
use crate::app::App;
use crate::store;

/// So many changes are told one by one; more of them as "ask for the list again".
const TOLD_ONE_BY_ONE: usize = 50;

/// Save many contacts: all of them, or none and the reason why.
#[utoipa::path(
    post, path = "/contacts/import", tag = "contacts", request_body = ImportContacts,
    responses(
        (status = 200, description = "Saved", body = Imported),
        (status = 403, description = "`forbidden`: your role does not change shared contacts", body = ErrorBody),
        (status = 422, description = "`invalid`: `field` says which contact breaks a rule", body = ErrorBody),
    )
)]
pub async fn import(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Body(request): Body<ImportContacts>,
) -> Result<Json<Imported>, Problem> {
    let count = request.contacts.len();
    if count > limits::IMPORT_CONTACTS {
        let message = format!("An import has {} contacts at most.", limits::IMPORT_CONTACTS);
        return Err(Problem::invalid(message).at("contacts"));
    }
    let (reader, now) = (crate::api::reader(&session), app.env.now());
    let mut ids = HashSet::with_capacity(count);
    let mut touched = HashSet::new();
    let mut tx = app.store.write(session.tenant).await?;
    for (index, entry) in request.contacts.into_iter().enumerate() {
        let field = || format!("contacts[{index}]");
        if !ids.insert(entry.id) {
            return Err(Problem::invalid("Two contacts of this import have the same id.").at(field()));
        }
        let draft = checked(entry.contact).map_err(|problem| problem.at(field()))?;
        may_edit(&session, draft.scope).map_err(|problem| problem.at(field()))?;
        let before = store::contacts::by_id(&mut tx, reader, entry.id).await?;
        if let Some(before) = &before {
            may_edit(&session, before.scope).map_err(|problem| problem.at(field()))?;
            if before.to_draft() == draft {
                continue;
            }
            touched.insert(before.scope);
            if before.scope != draft.scope && count <= TOLD_ONE_BY_ONE {
                tell(&mut tx, &session, before.scope, now, &Change::ContactRemoved { contact: entry.id }).await?;
            }
        }
        let contact = store::contacts::save(&mut tx, reader, entry.id, draft, before.as_ref(), now).await?;
        touched.insert(contact.scope);
        if count <= TOLD_ONE_BY_ONE {
            let scope = contact.scope;
            tell(&mut tx, &session, scope, now, &Change::ContactChanged { contact }).await?;
        }
    }
    if count > TOLD_ONE_BY_ONE {
        // Whoever sees the shared ones includes the user: one event is enough for them.
        let scope = if touched.contains(&ContactScope::Shared) { ContactScope::Shared } else { ContactScope::Personal };
        if !touched.is_empty() {
            tell(&mut tx, &session, scope, now, &Change::ContactsReplaced).await?;
        }
    }
    tx.commit().await?;
    Ok(Json(Imported { saved: u32::try_from(count).unwrap_or(u32::MAX) }))
}
