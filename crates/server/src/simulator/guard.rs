//! Who may ask what.
//!
//! Always holds: the carrier's interface wants the token. The control interface and the files of texts want it too, or a request of the page
//! that this process serves to this machine: the browser says that it is of the same origin, and the host is one of this machine, so neither
//! another site nor a name that another site lets lead here gets through.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use halyard_carriers::Why;
use halyard_carriers::simulator::wire::Problem;
use ring::digest::{SHA256, digest};

use super::Simulator;

/// A refusal in the simulator's words.
pub(super) fn problem(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(Problem { code: code.to_owned(), message: message.to_owned() })).into_response()
}

/// Lets pass who has the token.
pub(super) async fn token(State(simulator): State<Arc<Simulator>>, request: Request, next: Next) -> Response {
    if has_token(&simulator, request.headers()) {
        return next.run(request).await;
    }
    problem(StatusCode::UNAUTHORIZED, Why::AccountProblem.name(), "Simulated: this is not the simulator's token.")
}

/// Lets pass who has the token, and the page.
pub(super) async fn token_or_page(State(simulator): State<Arc<Simulator>>, request: Request, next: Next) -> Response {
    if has_token(&simulator, request.headers()) || is_own_page(request.headers()) {
        return next.run(request).await;
    }
    let words = "Ask with the simulator's token, or by its page on the computer on which it runs.";
    (StatusCode::FORBIDDEN, words).into_response()
}

fn has_token(simulator: &Simulator, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(given) = given.and_then(|value| value.strip_prefix("Bearer ")) else { return false };
    // Compared as digests: how long that takes says nothing of the token.
    digest(&SHA256, given.as_bytes()).as_ref() == digest(&SHA256, simulator.options.token.as_bytes()).as_ref()
}

fn is_own_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text("sec-fetch-site") == "same-origin" && is_this_machine(text("host"))
}

/// Whether a host, perhaps with a port, can only be this machine.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_this_machine() {
        for host in ["localhost", "localhost:8089", "LOCALHOST:1", "127.0.0.1:8089", "127.0.0.2", "[::1]:8089", "[::1]"]
        {
            assert!(is_this_machine(host), "{host}");
        }
        for host in
            ["", "example.com", "localhost.example.com:8089", "127.0.0.1.example.com", "192.168.0.1:8089", "[::2]"]
        {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
