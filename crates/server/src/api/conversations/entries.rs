//! `GET /conversations/{id}/entries`: the history, page by page upwards.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::EntriesPage;
use halyard_protocol::{ConversationId, ErrorBody, Seq, limits};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Id, Params, SignedIn, page_size};
use crate::app::App;
use crate::operations::conversations;
use crate::problem::Problem;
use crate::store;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Entries before this place; the newest when absent.
    before: Option<Seq>,
    /// Entries in a page.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// The entries of the timeline before a place, oldest first.
#[utoipa::path(
    get, path = "/conversations/{id}/entries", tag = "conversations",
    params(("id" = ConversationId, Path, description = "The conversation"), Page),
    responses(
        (status = 200, description = "A page", body = EntriesPage),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn entries(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Id(id): Id<ConversationId>,
    Params(page): Params<Page>,
) -> Result<Json<EntriesPage>, Problem> {
    let limit = page_size(page.limit, limits::MESSAGES_PAGE)?;
    let mut tx = app.store.read().await?;
    let membership = conversations::membership(&mut tx, session.user, id).await?;
    let (entries, more) = store::messages::page(&mut tx, id, page.before, membership.cleared_seq, limit).await?;
    Ok(Json(EntriesPage { entries, more }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::Bench;
    use halyard_protocol::{Entry, ErrorCode};

    #[tokio::test]
    async fn pages_lead_upwards_to_the_first_message() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        for n in 1..=5 {
            maya.text(101, &[142], &format!("Number {n}")).await;
        }
        let id = maya.bootstrap().await.conversations[0].id;
        let page: EntriesPage = maya.get(&format!("/conversations/{id}/entries?limit=2")).await.json();
        assert_eq!(page.entries.iter().map(Entry::seq).collect::<Vec<_>>(), [4, 5]);
        assert!(
            page.more && page.entries.iter().all(|entry| entry.message().is_some_and(|it| it.deliveries.len() == 1))
        );
        let page: EntriesPage = maya.get(&format!("/conversations/{id}/entries?limit=3&before=4")).await.json();
        assert_eq!(page.entries.iter().map(Entry::seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(!page.more);
        let page: EntriesPage = maya.get(&format!("/conversations/{id}/entries?before=0")).await.json();
        assert!(page.entries.is_empty() && !page.more);
        let far = maya.get(&format!("/conversations/{id}/entries?before={}", u64::MAX)).await;
        assert_eq!(far.json::<EntriesPage>().entries.len(), 5);
    }

    #[tokio::test]
    async fn strangers_see_nothing() {
        let bench = Bench::new().await;
        let id = bench.sign_in("1001@harbor").await.text(101, &[142], "Hello").await.conversation;
        for login in ["1003@harbor", "1001@atlas"] {
            let other = bench.sign_in(login).await;
            for path in [format!("/conversations/{id}/entries"), format!("/conversations/{id}")] {
                assert_eq!(other.get(&path).await.code(), ErrorCode::NotFound, "{login} {path}");
            }
        }
    }
}
