//! `/healthz`: whether the server can do its work, for whoever starts and watches it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;

/// 200 when the database answers and the server is not stopping, else 503. Says, too, when there is no place for another connection:
/// that is no reason to start the server anew.
pub async fn health(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    let answers = match app.store.read().await {
        Ok(mut tx) => crate::store::jobs::next_due(&mut tx).await.is_ok(),
        Err(_) => false,
    };
    match (answers, app.stop.is_cancelled()) {
        (true, false) if app.permits.are_used_up() => {
            (StatusCode::OK, "full: there is no place for another connection\n")
        }
        (true, false) => (StatusCode::OK, "ok\n"),
        (true, true) => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
