//! `/metrics` and `/readyz`, on a listener of their own: for who watches the server, not for its users.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::health::health;
use crate::app::App;
use crate::metrics::{MEDIA_TYPE, Now};
use crate::problem::Problem;
use crate::store::{self, StoreError};

/// What the listener answers.
pub fn routes(app: &Arc<App>) -> Router {
    Router::new().route("/metrics", get(metrics)).route("/readyz", get(health)).with_state(Arc::clone(app))
}

async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let now = now(&app).await?;
    let text = app.metrics.text(now).map_err(|_| Problem::internal())?;
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response())
}

async fn now(app: &App) -> Result<Now, StoreError> {
    let mut tx = app.store.read().await?;
    let due = store::jobs::next_due(&mut tx).await?;
    Ok(Now {
        connections: app.permits.taken(),
        sockets: app.sockets.len(),
        statements: app.store.statements(),
        jobs: store::jobs::count(&mut tx).await?,
        dead_jobs: store::jobs::count_dead(&mut tx).await?,
        texts: store::jobs::count_by_account(&mut tx).await?,
        overdue: due.map_or(0, |due| app.env.now().since(due).max(0)),
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;
    use crate::testing::bench::Bench;

    async fn ask(bench: &Bench, path: &str) -> (u16, String) {
        let response = routes(&bench.app).oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn counts_what_happens_and_is_no_part_of_the_site() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        maya.text(101, &[110], "Hello").await;
        let (status, before) = ask(&bench, "/metrics").await;
        assert_eq!(status, 200);
        assert!(before.contains("halyard_jobs_waiting 1"), "{before}");
        bench.work().await;
        let wrong = serde_json::json!({ "login": "1001@harbor", "password": "wrong" });
        bench.stranger().post("/session", &wrong).await;
        let (_, after) = ask(&bench, "/metrics").await;
        for line in [
            "halyard_jobs_waiting 0",
            "halyard_failed_sign_ins_total 1",
            "halyard_job_attempts_total{kind=\"deliver\",outcome=\"done\"} 1",
            "halyard_requests_total{area=\"api\",status=\"401\"} 1",
        ] {
            assert!(after.contains(line), "{line}: {after}");
        }
        let statements = after.lines().find_map(|line| line.strip_prefix("halyard_statements_total "));
        assert!(statements.unwrap().parse::<u64>().unwrap() > 10, "{after}");
        // Of what is counted, that is: any number may have these digits.
        let names = after.lines().filter_map(|line| line.rsplit_once(' ')).map(|(name, _)| name);
        assert!(!names.into_iter().any(|name| name.contains("1001") || name.contains("555")), "{after}");
        assert_eq!(ask(&bench, "/readyz").await, (200, "ok\n".to_owned()));
        let site = maya.open("/metrics", None).await.body;
        assert!(!String::from_utf8_lossy(&site).contains("halyard_requests"), "not where users are");
        bench.app.stop.cancel();
        assert_eq!(ask(&bench, "/readyz").await.0, 503);
    }
}
