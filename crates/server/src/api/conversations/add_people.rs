//! `POST /conversations/{id}/people`: more people for a group chat.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::AddPeople;
use halyard_protocol::{Conversation, ConversationId, EntryId, ErrorBody};

use crate::api::extract::{Body, Id, SignedIn};
use crate::app::App;
use crate::operations::conversations;
use crate::problem::Problem;

/// Add colleagues to a group chat that I am in.
///
/// They see what is written from now on. An entry of the timeline says who added them. Who is in the group already stays in it.
#[utoipa::path(
    post, path = "/conversations/{id}/people", tag = "conversations", request_body = AddPeople,
    params(("id" = ConversationId, Path, description = "The group chat")),
    responses(
        (status = 200, description = "The group as it is now", body = Conversation),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 422, description = "`invalid_recipients`: one of them is not in the directory, or they would be too many; \
         `invalid`: this is no group chat", body = ErrorBody),
    )
)]
pub async fn add_people(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Id(id): Id<ConversationId>,
    Body(AddPeople { users }): Body<AddPeople>,
) -> Result<Json<Conversation>, Problem> {
    let mut tx = app.store.write(session.tenant).await?;
    let line = EntryId(app.env.ulid());
    let conversation = conversations::add_people(&mut tx, &app.actor(&session), id, line, &users).await?;
    tx.commit().await?;
    Ok(Json(conversation))
}
