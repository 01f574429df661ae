//! `GET /contacts`: all contacts that I see.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::ContactsPage;
use halyard_protocol::{ContactId, limits};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Params, Signed, page_size};
use crate::api::problem::Problem;
use crate::app::App;
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
    Signed(session): Signed,
    Params(page): Params<Page>,
) -> Result<Json<ContactsPage>, Problem> {
    let limit = page_size(page.limit, limits::CONTACTS_PAGE)?;
    let mut tx = app.store.read().await?;
    let mut contacts = store::contacts::page(&mut tx, crate::api::reader(&session), page.after, limit + 1).await?;
    let more = contacts.len() > limit as usize;
    contacts.truncate(limit as usize);
    let next = contacts.last().filter(|_| more).map(|contact| contact.id);
    Ok(Json(ContactsPage { contacts, next }))
}
