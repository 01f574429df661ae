//! HTTP as values: what is to be sent to a provider, what it answers, and what it sends to us.

use core::fmt;

use halyard_protocol::UnixMs;

/// The parameter of a webhook's address that has our reference: [`crate::Outbound::report_to`] is written with it.
pub const REFERENCE: &str = "reference";

/// How old a signature may be, or how far in the future, in milliseconds: clocks differ, and the way takes its time.
pub const TOLERANCE: i64 = 5 * 60_000;

/// A request's method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
}

/// A request to a provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// The headers, names in lower case; the secret among them.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

impl fmt::Debug for Request {
    /// Shows neither headers nor body: secrets and message text don't belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.url.split(['?', '#']).next().unwrap_or_default();
        f.debug_struct("Request").field("method", &self.method).field("url", &address).finish_non_exhaustive()
    }
}

/// A provider's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers that count, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, or as much of it as is read.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of this name (in lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

/// A request that a provider sent to us.
#[derive(Clone, Copy, Debug)]
pub struct Webhook<'a> {
    /// The whole address as the provider knows it, with its query.
    pub url: &'a str,
    /// Its headers, names in lower case.
    pub headers: &'a [(String, String)],
    /// Its body, byte by byte as it came.
    pub body: &'a [u8],
    /// Now.
    pub now: UnixMs,
}

impl Webhook<'_> {
    /// The first header of this name (in lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(self.headers, name)
    }

    /// What the address's query says under this name.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.url.split_once('?')?;
        form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}
