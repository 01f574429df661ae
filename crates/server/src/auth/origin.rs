//! Where a request comes from: what another site makes a browser send is refused.
//!
//! Browsers send `Origin` with every request that changes something and with every socket, and `Sec-Fetch-Site`
//! beside it. A program that is no browser sends neither, and has no cookie that it did not ask for itself.

use axum::http::{HeaderMap, header};

/// Says which origins are ours.
#[derive(Clone, Debug)]
pub struct Origins {
    public: Option<String>,
}

impl Origins {
    /// With the address that users open, when it is known; else whatever host the request was sent to.
    #[must_use]
    pub fn new(public_url: Option<&str>) -> Self {
        Self { public: public_url.map(origin_of) }
    }

    /// Whether the request may change something.
    #[must_use]
    pub fn allows(&self, headers: &HeaderMap) -> bool {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        if !matches!(text("sec-fetch-site"), None | Some("same-origin" | "none")) {
            return false;
        }
        let Some(origin) = text(header::ORIGIN.as_str()) else { return true };
        let host = text(header::HOST.as_str()).unwrap_or_default();
        match &self.public {
            Some(public) => origin.eq_ignore_ascii_case(public),
            None => host_of(origin).is_some_and(|from| {
                // A development server in front of this one shows another port of the same machine.
                from.eq_ignore_ascii_case(host) || (is_loopback(from) && is_loopback(host))
            }),
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

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    matches!(name, "localhost" | "127.0.0.1" | "::1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn takes_its_own_pages_and_programs() {
        let any = Origins::new(None);
        assert!(any.allows(&headers(&[("host", "phone.example:8080")])));
        assert!(any.allows(&headers(&[("host", "phone.example"), ("origin", "https://phone.example")])));
        assert!(any.allows(&headers(&[("host", "127.0.0.1:9090"), ("origin", "http://localhost:8080")])));
        assert!(any.allows(&headers(&[("host", "[::1]:9090"), ("origin", "http://[::1]:8080")])));
        let public = Origins::new(Some("https://phone.example/"));
        assert!(public.allows(&headers(&[("host", "10.0.0.1:8080"), ("origin", "https://phone.example")])));
    }

    #[test]
    fn refuses_other_sites() {
        let any = Origins::new(None);
        for origin in ["https://evil.example", "null", "file://", "https://phone.example.evil.example", "\u{e9}"] {
            let headers = headers(&[("host", "phone.example"), ("origin", origin)]);
            assert!(!any.allows(&headers), "{origin}");
        }
        assert!(!any.allows(&headers(&[("host", "phone.example"), ("origin", "http://localhost:8080")])));
        assert!(!any.allows(&headers(&[("host", "localhost:8080"), ("sec-fetch-site", "same-site")])));
        let public = Origins::new(Some("https://phone.example"));
        assert!(!public.allows(&headers(&[("host", "phone.example"), ("origin", "http://phone.example")])));
    }
}
