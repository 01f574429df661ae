//! Time for a request: to arrive, and to be answered.
//!
//! Always holds: a request whose body stalls is the sender's fault. It hears 408, its connection is closed, and no error is logged; one
//! that has arrived and takes too long is ours.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use halyard_protocol::ErrorCode;
use hyper::body::{Frame, SizeHint};

use crate::app::App;
use crate::problem::Problem;

/// Seconds after which to try again.
const RETRY_AFTER: u64 = 5;

/// A body that notes whether somebody waits for more of it.
struct Watched {
    inner: Body,
    waits: Arc<AtomicBool>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        self.waits.store(polled.is_pending(), Ordering::Relaxed);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Gives up a request that does not arrive, or is not answered, in its time.
pub(super) async fn limit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let gives_file = request.method() == Method::PUT && request.uri().path().starts_with("/api/v1/media/");
    let timeout = if gives_file { app.settings.upload_timeout } else { app.settings.request_timeout };
    let waits = Arc::new(AtomicBool::new(false));
    let request = request.map(|inner| Body::new(Watched { inner, waits: Arc::clone(&waits) }));
    match tokio::time::timeout(timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) if waits.load(Ordering::Relaxed) => stalled(),
        Err(_) => {
            let message = "This took too long. Try again in a moment.";
            Problem::new(ErrorCode::Unavailable, message).retry_after(RETRY_AFTER).into_response()
        }
    }
}

/// The code is that of a server that can't be reached: to the app, a line that gave out is that.
fn stalled() -> Response {
    let message = "The body did not arrive in time. Try again in a moment.";
    let mut response = Problem::new(ErrorCode::Unavailable, message).retry_after(RETRY_AFTER).into_response();
    *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Mutex;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;
    use crate::app::Settings;
    use crate::testing::bench::Bench;

    /// What is logged.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            Write::write(&mut *self.0.lock().unwrap(), bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    async fn rest(stream: &mut TcpStream) -> String {
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
        read.expect("the server ends it").unwrap();
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn a_body_that_stalls_is_the_senders_fault() {
        let lines = Lines::default();
        let logs = tracing_subscriber::fmt().with_ansi(false).with_writer({
            let lines = lines.clone();
            move || lines.clone()
        });
        let time = Duration::from_secs(1);
        let settings = Settings { request_timeout: time, upload_timeout: time, ..Settings::default() };
        let bench = Bench::with(settings).await;
        let listening = bench.listen().await;
        let cookie = bench.sign_in("1001@harbor").await.cookie.unwrap();
        let _logs = tracing::subscriber::set_default(logs.finish());
        let json = "content-type: application/json";
        for (request, body) in [
            (format!("POST /api/v1/session HTTP/1.1\r\n{json}\r\ncontent-length: 100"), "{\"login\":"),
            (format!("POST /api/v1/session HTTP/1.1\r\n{json}\r\ncontent-length: 100"), ""),
            (format!("POST /api/v1/session HTTP/1.1\r\n{json}\r\ntransfer-encoding: chunked"), "5\r\n{\"log\r\n"),
            (format!("PATCH /api/v1/me HTTP/1.1\r\n{json}\r\ncontent-length: 100\r\ncookie: {cookie}"), "{"),
            (
                format!(
                    "PUT /api/v1/media/01J9ZK4T6Q8Y2M0C5R7W3X1B9D HTTP/1.1\r\ncontent-length: 9\r\ncookie: {cookie}"
                ),
                "GIF89a",
            ),
        ] {
            let mut stream = TcpStream::connect(listening.address).await.unwrap();
            stream.write_all(format!("{request}\r\nhost: localhost\r\n\r\n{body}").as_bytes()).await.unwrap();
            let answer = rest(&mut stream).await;
            assert!(answer.starts_with("HTTP/1.1 408"), "{request}: {answer}");
            assert!(answer.contains("connection: close") && answer.contains("\"unavailable\""), "{answer}");
        }
        // One that is refused before its body is there is not waited for.
        let mut stream = TcpStream::connect(listening.address).await.unwrap();
        let request = format!("PATCH /api/v1/me HTTP/1.1\r\n{json}\r\ncontent-length: 100\r\nhost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        assert!(rest(&mut stream).await.starts_with("HTTP/1.1 401"));
        // Who goes away in the middle leaves nothing behind.
        let mut stream = TcpStream::connect(listening.address).await.unwrap();
        let request =
            format!("POST /api/v1/session HTTP/1.1\r\n{json}\r\ncontent-length: 9\r\nhost: localhost\r\n\r\n{{");
        stream.write_all(request.as_bytes()).await.unwrap();
        drop(stream);
        tokio::time::sleep(time).await;
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.matches("status=408").count(), 5, "{text}");
        assert!(!text.contains("ERROR") && !text.contains("WARN"), "{text}");
    }
}
