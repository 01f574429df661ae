//! `GET /socket`: the WebSocket. What is said on it is in [`crate::socket`].

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use halyard_protocol::{ErrorBody, ErrorCode, limits};

use crate::api::extract::SignedIn;
use crate::app::App;
use crate::problem::Problem;
use crate::socket;

/// Listen to what happens.
///
/// A WebSocket of JSON texts: the app sends `ClientFrame`, the server `ServerFrame`. The app speaks first, with
/// `resume`: the cursor of its snapshot or of the last event that it applied, and up to where it knows the states.
#[utoipa::path(
    get, path = "/socket", tag = "events",
    responses(
        (status = 101, description = "The socket is open"),
        (status = 400, description = "`malformed_request`: no WebSocket was asked for", body = ErrorBody),
        (status = 403, description = "`wrong_origin`", body = ErrorBody),
    )
)]
pub async fn socket(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    SignedIn(session): SignedIn,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    if !app.origins.allows(&headers) {
        return Err(Problem::new(ErrorCode::WrongOrigin, "This request comes from another site."));
    }
    let upgrade = upgrade
        .map_err(|_| Problem::new(ErrorCode::MalformedRequest, "This address wants a WebSocket."))?
        .max_message_size(limits::CLIENT_FRAME_BYTES)
        .max_frame_size(limits::CLIENT_FRAME_BYTES)
        // Else each socket would hold 128 KiB for what it may read, and collect as much before it writes.
        .read_buffer_size(limits::CLIENT_FRAME_BYTES)
        .write_buffer_size(0);
    let tracker = app.sockets.clone();
    Ok(upgrade.on_upgrade(move |socket| tracker.track_future(socket::run(socket, app, session))))
}
