//! `POST /users/{id}/password-link`: a link for a new password.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use halyard_protocol::admin::PasswordLink;
use halyard_protocol::{ErrorBody, UserId};

use crate::api::extract::{Administration, Id};
use crate::app::App;
use crate::auth::token::Token;
use crate::operations::{Actor, passwords};
use crate::problem::Problem;
use crate::store::Tx;

/// Make a link with which a user chooses a new password, once, within three days. An earlier link no longer works.
#[utoipa::path(
    post, path = "/users/{id}/password-link", tag = "administration",
    params(("id" = UserId, Path, description = "The user"), crate::api::extract::InTenant),
    responses(
        (status = 200, description = "The link: for the user alone", body = PasswordLink),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 409, description = "`conflict`: the user is disabled", body = ErrorBody),
    )
)]
pub async fn make(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Id(user): Id<UserId>,
) -> Result<impl IntoResponse, Problem> {
    let (mut tx, actor) = app.administer(actor).await?;
    let link = link(&mut tx, &app, &actor, user).await?;
    tx.commit().await?;
    Ok(([no_store()], Json(link)))
}

/// Makes a link for a user.
pub(super) async fn link(tx: &mut Tx, app: &App, actor: &Actor, user: UserId) -> Result<PasswordLink, Problem> {
    let token = Token::fresh(&app.env);
    let expires_at = passwords::make_link(tx, actor, user, &token.hash()).await?;
    let origin = app.settings.public_url.as_deref().unwrap_or_default();
    Ok(PasswordLink { url: passwords::link_address(origin, &token), expires_at })
}

/// Nobody on the way keeps the answer.
pub(super) fn no_store() -> (HeaderName, HeaderValue) {
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
}
