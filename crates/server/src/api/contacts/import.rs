//! `POST /contacts/import`: many contacts at once, all or none.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::{ImportContacts, Imported};
use halyard_protocol::{CauseCode, Change, ContactScope, ErrorBody, limits};

use super::{checked, may_edit, publish, with_details};
use crate::api::extract::{Body, SignedIn};
use crate::app::App;
use crate::problem::Problem;
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
    SignedIn(session): SignedIn,
    Body(request): Body<ImportContacts>,
) -> Result<Json<Imported>, Problem> {
    let count = request.contacts.len();
    if count > limits::IMPORT_CONTACTS {
        let detail = format!("An import has {} contacts at most.", limits::IMPORT_CONTACTS);
        return Err(Problem::invalid(CauseCode::TooManyContacts.limit(limits::IMPORT_CONTACTS), detail).at("contacts"));
    }
    let (book, now) = (crate::api::book(&session), app.env.now());
    let mut ids = HashSet::with_capacity(count);
    let mut drafts = Vec::with_capacity(count);
    for (index, entry) in request.contacts.into_iter().enumerate() {
        let at = |problem: Problem| problem.at(format!("contacts[{index}]"));
        if !ids.insert(entry.id) {
            let detail = "Two contacts of this import have the same id.";
            return Err(at(Problem::invalid(CauseCode::RepeatedContact, detail)));
        }
        let (draft, photo) = checked(entry.contact).map_err(at)?;
        may_edit(&session, draft.scope).map_err(at)?;
        drafts.push((entry.id, draft, photo));
    }
    let mut changed = HashSet::new();
    let mut tx = app.store.write(session.tenant).await?;
    for (index, (id, draft, photo)) in drafts.into_iter().enumerate() {
        let before = store::contacts::by_id(&mut tx, book, id).await?;
        if let Some(before) = &before {
            may_edit(&session, before.scope).map_err(|problem| problem.at(format!("contacts[{index}]")))?;
        }
        let draft = photo.keep(&mut tx, book, with_details(draft, before.as_ref()), before.as_ref(), now).await?;
        if let Some(before) = &before {
            if before.to_draft() == draft {
                continue;
            }
            changed.insert(before.scope);
            if before.scope != draft.scope && count <= TOLD_ONE_BY_ONE {
                publish(&mut tx, &session, before.scope, now, &Change::ContactRemoved { contact: id }).await?;
            }
        }
        let contact = store::contacts::save(&mut tx, book, id, draft, before.as_ref(), now).await?;
        changed.insert(contact.scope);
        if count <= TOLD_ONE_BY_ONE {
            let scope = contact.scope;
            publish(&mut tx, &session, scope, now, &Change::ContactChanged { contact }).await?;
        }
    }
    if count > TOLD_ONE_BY_ONE {
        // Whoever sees the shared ones includes the user: one event is enough for them.
        let scope = if changed.contains(&ContactScope::Shared) { ContactScope::Shared } else { ContactScope::Personal };
        if !changed.is_empty() {
            publish(&mut tx, &session, scope, now, &Change::ContactsReplaced).await?;
        }
    }
    tx.commit().await?;
    Ok(Json(Imported { saved: u32::try_from(count).unwrap_or(u32::MAX) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::Bench;
    use halyard_protocol::rest::ImportedContact;
    use halyard_protocol::{ContactDraft, ContactId, ErrorCode, Ulid};

    fn import(count: usize, scope: ContactScope) -> ImportContacts {
        let one = |n: usize| ImportedContact {
            id: ContactId(Ulid::from_bits(1_000 + n as u128)),
            contact: ContactDraft { scope, given: format!("Contact {n}"), ..ContactDraft::default() },
        };
        ImportContacts { contacts: (0..count).map(one).collect() }
    }

    #[tokio::test]
    async fn all_or_none() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let mut broken = import(10, ContactScope::Personal);
        broken.contacts[7].contact.given.clear();
        let answer = maya.post("/contacts/import", &broken).await;
        assert_eq!(answer.code(), ErrorCode::Invalid);
        assert_eq!(answer.value()["field"], "contacts[7]");
        let mut twice = import(2, ContactScope::Personal);
        twice.contacts[1].id = twice.contacts[0].id;
        assert_eq!(maya.post("/contacts/import", &twice).await.code(), ErrorCode::Invalid);
        assert!(maya.get("/contacts").await.value()["contacts"].as_array().unwrap().is_empty());
        let saved: Imported = maya.post("/contacts/import", &import(10, ContactScope::Personal)).await.json();
        assert_eq!(saved.saved, 10);
    }

    #[tokio::test]
    async fn many_are_told_as_one_event() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let devon = bench.sign_in("1002@harbor").await;
        let before = devon.bootstrap().await.cursor;
        assert_eq!(maya.post("/contacts/import", &import(51, ContactScope::Shared)).await.status, 200);
        let changes: Vec<Change> = devon.events(before).await.into_iter().map(|event| event.change).collect();
        assert_eq!(changes, [Change::ContactsReplaced]);
        assert_eq!(maya.post("/contacts/import", &import(51, ContactScope::Shared)).await.status, 200);
        assert_eq!(devon.events(before).await.len(), 1, "the same again is no news");
    }

    #[tokio::test]
    async fn a_few_are_told_one_by_one() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let before = maya.bootstrap().await.cursor;
        maya.post("/contacts/import", &import(50, ContactScope::Personal)).await;
        assert_eq!(maya.events(before).await.len(), 50);
    }

    #[tokio::test]
    async fn an_import_may_be_larger_than_other_requests_but_not_endless() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let large = import(limits::IMPORT_CONTACTS, ContactScope::Personal);
        assert!(serde_json::to_vec(&large).unwrap().len() > limits::BODY_BYTES);
        assert_eq!(maya.post("/contacts/import", &large).await.status, 200);
        let more = import(limits::IMPORT_CONTACTS + 1, ContactScope::Personal);
        assert_eq!(maya.post("/contacts/import", &more).await.code(), ErrorCode::Invalid);
        let body = format!("{{\"contacts\":[{}]}}", " ".repeat(limits::IMPORT_BYTES));
        let answer = maya.request(axum::http::Method::POST, "/contacts/import", Some(body)).await;
        assert_eq!(answer.code(), ErrorCode::TooLarge);
    }
}
