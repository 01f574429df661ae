//! `PUT /favourites`: mark somebody, or no longer.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::ErrorBody;
use halyard_protocol::rest::SetFavourite;

use crate::api::extract::{Body, SignedIn};
use crate::app::App;
use crate::operations::contacts;
use crate::problem::Problem;

/// Mark a contact or a colleague as a favourite, or no longer.
#[utoipa::path(
    put, path = "/favourites", tag = "contacts", request_body = SetFavourite,
    responses(
        (status = 204, description = "It is so now"),
        (status = 404, description = "`not_found`: no such contact or colleague", body = ErrorBody),
    )
)]
pub async fn put(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Body(request): Body<SetFavourite>,
) -> Result<StatusCode, Problem> {
    let SetFavourite { favourite, on } = request;
    let mut tx = app.store.write(session.tenant).await?;
    if contacts::set_favourite(&mut tx, &app.actor(&session), favourite, on).await? {
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::Bench;
    use halyard_protocol::event::Favourite;
    use halyard_protocol::{ContactDraft, ErrorCode, Ulid, UserId};

    #[tokio::test]
    async fn marks_whom_one_sees_and_nobody_else() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let start = maya.bootstrap().await;
        let devon = Favourite::User(start.users[1].id);
        let stranger = Favourite::User(bench.sign_in("1001@atlas").await.bootstrap().await.me.user.id);
        let nobody = Favourite::User(UserId(Ulid::from_bits(1)));
        for favourite in [stranger, nobody] {
            let answer = maya.put("/favourites", &SetFavourite { favourite, on: true }).await;
            assert_eq!(answer.code(), ErrorCode::NotFound);
        }
        for on in [true, true, false, false, true] {
            assert_eq!(maya.put("/favourites", &SetFavourite { favourite: devon, on }).await.status, 204);
        }
        assert_eq!(maya.bootstrap().await.favourites, [devon]);
        assert_eq!(maya.events(start.cursor).await.len(), 3, "only changes are told");
    }

    #[tokio::test]
    async fn a_deleted_contact_is_no_favourite_until_it_is_brought_back() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let (id, draft) = (Ulid::from_bits(7), ContactDraft { given: "Dana".into(), ..ContactDraft::default() });
        let favourite = Favourite::Contact(halyard_protocol::ContactId(id));
        maya.put(&format!("/contacts/{id}"), &draft).await;
        maya.put("/favourites", &SetFavourite { favourite, on: true }).await;
        maya.delete(&format!("/contacts/{id}")).await;
        assert!(maya.bootstrap().await.favourites.is_empty());
        maya.put(&format!("/contacts/{id}"), &draft).await;
        assert_eq!(maya.bootstrap().await.favourites, [favourite]);
    }
}
