//! What every answer has, and the app's files.

use axum::body::Body;
use axum::http::{Method, Request, Version, header};
use axum::routing::get;
use halyard_protocol::ErrorCode;

use crate::testing::bench::{Answer, Bench};
use crate::web::assets::Assets;

fn request(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path)
}

fn policy_is_there(answer: &Answer) {
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
    assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert!(answer.headers.contains_key("x-request-id"));
}

#[tokio::test]
async fn every_answer_has_the_headers_whatever_it_is() {
    let bench = Bench::new().await;
    for (method, path, status) in [
        (Method::GET, "/", 200),
        (Method::GET, "/api/docs/start.js", 200),
        (Method::GET, "/api/openapi.json", 200),
        (Method::GET, "/healthz", 200),
        (Method::GET, "/api/v1/session", 401),
        (Method::GET, "/missing.js", 404),
        (Method::GET, "/../Cargo.toml", 404),
        (Method::DELETE, "/", 405),
    ] {
        let answer = bench.raw(request(method, path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{path}");
        policy_is_there(&answer);
    }
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_told_in_json() {
    let bench = Bench::new().await;
    for path in ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v2/session", "/api/v1/contacts/"] {
        let answer = bench.raw(request(Method::GET, path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.code(), ErrorCode::NotFound, "{path}");
    }
    let answer = bench.raw(request(Method::PUT, "/api/v1/session").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.code(), ErrorCode::MethodNotAllowed);
    assert!(answer.headers[header::ALLOW].to_str().unwrap().contains("GET"));
}

#[tokio::test]
async fn a_request_has_one_host() {
    let bench = Bench::new().await;
    let of = |hosts: &[&str], version| {
        let hosts = hosts.iter().fold(request(Method::GET, "/healthz"), |request, host| request.header("host", *host));
        hosts.version(version).body(Body::empty()).unwrap()
    };
    for (hosts, version, status) in [
        (&["a"][..], Version::HTTP_11, 200),
        (&["a", "a"], Version::HTTP_11, 400),
        (&["a", "b"], Version::HTTP_10, 400),
        (&[], Version::HTTP_11, 400),
        (&[], Version::HTTP_10, 200),
    ] {
        assert_eq!(bench.without_host(of(hosts, version)).await.status, status, "{hosts:?}");
    }
}

#[tokio::test]
async fn other_sites_share_nothing() {
    let bench = Bench::new().await;
    for (from, refused) in [("cross-site", true), ("same-site", true), ("same-origin", false), ("none", false)] {
        let mut share = request(Method::GET, "/share?text=a").body(Body::empty()).unwrap();
        share.headers_mut().insert("sec-fetch-site", from.parse().unwrap());
        assert_eq!(bench.raw(share).await.status == 403, refused, "{from}");
    }
}

#[tokio::test]
async fn other_sites_change_nothing() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")] {
        for (method, path) in [(Method::PATCH, "/me"), (Method::DELETE, "/session"), (Method::GET, "/socket")] {
            let mut request = maya.build(method, path, Some("{}".into()));
            request.headers_mut().insert(header::HOST, "phone.example".parse().unwrap());
            request.headers_mut().insert(name, value.parse().unwrap());
            assert_eq!(bench.raw(request).await.code(), ErrorCode::WrongOrigin, "{name}: {value}, {path}");
        }
    }
    let mut request = maya.build(Method::PATCH, "/me", Some("{}".into()));
    request.headers_mut().insert(header::HOST, "phone.example".parse().unwrap());
    request.headers_mut().insert(header::ORIGIN, "https://phone.example".parse().unwrap());
    assert_eq!(bench.raw(request).await.status, 200);
}

#[tokio::test]
async fn a_panic_is_our_fault_and_says_so() {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    let bench = Bench::new().await;
    async fn broken() -> &'static str {
        panic!("on purpose")
    }
    let router = super::layers(axum::Router::new().route("/broken", get(broken)), &bench.app);
    let response = router
        .oneshot(request(Method::GET, "/broken").header(header::HOST, "localhost").body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), 500);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body: halyard_protocol::ErrorBody = serde_json::from_slice(&body).unwrap();
    assert_eq!(body.code, ErrorCode::Internal);
    assert!(!body.detail.contains("on purpose"));
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    use tower::ServiceExt as _;
    let settings = crate::app::Settings { request_timeout: std::time::Duration::from_millis(1), ..Default::default() };
    let bench = Bench::with(settings).await;
    let endless = axum::Router::new().route("/endless", get(std::future::pending::<&'static str>));
    let endless = super::layers(endless, &bench.app);
    let response = endless
        .oneshot(request(Method::GET, "/endless").header(header::HOST, "localhost").body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn the_page_of_the_interface_is_known_in_full() {
    let bench = Bench::new().await;
    let answer = bench.raw(request(Method::GET, "/api/openapi.json").body(Body::empty()).unwrap()).await;
    let page = answer.value();
    assert_eq!(page["openapi"], "3.1.0");
    insta::assert_json_snapshot!("openapi", page);
}

/// A folder as the build leaves it.
fn folder() -> (tempfile::TempDir, Assets) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("index.html", "<!doctype html>the app"),
        ("halyard-0123456789abcdef.js", "plain"),
        ("halyard-0123456789abcdef.js.br", "brotli"),
        ("halyard-0123456789abcdef.js.gz", "gzip"),
        ("halyard-0123456789abcdef_bg.wasm", "wasm"),
        ("service-worker.js", "worker"),
        ("manifest.json", "{}"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let assets = Assets::Folder(folder.path().to_owned());
    (folder, assets)
}

async fn fetch(assets: &Assets, path: &str, headers: &[(&str, &str)]) -> Result<Answer, u16> {
    use axum::response::IntoResponse as _;
    use http_body_util::BodyExt as _;
    let mut request = request(Method::GET, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = match assets.serve(request.body(Body::empty()).unwrap()).await {
        Ok(response) => response,
        Err(problem) => return Err(problem.into_response().status().as_u16()),
    };
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.into_body().collect().await.unwrap().to_bytes().to_vec();
    Ok(Answer { status, headers, body })
}

#[tokio::test]
async fn the_apps_own_addresses_give_its_page_and_missing_files_do_not() {
    let (_folder, assets) = folder();
    for path in
        ["/", "/contacts", "/conversations/01J9ZK4T6Q8Y2M0C5R7W3X1B9D", "/open?url=sms%3A5550142", "/index.html"]
    {
        let page = fetch(&assets, path, &[]).await.unwrap();
        assert_eq!(page.body, b"<!doctype html>the app", "{path}");
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-cache");
    }
    for path in ["/missing.js", "/a/b.png", "/api/nothing", "/..%2fsecret.txt", "/../secret.txt", "/./index.html"] {
        assert_eq!(fetch(&assets, path, &[]).await.err(), Some(404), "{path}");
    }
}

#[tokio::test]
async fn the_smallest_form_that_the_browser_takes() {
    let (_folder, assets) = folder();
    let path = "/halyard-0123456789abcdef.js";
    for (accepted, body, encoding) in [
        ("gzip, deflate, br", "brotli", Some("br")),
        ("gzip", "gzip", Some("gzip")),
        ("br;q=0, gzip;q=0.5", "gzip", Some("gzip")),
        ("identity", "plain", None),
    ] {
        let file = fetch(&assets, path, &[("accept-encoding", accepted)]).await.unwrap();
        assert_eq!(file.body, body.as_bytes(), "{accepted}");
        let actual = file.headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap());
        assert_eq!(actual, encoding);
        assert_eq!(file.headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(file.headers[header::VARY], "accept-encoding");
    }
}

#[tokio::test]
async fn what_carries_its_hash_is_kept_and_the_rest_is_asked_for_again() {
    let (_folder, assets) = folder();
    let wasm = fetch(&assets, "/halyard-0123456789abcdef_bg.wasm", &[]).await.unwrap();
    assert_eq!(wasm.headers[header::CONTENT_TYPE], "application/wasm");
    assert!(wasm.headers[header::CACHE_CONTROL].to_str().unwrap().ends_with("immutable"));
    let worker = fetch(&assets, "/service-worker.js", &[]).await.unwrap();
    assert_eq!(worker.headers[header::CACHE_CONTROL], "no-cache");
    assert_eq!(worker.headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    let manifest = fetch(&assets, "/manifest.json", &[]).await.unwrap();
    assert_eq!(manifest.headers[header::CONTENT_TYPE], "application/manifest+json");
    let tag = worker.headers[header::ETAG].to_str().unwrap().to_owned();
    let again = fetch(&assets, "/service-worker.js", &[("if-none-match", &tag)]).await.unwrap();
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
}
