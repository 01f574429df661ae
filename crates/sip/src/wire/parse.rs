//! Messages out of bytes: one frame of a WebSocket is one message (RFC 7118, 5).
//!
//! A body that is longer than Content-Length is cut (RFC 3261, 18.3); without Content-Length it is all that is left.

use std::sync::Arc;

use thiserror::Error;

use super::check;
use super::error::{Bad, Fault};
use super::headers::{Header, Headers};
use super::lex::{cut, cut_at_space, cut_line, is_token, number, stays_on_line, trim, trim_end};
use super::message::{Message, Request, Response};
use super::method::Method;
use super::name;
use super::status::Status;
use super::uri::Uri;

/// The longest message that is taken, in bytes.
pub const MAX_MESSAGE: usize = 16 * 1024;
/// The most header lines that are taken.
pub const MAX_HEADERS: usize = 128;

/// A message that was not taken, and how it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{fault}")]
pub struct Rejected {
    /// What is wrong.
    pub fault: Fault,
    /// The headers of a request, as far as they could be read: it is answered with [`Fault::status`], and
    /// [`build::reject`](crate::build::reject) writes that. `None` for what is ignored: a response, an ACK, and what is neither.
    pub answerable: Option<Headers>,
}

/// What keeps a flow alive (RFC 5626, 4.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepAlive {
    /// Two line ends, which are answered by one.
    Ping,
    /// One line end.
    Pong,
}

/// Whether a frame only keeps the flow alive.
#[must_use]
pub fn keep_alive(frame: &[u8]) -> Option<KeepAlive> {
    match frame {
        b"\r\n\r\n" => Some(KeepAlive::Ping),
        b"\r\n" => Some(KeepAlive::Pong),
        _ => None,
    }
}

/// The start line.
enum Start {
    Request(Method, Uri),
    Response(Status, Arc<str>),
}

/// What stands in front of the body.
struct Head {
    headers: Headers,
    /// What Content-Length says.
    length: Option<usize>,
    fault: Option<Fault>,
}

/// Reads a message.
///
/// # Errors
/// When it is not one that can be worked with: the start line or a header is no such thing, or a header that every message needs is
/// missing, there twice or not readable. Other headers are not looked at before they are asked for; see
/// [`Message::check_known`].
pub fn parse(frame: &[u8]) -> Result<Message, Rejected> {
    let too_long = frame.len() > MAX_MESSAGE;
    let frame = &frame[..frame.len().min(MAX_MESSAGE)];
    let frame = &frame[frame.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()..];
    let end = frame.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = match end {
        Some(at) => (&frame[..at], &frame[at + 4..]),
        None => (frame.strip_suffix(b"\r\n").unwrap_or(frame), &[][..]),
    };
    let text = String::from_utf8_lossy(head);
    let (line, lines) = cut_line(&text);
    let start = start(line);
    let Head { headers, length, fault } = head_of(lines);
    let framing = if too_long {
        Some(Fault::TooLong)
    } else if end.is_none() {
        Some(Fault::NoEnd)
    } else if matches!(text, std::borrow::Cow::Owned(_)) {
        Some(Fault::NotText)
    } else {
        None
    };
    let is_answered = !line.starts_with("ACK ") && !is_response(line) && is_request(line);
    let reject = |fault: Fault, headers: Headers| {
        let answerable = (is_answered && headers.has(name::VIA)).then_some(headers);
        Rejected { fault, answerable }
    };
    let start = match (framing, start, fault) {
        (Some(fault), ..) | (None, Err(fault), _) | (None, Ok(_), Some(fault)) => return Err(reject(fault, headers)),
        (None, Ok(start), None) => start,
    };
    let length = length.unwrap_or(body.len());
    let Some(body) = body.get(..length) else { return Err(reject(Fault::ShortBody, headers)) };
    let body = body.into();
    let message = match start {
        Start::Request(method, uri) => Message::Request(Request { method, uri, headers, body }),
        Start::Response(status, reason) => Message::Response(Response { status, reason, headers, body }),
    };
    match check::check(&message) {
        Ok(()) => Ok(message),
        Err(fault) => Err(reject(fault, message.headers().clone())),
    }
}

