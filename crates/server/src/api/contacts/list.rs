//! `GET /contacts`: all contacts that I see.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::ContactsPage;
use halyard_protocol::{ContactId, limits};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Params, SignedIn, page_size};
use crate::app::App;
use crate::problem::Problem;
use crate::store;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// The last id of the page before.
    after: Option<ContactId>,
    /// Entries in a page.
    #[param(minimum = 1, maximum = 5000)]
    limit: Option<u32>,
}

/// My personal contacts and the shared ones, by id.
#[utoipa::path(
    get, path = "/contacts", tag = "contacts", params(Page),
    responses((status = 200, description = "A page", body = ContactsPage))
)]
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<ContactsPage>, Problem> {
    let limit = page_size(page.limit, limits::CONTACTS_PAGE)?;
    let mut tx = app.store.read().await?;
    let mut contacts = store::contacts::page(&mut tx, crate::api::book(&session), page.after, limit + 1).await?;
    let more = contacts.len() > limit as usize;
    contacts.truncate(limit as usize);
    let next = contacts.last().filter(|_| more).map(|contact| contact.id);
    Ok(Json(ContactsPage { contacts, next }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::Bench;
    use halyard_protocol::{ContactDraft, ErrorCode, Ulid};

    #[tokio::test]
    async fn pages_end_where_the_list_ends() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        for n in 1..=3 {
            let draft = ContactDraft { given: format!("Number {n}"), ..ContactDraft::default() };
            maya.put(&format!("/contacts/{}", Ulid::from_bits(n)), &draft).await;
        }
        let first: ContactsPage = maya.get("/contacts?limit=2").await.json();
        assert_eq!(first.contacts.len(), 2);
        let path = format!("/contacts?limit=2&after={}", first.next.unwrap());
        let second: ContactsPage = maya.get(&path).await.json();
        assert_eq!((second.contacts.len(), second.next), (1, None));
        let exact: ContactsPage = maya.get("/contacts?limit=3").await.json();
        assert_eq!(exact.next, None);
    }

    #[tokio::test]
    async fn refuses_odd_parameters() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        for query in ["limit=0", "limit=5001", "limit=-1", "limit=99999999999999999999", "limit=x", "after=1"] {
            let answer = maya.get(&format!("/contacts?{query}")).await;
            assert_eq!(answer.code(), ErrorCode::MalformedRequest, "{query}");
        }
    }
}
