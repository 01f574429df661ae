//! `GET /conversations/{id}`: one conversation.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::{Conversation, ConversationId, ErrorBody};

use crate::api::extract::{Id, SignedIn};
use crate::app::App;
use crate::problem::Problem;
use crate::store;

/// A conversation, as I see it.
#[utoipa::path(
    get, path = "/conversations/{id}", tag = "conversations",
    params(("id" = ConversationId, Path, description = "The conversation")),
    responses(
        (status = 200, description = "The conversation", body = Conversation),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn show(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Id(id): Id<ConversationId>,
) -> Result<Json<Conversation>, Problem> {
    let mut tx = app.store.read().await?;
    let view = store::conversations::view(&mut tx, session.user, id).await?;
    view.map(Json).ok_or_else(Problem::not_found)
}
