//! `POST /session`: sign in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use halyard_protocol::rest::{Me, SignIn};
use halyard_protocol::{Availability, DeviceId, ErrorBody, ErrorCode, Role, limits};

use crate::api::extract::{Address, Body};
use crate::api::problem::Problem;
use crate::app::App;
use crate::auth::password::LONGEST;
use crate::auth::token::Token;
use crate::store::{self, sessions::Session};

/// Sign in with extension, domain and password.
///
/// The answer brings the session's cookie. Unknown users and wrong passwords get the same answer.
#[utoipa::path(
    post, path = "/session", tag = "session", request_body = SignIn, security(()),
    responses(
        (status = 200, description = "Signed in", body = Me,
         headers(("Set-Cookie" = String, description = "The session; for the server alone"))),
        (status = 401, description = "`wrong_credentials`", body = ErrorBody),
        (status = 429, description = "`too_many_requests`", body = ErrorBody,
         headers(("Retry-After" = u64, description = "Seconds to wait"))),
    )
)]
pub async fn create(
    State(app): State<Arc<App>>,
    Address(address): Address,
    Body(request): Body<SignIn>,
) -> Result<Response, Problem> {
    app.sign_ins.check(&request.login, address).map_err(|wait| {
        let seconds = wait.as_secs() + 1;
        Problem::new(ErrorCode::TooManyRequests, "Too many tries. Wait a moment and try again.").retry_after(seconds)
    })?;
    let wrong = || Problem::new(ErrorCode::WrongCredentials, "The log-in or the password is wrong.");
    if request.password.len() > LONGEST {
        return Err(wrong());
    }
    let login = request.login.trim().to_lowercase();
    let found = match login.split_once('@') {
        Some((extension, domain)) => {
            let mut tx = app.store.read().await?;
            store::users::credentials(&mut tx, extension, domain).await?
        }
        None => None,
    };
    let hash = found.as_ref().map(|found| found.password_hash.clone());
    let matches = app.passwords.verify(request.password, hash).await?;
    let found = found.filter(|_| matches).ok_or_else(wrong)?;

    let (token, now) = (Token::fresh(&app.env), app.env.now());
    let device = DeviceId(app.env.ulid());
    let name: String = request.device.trim().chars().take(limits::NAME_LENGTH).collect();
    let mut tx = app.store.write(found.tenant).await?;
    store::sessions::add(&mut tx, &token.hash(), device, found.user, &name, now).await?;
    let session = Session {
        device,
        user: found.user,
        tenant: found.tenant,
        role: Role::Basic,
        availability: Availability::default(),
        seen_at: now,
    };
    let me = crate::api::me(&mut tx, &session).await.map_err(|_| wrong())?;
    tx.commit().await?;

    let cookie = token.cookie(app.settings.cookie(), app.settings.secure, app.settings.lifetimes.absolute);
    Ok(([(header::SET_COOKIE, cookie), no_store()], Json(me)).into_response())
}

fn no_store() -> (header::HeaderName, HeaderValue) {
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
}
