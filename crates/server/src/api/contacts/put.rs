//! `PUT /contacts/{id}`: save a contact.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::{Contact, ContactDraft, ContactId, ErrorBody};

use crate::api::extract::{Body, Id, SignedIn};
use crate::app::App;
use crate::operations::contacts::{self, CheckedContact};
use crate::problem::Problem;

/// Save a contact under an id of my choice: a fresh one, or that of a contact to replace.
///
/// The same again changes nothing. Saving a deleted contact brings it back. With `version` it is saved only where that is the version that is
/// there. A photo comes with it as `photo_content`, without what a camera
/// wrote into it afterwards; the contact then has its id in `photo`, and `GET /media/photos/{id}`, outside of this interface's path, gives
/// its content to whoever sees the contact.
#[utoipa::path(
    put, path = "/contacts/{id}", tag = "contacts", request_body = ContactDraft,
    params(("id" = ContactId, Path, description = "The contact")),
    responses(
        (status = 200, description = "Saved", body = Contact),
        (status = 403, description = "`forbidden`: your role does not change shared contacts", body = ErrorBody),
        (status = 404, description = "`not_found`: this can't be an id", body = ErrorBody),
        (status = 409, description = "`conflict`: it was changed in the meantime; `contact` is what it is now", body = ErrorBody),
        (status = 422, description = "`invalid`: a rule is broken, the sentence says which; or `limit_reached`", body = ErrorBody),
    )
)]
pub async fn put(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Id(id): Id<ContactId>,
    Body(draft): Body<ContactDraft>,
) -> Result<Json<Contact>, Problem> {
    let contact = CheckedContact::new(draft)?;
    let mut tx = app.store.write(session.tenant).await?;
    let contact = contacts::save(&mut tx, &app.actor(&session), id, contact).await?;
    tx.commit().await?;
    Ok(Json(contact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::Bench;
    use halyard_protocol::{CauseCode, Change, ContactScope, ErrorCode};
    use serde_json::json;

    const ID: &str = "/contacts/01J9ZK4T6Q8Y2M0C5R7W3X1B9D";

    #[tokio::test]
    async fn details_stay_until_they_are_emptied() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let number = json!({ "label": "other", "number": "+16195550142", "name": " Boat " });
        let full = json!({ "scope": "personal", "given": "Ana", "numbers": [number],
            "details": { "nickname": "Captain", "notes": "Slip 12\nWinter only ", "address": "1 Dock Road" } });
        let saved: Contact = maya.put(ID, &full).await.json();
        assert_eq!(saved.numbers[0].name, "Boat");
        let details = saved.details.expect("details");
        assert_eq!((details.nickname.as_str(), details.notes.as_str()), ("Captain", "Slip 12\nWinter only"));
        let again: Contact = maya.put(ID, &json!({ "scope": "personal", "given": "Anna" })).await.json();
        assert_eq!(again.details, Some(details), "an app that does not know them keeps them");
        let list = maya.get("/contacts").await.value();
        assert_eq!(list["contacts"][0]["details"]["address"], "1 Dock Road");
        let emptied = maya.put(ID, &json!({ "scope": "personal", "given": "Anna", "details": {} })).await;
        assert_eq!(emptied.json::<Contact>().details, None);
        let long = json!({ "scope": "personal", "given": "Ana", "details": { "notes": "n".repeat(5_001) } });
        assert_eq!(maya.put(ID, &long).await.code(), ErrorCode::Invalid);
    }

    fn dana(scope: ContactScope) -> ContactDraft {
        ContactDraft { scope, given: " Dana ".into(), ..ContactDraft::default() }
    }

    #[tokio::test]
    async fn a_personal_contact_is_its_owners_alone() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let devon = bench.sign_in("1002@harbor").await;
        let (mine, his) = (maya.bootstrap().await.cursor, devon.bootstrap().await.cursor);
        let saved: Contact = maya.put(ID, &dana(ContactScope::Personal)).await.json();
        assert_eq!(saved.given, "Dana", "without the white space around");
        assert_eq!(maya.events(mine).await[0].change, Change::ContactChanged { contact: saved });
        assert!(devon.events(his).await.is_empty());
        assert_eq!(devon.delete(ID).await.code(), ErrorCode::NotFound);
        // The same id is free for him: nothing tells that she has it.
        assert_eq!(devon.put(ID, &dana(ContactScope::Personal)).await.status, 200);
    }

    #[tokio::test]
    async fn the_same_again_changes_nothing_and_the_version_grows_even_over_a_deletion() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let first: Contact = maya.put(ID, &dana(ContactScope::Personal)).await.json();
        let before = maya.bootstrap().await.cursor;
        assert_eq!(maya.put(ID, &dana(ContactScope::Personal)).await.json::<Contact>(), first);
        assert!(maya.events(before).await.is_empty());
        let changed = ContactDraft { company: "Sails".into(), ..dana(ContactScope::Personal) };
        let second: Contact = maya.put(ID, &changed).await.json();
        assert!(second.version > first.version);
        bench.test.pass(10);
        assert_eq!(maya.delete(ID).await.status, 204);
        let third: Contact = maya.put(ID, &changed).await.json();
        assert!(third.version > second.version);
    }

    #[tokio::test]
    async fn a_change_of_an_old_version_is_a_conflict_and_names_what_is_there() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let manager = bench.sign_in("1004@harbor").await;
        let first: Contact = maya.put(ID, &dana(ContactScope::Shared)).await.json();
        let by =
            |company: &str, version| ContactDraft { company: company.into(), version, ..dana(ContactScope::Shared) };
        let theirs: Contact = manager.put(ID, &by("Sails", Some(first.version))).await.json();
        let refused = maya.put(ID, &by("Ropes", Some(first.version))).await;
        assert_eq!((refused.code(), refused.cause()), (ErrorCode::Conflict, CauseCode::ContactChanged));
        assert_eq!(refused.json::<ErrorBody>().contact.as_deref(), Some(&theirs));
        assert_eq!(
            maya.put(ID, &by("Sails", Some(first.version))).await.json::<Contact>(),
            theirs,
            "both wrote the same"
        );
        let mine: Contact = maya.put(ID, &by("Ropes", Some(theirs.version))).await.json();
        assert_eq!(mine.company, "Ropes");
        assert_eq!(manager.put(ID, &by("Masts", None)).await.status, 200, "an app of before replaces what is there");
        manager.delete(ID).await;
        let gone = maya.put(ID, &by("Keels", Some(mine.version))).await;
        assert_eq!((gone.cause(), gone.json::<ErrorBody>().contact), (CauseCode::ContactChanged, None));
    }

    #[tokio::test]
    async fn shared_contacts_are_for_those_whose_role_allows_it() {
        let bench = Bench::new().await;
        let devon = bench.sign_in("1002@harbor").await;
        let manager = bench.sign_in("1004@harbor").await;
        let before = devon.bootstrap().await.cursor;
        assert_eq!(devon.put(ID, &dana(ContactScope::Shared)).await.code(), ErrorCode::Forbidden);
        let saved: Contact = manager.put(ID, &dana(ContactScope::Shared)).await.json();
        assert_eq!(devon.events(before).await[0].change, Change::ContactChanged { contact: saved });
        assert_eq!(devon.delete(ID).await.code(), ErrorCode::Forbidden);
        let personal = dana(ContactScope::Personal);
        assert_eq!(devon.put(ID, &personal).await.code(), ErrorCode::Forbidden, "not by making it one's own either");
    }

    #[tokio::test]
    async fn a_contact_that_becomes_personal_leaves_the_others() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let devon = bench.sign_in("1002@harbor").await;
        maya.put(ID, &dana(ContactScope::Shared)).await;
        let before = devon.bootstrap().await.cursor;
        maya.put(ID, &dana(ContactScope::Personal)).await;
        let changes: Vec<Change> = devon.events(before).await.into_iter().map(|event| event.change).collect();
        assert!(matches!(changes[..], [Change::ContactRemoved { .. }]), "{changes:?}");
        assert_eq!(maya.get("/contacts").await.value()["contacts"].as_array().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn says_what_is_wrong() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let answer = maya.put(ID, &json!({ "scope": "personal" })).await;
        assert_eq!(answer.code(), ErrorCode::Invalid);
        let number = json!({ "scope": "personal", "numbers": [{ "label": "work", "number": "555" }] });
        let answer = maya.put(ID, &number).await;
        assert_eq!(answer.code(), ErrorCode::MalformedRequest);
        assert_eq!(answer.value()["field"], "numbers[0].number");
        let nul = json!({ "scope": "personal", "given": "Da\u{0}na" });
        assert_eq!(maya.put(ID, &nul).await.code(), ErrorCode::Invalid);
    }
}
