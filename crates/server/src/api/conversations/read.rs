//! `POST /conversations/{id}/read`: I have seen the messages up to here.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::rest::MarkRead;
use halyard_protocol::{Change, ConversationId, ConversationKey, ErrorBody};

use super::membership;
use crate::api::extract::{Body, Id, Signed};
use crate::api::problem::Problem;
use crate::app::App;
use crate::store;

/// Mark messages as read, up to a place. Never moves backwards; in chats the others hear of it.
#[utoipa::path(
    post, path = "/conversations/{id}/read", tag = "conversations", request_body = MarkRead,
    params(("id" = ConversationId, Path, description = "The conversation")),
    responses(
        (status = 204, description = "Read"),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn read(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    Id(id): Id<ConversationId>,
    Body(request): Body<MarkRead>,
) -> Result<StatusCode, Problem> {
    let (me, now) = (session.user, app.env.now());
    let mut tx = app.store.write(session.tenant).await?;
    let membership = membership(&mut tx, me, id).await?;
    let shared = store::conversations::by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let seq = request.seq.min(shared.last_seq);
    if seq <= membership.read_seq {
        return Ok(StatusCode::NO_CONTENT);
    }
    let unread = store::messages::unread_after(&mut tx, id, me, seq.max(membership.cleared_seq)).await?;
    store::memberships::set_read(&mut tx, id, me, seq, unread).await?;
    store::events::log(&mut tx, me, now, &Change::Read { conversation: id, seq, unread }).await?;
    if let ConversationKey::Chat(users) = &shared.key {
        let change = Change::PeerRead { conversation: id, user: me, seq };
        for user in users.iter().filter(|user| **user != me) {
            store::events::log(&mut tx, *user, now, &change).await?;
        }
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
