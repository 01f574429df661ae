//! Connections: they are accepted and served until the server stops.
//!
//! Always holds: each has a limited time for the head of its next request, and limited memory for it. One for which there is no permit
//! left hears that the server is full, and whoever watches the server still gets an answer from `/healthz`; those that are there stay. Where
//! TLS is spoken its handshake counts as the head of a first request does: it has as much time, and its connection needs a permit.

use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse as _;
use axum::routing::get;
use halyard_protocol::ErrorCode;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;

use crate::app::App;
use crate::permits::Permit;
use crate::problem::Problem;
use crate::{tls, web};

/// Connections that are told at the same time that the server is full.
const TURNED_AWAY: usize = 32;
/// How long one that is turned away has for its request.
const TURN_AWAY_TIME: Duration = Duration::from_secs(2);
/// Bytes of the head of a request, at most.
const HEAD_BYTES: usize = 64 * 1_024;
/// How long to wait after the system could not give a connection: it has no file for it, say.
const PAUSE: Duration = Duration::from_millis(100);

/// A connection with its permit, which it keeps for as long as it is open: also when it has become a socket, and is no longer ours.
struct Stream<S> {
    inner: S,
    _permit: Option<Permit>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

/// A listener, and what is spoken there.
pub struct Entrance {
    /// Where connections come in.
    pub listener: TcpListener,
    /// How TLS is spoken; plain HTTP without it.
    pub tls: Option<TlsAcceptor>,
}

impl Entrance {
    /// Plain HTTP.
    #[must_use]
    pub const fn plain(listener: TcpListener) -> Self {
        Self { listener, tls: None }
    }
}

/// Accepts connections and serves them until `stop`; then waits until the requests under way are answered.
pub async fn serve(app: &Arc<App>, router: Router, entrance: Entrance, stop: CancellationToken) {
    let Entrance { listener, tls } = entrance;
    let connections = TaskTracker::new();
    let full = Router::new()
        .route("/healthz", get(web::health::health))
        .fallback(async || {
            Problem::new(ErrorCode::Unavailable, "The server is full. Try again in a moment.")
                .retry_after(10)
                .into_response()
        })
        .with_state(Arc::clone(app));
    let turned_away = Arc::new(Semaphore::new(TURNED_AWAY));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // Of the connection, which is gone already.
            Err(error) if is_of_connection(error.kind()) => continue,
            Err(error) => {
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // A message is a small packet that must not wait for the next one.
        let _ = stream.set_nodelay(true);
        let (stop, tls) = (stop.clone(), tls.clone());
        if let Some(permit) = app.permits.take(peer.ip()) {
            let (router, head_time) = (router.clone(), app.permits.limits.head_time);
            let stream = Stream { inner: stream, _permit: Some(permit) };
            connections.spawn(begin(stream, tls, peer, router, head_time, stop));
        } else if let Ok(turn) = Arc::clone(&turned_away).try_acquire_owned() {
            let full = full.clone();
            let stream = Stream { inner: stream, _permit: None };
            connections.spawn(async move {
                let _turn = turn;
                let _ =
                    tokio::time::timeout(TURN_AWAY_TIME, begin(stream, tls, peer, full, TURN_AWAY_TIME, stop)).await;
            });
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// Whether an error of accepting says only that this connection is gone.
fn is_of_connection(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused)
}

/// Serves a connection to its end, after the handshake where there is one.
async fn begin(
    stream: Stream<TcpStream>,
    tls: Option<TlsAcceptor>,
    peer: SocketAddr,
    router: Router,
    head_time: Duration,
    stop: CancellationToken,
) {
    let Some(tls) = tls else { return one(stream, peer, router, head_time, stop).await };
    let handshake = tokio::time::timeout(head_time, tls.accept(stream));
    match stop.run_until_cancelled(handshake).await {
        // Somebody checked that the domain leads here.
        Some(Ok(Ok(stream))) if is_challenge(&stream) => {}
        Some(Ok(Ok(stream))) => one(stream, peer, router, head_time, stop).await,
        Some(Ok(Err(error))) => tracing::debug!(%error, "a handshake failed"),
        Some(Err(_)) => tracing::debug!("a handshake took too long"),
        None => {}
    }
}

fn is_challenge(stream: &TlsStream<Stream<TcpStream>>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(tls::CHALLENGE)
}

/// Serves a connection to its end.
async fn one<S>(stream: S, peer: SocketAddr, router: Router, head_time: Duration, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Ok(service) = router.into_make_service_with_connect_info::<SocketAddr>().call(peer).await;
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_time).max_header_size(HEAD_BYTES);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = std::pin::pin!(connection.with_upgrades());
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        // The other end went away, took too long, or does not speak HTTP.
        tracing::debug!(%error, "a connection ended");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Settings;
    use crate::permits::Limits;
    use crate::testing::bench::{Bench, Listening};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    fn limits(all: usize, per_network: usize) -> Settings {
        let head_time = Duration::from_millis(300);
        Settings { connections: Limits { all, per_network, head_time }, ..Settings::default() }
    }

    async fn connect(listening: &Listening) -> TcpStream {
        TcpStream::connect(listening.address).await.unwrap()
    }

    /// All that comes until the server ends the connection.
    async fn rest(mut stream: TcpStream) -> String {
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
        // A connection that is reset has ended, too.
        let _ = read.expect("the server ends it");
        String::from_utf8(answer).unwrap()
    }

    async fn ask(listening: &Listening, path: &str) -> String {
        let mut stream = connect(listening).await;
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        rest(stream).await
    }

    #[tokio::test]
    async fn who_does_not_say_what_they_want_is_closed() {
        let bench = Bench::with(limits(10, 10)).await;
        let listening = bench.listen().await;
        for beginning in ["", "GET / HTTP/1.1\r\nhost: local"] {
            let mut stream = connect(&listening).await;
            stream.write_all(beginning.as_bytes()).await.unwrap();
            assert!(!rest(stream).await.contains("200 OK"));
        }
        // Nor after an answer.
        let mut stream = connect(&listening).await;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        assert_eq!(rest(stream).await.matches("200 OK").count(), 1);
    }

    #[tokio::test]
    async fn a_head_that_is_too_large_is_refused() {
        let bench = Bench::with(limits(10, 10)).await;
        let listening = bench.listen().await;
        let mut stream = connect(&listening).await;
        let request = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "x".repeat(2 * HEAD_BYTES));
        let _ = stream.write_all(request.as_bytes()).await;
        assert!(rest(stream).await.starts_with("HTTP/1.1 431"));
    }

    /// HTTP lets a server take a bare line feed for the end of a line (RFC 9112, 2.2), and the parser has no switch for it. What matters
    /// is that it never means anything else.
    #[tokio::test]
    async fn a_bare_line_feed_ends_a_line_of_a_head_and_nothing_of_a_body() {
        let bench = Bench::with(limits(10, 10)).await;
        let listening = bench.listen().await;
        let ending = "connection: close\r\n\r\n";
        let body = r#"{"login":"1001@harbor","password":"x","device":"x"}"#;
        let chunked = |end: &str| {
            let head = "POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json";
            format!("{head}\r\ntransfer-encoding: chunked\r\n{ending}{:x}{end}{body}\r\n0\r\n\r\n", body.len())
        };
        for (request, status) in [
            ("GET /healthz HTTP/1.1\nhost: localhost\nconnection: close\n\n".to_owned(), 200),
            // The second Host is a line, not a part of the value before it.
            (format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: y\nhost: other\r\n{ending}"), 400),
            (format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: a\rb\r\n{ending}"), 400),
            (chunked("\r\n"), 401),
            (chunked("\n"), 400),
        ] {
            let mut stream = connect(&listening).await;
            stream.write_all(request.as_bytes()).await.unwrap();
            let answer = rest(stream).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request:?}: {answer}");
            assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{request:?}: {answer}");
        }
    }

    #[tokio::test]
    async fn a_full_server_keeps_its_connections_and_answers_who_watches_it() {
        let bench = Bench::with(limits(2, 2)).await;
        let listening = bench.listen().await;
        let mut here = connect(&listening).await;
        let held: Vec<_> = (0..5).map(|_| connect(&listening)).collect();
        let held = futures_util::future::join_all(held).await;
        let health = ask(&listening, "/healthz").await;
        assert!(health.contains("200 OK") && health.contains("full"), "{health}");
        let answer = ask(&listening, "/api/v1/session").await;
        assert!(answer.contains("503") && answer.contains("retry-after: 10"), "{answer}");
        here.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
        assert!(rest(here).await.contains("200 OK"));
        drop(held);
        // Their permits are free as soon as the server has noticed.
        while bench.app.permits.are_used_up() {
            tokio::task::yield_now().await;
        }
        assert!(ask(&listening, "/api/v1/session").await.contains("401"));
    }

    #[tokio::test]
    async fn a_socket_keeps_its_permit() {
        let bench = Bench::with(limits(1, 1)).await;
        let listening = bench.listen().await;
        let cookie = bench.sign_in("1001@harbor").await.cookie.unwrap();
        let mut socket = connect(&listening).await;
        let request = format!(
            "GET /api/v1/socket HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        socket.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 101");
        while bench.app.sockets.is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(ask(&listening, "/healthz").await.contains("full"));
        drop(socket);
        while bench.app.permits.are_used_up() {
            tokio::task::yield_now().await;
        }
        assert!(ask(&listening, "/api/v1/session").await.contains("401"));
    }
}
