//! `DELETE /conversations/{id}/people/{user}`: somebody leaves a group chat.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{ConversationId, EntryId, ErrorBody, UserId};

use crate::api::extract::{Ids, SignedIn};
use crate::app::App;
use crate::operations::conversations;
use crate::problem::Problem;

/// Leave a group chat, or remove a colleague from it.
///
/// Whoever is no longer in it does not see it any more. An entry of the timeline tells the others.
#[utoipa::path(
    delete, path = "/conversations/{id}/people/{user}", tag = "conversations",
    params(
        ("id" = ConversationId, Path, description = "The group chat"),
        ("user" = UserId, Path, description = "Who leaves it: I, or a colleague"),
    ),
    responses(
        (status = 204, description = "They are no longer in it"),
        (status = 404, description = "`not_found`: I am not in such a group, or they are not", body = ErrorBody),
        (status = 422, description = "`invalid`: this is no group chat", body = ErrorBody),
    )
)]
pub async fn remove_person(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Ids(id, user): Ids<ConversationId, UserId>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.store.write(session.tenant).await?;
    let line = EntryId(app.env.ulid());
    conversations::remove_person(&mut tx, &app.actor(&session), id, line, user).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
