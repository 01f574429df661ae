//! `GET /bootstrap`: one consistent snapshot, and the cursor that it stands at.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::limits;
use halyard_protocol::rest::Bootstrap;

use crate::api::extract::Signed;
use crate::api::problem::Problem;
use crate::app::App;
use crate::store;

/// A snapshot to start from. Everything in it is of one moment: the events after its cursor bring the rest.
#[utoipa::path(
    get, path = "/bootstrap", tag = "session",
    responses((status = 200, description = "The snapshot", body = Bootstrap))
)]
pub async fn show(State(app): State<Arc<App>>, Signed(session): Signed) -> Result<Json<Bootstrap>, Problem> {
    let mut tx = app.store.read().await?;
    let me = crate::api::me(&mut tx, &session).await?;
    let cursor = store::events::newest(&mut tx, session.user).await?;
    let users = store::users::directory(&mut tx, session.tenant).await?;
    let favourites = store::favourites::of_user(&mut tx, crate::api::reader(&session)).await?;
    let (conversations, older) =
        store::conversations::page(&mut tx, session.user, None, limits::CONVERSATIONS_PAGE).await?;
    Ok(Json(Bootstrap { me, cursor, now: app.env.now(), users, favourites, conversations, older }))
}
