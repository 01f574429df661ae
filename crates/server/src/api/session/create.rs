//! `POST /session`: sign in.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use halyard_protocol::rest::{Me, SignIn};
use halyard_protocol::{DeviceId, ErrorBody, ErrorCode, limits};

use crate::api::extract::{Address, Body};
use crate::app::App;
use crate::auth::limiter::network;
use crate::auth::password::LONGEST;
use crate::auth::token::Token;
use crate::digest::digest;
use crate::operations::devices::{self, NewDevice};
use crate::problem::Problem;
use crate::store::credentials::Credentials;
use crate::store::{self, StoreError};

/// Bytes of a log-in at most: an extension and a domain are shorter.
const LONGEST_LOGIN: usize = 320;

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
    if request.login.len() > LONGEST_LOGIN || request.password.len() > LONGEST {
        return Err(wrong());
    }
    let login = request.login.trim().to_lowercase();
    let network = network_hash(&login, address);
    let mut attempt = app.sign_ins.begin(address).map_err(Problem::too_many_tries)?;
    // What is our fault does not count against who tries.
    let found = find(&app, &login, &network).await.inspect_err(|_| app.sign_ins.refund(&attempt))?;
    let is_known = found.as_ref().is_some_and(|found| found.is_known_network);
    app.sign_ins.for_account(&mut attempt, &login, is_known).map_err(Problem::too_many_tries)?;
    let hash = found.as_ref().map(|found| found.password_hash.clone());
    let matches = app.passwords.verify(request.password, hash, is_known).await;
    let matches = matches.inspect_err(|_| app.sign_ins.refund(&attempt))?;
    if !matches {
        app.metrics.sign_in_failed();
    }
    if let Some(found) = found.as_ref().filter(|_| !matches) {
        tracing::warn!(user = %found.user, tenant = %found.tenant, %address, "a sign-in failed: wrong password");
    }
    let found = found.filter(|_| matches).ok_or_else(wrong)?;
    app.sign_ins.refund(&attempt);

    let token = Token::fresh(&app.env);
    let device = DeviceId(app.env.ulid());
    let name: String = request.device.trim().chars().take(limits::NAME_LENGTH).collect();
    let new = NewDevice { id: device, name: &name, token_hash: &token.hash(), network: &network };
    let mut tx = app.store.write(found.tenant).await?;
    if !devices::sign_in(&mut tx, &found, new, app.env.now()).await? {
        return Err(wrong());
    }
    let me = crate::api::me(&mut tx, found.tenant, found.user, device).await?;
    tx.commit().await?;

    let cookie = token.cookie(app.settings.cookie(), app.settings.secure, app.settings.lifetimes.absolute);
    Ok(([(header::SET_COOKIE, cookie), no_store()], Json(me)).into_response())
}

fn wrong() -> Problem {
    Problem::new(ErrorCode::WrongCredentials, "Wrong extension or password.")
}

/// Who has this log-in.
async fn find(app: &App, login: &str, network: &str) -> Result<Option<Credentials>, StoreError> {
    // One without a domain is nobody's, after the same query.
    let (extension, domain) = login.split_once('@').unwrap_or((login, ""));
    let mut tx = app.store.read().await?;
    store::credentials::find(&mut tx, extension, domain, network).await
}

fn network_hash(login: &str, address: IpAddr) -> String {
    digest(format!("{login} {}", network(address)))
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

    /// A try from an address, by a proxy that is trusted.
    async fn attempt(bench: &Bench, login: &str, password: &str, from: &str) -> u16 {
        let body = json!({ "login": login, "password": password }).to_string();
        let mut request = bench.stranger().build(axum::http::Method::POST, "/session", Some(body));
        request.headers_mut().insert("x-forwarded-for", from.parse().unwrap());
        bench.raw(request).await.status.as_u16()
    }

    fn behind_a_proxy(per_account: u32, per_address: u32) -> Settings {
        let limit = |limit| NonZeroU32::new(limit).unwrap();
        let sign_ins = Limits { per_account: limit(per_account), per_address: limit(per_address) };
        Settings { sign_ins, trust_proxy: true, ..Settings::default() }
    }

    #[tokio::test]
    async fn too_many_failures_have_to_wait() {
        let three = NonZeroU32::new(3).unwrap();
        let sign_ins = Limits { per_account: three, per_address: NonZeroU32::new(100).unwrap() };
        let bench = Bench::with(Settings { sign_ins, ..Settings::default() }).await;
        for _ in 0..10 {
            bench.sign_in("1001@harbor").await;
        }
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
        let bench = Bench::with(behind_a_proxy(100, 1)).await;
        let mut statuses = Vec::new();
        for from in ["203.0.113.1", "198.51.100.7, 203.0.113.2", "203.0.113.1", "203.0.113.3"] {
            statuses.push(attempt(&bench, "1001@harbor", "wrong", from).await);
        }
        assert_eq!(statuses, [401, 401, 429, 401]);
    }

    #[tokio::test]
    async fn strangers_who_guess_lock_nobody_out_where_they_usually_sign_in() {
        let bench = Bench::with(behind_a_proxy(3, 100)).await;
        assert_eq!(attempt(&bench, "1001@harbor", PASSWORD, "192.0.2.1").await, 200);
        let mut refused = 0;
        for guess in 0..40 {
            let status = attempt(&bench, "1001@harbor", "guess", &format!("198.51.100.{}", guess % 20)).await;
            refused += usize::from(status == 429);
        }
        assert_eq!(refused, 25, "five networks may try three times");
        assert_eq!(attempt(&bench, "1001@harbor", PASSWORD, "203.0.113.9").await, 429, "a network that is not known");
        assert_eq!(attempt(&bench, "1001@harbor", PASSWORD, "192.0.2.1").await, 200);
        assert_eq!(attempt(&bench, "1002@harbor", PASSWORD, "203.0.113.9").await, 200, "another account");
    }

    #[tokio::test]
    async fn only_so_many_browsers_are_signed_in() {
        let bench = Bench::new().await;
        let first = bench.sign_in("1001@harbor").await;
        bench.test.pass(1_000);
        let second = bench.sign_in("1001@harbor").await;
        for _ in 2..devices::MOST {
            bench.sign_in("1001@harbor").await;
        }
        assert_eq!(first.get("/session").await.status, 200);
        bench.sign_in("1001@harbor").await;
        assert_eq!(first.get("/session").await.code(), ErrorCode::SignedOut);
        assert_eq!(second.get("/session").await.status, 200);
    }

    #[tokio::test]
    async fn a_log_in_that_is_too_long_is_wrong_and_leaves_nothing() {
        let bench = Bench::new().await;
        for _ in 0..100 {
            let body = json!({ "login": format!("{}@harbor", "9".repeat(60_000)), "password": PASSWORD });
            assert_eq!(bench.stranger().post("/session", &body).await.code(), ErrorCode::WrongCredentials);
        }
    }

    #[tokio::test]
    async fn a_database_that_fails_is_not_a_wrong_password() {
        let bench = Bench::new().await;
        let body = json!({ "login": "1001@harbor", "password": PASSWORD });
        // It fails after the password was asked for.
        let held = bench.app.passwords.hold().await;
        let stranger = bench.stranger();
        let fails = async {
            while bench.app.passwords.queued() == 0 {
                tokio::task::yield_now().await;
            }
            bench.app.store.close().await;
            drop(held);
        };
        let (answer, ()) = tokio::join!(stranger.post("/session", &body), fails);
        assert_eq!(answer.code(), ErrorCode::Unavailable);
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
