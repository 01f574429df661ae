//! `DELETE /session`: sign out here.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::api::extract::SignedIn;
use crate::app::App;
use crate::auth::token::no_cookie;
use crate::operations::devices;
use crate::problem::Problem;

/// Sign out on this device.
#[utoipa::path(
    delete, path = "/session", tag = "session",
    responses((status = 204, description = "Signed out",
               headers(("Set-Cookie" = String, description = "Takes the session away"))))
)]
pub async fn delete(State(app): State<Arc<App>>, SignedIn(session): SignedIn) -> Result<Response, Problem> {
    let mut tx = app.store.write(session.tenant).await?;
    // One that a command has ended meanwhile is over, too.
    match devices::sign_out(&mut tx, &app.actor(&session), session.device).await {
        Ok(()) => tx.commit().await?,
        Err(problem) if problem.is_not_found() => {}
        Err(problem) => return Err(problem),
    }
    let cookie = no_cookie(app.settings.cookie(), app.settings.secure);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

#[cfg(test)]
mod tests {
    use crate::testing::bench::Bench;
    use halyard_protocol::ErrorCode;

    #[tokio::test]
    async fn the_session_is_over_at_once() {
        let bench = Bench::new().await;
        let here = bench.sign_in("1001@harbor").await;
        let there = bench.sign_in("1001@harbor").await;
        let answer = here.delete("/session").await;
        assert_eq!(answer.status, 204);
        assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        assert_eq!(here.get("/session").await.code(), ErrorCode::SignedOut);
        assert_eq!(there.get("/session").await.status, 200, "other devices stay signed in");
    }
}