/// Whether a line begins as a status line.
fn is_response(line: &str) -> bool {
    line.as_bytes().get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case(b"SIP/"))
}

/// Whether a line is that of a request as far as that it can be answered: a method in front, a version of SIP somewhere behind it.
fn is_request(line: &str) -> bool {
    cut_at_space(line)
        .is_some_and(|(method, rest)| is_token(method) && rest.as_bytes().windows(4).any(|four| four == b"SIP/"))
}

fn start(line: &str) -> Result<Start, Fault> {
    let wrong = |what| Fault::StartLine(Bad(what));
    if !stays_on_line(line) {
        return Err(wrong("a line end or NUL inside"));
    }
    if is_response(line) {
        let (version, rest) = cut(line, b' ').ok_or(wrong("no status"))?;
        version_is_2(version)?;
        let (code, reason) = cut(rest, b' ').unwrap_or((rest, ""));
        let code = number(code, 699).filter(|_| code.len() == 3).and_then(|code| u16::try_from(code).ok());
        let status = code.and_then(Status::new).ok_or(wrong("no such status"))?;
        return Ok(Start::Response(status, reason.into()));
    }
    let Some((method, (uri, version))) = cut(line, b' ').and_then(|(method, rest)| Some((method, cut(rest, b' ')?)))
    else {
        return Err(wrong("not a method, a URI and a version"));
    };
    version_is_2(version)?;
    let method = method.parse().map_err(Fault::StartLine)?;
    let uri: Uri = uri.parse().map_err(Fault::StartLine)?;
    Ok(Start::Request(method, uri))
}

fn version_is_2(version: &str) -> Result<(), Fault> {
    if version.eq_ignore_ascii_case("SIP/2.0") {
        return Ok(());
    }
    let is_other = is_response(version)
        && cut(&version[4..], b'.')
            .is_some_and(|(major, minor)| number(major, u32::MAX).is_some() && number(minor, u32::MAX).is_some());
    Err(if is_other { Fault::Version } else { Fault::StartLine(Bad("no version of SIP")) })
}

/// The headers that can be read, and the first fault.
fn head_of(lines: &str) -> Head {
    let mut headers: Vec<Header> = Vec::new();
    let mut head = Head { headers: Headers::new(), length: None, fault: None };
    let mut rest = lines;
    while !rest.is_empty() {
        let line;
        (line, rest) = cut_line(rest);
        let mut unfolded = line.to_owned();
        while rest.starts_with([' ', '\t']) {
            let fold;
            (fold, rest) = cut_line(rest);
            unfolded.truncate(trim_end(&unfolded).len());
            unfolded.push(' ');
            unfolded.push_str(trim(fold));
        }
        let fault = if headers.len() == MAX_HEADERS {
            Fault::TooManyHeaders
        } else {
            match header(&unfolded) {
                Ok((name, value)) if name::same(name, name::CONTENT_LENGTH) => {
                    let length = number(value, i32::MAX as u32).and_then(|length| usize::try_from(length).ok());
                    if length.is_some() && head.length.is_none_or(|before| Some(before) == length) {
                        head.length = length;
                        continue;
                    }
                    Fault::ContentLength
                }
                Ok((name, value)) => {
                    headers.push(Header::new(name, value));
                    continue;
                }
                Err(bad) => Fault::HeaderLine(bad),
            }
        };
        head.fault.get_or_insert(fault);
        if fault == Fault::TooManyHeaders {
            break;
        }
    }
    head.headers = headers.into_iter().collect();
    head
}

fn header(line: &str) -> Result<(&str, &str), Bad> {
    let (name, value) = cut(line, b':').ok_or(Bad("no colon"))?;
    let name = trim_end(name);
    if !is_token(name) {
        return Err(Bad("the name is not a token"));
    }
    if !stays_on_line(value) {
        return Err(Bad("a line end or NUL inside"));
    }
    Ok((name, trim(value)))
}
