//! `PATCH /conversations/{id}`: notifications, and the group's name.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::UpdateConversation;
use halyard_protocol::{Conversation, ConversationId, EntryId, ErrorBody};

use crate::api::extract::{Body, Id, SignedIn};
use crate::app::App;
use crate::operations::conversations;
use crate::problem::Problem;

/// Turn notifications off or on, or name the group. What is absent stays.
///
/// The name is for all members; only groups have one. An entry of the timeline says who gave it.
#[utoipa::path(
    patch, path = "/conversations/{id}", tag = "conversations", request_body = UpdateConversation,
    params(("id" = ConversationId, Path, description = "The conversation")),
    responses(
        (status = 200, description = "The conversation as it is now", body = Conversation),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 422, description = "`invalid`: the name is too long, or this is no group", body = ErrorBody),
    )
)]
pub async fn update(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Id(id): Id<ConversationId>,
    Body(request): Body<UpdateConversation>,
) -> Result<Json<Conversation>, Problem> {
    let mut tx = app.store.write(session.tenant).await?;
    let conversation =
        conversations::update(&mut tx, &app.actor(&session), id, EntryId(app.env.ulid()), request).await?;
    tx.commit().await?;
    Ok(Json(conversation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::Bench;
    use halyard_protocol::{Change, ErrorCode, limits};
    use serde_json::json;

    #[tokio::test]
    async fn muting_is_for_oneself_and_a_name_is_for_all() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let devon = bench.sign_in("1002@harbor").await;
        let id = maya.chat(&["1002", "1003"], "Hello").await.conversation;
        let path = format!("/conversations/{id}");
        let before = devon.bootstrap().await.cursor;
        let muted: Conversation = maya.patch(&path, &json!({ "muted": true })).await.json();
        assert!(muted.muted);
        assert!(devon.events(before).await.is_empty());
        let named: Conversation = maya.patch(&path, &json!({ "title": " Dock crew " })).await.json();
        assert!(named.muted && named.title == "Dock crew");
        let events = devon.events(before).await;
        let [event, line] = &events[..] else { panic!("{events:?}") };
        let Change::ConversationChanged { conversation } = &event.change else { panic!("{event:?}") };
        assert!(matches!(&line.change, Change::EntryAdded { unread: 1, .. }), "{line:?}");
        assert!(!conversation.muted && conversation.title == "Dock crew");
        let cleared: Conversation = devon.patch(&path, &json!({ "title": "" })).await.json();
        assert_eq!(cleared.title, "");
    }

    #[tokio::test]
    async fn only_groups_have_a_name_and_only_members_give_it() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let other = bench.sign_in("1003@harbor").await;
        let path = format!("/conversations/{}", maya.chat(&["1002"], "Hello").await.conversation);
        assert_eq!(maya.patch(&path, &json!({ "title": "Us" })).await.code(), ErrorCode::Invalid);
        let long = json!({ "title": "x".repeat(limits::NAME_LENGTH + 1) });
        assert_eq!(maya.patch(&path, &long).await.code(), ErrorCode::Invalid);
        assert_eq!(other.patch(&path, &json!({ "muted": true })).await.code(), ErrorCode::NotFound);
    }
}
