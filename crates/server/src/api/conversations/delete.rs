//! `DELETE /conversations/{id}`: delete a conversation, for me.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{Change, ConversationId, ErrorBody};

use crate::api::extract::{Id, SignedIn};
use crate::app::App;
use crate::problem::Problem;
use crate::store;

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
    let now = app.env.now();
    let mut tx = app.store.write(session.tenant).await?;
    let membership = store::memberships::get(&mut tx, id, session.user).await?.ok_or_else(Problem::not_found)?;
    if membership.hidden {
        return Ok(StatusCode::NO_CONTENT);
    }
    let shared = store::conversations::by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    store::memberships::hide(&mut tx, id, session.user, shared.last_seq, now).await?;
    let change = Change::ConversationRemoved { conversation: id, cleared_seq: shared.last_seq };
    store::events::log(&mut tx, session.user, now, &change).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
