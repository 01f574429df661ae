//! `/healthz`: whether the server can do its work, for whoever starts and watches it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;

/// 200 when the database answers and the server is not stopping, else 503. Says, too, when there is no place for another connection:
/// that is no reason to start the server anew. Where TLS is spoken it is 503 until there is a certificate, and says what is wrong with it.
pub async fn health(State(app): State<Arc<App>>) -> (StatusCode, String) {
    let answers = match app.store.read().await {
        Ok(mut tx) => crate::store::jobs::next_due(&mut tx).await.is_ok(),
        Err(_) => false,
    };
    let unavailable = |why: String| (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n"));
    match (answers, app.stop.is_cancelled(), app.certificate.missing()) {
        (true, false, None) => {
            let full = app.permits.are_used_up().then(|| "full: there is no place for another connection".to_owned());
            let warning = app.certificate.warning().map(|why| format!("the certificate can't be renewed: {why}"));
            let words: Vec<String> = full.into_iter().chain(warning).collect();
            (StatusCode::OK, if words.is_empty() { "ok\n".to_owned() } else { format!("{}\n", words.join("; ")) })
        }
        (true, false, Some(missing)) => unavailable(missing),
        (true, true, _) => unavailable("stopping".to_owned()),
        (false, ..) => unavailable("the database does not answer".to_owned()),
    }
}
