//! `GET /conversations`: the column, newest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::{ConversationsBefore, ConversationsPage};
use halyard_protocol::{ConversationId, ErrorCode, UnixMs, limits};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Params, SignedIn, page_size};
use crate::app::App;
use crate::problem::Problem;
use crate::store;

/// Which page. `before_at` and `before_id` come together, from the page before.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Last activity of the last conversation seen.
    before_at: Option<UnixMs>,
    /// Id of the last conversation seen.
    before_id: Option<ConversationId>,
    /// Entries in a page.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// My conversations, newest first.
#[utoipa::path(
    get, path = "/conversations", tag = "conversations", params(Page),
    responses((status = 200, description = "A page", body = ConversationsPage))
)]
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<ConversationsPage>, Problem> {
    let limit = page_size(page.limit, limits::CONVERSATIONS_PAGE)?;
    let before = match (page.before_at, page.before_id) {
        (None, None) => None,
        (Some(at), Some(id)) => Some(ConversationsBefore { at, id }),
        _ => {
            let message = "before_at and before_id come together.";
            return Err(Problem::new(ErrorCode::MalformedRequest, message));
        }
    };
    let mut tx = app.store.read().await?;
    let (conversations, older) = store::conversations::page(&mut tx, session.user, before, limit).await?;
    Ok(Json(ConversationsPage { conversations, older }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::Bench;

    #[tokio::test]
    async fn pages_follow_each_other() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        for line in [142, 143, 144] {
            bench.test.pass(1_000);
            maya.text(101, &[line], "Hello").await;
        }
        let first: ConversationsPage = maya.get("/conversations?limit=2").await.json();
        assert_eq!(first.conversations.len(), 2);
        let older = first.older.unwrap();
        let path = format!("/conversations?limit=2&before_at={}&before_id={}", older.at.0, older.id);
        let second: ConversationsPage = maya.get(&path).await.json();
        assert_eq!((second.conversations.len(), second.older), (1, None));
    }

    #[tokio::test]
    async fn half_a_place_is_no_place() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        for query in ["before_at=5", "before_id=01J9ZK4T6Q8Y2M0C5R7W3X1B9D", "before_at=1e9"] {
            let answer = maya.get(&format!("/conversations?{query}")).await;
            assert_eq!(answer.code(), ErrorCode::MalformedRequest, "{query}");
        }
    }
}
