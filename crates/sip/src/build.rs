//! Requests and responses made of others: what RFC 3261 says is copied is copied as it came, letter by letter.

use std::sync::Arc;

use crate::wire::{
    Address, Body, CSeq, Fault, Headers, Method, Refusal, Rejected, Request, Response, Status, Uri, Via, name,
};

/// Where Max-Forwards begins (RFC 3261, 8.1.1.6).
pub const MAX_FORWARDS: u32 = 70;

impl Request {
    /// A request with Max-Forwards, and nothing else yet.
    #[must_use]
    pub fn new(method: Method, uri: Uri) -> Self {
        let mut headers = Headers::new();
        headers.push(name::MAX_FORWARDS, MAX_FORWARDS);
        Self { method, uri, headers, body: Body::default() }
    }

    /// With a header at the end.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl core::fmt::Display) -> Self {
        self.headers.push(name, value);
        self
    }

    /// With Via in front of all headers.
    #[must_use]
    pub fn via(mut self, via: &Via) -> Self {
        self.headers.prepend(name::VIA, via);
        self
    }

    /// With CSeq of its own method.
    #[must_use]
    pub fn numbered(mut self, number: u32) -> Self {
        let sequence = CSeq { number, method: self.method.clone() };
        self.headers.set(name::CSEQ, sequence);
        self
    }

    /// With a body of a media type.
    #[must_use]
    pub fn with_body(mut self, media_type: &str, body: impl Into<Body>) -> Self {
        self.headers.set(name::CONTENT_TYPE, media_type);
        self.body = body.into();
        self
    }

    /// Addresses it to a target by a route set (RFC 3261, 12.2.1.1): Route and Request-URI. A strict router in front, one without
    /// `lr`, becomes the Request-URI, and the target the last Route.
    pub fn follow(&mut self, target: &Uri, routes: &[Address]) {
        self.headers.remove(name::ROUTE);
        let (uri, last) = match routes {
            [strict, ..] if !strict.is_loose() => {
                let mut uri = strict.uri.clone();
                if let Some(uri) = uri.as_sip_mut() {
                    // Not allowed in a Request-URI (RFC 3261, 19.1.1).
                    uri.headers.clear();
                    uri.params.remove("method");
                }
                (uri, Some(Address::new(target.clone())))
            }
            _ => (target.clone(), None),
        };
        let skipped = usize::from(last.is_some());
        for route in routes.iter().skip(skipped).chain(&last) {
            self.headers.push(name::ROUTE, route);
        }
        self.uri = uri;
    }
}

impl Response {
    /// With a header at the end.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl core::fmt::Display) -> Self {
        self.headers.push(name, value);
        self
    }

    /// With a body of a media type.
    #[must_use]
    pub fn with_body(mut self, media_type: &str, body: impl Into<Body>) -> Self {
        self.headers.set(name::CONTENT_TYPE, media_type);
        self.body = body.into();
        self
    }

    /// With another reason phrase than the usual one.
    #[must_use]
    pub fn saying(mut self, reason: &str) -> Self {
        self.reason = Arc::from(reason);
        self
    }
}

/// A response to a request (RFC 3261, 8.2.6.2): Via, From, To, Call-ID and CSeq as they came. `tag` is added to To where To has none,
/// but not for 100. A response that may set up a dialog, 101 to 299, has the Record-Route of the request (12.1.1); a 100 has its
/// Timestamp (8.2.6.1).
#[must_use]
pub fn respond(request: &Request, status: Status, tag: &str) -> Response {
    respond_to(&request.headers, status, tag)
}

/// The response that tells who sent a message that it was not taken; `None` where nothing is answered.
#[must_use]
pub fn reject(rejected: &Rejected, tag: &str) -> Option<Response> {
    let headers = rejected.answerable.as_ref()?;
    Some(respond_to(headers, rejected.fault.status(), tag))
}

