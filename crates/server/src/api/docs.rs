//! `/api/docs`: the OpenAPI page in a viewer (Swagger UI), from which requests can be tried with the session of the browser.
//!
//! Owns the page that starts the viewer, its content security policy, and the list of the viewer's files. Always holds: everything comes
//! from this binary, and the page can neither load anything from elsewhere nor send anything there.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;
use crate::web::assets;

const PAGE: &[u8] = include_bytes!("docs/page.html");
const START: &[u8] = include_bytes!("docs/start.js");

/// Files of the viewer that the page names.
const VIEWER: [&str; 2] = ["swagger-ui.css", "swagger-ui-bundle.js"];

/// What the viewer needs: its pictures are `data:` addresses in its style sheet, and it sets markup. `start.js` lets it, as the policy
/// `default`; `dompurify` is the policy of the part that cleans descriptions.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types default dompurify";

/// The page.
pub async fn page(asked: HeaderMap) -> Response {
    let mut response = assets::file("page.html", Cow::Borrowed(PAGE), None, &asked);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// A file of the page.
pub async fn file(Path(name): Path<String>, asked: HeaderMap) -> Response {
    match contents(&name) {
        Some(bytes) => assets::file(&name, bytes, None, &asked),
        None => Problem::not_found().into_response(),
    }
}

fn contents(name: &str) -> Option<Cow<'static, [u8]>> {
    if name == "start.js" {
        return Some(Cow::Borrowed(START));
    }
    VIEWER
        .contains(&name)
        .then(|| utoipa_swagger_ui::serve(name, Arc::default()).ok().flatten())?
        .map(|file| file.bytes)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;

    use super::*;
    use crate::testing::bench::{Answer, Bench};

    async fn get(bench: &Bench, path: &str) -> Answer {
        bench.raw(Request::get(path).body(Body::empty()).unwrap()).await
    }

    #[tokio::test]
    async fn the_page_and_all_that_it_names_come_from_here() {
        let bench = Bench::new().await;
        let page = get(&bench, "/api/docs").await;
        assert_eq!(page.headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        let html = String::from_utf8(page.body).unwrap();
        assert!(!html.contains("://") && !html.contains("style=") && !html.contains("<script>"), "{html}");
        let named: Vec<&str> = html.split('"').filter(|text| text.starts_with('/')).collect();
        assert_eq!(named.len(), VIEWER.len() + 1);
        for path in named {
            let file = get(&bench, path).await;
            assert_eq!(file.status, 200, "{path}");
            let kind =
                if path.ends_with(".css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
            assert_eq!(file.headers[header::CONTENT_TYPE], kind, "{path}");
            assert_eq!(file.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            let tag = file.headers[header::ETAG].to_str().unwrap();
            let again = Request::get(path).header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap();
            assert_eq!(bench.raw(again).await.status, 304, "{path}");
        }
        for path in ["/api/docs/", "/api/docs/index.html", "/api/docs/swagger-initializer.js", "/api/docs/../docs.rs"] {
            assert_eq!(get(&bench, path).await.status, 404, "{path}");
        }
    }

    #[tokio::test]
    async fn the_page_has_a_policy_of_its_own_and_no_other_page_has_it() {
        let bench = Bench::new().await;
        let docs = get(&bench, "/api/docs").await;
        assert_eq!(docs.headers.get_all(header::CONTENT_SECURITY_POLICY).iter().count(), 1);
        let policy = docs.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert_eq!(policy, POLICY);
        assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"));
        for never in ["unsafe", "http", "*"] {
            assert!(!policy.contains(never), "{never}");
        }
        for header in ["cross-origin-opener-policy", "permissions-policy", "referrer-policy", "x-content-type-options"]
        {
            assert!(docs.headers.contains_key(header), "{header}");
        }
        for path in ["/", "/api/openapi.json", "/api/docs/start.js", "/api/docs/nothing", "/api/v1/session"] {
            let other = get(&bench, path).await;
            assert!(!other.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("dompurify"), "{path}");
        }
    }
}
