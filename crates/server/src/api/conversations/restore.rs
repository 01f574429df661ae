//! `POST /conversations/{id}/restore`: undo a deletion.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::{Conversation, ConversationId, ErrorBody};

use crate::api::extract::{Id, SignedIn};
use crate::app::App;
use crate::operations::conversations;
use crate::problem::Problem;

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
    let mut tx = app.store.write(session.tenant).await?;
    let conversation = conversations::restore(&mut tx, &app.actor(&session), id).await?;
    tx.commit().await?;
    Ok(Json(conversation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::Bench;
    use halyard_protocol::{ErrorCode, limits};

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
