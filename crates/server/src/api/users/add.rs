//! `POST /users`: one more user.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::admin::{AddedUser, NewUser, PasswordLink};
use halyard_protocol::{ErrorBody, UserId};

use super::link::{link, no_store};
use crate::api::extract::{Administration, Body};
use crate::app::App;
use crate::auth::token::Token;
use crate::operations::{directory, passwords};
use crate::problem::Problem;

/// Add a user. Without a password the answer has a link with which they choose one, once.
#[utoipa::path(
    post, path = "/users", tag = "administration", request_body = NewUser, params(crate::api::extract::InTenant),
    responses(
        (status = 201, description = "Added", body = AddedUser),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
        (status = 409, description = "`conflict`: another user has the extension", body = ErrorBody),
        (status = 422, description = "`invalid`: a rule is broken; the cause says which", body = ErrorBody),
        (status = 429, description = "`too_many_requests`: too many passwords are set at this moment", body = ErrorBody),
    )
)]
pub async fn add(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
    Body(mut request): Body<NewUser>,
) -> Result<impl axum::response::IntoResponse, Problem> {
    // Before anything is hashed: that takes time, and its place in a queue.
    directory::may_add(&actor, request.role)?;
    let given = request.password.take();
    if let Some(password) = &given {
        passwords::check(password).map_err(|problem| problem.at("password"))?;
    }
    // Nobody knows this one: they choose theirs by the link.
    let password = given.clone().unwrap_or_else(|| Token::fresh(&app.env).hash());
    let hash = app.passwords.hash(password).await?;
    let id = UserId(app.env.ulid());
    let (mut tx, actor) = app.administer(actor).await?;
    let account = directory::add(&mut tx, &actor, id, request, &hash).await?;
    let link: Option<PasswordLink> = match given {
        Some(_) => None,
        None => Some(link(&mut tx, &app, &actor, id).await?),
    };
    tx.commit().await?;
    Ok((StatusCode::CREATED, [no_store()], Json(AddedUser { account, link })))
}
