//! `POST /conversations/{id}/restore`: undo a deletion.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::{Conversation, ConversationId, ErrorBody, ErrorCode, limits};

use crate::api::extract::{Id, SignedIn};
use crate::app::App;
use crate::operations::messaging::append::publish_changed;
use crate::problem::Problem;
use crate::store;

/// Bring a conversation back that I deleted less than a minute ago, with its messages.
#[utoipa::path(
    post, path = "/conversations/{id}/restore", tag = "conversations",
    params(("id" = ConversationId, Path, description = "The conversation")),
    responses(
        (status = 200, description = "It is back", body = Conversation),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 409, description = "`undo_expired`", body = ErrorBody),
    )
)]
pub async fn restore(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Id(id): Id<ConversationId>,
) -> Result<Json<Conversation>, Problem> {
    let (user, now) = (session.user, app.env.now());
    let mut tx = app.store.write(session.tenant).await?;
    let membership = store::memberships::get(&mut tx, id, user).await?.ok_or_else(Problem::not_found)?;
    let Some(removed_at) = membership.removed_at else {
        // Nothing to undo, or undone already: the answer to the first try may have got lost.
        let view = store::conversations::view(&mut tx, user, id).await?;
        return view.map(Json).ok_or_else(Problem::not_found);
    };
    if now.since(removed_at) > limits::UNDO_SECONDS * 1_000 {
        return Err(Problem::new(ErrorCode::UndoExpired, "It is too late to bring this conversation back."));
    }
    let cleared = store::memberships::restore(&mut tx, id, user).await?;
    let seen = membership.read_seq.max(cleared);
    let unread = store::messages::unread_after(&mut tx, id, user, seen).await?;
    store::memberships::set_read(&mut tx, id, user, membership.read_seq, unread).await?;
    let view = publish_changed(&mut tx, user, id, now).await?;
    tx.commit().await?;
    view.map(Json).ok_or_else(Problem::not_found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::Bench;

    #[tokio::test]
    async fn there_is_a_minute_to_think_again() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let path = format!("/conversations/{}", maya.chat(&["1002"], "Hello").await.conversation);
        maya.delete(&path).await;
        bench.test.pass(limits::UNDO_SECONDS * 1_000);
        assert_eq!(maya.post(&format!("{path}/restore"), &()).await.status, 200);
        assert_eq!(maya.post(&format!("{path}/restore"), &()).await.status, 200, "the answer may have got lost");
        maya.delete(&path).await;
        bench.test.pass(limits::UNDO_SECONDS * 1_000 + 1);
        assert_eq!(maya.post(&format!("{path}/restore"), &()).await.code(), ErrorCode::UndoExpired);
    }

    #[tokio::test]
    async fn nobody_restores_what_is_not_theirs() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let path = format!("/conversations/{}/restore", maya.chat(&["1002"], "Hello").await.conversation);
        let other = bench.sign_in("1003@harbor").await;
        assert_eq!(other.post(&path, &()).await.code(), ErrorCode::NotFound);
    }

    #[tokio::test]
    async fn a_message_in_between_does_not_spoil_the_undo() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let devon = bench.sign_in("1002@harbor").await;
        let path = format!("/conversations/{}", maya.chat(&["1002"], "One").await.conversation);
        devon.delete(&path).await;
        maya.chat(&["1002"], "Two").await;
        let back: Conversation = devon.post(&format!("{path}/restore"), &()).await.json();
        assert_eq!((back.cleared_seq, back.unread, back.last_seq), (0, 2, 2));
    }
}
