//! Messages into bytes. Content-Length is written last, and always right.

use super::error::Unwritable;
use super::lex::{is_token, stays_on_line};
use super::message::{Message, Request, Response};
use super::name;

impl Message {
    /// As bytes.
    ///
    /// # Errors
    /// When a value would end its line, or a part of the start line has a space in it.
    pub fn write(&self) -> Result<Vec<u8>, Unwritable> {
        match self {
            Self::Request(request) => request.write(),
            Self::Response(response) => response.write(),
        }
    }

    /// As a text, for a frame of text.
    ///
    /// # Errors
    /// As [`Message::write`], and when the body is not UTF-8.
    pub fn write_text(&self) -> Result<String, Unwritable> {
        String::from_utf8(self.write()?).map_err(|_| Unwritable::NotText)
    }
}

impl Request {
    /// As [`Message::write`].
    ///
    /// # Errors
    /// As [`Message::write`].
    pub fn write(&self) -> Result<Vec<u8>, Unwritable> {
        let (method, uri) = (self.method.as_str(), self.uri.to_string());
        if !is_token(method) || uri.bytes().any(|byte| byte <= b' ') {
            return Err(Unwritable::StartLine);
        }
        message(&format!("{method} {uri} SIP/2.0"), &self.headers, &self.body)
    }
}

impl Response {
    /// As [`Message::write`].
    ///
    /// # Errors
    /// As [`Message::write`].
    pub fn write(&self) -> Result<Vec<u8>, Unwritable> {
        if !stays_on_line(&self.reason) {
            return Err(Unwritable::StartLine);
        }
        message(&format!("SIP/2.0 {} {}", self.status, self.reason), &self.headers, &self.body)
    }
}

fn message(start: &str, headers: &super::headers::Headers, body: &[u8]) -> Result<Vec<u8>, Unwritable> {
    let mut text = String::with_capacity(512);
    text.push_str(start);
    for header in headers {
        if header.is(name::CONTENT_LENGTH) {
            continue;
        }
        if !is_token(header.name()) {
            return Err(Unwritable::Name);
        }
        if !stays_on_line(header.value()) {
            return Err(Unwritable::Value(header.name().to_owned()));
        }
        text.push_str("\r\n");
        text.push_str(header.name());
        text.push_str(": ");
        text.push_str(header.value());
    }
    text.push_str(&format!("\r\n{}: {}\r\n\r\n", name::CONTENT_LENGTH, body.len()));
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    Ok(bytes)
}
