//! `GET /bootstrap`: one consistent snapshot, and the cursor that it stands at.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::limits;
use halyard_protocol::rest::Bootstrap;

use crate::api::extract::SignedIn;
use crate::app::App;
use crate::problem::Problem;
use crate::store;

/// A snapshot to start from. Everything in it is of one moment: the events after its cursor bring the rest.
#[utoipa::path(
    get, path = "/bootstrap", tag = "session",
    responses((status = 200, description = "The snapshot", body = Bootstrap))
)]
pub async fn show(State(app): State<Arc<App>>, SignedIn(session): SignedIn) -> Result<Json<Bootstrap>, Problem> {
    let mut tx = app.store.read().await?;
    let me = crate::api::me_of(&mut tx, &session).await?;
    let cursor = store::events::newest(&mut tx, session.user).await?;
    let state_version = store::states::newest(&mut tx, session.tenant).await?;
    let users = store::users::directory(&mut tx, session.tenant).await?;
    let former = store::users::former(&mut tx, session.tenant).await?;
    let favourites = store::favourites::of_user(&mut tx, crate::api::book(&session)).await?;
    let (conversations, older) =
        store::conversations::page(&mut tx, session.user, None, limits::CONVERSATIONS_PAGE).await?;
    let unread_older = match older {
        Some(place) => store::memberships::unread_before(&mut tx, session.user, place, limits::UNREAD_OLDER).await?,
        None => Vec::new(),
    };
    tx.settled().await?;
    Ok(Json(Bootstrap {
        me,
        cursor,
        state_version,
        now: app.env.now(),
        users,
        former,
        favourites,
        conversations,
        older,
        unread_older,
    }))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use halyard_protocol::rest::MarkRead;
    use halyard_protocol::{ConversationKind, limits};

    use crate::testing::bench::Bench;

    /// Of conversations that the page does not reach, the unread ones are named.
    #[tokio::test]
    async fn names_the_unread_conversations_that_are_older_than_its_page() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let tenant = maya.bootstrap().await.me.tenant.id;
        let mut received = Vec::new();
        for line in 0..u16::try_from(limits::CONVERSATIONS_PAGE).unwrap() + 3 {
            bench.test.pass(1_000);
            let message = bench.receive(tenant, &line.to_string(), 200 + line, 101).await.expect("a new text");
            received.push(message.conversation);
        }
        let start = maya.bootstrap().await;
        assert_eq!(start.conversations.len(), limits::CONVERSATIONS_PAGE as usize);
        received.truncate(3);
        received.reverse();
        assert_eq!(start.unread_older, received);
        maya.post(&format!("/conversations/{}/read", received[0]), &MarkRead { seq: 1 }).await;
        assert_eq!(maya.bootstrap().await.unread_older, received[1..]);
        assert_eq!(maya.delete(&format!("/conversations/{}", received[1])).await.status, StatusCode::NO_CONTENT);
        assert_eq!(maya.bootstrap().await.unread_older, received[2..]);
    }

    #[tokio::test]
    async fn holds_one_tenant_and_its_newest_conversations() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        maya.chat(&["1002", "1003"], "Hello").await;
        bench.test.pass(1_000);
        maya.text(102, &[142], "Hello").await;
        let start = maya.bootstrap().await;
        let extensions: Vec<&str> = start.users.iter().map(|user| user.extension.as_str()).collect();
        assert_eq!(extensions, ["1001", "1002", "1003", "1004"]);
        let kinds: Vec<ConversationKind> = start.conversations.iter().map(|row| row.kind).collect();
        assert_eq!(kinds, [ConversationKind::Sms, ConversationKind::GroupChat]);
        assert!(start.conversations.iter().all(|row| row.unread == 0 && row.read_seq == 1));
        assert_eq!(start.conversations[0].last_sent_at, Some(start.now));
        assert_eq!(start.cursor, maya.events(0).await.last().unwrap().cursor);
    }
}
