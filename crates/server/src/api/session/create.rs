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
    let wrong = || Problem::new(ErrorCode::WrongCredentials, "Wrong extension or password.");
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

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::app::Settings;
    use crate::auth::limiter::Limits;
    use crate::testing::bench::{Bench, PASSWORD};
    use serde_json::json;

    #[tokio::test]
    async fn gives_a_cookie_that_no_script_reads() {
        let bench = Bench::new().await;
        let body = json!({ "login": " 1001@HARBOR ", "password": PASSWORD });
        let answer = bench.stranger().post("/session", &body).await;
        let me: Me = answer.json();
        assert_eq!((me.user.extension.as_str(), me.tenant.domain.as_str()), ("1001", "harbor"));
        assert_eq!(me.numbers.len(), 2);
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("halyard=") && cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    }

    #[tokio::test]
    async fn wrong_passwords_and_unknown_users_get_the_same_answer() {
        let bench = Bench::new().await;
        let mut answers = Vec::new();
        for (login, password) in
            [("1001@harbor", "wrong"), ("9999@harbor", PASSWORD), ("1001@nowhere", PASSWORD), ("1001", PASSWORD)]
        {
            let answer = bench.stranger().post("/session", &json!({ "login": login, "password": password })).await;
            assert_eq!(answer.code(), ErrorCode::WrongCredentials, "{login}");
            answers.push(answer.body);
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
        let long = "x".repeat(LONGEST + 1);
        let answer = bench.stranger().post("/session", &json!({ "login": "1001@harbor", "password": long })).await;
        assert_eq!(answer.code(), ErrorCode::WrongCredentials);
    }

    #[tokio::test]
    async fn too_many_tries_have_to_wait() {
        let three = NonZeroU32::new(3).unwrap();
        let sign_ins = Limits { per_account: three, per_address: NonZeroU32::new(100).unwrap() };
        let bench = Bench::with(Settings { sign_ins, ..Settings::default() }).await;
        let body = json!({ "login": "1001@harbor", "password": "wrong" });
        for _ in 0..3 {
            assert_eq!(bench.stranger().post("/session", &body).await.code(), ErrorCode::WrongCredentials);
        }
        let answer = bench.stranger().post("/session", &body).await;
        assert_eq!(answer.code(), ErrorCode::TooManyRequests);
        let wait: i64 = answer.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        bench.test.pass(wait * 1_000);
        bench.sign_in("1001@harbor").await;
    }

    #[tokio::test]
    async fn behind_a_trusted_proxy_each_client_has_an_address_of_its_own() {
        let sign_ins = Limits { per_account: NonZeroU32::MAX, per_address: NonZeroU32::MIN };
        let bench = Bench::with(Settings { sign_ins, trust_proxy: true, ..Settings::default() }).await;
        let stranger = bench.stranger();
        let body = json!({ "login": "1001@harbor", "password": PASSWORD }).to_string();
        let mut statuses = Vec::new();
        for from in ["203.0.113.1", "198.51.100.7, 203.0.113.2", "203.0.113.1"] {
            let mut request = stranger.build(axum::http::Method::POST, "/session", Some(body.clone()));
            request.headers_mut().insert("x-forwarded-for", from.parse().unwrap());
            statuses.push(bench.raw(request).await.status.as_u16());
        }
        assert_eq!(statuses, [200, 200, 429]);
    }

    #[tokio::test]
    async fn over_https_the_cookie_is_for_https_alone() {
        let public_url = Some("https://phone.example".to_owned());
        let bench = Bench::with(Settings { secure: true, public_url, ..Settings::default() }).await;
        let body = json!({ "login": "1001@harbor", "password": PASSWORD });
        let answer = bench.stranger().post("/session", &body).await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("__Host-halyard=") && cookie.ends_with("; Secure"), "{cookie}");
        assert!(answer.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    }
}
