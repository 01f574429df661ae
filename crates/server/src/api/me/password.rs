//! `PUT /me/password`: another password for myself.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::ErrorBody;
use halyard_protocol::rest::ChangePassword;

use crate::api::extract::{Address, Body, SignedIn};
use crate::app::App;
use crate::auth::password::LONGEST;
use crate::operations::passwords;
use crate::problem::Problem;
use crate::store;

/// Change my password. All my other devices are signed out.
///
/// Wrong current passwords count as sign-ins that fail.
#[utoipa::path(
    put, path = "/me/password", tag = "session", request_body = ChangePassword,
    responses(
        (status = 204, description = "It is changed"),
        (status = 403, description = "`forbidden`: the current password is another one", body = ErrorBody),
        (status = 422, description = "`invalid`: the new one is too short or too long", body = ErrorBody),
        (status = 429, description = "`too_many_requests`", body = ErrorBody),
    )
)]
pub async fn change(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Address(address): Address,
    Body(request): Body<ChangePassword>,
) -> Result<StatusCode, Problem> {
    let ChangePassword { current, new } = request;
    passwords::check(&new).map_err(|problem| problem.at("new"))?;
    if current.len() > LONGEST {
        return Err(passwords::wrong());
    }
    let mut tx = app.store.read().await?;
    let known = store::users::password_hash(&mut tx, session.user).await?.ok_or_else(Problem::signed_out)?;
    drop(tx);
    let mut attempt = app.sign_ins.begin(address).map_err(Problem::too_many_tries)?;
    // Whoever is signed in is known: but they may have found an open device.
    app.sign_ins.for_account(&mut attempt, &session.user.to_string(), true).map_err(Problem::too_many_tries)?;
    let matches = app.passwords.verify(current, Some(known.clone()), true).await;
    if !matches.inspect_err(|_| app.sign_ins.refund(&attempt))? {
        return Err(passwords::wrong());
    }
    app.sign_ins.refund(&attempt);
    let hash = app.passwords.hash(new).await?;
    let mut tx = app.store.write(session.tenant).await?;
    passwords::change_own(&mut tx, &app.actor(&session), &known, &hash).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use crate::testing::bench::{Bench, PASSWORD};
    use halyard_protocol::{CauseCode, ErrorCode};
    use serde_json::json;

    #[tokio::test]
    async fn the_new_one_counts_and_other_devices_are_signed_out() {
        let bench = Bench::new().await;
        let here = bench.sign_in("1001@harbor").await;
        let there = bench.sign_in("1001@harbor").await;
        let change = json!({ "current": PASSWORD, "new": "battery staple" });
        assert_eq!(here.put("/me/password", &change).await.status, 204);
        assert_eq!(here.get("/session").await.status, 200);
        assert_eq!(there.get("/session").await.code(), ErrorCode::SignedOut);
        let old = json!({ "login": "1001@harbor", "password": PASSWORD });
        assert_eq!(bench.stranger().post("/session", &old).await.code(), ErrorCode::WrongCredentials);
        let new = json!({ "login": "1001@harbor", "password": "battery staple" });
        assert_eq!(bench.stranger().post("/session", &new).await.status, 200);
        let again = here.put("/me/password", &change).await;
        assert_eq!((again.code(), again.cause()), (ErrorCode::Forbidden, CauseCode::WrongPassword));
    }

    #[tokio::test]
    async fn a_wrong_one_changes_nothing_and_guessing_has_an_end() {
        let bench = Bench::new().await;
        let here = bench.sign_in("1001@harbor").await;
        let short = json!({ "current": PASSWORD, "new": "short" });
        assert_eq!(here.put("/me/password", &short).await.cause(), CauseCode::PasswordTooShort);
        let long = json!({ "current": PASSWORD, "new": "x".repeat(1_025) });
        assert_eq!(here.put("/me/password", &long).await.cause(), CauseCode::PasswordTooLong);
        let guess = json!({ "current": "wrong", "new": "battery staple" });
        for _ in 0..crate::app::PER_ACCOUNT.get() {
            assert_eq!(here.put("/me/password", &guess).await.cause(), CauseCode::WrongPassword);
        }
        assert_eq!(here.put("/me/password", &guess).await.code(), ErrorCode::TooManyRequests);
        bench.sign_in("1001@harbor").await;
    }
}
