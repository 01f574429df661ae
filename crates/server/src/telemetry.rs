//! Logs: one line a request, with its id, and the ids of the user and the tenant where somebody is signed in. Neither numbers nor texts
//! nor tokens are ever in them.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use clap::ValueEnum;
use halyard_protocol::{TenantId, UserId};
use tracing::Instrument;
use tracing::field::{self, Empty};
use tracing::subscriber::set_global_default;
use tracing_subscriber::EnvFilter;

use crate::env::Env;
use crate::metrics::Metrics;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How logs look.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Sends logs to standard error; `RUST_LOG` says how much.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    // A line that can't be written, as the disk that logs are on is full, say, is lost: to complain of it where it can't be written either would
    // be a panic in whatever was logged.
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false);
    // A second start in one process keeps the first: there is nothing to do about it. Not `try_init`: since a dependency asks for the feature
    // `tracing-log`, that would also take in what libraries write by the crate `log`, which was never looked at for numbers and texts.
    let _ = match format {
        LogFormat::Json => set_global_default(logs.json().flatten_event(true).finish()),
        LogFormat::Text => {
            set_global_default(logs.with_target(false).with_ansi(std::io::stderr().is_terminal()).finish())
        }
    };
}

/// What requests are noted with.
#[derive(Clone)]
pub struct Telemetry {
    /// Clock and randomness.
    pub env: Env,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// Gives a request an id, counts it, and writes a line when it is answered: method, path without ids, status, time.
pub async fn log(State(telemetry): State<Telemetry>, request: Request, next: Next) -> Response {
    let Telemetry { env, metrics } = telemetry;
    let id = env.ulid().to_string();
    let (method, path) = (request.method().clone(), shape(request.uri().path()));
    let started = Instant::now();
    let span = tracing::info_span!("request", %id, %method, path, user = Empty, tenant = Empty);
    let began = env.now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let ms = env.now().since(began);
    metrics.answered(&path, status, started.elapsed());
    span.in_scope(|| match status {
        500.. => tracing::error!(status, ms, "answered"),
        _ if path.starts_with("/api/v1") => tracing::info!(status, ms, "answered"),
        _ => tracing::debug!(status, ms, "answered"),
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID.clone(), id);
    }
    response
}

/// Says in the lines of the request at hand who sent it.
pub fn note_user(user: UserId, tenant: TenantId) {
    tracing::Span::current().record("user", field::display(user)).record("tenant", field::display(tenant));
}

/// The path with its ids and numbers replaced: they name people and conversations.
fn shape(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.len() {
        _ if part.starts_with(['+', '%']) || part.bytes().any(|byte| byte.is_ascii_digit()) && part != "v1" => "*",
        0..=24 => part,
        _ if part.contains('.') => part,
        _ => "*",
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_logged_without_ids() {
        let path = "/api/v1/conversations/01J9ZK4T6Q8Y2M0C5R7W3X1B9D/entries";
        assert_eq!(shape(path), "/api/v1/conversations/*/entries");
        for number in ["+16195550142", "%2B16195550142", "16195550142"] {
            assert_eq!(shape(&format!("/api/v1/numbers/{number}/move")), "/api/v1/numbers/*/move");
        }
        assert_eq!(shape("/"), "/");
    }
}
