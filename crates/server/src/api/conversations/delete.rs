//! `DELETE /conversations/{id}`: delete a conversation, for me.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{ConversationId, ErrorBody};

use crate::api::extract::{Id, SignedIn};
use crate::app::App;
use crate::operations::conversations;
use crate::problem::Problem;

/// Delete a conversation for me, with what was written in it so far. Others keep theirs.
///
/// Can be undone for a minute; see `restore`.
#[utoipa::path(
    delete, path = "/conversations/{id}", tag = "conversations",
    params(("id" = ConversationId, Path, description = "The conversation")),
    responses(
        (status = 204, description = "Deleted, now or before"),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn delete(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Id(id): Id<ConversationId>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.store.write(session.tenant).await?;
    conversations::remove(&mut tx, &app.actor(&session), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
