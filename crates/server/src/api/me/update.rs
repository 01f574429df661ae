//! `PATCH /me`: my availability and my status text.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::{Me, UpdateMe};
use halyard_protocol::{Availability, Change, ErrorBody, limits};

use crate::api::extract::{Body, Signed};
use crate::api::problem::Problem;
use crate::app::App;
use crate::store;

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
    Signed(session): Signed,
    Body(request): Body<UpdateMe>,
) -> Result<Json<Me>, Problem> {
    if request.availability == Some(Availability::Unknown) {
        return Err(Problem::invalid("This availability is not known.").at("availability"));
    }
    let status_text = request.status_text.map(|text| text.trim().to_owned());
    if status_text.as_ref().is_some_and(|text| text.chars().count() > limits::STATUS_TEXT_LENGTH) {
        let message = format!("A status text has {} characters at most.", limits::STATUS_TEXT_LENGTH);
        return Err(Problem::invalid(message).at("status_text"));
    }
    let mut tx = app.store.write(session.tenant).await?;
    let mut me = crate::api::me(&mut tx, &session).await?;
    let before = me.user.clone();
    me.user.availability = request.availability.unwrap_or(before.availability);
    me.user.status_text = status_text.unwrap_or_else(|| before.status_text.clone());
    if me.user == before {
        return Ok(Json(me));
    }
    store::users::set_status(&mut tx, session.user, me.user.availability, &me.user.status_text).await?;
    let change = Change::UserChanged { user: me.user.clone() };
    store::events::log_all(&mut tx, session.tenant, app.env.now(), &change).await?;
    tx.commit().await?;
    app.hub.set_availability(session.user, me.user.availability);
    Ok(Json(me))
}
