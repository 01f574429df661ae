//! `GET /conversations/{id}/messages`: the history, page by page upwards.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::MessagesPage;
use halyard_protocol::{ConversationId, ErrorBody, Seq, limits};
use serde::Deserialize;
use utoipa::IntoParams;

use super::membership;
use crate::api::extract::{Id, Params, Signed, page_size};
use crate::api::problem::Problem;
use crate::app::App;
use crate::store;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Messages before this place; the newest when absent.
    before: Option<Seq>,
    /// Entries in a page.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// The messages before a place, oldest first.
#[utoipa::path(
    get, path = "/conversations/{id}/messages", tag = "conversations",
    params(("id" = ConversationId, Path, description = "The conversation"), Page),
    responses(
        (status = 200, description = "A page", body = MessagesPage),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn messages(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Id(id): Id<ConversationId>,
    Params(page): Params<Page>,
) -> Result<Json<MessagesPage>, Problem> {
    let limit = page_size(page.limit, limits::MESSAGES_PAGE)?;
    let mut tx = app.store.read().await?;
    let membership = membership(&mut tx, session.user, id).await?;
    let (messages, more) = store::messages::page(&mut tx, id, page.before, membership.cleared_seq, limit).await?;
    Ok(Json(MessagesPage { messages, more }))
}
