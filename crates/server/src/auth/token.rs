//! Tokens: 32 random bytes that only their owner has. A session's is in a cookie that no script reads, a password link's in the link.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::digest::{digest, hex};
use crate::env::Env;

/// A token: 64 hexadecimal digits.
pub struct Token(String);

impl Token {
    /// A fresh one.
    #[must_use]
    pub fn fresh(env: &Env) -> Self {
        Self(hex(&env.bytes::<32>()))
    }

    /// The one that a request carries in the cookie of this name.
    #[must_use]
    pub fn of_request(headers: &HeaderMap, cookie: &str) -> Option<Self> {
        let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, token) = pairs.find(|(name, _)| *name == cookie)?;
        Self::read(token)
    }

    /// The one that a text is.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let is_token = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_token.then(|| Self(text.to_owned()))
    }

    /// The token itself, for whoever it is for.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database keeps: its SHA-256.
    #[must_use]
    pub fn hash(&self) -> String {
        digest(&self.0)
    }

    /// The cookie that gives it to a browser.
    #[must_use]
    pub fn cookie(&self, name: &str, secure: bool, max_age_ms: i64) -> HeaderValue {
        cookie(name, &self.0, secure, max_age_ms / 1_000)
    }
}

/// The cookie that takes a token away.
#[must_use]
pub fn no_cookie(name: &str, secure: bool) -> HeaderValue {
    cookie(name, "", secure, 0)
}

/// The cookie's name. With the prefix, browsers take it from the very host only, and over https only.
#[must_use]
pub fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-halyard" } else { "halyard" }
}

fn cookie(name: &str, value: &str, secure: bool, seconds: i64) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    // Letters, digits and the marks above: always a header value.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_its_cookie_among_others() {
        let token = Token::fresh(&Env::system());
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "theme=dark; other=1".parse().unwrap());
        headers.append(header::COOKIE, format!("a=b; halyard={}", token.0).parse().unwrap());
        assert_eq!(Token::of_request(&headers, "halyard").unwrap().hash(), token.hash());
        assert!(Token::of_request(&headers, "__Host-halyard").is_none());
    }

    #[test]
    fn takes_no_odd_token() {
        for cookie in ["halyard=", "halyard=zz", "halyard", "halyard=é"] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_bytes(cookie.as_bytes()).unwrap());
            assert!(Token::of_request(&headers, "halyard").is_none(), "{cookie}");
        }
    }

    #[test]
    fn the_cookie_is_for_the_server_alone() {
        let token = Token::fresh(&Env::system());
        let cookie = token.cookie(cookie_name(true), true, 60_000);
        let text = cookie.to_str().unwrap();
        assert!(text.starts_with("__Host-halyard="), "{text}");
        assert!(text.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure"), "{text}");
    }
}
