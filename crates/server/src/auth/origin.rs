//! Where a request comes from: what another site makes a browser send is refused.
//!
//! Browsers send `Origin` with every request that changes something and with every socket, and `Sec-Fetch-Site`
//! beside it. A program that is no browser sends neither, and has no cookie that it did not ask for itself.

use axum::http::{HeaderMap, header};

/// Says which origins are ours.
#[derive(Clone, Debug)]
pub struct Origins {
    public: Option<String>,
    /// Others that are as good: those of a development server in front.
    allowed: Vec<String>,
}

impl Origins {
    /// With the address that users open, when it is known; else whatever host the request was sent to.
    #[must_use]
    pub fn new(public_url: Option<&str>, allowed: &[String]) -> Self {
        Self { public: public_url.map(origin_of), allowed: allowed.iter().map(|url| origin_of(url)).collect() }
    }

    /// Whether the request may change something.
    #[must_use]
    pub fn allows(&self, headers: &HeaderMap) -> bool {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        if !matches!(text("sec-fetch-site"), None | Some("same-origin" | "none")) {
            return false;
        }
        let Some(origin) = text(header::ORIGIN.as_str()) else { return true };
        if self.allowed.iter().any(|allowed| origin.eq_ignore_ascii_case(allowed)) {
            return true;
        }
        let host = text(header::HOST.as_str()).unwrap_or_default();
        match &self.public {
            Some(public) => origin.eq_ignore_ascii_case(public),
            None => host_of(origin).is_some_and(|from| from.eq_ignore_ascii_case(host)),
        }
    }
}

/// Scheme and host of a URL.
fn origin_of(url: &str) -> String {
    let end = url.find("://").map_or(0, |at| at + 3);
    let end = url[end..].find('/').map_or(url.len(), |slash| end + slash);
    url[..end].to_owned()
}

fn host_of(origin: &str) -> Option<&str> {
    origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn takes_its_own_pages_and_programs() {
        let any = Origins::new(None, &[]);
        assert!(any.allows(&headers(&[("host", "phone.example:8080")])));
        assert!(any.allows(&headers(&[("host", "phone.example"), ("origin", "https://phone.example")])));
        assert!(any.allows(&headers(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")])));
        let public = Origins::new(Some("https://phone.example/"), &[]);
        assert!(public.allows(&headers(&[("host", "10.0.0.1:8080"), ("origin", "https://phone.example")])));
    }

    #[test]
    fn another_port_of_this_machine_is_another_site_unless_it_is_said_otherwise() {
        let request = headers(&[("host", "127.0.0.1:8091"), ("origin", "http://localhost:8090")]);
        assert!(!Origins::new(None, &[]).allows(&request));
        assert!(Origins::new(None, &["http://localhost:8090/".into()]).allows(&request));
        assert!(!Origins::new(None, &["http://localhost:8092".into()]).allows(&request));
    }

    #[test]
    fn refuses_other_sites() {
        let any = Origins::new(None, &[]);
        for origin in ["https://evil.example", "null", "file://", "https://phone.example.evil.example", "\u{e9}"] {
            let headers = headers(&[("host", "phone.example"), ("origin", origin)]);
            assert!(!any.allows(&headers), "{origin}");
        }
        assert!(!any.allows(&headers(&[("host", "phone.example"), ("origin", "http://localhost:8080")])));
        assert!(!any.allows(&headers(&[("host", "localhost:8080"), ("sec-fetch-site", "same-site")])));
        let public = Origins::new(Some("https://phone.example"), &[]);
        assert!(!public.allows(&headers(&[("host", "phone.example"), ("origin", "http://phone.example")])));
    }
}
