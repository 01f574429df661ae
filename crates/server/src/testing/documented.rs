//! Whether the OpenAPI page declares an answer.
//!
//! Always holds: an answer that a test gets from an operation of the page has a status that the page declares there.

use axum::http::{Method, StatusCode};
use serde_json::Value;

/// The operations of the OpenAPI page.
pub(super) struct Documented(Value);

impl Documented {
    /// From the page.
    pub(super) const fn new(page: Value) -> Self {
        Self(page)
    }

    /// Fails the test if the page has this operation and does not declare the status of its answer.
    pub(super) fn check(&self, method: &Method, path: &str, status: StatusCode) {
        let Some((template, answers)) = self.answers(method, path) else { return };
        assert!(
            answers.get(status.as_str()).is_some(),
            "the OpenAPI page does not say that {method} {template} may answer {status}"
        );
    }

    /// The declared answers of an operation, with its path. A path without parameters goes before one with them.
    fn answers(&self, method: &Method, path: &str) -> Option<(&String, &Value)> {
        let paths = self.0["paths"].as_object()?.iter();
        let mut matching: Vec<_> = paths.filter(|(template, _)| matches(template, path)).collect();
        matching.sort_by_key(|(template, _)| template.contains('{'));
        let operation = |methods: &'_ Value| methods.get(method.as_str().to_lowercase()).is_some();
        let (template, methods) = matching.into_iter().find(|(_, methods)| operation(methods))?;
        Some((template, &methods[method.as_str().to_lowercase()]["responses"]))
    }
}

/// `/contacts/{id}` matches `/contacts/one`.
fn matches(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(part)) if wanted.starts_with('{') || wanted == part => {}
            (Some(_) | None, Some(_)) | (Some(_), None) => return false,
        }
    }
}
