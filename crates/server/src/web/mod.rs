//! What every request passes through, and the app's files.

mod arrival;
pub mod assets;
pub mod headers;
pub mod health;
pub mod metrics;
pub mod redirect;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, Version, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use halyard_protocol::ErrorCode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::app::App;
use crate::problem::Problem;
use crate::telemetry::{self, Telemetry};

/// Puts the layers around the routes. From the outside in: request id and log line, headers, panics, host, time, origin,
/// compression.
pub fn layers(routes: Router, app: &Arc<App>) -> Router {
    let worth_it = SizeAbove::new(1_024)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("application/wasm"))
        .and(NotForContentType::const_new("font/"))
        .and(NotForContentType::const_new("audio/"))
        .and(NotForContentType::const_new("video/"))
        .and(NotForContentType::const_new("application/pdf"));
    let telemetry = Telemetry { env: app.env.clone(), metrics: Arc::clone(&app.metrics) };
    routes
        .layer(CompressionLayer::new().gzip(true).compress_when(worth_it))
        .layer(middleware::from_fn_with_state(Arc::clone(app), refuse_other_sites))
        .layer(middleware::from_fn_with_state(Arc::clone(app), arrival::limit))
        .layer(middleware::from_fn(require_host))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(headers::Policy::new(&app.settings), headers::add))
        .layer(middleware::from_fn_with_state(telemetry, telemetry::log))
}

/// HTTP/1.1 asks for exactly one `Host` (RFC 9112, 3.2): with two, a proxy in front and this server may go by different ones. HTTP/1.0
/// has none.
async fn require_host(request: Request, next: Next) -> Response {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        return Problem::new(ErrorCode::MalformedRequest, "A request has one Host.").into_response();
    }
    next.run(request).await
}

async fn refuse_other_sites(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // What the app is opened with by a share is taken up at this address: another site may not lead there.
    let changes = !reads || request.uri().path() == "/share";
    if changes && !app.origins.allows(request.headers()) {
        return Problem::new(ErrorCode::WrongOrigin, "This request comes from another site.").into_response();
    }
    next.run(request).await
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    // The panic hook has said where; the user hears only that it was us.
    Problem::new(ErrorCode::Internal, "Something went wrong on our side.").into_response()
}

/// The answer to a method that an address does not take.
#[must_use]
pub fn method_not_allowed() -> Response {
    Problem::new(ErrorCode::MethodNotAllowed, "This address does not take that method.").into_response()
}

#[cfg(test)]
mod tests;
