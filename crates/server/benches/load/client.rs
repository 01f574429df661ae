//! The other end: a connection that is kept for requests, and a socket.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use halyard_protocol::rest::SendMessage;
use halyard_protocol::{ClientFrame, Cursor, Destination, MessageId, StatesSeen};
use halyard_server::env::Env;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::people::{Person, SEEDED};

/// A connection of one person. A cookie that an answer brings takes the place of the one before.
pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    cookie: String,
    env: Env,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr, person: &Person) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self { sender, cookie: person.cookie.clone(), env: Env::system() }
    }

    /// One request under `/api/v1`; the status and the body of the answer.
    pub(crate) async fn ask(&mut self, method: Method, path: &str, body: Option<String>) -> (StatusCode, Bytes) {
        self.ask_as(method, path, body, None).await
    }

    async fn ask_as(
        &mut self,
        method: Method,
        path: &str,
        body: Option<String>,
        id: Option<MessageId>,
    ) -> (StatusCode, Bytes) {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        request = request.header(header::HOST, "localhost").header(header::COOKIE, &self.cookie);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some(id) = id {
            request = request.header("idempotency-key", id.to_string());
        }
        let request = request.body(Full::from(body.unwrap_or_default())).unwrap();
        self.sender.ready().await.unwrap();
        let answer = self.sender.send_request(request).await.unwrap();
        let status = answer.status();
        if let Some(cookie) = answer.headers().get(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            self.cookie = cookie.split(';').next().unwrap_or(cookie).to_owned();
        }
        (status, answer.into_body().collect().await.unwrap().to_bytes())
    }

    /// Sends a message; it has to be accepted.
    pub(crate) async fn send(&mut self, to: &Destination, body: &str) {
        let message = SendMessage { to: to.clone(), body: body.to_owned(), media: Vec::new() };
        let body = serde_json::to_string(&message).unwrap();
        let id = MessageId(self.env.ulid());
        let (status, answer) = self.ask_as(Method::POST, "/messages", Some(body), Some(id)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{}", String::from_utf8_lossy(&answer));
    }

    /// Brings a carrier's webhook, signed by this header; it has to be taken in.
    pub(crate) async fn webhook(&mut self, path: &str, (name, signature): (&'static str, &str), body: String) {
        let request = Request::builder().method(Method::POST).uri(path).header(header::HOST, "localhost");
        let request = request.header(header::CONTENT_TYPE, "application/json").header(name, signature);
        self.sender.ready().await.unwrap();
        let answer = self.sender.send_request(request.body(Full::from(body)).unwrap()).await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.into_body().collect().await.unwrap();
    }

    /// Asks for something that has to be there.
    pub(crate) async fn get(&mut self, path: &str) -> Bytes {
        let (status, body) = self.ask(Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&body));
        body
    }
}

/// A socket of one person.
pub(crate) struct Socket(WebSocketStream<TcpStream>);

/// Why a socket gave no frame.
#[derive(Debug)]
pub(crate) enum SocketEnd {
    /// The server closed, with this code.
    Closed(u16),
    /// The line broke, or was refused.
    Broken,
}

impl Socket {
    /// Opens one and resumes from a cursor, as an app that knows the states that people are seeded with.
    pub(crate) async fn open(address: SocketAddr, person: &Person, cursor: Cursor) -> Result<Self, SocketEnd> {
        let stream = TcpStream::connect(address).await.map_err(|_| SocketEnd::Broken)?;
        let _ = stream.set_nodelay(true);
        let mut request = format!("ws://{address}/api/v1/socket").into_client_request().unwrap();
        request.headers_mut().insert(header::COOKIE, person.cookie.parse().unwrap());
        let config =
            WebSocketConfig::default().read_buffer_size(2_048).write_buffer_size(0).max_write_buffer_size(65_536);
        let opened = client_async_with_config(request, stream, Some(config)).await;
        let (mut socket, _) = opened.map_err(|_| SocketEnd::Broken)?;
        let resume =
            serde_json::to_string(&ClientFrame::Resume { cursor, states: Some(StatesSeen::all(SEEDED)) }).unwrap();
        socket.send(Message::Text(resume.into())).await.map_err(|_| SocketEnd::Broken)?;
        Ok(Self(socket))
    }

    /// The next frame that is no heartbeat; heartbeats are answered.
    pub(crate) async fn frame(&mut self) -> Result<Utf8Bytes, SocketEnd> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) if text.as_str() == r#"{"type":"ping"}"# => {
                    let pong = serde_json::to_string(&ClientFrame::Pong).unwrap();
                    self.0.send(Message::Text(pong.into())).await.map_err(|_| SocketEnd::Broken)?;
                }
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map_or(SocketEnd::Broken, |frame| SocketEnd::Closed(frame.code.into())));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(SocketEnd::Broken),
            }
        }
    }

    /// Waits for the answer to `resume`; what it holds.
    pub(crate) async fn welcome(&mut self) -> Result<serde_json::Value, SocketEnd> {
        loop {
            let text = self.frame().await?;
            if text.starts_with(r#"{"type":"welcome""#) {
                return serde_json::from_str(&text).map_err(|_| SocketEnd::Broken);
            }
        }
    }

    /// The next frame within a time.
    pub(crate) async fn frame_within(&mut self, most: Duration) -> Option<Result<Utf8Bytes, SocketEnd>> {
        tokio::time::timeout(most, self.frame()).await.ok()
    }
}
