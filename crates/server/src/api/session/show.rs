//! `GET /session`: who is signed in here.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use halyard_protocol::rest::Me;

use crate::api::extract::SignedIn;
use crate::app::App;
use crate::problem::Problem;

/// Who is signed in here.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, description = "You", body = Me)))]
pub async fn show(State(app): State<Arc<App>>, SignedIn(session): SignedIn) -> Result<Json<Me>, Problem> {
    let mut tx = app.store.read().await?;
    Ok(Json(crate::api::me_of(&mut tx, &session).await?))
}

#[cfg(test)]
mod tests {
    use crate::testing::bench::Bench;
    use halyard_protocol::ErrorCode;

    #[tokio::test]
    async fn strangers_and_odd_cookies_are_signed_out() {
        let bench = Bench::new().await;
        let mut browser = bench.stranger();
        for cookie in [None, Some("halyard=x"), Some("halyard="), Some("other=1")] {
            browser.cookie = cookie.map(str::to_owned);
            for path in ["/session", "/bootstrap", "/contacts", "/conversations", "/devices", "/socket"] {
                assert_eq!(browser.get(path).await.code(), ErrorCode::SignedOut, "{cookie:?} {path}");
            }
        }
        browser.cookie = Some(format!("halyard={}", "a".repeat(64)));
        assert_eq!(browser.get("/session").await.code(), ErrorCode::SignedOut);
    }
}
