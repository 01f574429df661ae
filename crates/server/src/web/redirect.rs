//! Plain HTTP where the server speaks TLS: the same place at the https address.
//!
//! Always holds: it leads to the address of this site alone, whatever host was asked for.

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

/// Answers everything with 308 to the same path and query at an address.
pub fn router(public_url: &str) -> Router {
    let public_url: Arc<str> = public_url.trim_end_matches('/').into();
    Router::new().fallback(async move |asked: Uri| lead(&public_url, &asked))
}

fn lead(public_url: &str, asked: &Uri) -> Response {
    let place = asked.path_and_query().map_or("/", |place| place.as_str());
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, format!("{public_url}{place}"))]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_to_the_same_place_of_this_site_alone() {
        for (asked, leads) in [
            ("/a?b=c", "https://phone.example/a?b=c"),
            ("//evil.example/x", "https://phone.example//evil.example/x"),
            ("http://evil.example/x", "https://phone.example/x"),
            ("/", "https://phone.example/"),
        ] {
            let answer = lead("https://phone.example", &asked.parse().unwrap());
            assert_eq!(answer.status(), StatusCode::PERMANENT_REDIRECT);
            assert_eq!(answer.headers()[header::LOCATION], leads);
        }
    }
}
