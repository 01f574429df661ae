//! `PUT /favourites`: mark somebody, or no longer.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::event::Favourite;
use halyard_protocol::rest::SetFavourite;
use halyard_protocol::{Change, ErrorBody};

use crate::api::extract::{Body, Signed};
use crate::api::problem::Problem;
use crate::app::App;
use crate::store;

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
    Signed(session): Signed,
    Body(request): Body<SetFavourite>,
) -> Result<StatusCode, Problem> {
    let SetFavourite { favourite, on } = request;
    let reader = crate::api::reader(&session);
    let mut tx = app.store.write(session.tenant).await?;
    let known = match favourite {
        Favourite::Contact(id) => store::contacts::by_id(&mut tx, reader, id).await?.is_some(),
        Favourite::User(id) => store::users::by_id(&mut tx, session.tenant, id).await?.is_some(),
    };
    // Unmarking somebody who is gone is fine: they are no favourite afterwards.
    if on && !known {
        return Err(Problem::not_found());
    }
    if store::favourites::set(&mut tx, reader, favourite, on).await? {
        let change = Change::FavouriteChanged { favourite, on };
        store::events::log(&mut tx, session.user, app.env.now(), &change).await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
