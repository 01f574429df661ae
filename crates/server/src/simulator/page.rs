//! The page with the phones.
//!
//! Always holds: everything comes from this binary. The page can load nothing from elsewhere, send nothing there, and no text in it becomes a
//! script (Trusted Types without a policy).

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Simulator;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

/// What the page is made of: path, kind, content.
const FILES: [(&str, &str, &str); 6] = [
    ("/", "text/html; charset=utf-8", include_str!("page/index.html")),
    ("/simulator.css", "text/css; charset=utf-8", include_str!("page/simulator.css")),
    ("/simulator.js", "text/javascript; charset=utf-8", include_str!("page/simulator.js")),
    ("/phone.js", "text/javascript; charset=utf-8", include_str!("page/phone.js")),
    ("/parts.js", "text/javascript; charset=utf-8", include_str!("page/parts.js")),
    ("/mark.svg", "image/svg+xml", include_str!("page/mark.svg")),
];

pub(super) fn routes() -> Router<Arc<Simulator>> {
    FILES.into_iter().fold(Router::new(), |routes, (path, kind, content)| {
        routes.route(path, get(move || async move { answer(kind, content) }))
    })
}

fn answer(kind: &'static str, content: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, content).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_its_own_files_alone() {
        let (_, _, html) = FILES[0];
        assert!(!html.contains("://") && !html.contains("style=") && !html.contains("<script>"), "{html}");
        for named in html.split('"').filter(|text| text.starts_with('/')) {
            assert!(FILES.iter().any(|(path, ..)| *path == named), "{named}");
        }
        for never in ["unsafe", "http", "*"] {
            assert!(!POLICY.contains(never), "{never}");
        }
        for (path, _, script) in FILES.iter().filter(|(path, ..)| path.ends_with(".js")) {
            assert!(!script.contains("innerHTML") && !script.contains("://"), "{path}");
        }
    }
}
