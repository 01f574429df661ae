//! Requests to our server.
//!
//! Always holds: each request is answered by exactly one [`Net::Http`], at the latest after [`TIMEOUT_MS`].

use halyard_client::{Event, HttpOutcome, HttpRequest, HttpResponse, Net, NetworkFailure, RequestId};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response};

use super::{Dispatch, spawn};

/// Milliseconds until a request without a whole answer counts as failed.
const TIMEOUT_MS: u32 = 20_000;

/// Sends the request.
pub(super) fn run(id: RequestId, request: HttpRequest, send: Dispatch) {
    spawn(async move {
        let outcome: HttpOutcome = fetch(&request).await.map_err(|_| NetworkFailure);
        send(Event::Net(Net::Http(id, outcome)));
    });
}

async fn fetch(request: &HttpRequest) -> Result<HttpResponse, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    let init = RequestInit::new();
    if let Some(body) = &request.body {
        headers.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    if let Some(key) = request.idempotency_key {
        headers.set("idempotency-key", &key.to_string())?;
    }
    init.set_method(request.method.as_str());
    init.set_headers_headers(&headers);
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Error);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)));

    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response = JsFuture::from(window.fetch_with_str_and_init(&request.path, &init)).await?;
    let response: Response = response.dyn_into()?;
    let retry_after = response.headers().get("retry-after")?.and_then(|seconds| seconds.trim().parse().ok());
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(HttpResponse { status: response.status(), body, retry_after })
}
