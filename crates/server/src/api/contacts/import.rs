//! `POST /contacts/import`: many contacts at once, all or none.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::ErrorBody;
use halyard_protocol::rest::{ImportContacts, Imported};

use crate::api::extract::{Body, SignedIn};
use crate::app::App;
use crate::operations::contacts::{self, CheckedContact};
use crate::problem::Problem;

/// Save many contacts: all of them, or none and the reason why.
#[utoipa::path(
    post, path = "/contacts/import", tag = "contacts", request_body = ImportContacts,
    responses(
        (status = 200, description = "Saved", body = Imported),
        (status = 403, description = "`forbidden`: your role does not change shared contacts", body = ErrorBody),
        (status = 409, description = "`conflict`: `field` says which contact was changed in the meantime", body = ErrorBody),
        (status = 422, description = "`invalid`: `field` says which contact breaks a rule; or `limit_reached`", body = ErrorBody),
    )
)]
pub async fn import(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Body(request): Body<ImportContacts>,
) -> Result<Json<Imported>, Problem> {
    let count = request.contacts.len();
    contacts::check_count(count)?;
    let mut checked = Vec::with_capacity(count);
    for (index, entry) in request.contacts.into_iter().enumerate() {
        let contact = CheckedContact::new(entry.contact);
        checked.push((entry.id, contact.map_err(|problem| problem.at(format!("contacts[{index}]")))?));
    }
    let mut tx = app.store.write(session.tenant).await?;
    contacts::import(&mut tx, &app.actor(&session), checked).await?;
    tx.commit().await?;
    Ok(Json(Imported { saved: u32::try_from(count).unwrap_or(u32::MAX) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::Bench;
    use halyard_protocol::rest::ImportedContact;
    use halyard_protocol::{CauseCode, Change, ContactDraft, ContactId, ContactScope, ErrorCode, Ulid, limits};

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
    async fn a_contact_that_was_changed_meanwhile_is_named() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let mut late = import(2, ContactScope::Personal);
        late.contacts[1].contact.version = Some(3);
        let answer = maya.post("/contacts/import", &late).await;
        assert_eq!((answer.code(), answer.cause()), (ErrorCode::Conflict, CauseCode::ContactChanged));
        assert_eq!(answer.value()["field"], "contacts[1]");
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
