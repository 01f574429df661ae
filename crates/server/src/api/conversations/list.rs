//! `GET /conversations`: the column, newest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::{ConversationsBefore, ConversationsPage};
use halyard_protocol::{ConversationId, ErrorCode, UnixMs, limits};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Params, Signed, page_size};
use crate::api::problem::Problem;
use crate::app::App;
use crate::store;

/// Which page. `before_at` and `before_id` come together, from the page before.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Last activity of the last conversation seen.
    before_at: Option<UnixMs>,
    /// Id of the last conversation seen.
    before_id: Option<ConversationId>,
    /// Entries in a page.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// My conversations, newest first.
#[utoipa::path(
    get, path = "/conversations", tag = "conversations", params(Page),
    responses((status = 200, description = "A page", body = ConversationsPage))
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Params(page): Params<Page>,
) -> Result<Json<ConversationsPage>, Problem> {
    let limit = page_size(page.limit, limits::CONVERSATIONS_PAGE)?;
    let before = match (page.before_at, page.before_id) {
        (None, None) => None,
        (Some(at), Some(id)) => Some(ConversationsBefore { at, id }),
        _ => {
            let message = "before_at and before_id come together.";
            return Err(Problem::new(ErrorCode::MalformedRequest, message));
        }
    };
    let mut tx = app.store.read().await?;
    let (conversations, older) = store::conversations::page(&mut tx, session.user, before, limit).await?;
    Ok(Json(ConversationsPage { conversations, older }))
}
