//! `POST /password-links/use`: choose a password by a link.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::ErrorBody;
use halyard_protocol::rest::{PasswordChosen, UsePasswordLink};

use crate::api::extract::{Address, Body};
use crate::app::App;
use crate::auth::token::Token;
use crate::operations::{Actor, passwords};
use crate::problem::Problem;
use crate::store;

/// Choose a password by a link that an administrator made. It works once, and signs the user out everywhere.
#[utoipa::path(
    post, path = "/password-links/use", tag = "session", request_body = UsePasswordLink, security(()),
    responses(
        (status = 200, description = "Sign in with it now", body = PasswordChosen),
        (status = 404, description = "`not_found`: the link was used, or has expired", body = ErrorBody),
        (status = 422, description = "`invalid`: the password is too short or too long", body = ErrorBody),
        (status = 429, description = "`too_many_requests`", body = ErrorBody),
    )
)]
pub async fn use_link(
    State(app): State<Arc<App>>,
    Address(address): Address,
    Body(request): Body<UsePasswordLink>,
) -> Result<Json<PasswordChosen>, Problem> {
    passwords::check(&request.password).map_err(|problem| problem.at("password"))?;
    let attempt = app.sign_ins.begin(address).map_err(Problem::too_many_tries)?;
    let token_hash = Token::read(&request.token).ok_or_else(passwords::link_expired)?.hash();
    let mut tx = app.store.read().await?;
    let owner = store::password_links::owner(&mut tx, &token_hash, app.env.now()).await?;
    drop(tx);
    // Looked up before anything is hashed: guesses cost us little.
    let (tenant, _) = owner.ok_or_else(passwords::link_expired)?;
    app.sign_ins.refund(&attempt);
    let hash = app.passwords.hash(request.password).await?;
    let mut tx = app.store.write(tenant).await?;
    let actor = Actor::system(tenant, app.env.now());
    let login = passwords::use_link(&mut tx, &actor, &token_hash, &hash).await?;
    tx.commit().await?;
    Ok(Json(PasswordChosen { login }))
}