/// The response to a request that asks for what can't be done, with what [`Support`](crate::wire::Support) says of it: Allow, Unsupported or
/// Accept.
#[must_use]
pub fn refuse(request: &Request, refusal: &Refusal, tag: &str) -> Response {
    let mut response = respond(request, refusal.status, tag);
    for header in &refusal.headers {
        response.headers.push_header(header.clone());
    }
    response
}

fn respond_to(request: &Headers, status: Status, tag: &str) -> Response {
    let mut headers = Headers::new();
    headers.copy(request, name::VIA);
    headers.copy(request, name::FROM);
    match request.get(name::TO) {
        Some(to) if status != Status::TRYING && to.parse().is_ok_and(|to: Address| to.tag().is_none()) => {
            headers.push(name::TO, format_args!("{to};tag={tag}"));
        }
        Some(_) | None => headers.copy(request, name::TO),
    }
    headers.copy(request, name::CALL_ID);
    headers.copy(request, name::CSEQ);
    if status > Status::TRYING && status.code() < 300 {
        headers.copy(request, name::RECORD_ROUTE);
    }
    if status == Status::TRYING {
        headers.copy(request, name::TIMESTAMP);
    }
    Response { status, reason: Arc::from(status.phrase()), headers, body: Body::default() }
}

/// The ACK of an INVITE's final response that is no 2xx (RFC 3261, 17.1.1.3): in the INVITE's transaction, To as the response has it.
///
/// # Errors
/// When a header that is needed can't be read.
pub fn ack(invite: &Request, response: &Response) -> Result<Request, Fault> {
    let mut ack = inside(invite, Method::Ack)?;
    ack.headers.set(name::TO, response.headers.get(name::TO).ok_or(Fault::Missing(name::TO))?);
    Ok(ack)
}

/// The CANCEL of a request (RFC 3261, 9.1): in a transaction of its own that has the request's branch.
///
/// # Errors
/// When a header that is needed can't be read.
pub fn cancel(request: &Request) -> Result<Request, Fault> {
    inside(request, Method::Cancel)
}

/// A request beside another: Request-URI, the first Via, Route, From, To, Call-ID and the number of CSeq are the same.
fn inside(request: &Request, method: Method) -> Result<Request, Fault> {
    let number = request.headers.cseq()?.number;
    let mut made = Request::new(method, request.uri.clone());
    let via = request.headers.elements(name::VIA).next().ok_or(Fault::Missing(name::VIA))?;
    made.headers.prepend(name::VIA, via);
    for name in [name::ROUTE, name::FROM, name::TO, name::CALL_ID] {
        made.headers.copy(&request.headers, name);
    }
    Ok(made.numbered(number))
}

/// The ACK of a 2xx (RFC 3261, 13.2.2.4): a transaction of its own, so `via` has a new branch; to the Contact of the response by its
/// Record-Route, with the credentials of the INVITE.
///
/// # Errors
/// When the response has no Contact, or a header that is needed can't be read.
pub fn ack_success(invite: &Request, response: &Response, via: &Via) -> Result<Request, Fault> {
    let target = response.headers.contact()?.ok_or(Fault::Missing(name::CONTACT))?;
    let mut ack = Request::new(Method::Ack, target.uri.clone());
    for name in [name::FROM, name::CALL_ID, name::AUTHORIZATION, name::PROXY_AUTHORIZATION] {
        ack.headers.copy(&invite.headers, name);
    }
    ack.headers.copy(&response.headers, name::TO);
    ack.follow(&target.uri, &route_set(&response.headers)?);
    Ok(ack.numbered(invite.headers.cseq()?.number).via(via))
}

/// The route set of who sent the request that this response answers (RFC 3261, 12.1.2): Record-Route from its end. Of who answers it is
/// Record-Route of the request in its own order (12.1.1).
///
/// # Errors
/// When Record-Route can't be read.
pub fn route_set(response: &Headers) -> Result<Vec<Address>, Fault> {
    let mut routes = response.addresses(name::RECORD_ROUTE)?;
    routes.reverse();
    Ok(routes)
}
