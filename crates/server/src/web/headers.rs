//! The headers that every answer has: what a page of ours may do, and what others may do with it.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::Settings;

/// The headers, ready to be added.
#[derive(Clone)]
pub struct Policy {
    headers: HeaderMap,
}

impl Policy {
    /// For an app at this address.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let mut headers = HeaderMap::new();
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(header::CONTENT_SECURITY_POLICY, &content_security_policy(settings.public_url.as_deref()));
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        set(header::REFERRER_POLICY, "no-referrer");
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
        set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
        set(HeaderName::from_static("permissions-policy"), PERMISSIONS);
        if settings.secure {
            set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
        }
        Self { headers }
    }
}

/// The microphone is for calls; nothing else of the device is asked for.
const PERMISSIONS: &str = "microphone=(self), camera=(), geolocation=(), payment=(), usb=(), serial=(), \
                           hid=(), midi=(), display-capture=(), accelerometer=(), gyroscope=(), magnetometer=(), \
                           xr-spatial-tracking=(), browsing-topics=()";

/// Headers that govern a page or a worker, and mean nothing on what a page is made of: a kilobyte for each file of the first
/// load, which no compression makes smaller.
const OF_PAGES: [&str; 3] = ["content-security-policy", "cross-origin-opener-policy", "permissions-policy"];

/// Whether this is the app's manifest, or a script, a style sheet, WebAssembly or words with its content's hash in its name. A worker's
/// script has none.
fn is_part_of_page(headers: &HeaderMap) -> bool {
    const HASHED: [&str; 5] =
        ["text/javascript", "application/javascript", "text/css", "application/wasm", "text/plain"];
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    let kind = text(header::CONTENT_TYPE).split(';').next().unwrap_or_default();
    kind == "application/manifest+json" || (text(header::CACHE_CONTROL).contains("immutable") && HASHED.contains(&kind))
}

fn content_security_policy(public_url: Option<&str>) -> String {
    // Browsers of before 2023 don't take 'self' for the socket's scheme.
    let socket = match public_url.map(|url| url.trim_end_matches('/')) {
        Some(url) if url.starts_with("http") => format!(" {}", url.replacen("http", "ws", 1)),
        _ => String::new(),
    };
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
         font-src 'self'; connect-src 'self'{socket}; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types default"
    )
}

/// Adds the headers; what is of a user is not kept by anybody.
pub async fn add(State(policy): State<Policy>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let private = path.starts_with("/api/v1") || path.starts_with("/media/");
    // A photo says itself how it may be kept; a problem in its place says nothing.
    let photo = path.starts_with("/media/photos/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let governs = !is_part_of_page(headers);
    // A file of a message brings its own.
    let own = headers.contains_key(header::CONTENT_SECURITY_POLICY);
    for (name, value) in &policy.headers {
        if (governs || !OF_PAGES.contains(&name.as_str())) && !(own && name == header::CONTENT_SECURITY_POLICY) {
            headers.insert(name, value.clone());
        }
    }
    if private && !(photo && headers.contains_key(header::CACHE_CONTROL)) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_no_inline_script_and_no_eval_but_of_wasm() {
        let policy = content_security_policy(None);
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert!(policy.contains("connect-src 'self';"));
    }

    #[test]
    fn what_governs_a_page_is_left_out_on_its_parts_alone() {
        let of = |kind: &'static str, cache: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
            is_part_of_page(&headers)
        };
        let hashed = "public, max-age=31536000, immutable";
        assert!(of("text/javascript; charset=utf-8", hashed) && of("application/wasm", hashed));
        assert!(of("text/plain; charset=utf-8", hashed), "words");
        assert!(of("application/manifest+json", "no-cache") && !of("application/json", "no-store"));
        assert!(!of("text/javascript", "no-cache"), "a service worker has a policy of its own");
        assert!(!of("text/html; charset=utf-8", hashed) && !of("image/svg+xml", hashed));
        assert!(!is_part_of_page(&HeaderMap::new()));
    }

    #[test]
    fn the_socket_of_a_known_address_is_named() {
        let policy = content_security_policy(Some("https://phone.example/"));
        assert!(policy.contains("connect-src 'self' wss://phone.example;"));
    }
}
