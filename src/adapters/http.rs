//! Requests to our server.
//!
//! Always holds: each request is answered by exactly one [`Net::Http`], at the latest after its time-out.

use halyard_client::{Event, HttpOutcome, HttpRequest, HttpResponse, Net, NetworkFailure, RequestId};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response};

use super::{Dispatch, spawn, worker};

/// Milliseconds until a request without a whole answer counts as failed.
const TIMEOUT_MS: u32 = 20_000;

/// Sends the request.
pub(super) fn run(id: RequestId, request: HttpRequest, send: Dispatch) {
    spawn(async move {
        let outcome: HttpOutcome = fetch(&request).await.map_err(|_| NetworkFailure);
        if let Some(message) = request.idempotency_key {
            let refused = outcome.as_ref().is_ok_and(|answer| is_refusal(answer.status));
            spawn(async move {
                // Where there are no caches there is no worker that would send it.
                let _ = worker::note_refusal(&message.to_string(), refused).await;
            });
        }
        send(Event::Net(Net::Http(id, outcome)));
    });
}

/// The server has decided against it. Nobody signed in, and what may be different later, are no decision.
fn is_refusal(status: u16) -> bool {
    (400..500).contains(&status) && !matches!(status, 401 | 408 | 425 | 429)
}

async fn fetch(request: &HttpRequest) -> Result<HttpResponse, JsValue> {
    let body = request.body.as_ref().map(|body| Body { content: JsValue::from_str(body), kind: "application/json" });
    let key = request.idempotency_key.map(|key| key.to_string());
    send(request.method.as_str(), &request.path, body, key.as_deref(), TIMEOUT_MS).await
}

/// What a request carries.
pub(super) struct Body {
    /// A text or a blob.
    pub(super) content: JsValue,
    /// Its media type.
    pub(super) kind: &'static str,
}

/// Sends a request and reads the answer. Errors when no whole answer came in time.
pub(super) async fn send(
    method: &str,
    path: &str,
    body: Option<Body>,
    key: Option<&str>,
    timeout: u32,
) -> Result<HttpResponse, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    let init = RequestInit::new();
    if let Some(Body { content, kind }) = body {
        headers.set("content-type", kind)?;
        init.set_body(&content);
    }
    if let Some(key) = key {
        headers.set("idempotency-key", key)?;
    }
    init.set_method(method);
    init.set_headers_headers(&headers);
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Error);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(timeout)));

    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await?;
    let response: Response = response.dyn_into()?;
    let retry_after = response.headers().get("retry-after")?.and_then(|seconds| seconds.trim().parse().ok());
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(HttpResponse { status: response.status(), body, retry_after })
}
