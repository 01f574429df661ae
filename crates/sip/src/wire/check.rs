//! What every message has to have (RFC 3261, 8.1.1), and what a request may ask of who receives it (8.2.1 to 8.2.3).

use super::address::Address;
use super::error::{Bad, Fault};
use super::fields::{CSeq, CallId, Seconds};
use super::headers::{Header, Headers};
use super::message::{Message, Request};
use super::method::Method;
use super::name;
use super::status::Status;
use super::uri::Uri;
use super::valued::Valued;
use super::via::Via;

/// Whether the headers that every message needs are there and can be read. Max-Forwards may be missing, and From's tag, as in
/// RFC 2543.
pub(crate) fn check(message: &Message) -> Result<(), Fault> {
    let headers = message.headers();
    let hops: Vec<Via> = headers.list(name::VIA)?;
    if hops.is_empty() {
        return Err(Fault::Missing(name::VIA));
    }
    headers.need::<Address>(name::FROM)?;
    headers.need::<Address>(name::TO)?;
    headers.need::<CallId>(name::CALL_ID)?;
    let sequence: CSeq = headers.need(name::CSEQ)?;
    if headers.one::<Seconds>(name::MAX_FORWARDS)?.is_some_and(|hops| hops.0 > 255) {
        return Err(Fault::Value(name::MAX_FORWARDS, Bad("more than 255")));
    }
    if let Message::Request(request) = message {
        if sequence.method != request.method {
            return Err(Fault::OtherMethod);
        }
        let headers = request.uri.as_sip().is_some_and(|uri| !uri.headers.is_empty());
        if headers {
            // RFC 3261, 19.1.1: no headers in a Request-URI.
            return Err(Fault::StartLine(Bad("the URI has headers")));
        }
    }
    Ok(())
}

/// What who receives a request can do.
#[derive(Clone, Copy, Debug)]
pub struct Support<'a> {
    /// Methods; they are told in Allow.
    pub methods: &'a [Method],
    /// Schemes of the Request-URI, in small letters.
    pub schemes: &'a [&'a str],
    /// Option tags that Require may name; a proxy gives those that Proxy-Require may name.
    pub extensions: &'a [&'a str],
    /// Media types of bodies, in small letters; they are told in Accept.
    pub media_types: &'a [&'a str],
}

/// A request that is right but asks for what can't be done: the status, and headers for the response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: Status,
    /// What the response says besides: Allow, Unsupported, Accept.
    pub headers: Headers,
}

fn refusal(status: Status, name: &str, values: &[&str]) -> Refusal {
    let headers = (!values.is_empty()).then(|| Header::new(name, &values.join(", "))).into_iter().collect();
    Refusal { status, headers }
}

impl Support<'_> {
    /// Inspects a request as a user agent does, in the order of RFC 3261, 8.2: method, Request-URI, Require, body.
    ///
    /// # Errors
    /// 405, 416, 420 or 415. An ACK is never answered, so it is not to be asked about; nor is a CANCEL for its Require.
    pub fn inspect(&self, request: &Request) -> Result<(), Refusal> {
        if !self.methods.contains(&request.method) {
            let methods: Vec<&str> = self.methods.iter().map(Method::as_str).collect();
            return Err(refusal(Status::METHOD_NOT_ALLOWED, name::ALLOW, &methods));
        }
        self.inspect_uri(&request.uri)?;
        if request.method != Method::Cancel {
            self.inspect_extensions(request, name::REQUIRE)?;
        }
        self.inspect_body(request)
    }

    /// Inspects a request as a proxy does (RFC 3261, 16.3): Request-URI and Proxy-Require.
    ///
    /// # Errors
    /// 416 or 420.
    pub fn inspect_at_proxy(&self, request: &Request) -> Result<(), Refusal> {
        self.inspect_uri(&request.uri)?;
        self.inspect_extensions(request, name::PROXY_REQUIRE)
    }

    fn inspect_uri(&self, uri: &Uri) -> Result<(), Refusal> {
        if self.schemes.contains(&uri.scheme()) {
            return Ok(());
        }
        Err(refusal(Status::UNSUPPORTED_URI_SCHEME, "", &[]))
    }

    fn inspect_extensions(&self, request: &Request, name: &str) -> Result<(), Refusal> {
        let known = |tag: &&str| self.extensions.iter().any(|known| known.eq_ignore_ascii_case(tag));
        let unknown: Vec<&str> = request.headers.tokens(name).filter(|tag| !known(tag)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        Err(refusal(Status::BAD_EXTENSION, name::UNSUPPORTED, &unknown))
    }

    fn inspect_body(&self, request: &Request) -> Result<(), Refusal> {
        let kind = match request.headers.one::<Valued>(name::CONTENT_TYPE) {
            Ok(kind) if !request.body.is_empty() => kind,
            Ok(_) => return Ok(()),
            Err(_) => return Err(refusal(Status::BAD_REQUEST, "", &[])),
        };
        let optional = matches!(request.headers.one::<Valued>(name::CONTENT_DISPOSITION), Ok(Some(disposition))
            if disposition.params.get("handling").is_some_and(|handling| handling.eq_ignore_ascii_case("optional")));
        let encoded =
            request.headers.tokens(name::CONTENT_ENCODING).any(|coding| !coding.eq_ignore_ascii_case("identity"));
        let known = kind.is_some_and(|kind| self.media_types.iter().any(|known| kind.is(known)));
        if optional || (known && !encoded) {
            return Ok(());
        }
        Err(refusal(Status::UNSUPPORTED_MEDIA_TYPE, name::ACCEPT, self.media_types))
    }
}
