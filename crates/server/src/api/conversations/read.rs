//! `POST /conversations/{id}/read`: I have seen the messages up to here.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::rest::MarkRead;
use halyard_protocol::{ConversationId, ErrorBody};

use crate::api::extract::{Body, Id, SignedIn};
use crate::app::App;
use crate::operations::conversations;
use crate::problem::Problem;

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
    SignedIn(session): SignedIn,
    Id(id): Id<ConversationId>,
    Body(request): Body<MarkRead>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.store.write(session.tenant).await?;
    conversations::read(&mut tx, &app.actor(&session), id, request.seq).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::Bench;
    use halyard_protocol::{ErrorCode, ReadPosition};

    #[tokio::test]
    async fn counts_down_and_never_back() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let devon = bench.sign_in("1002@harbor").await;
        for text in ["One", "Two", "Three"] {
            maya.chat(&["1002"], text).await;
        }
        let id = devon.bootstrap().await.conversations[0].id;
        let path = format!("/conversations/{id}/read");
        let unread = async || devon.bootstrap().await.conversations[0].unread;
        for (seq, left) in [(2, 1), (1, 1), (2, 1), (u64::MAX, 0), (3, 0)] {
            assert_eq!(devon.post(&path, &MarkRead { seq }).await.status, 204);
            assert_eq!(unread().await, left, "after {seq}");
        }
        maya.chat(&["1002"], "Four").await;
        assert_eq!(unread().await, 1, "what was not there yet is not read");
    }

    #[tokio::test]
    async fn the_others_of_a_chat_see_how_far_one_has_read() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let devon = bench.sign_in("1002@harbor").await;
        let id = maya.chat(&["1002"], "Hello").await.conversation;
        let before = maya.bootstrap().await;
        let user = devon.bootstrap().await.me.user.id;
        devon.post(&format!("/conversations/{id}/read"), &MarkRead { seq: 1 }).await;
        let read = ReadPosition { conversation: id, user, seq: 1, unread: None };
        assert_eq!(maya.reads(before.state_version).await, [read]);
        let own = ReadPosition { unread: Some(0), ..read };
        assert_eq!(devon.reads(before.state_version).await, [own], "his other devices hear how much is left");
        assert!(maya.events(before.cursor).await.is_empty(), "it is no event");
        let reads = &maya.bootstrap().await.conversations[0].reads;
        assert_eq!(reads.iter().map(|read| (read.user, read.seq)).collect::<Vec<_>>(), [(user, 1)]);
    }

    #[tokio::test]
    async fn those_who_share_a_number_read_for_themselves() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let devon = bench.sign_in("1002@harbor").await;
        bench.sign_in("1001@atlas").await.text(110, &[101], "Hello").await;
        bench.work().await;
        let id = maya.bootstrap().await.conversations[0].id;
        let before = devon.bootstrap().await.state_version;
        maya.post(&format!("/conversations/{id}/read"), &MarkRead { seq: 1 }).await;
        assert_eq!(maya.bootstrap().await.conversations[0].unread, 0);
        assert_eq!(devon.bootstrap().await.conversations[0].unread, 1);
        assert!(devon.reads(before).await.is_empty());
        let other = bench.sign_in("1003@harbor").await;
        let answer = other.post(&format!("/conversations/{id}/read"), &MarkRead { seq: 1 }).await;
        assert_eq!(answer.code(), ErrorCode::NotFound);
    }
}
