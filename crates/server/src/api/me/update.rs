//! `PATCH /me`: my availability and my status text.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::ErrorBody;
use halyard_protocol::rest::{Me, UpdateMe};

use crate::api::extract::{Body, SignedIn};
use crate::app::App;
use crate::operations::directory;
use crate::problem::Problem;

/// Say something else of myself. What is absent stays.
#[utoipa::path(
    patch, path = "/me", tag = "session", request_body = UpdateMe,
    responses(
        (status = 200, description = "You, as you are now", body = Me),
        (status = 422, description = "`invalid`: the status text is too long, or the availability unknown",
         body = ErrorBody),
    )
)]
pub async fn update(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Body(request): Body<UpdateMe>,
) -> Result<Json<Me>, Problem> {
    let actor = app.actor(&session);
    let mut tx = app.store.write(session.tenant).await?;
    directory::set_own_status(&mut tx, &actor, request).await?;
    let me = crate::api::me_of(&mut tx, &session).await?;
    tx.commit().await?;
    Ok(Json(me))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::Bench;
    use halyard_protocol::{Availability, ErrorCode, limits};
    use serde_json::json;

    #[tokio::test]
    async fn colleagues_hear_of_it_and_other_tenants_do_not() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let devon = bench.sign_in("1002@harbor").await;
        let rosa = bench.sign_in("1001@atlas").await;
        let (before, elsewhere) = (devon.bootstrap().await, rosa.bootstrap().await);
        let me: Me = maya.patch("/me", &json!({ "availability": "busy", "status_text": " Lunch " })).await.json();
        assert_eq!((me.user.availability, me.user.status_text.as_str()), (Availability::Busy, "Lunch"));
        let states = devon.states(before.state_version).await;
        assert_eq!(states.len(), 1);
        assert_eq!((states[0].user, states[0].availability), (me.user.id, Availability::Busy));
        assert_eq!(states[0].status_text, "Lunch");
        assert!(devon.events(before.cursor).await.is_empty(), "it is no event");
        assert!(rosa.states(elsewhere.state_version).await.is_empty());
    }

    #[tokio::test]
    async fn what_is_absent_stays_and_the_same_is_no_news() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        maya.patch("/me", &json!({ "status_text": "Lunch" })).await;
        let before = maya.bootstrap().await.state_version;
        let me: Me = maya.patch("/me", &json!({ "status_text": "Lunch" })).await.json();
        assert_eq!((me.user.availability, me.user.status_text.as_str()), (Availability::Available, "Lunch"));
        assert!(maya.states(before).await.is_empty());
    }

    #[tokio::test]
    async fn refuses_what_nobody_knows_and_what_is_too_long() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        for (body, code) in [
            (json!({ "availability": "sleeping" }), ErrorCode::Invalid),
            (json!({ "status_text": "x".repeat(limits::STATUS_TEXT_LENGTH + 1) }), ErrorCode::Invalid),
            (json!({ "status_text": 7 }), ErrorCode::MalformedRequest),
            (json!({ "role": "administrator" }), ErrorCode::MalformedRequest),
        ] {
            assert_eq!(maya.patch("/me", &body).await.code(), code, "{body}");
        }
    }
}
