//! A carrier in a box, for development: phones outside that texts go to and come from, without a carrier and without a phone.
//!
//! Owns the phones, what they got and wrote, and how they behave. Speaks to Halyard as [`halyard_carriers::simulator`] says: takes texts at
//! `/v1/`, reports and brings texts by signed webhooks. At `/` is a page with the phones, which uses the control interface under `/control/`,
//! as tests do.
//!
//! Always holds: nothing leaves for a real phone, and everything says so. All is in memory, bounded, and gone with the process. Whoever asks at
//! `/v1/` has the token; at `/control/` and `/media/`, the token or this machine's own page (`guard`). A webhook that Halyard does not
//! take with 2xx is sent again a few times.

pub mod behavior;
mod book;
mod carrier;
mod control;
mod guard;
mod page;
mod script;
#[cfg(test)]
mod tests;
mod webhooks;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use halyard_protocol::PhoneNumber;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use self::behavior::Behavior;
use self::book::Book;
use crate::env::Env;

/// How long a connection may take for the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// How long a request of ours to Halyard may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long requests under way may take to finish when the simulator stops.
const FAREWELL: Duration = Duration::from_secs(5);
/// How long to wait after the system could not give a connection.
const PAUSE: Duration = Duration::from_millis(100);

/// How fast the simulated network is.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// From a text that is taken to "sent".
    pub sent: Duration,
    /// From there to "delivered" or "failed".
    pub delivered: Duration,
    /// Until a phone answers by itself.
    pub answer: Duration,
    /// From a webhook that was not taken to its next try; doubled each time.
    pub retry: Duration,
}

impl Pace {
    /// The same so many times as fast. Whoever does not take a webhook has as long as before.
    #[must_use]
    pub fn times(self, speed: u32) -> Self {
        let [sent, delivered, answer] = [self.sent, self.delivered, self.answer].map(|time| time / speed.max(1));
        Self { sent, delivered, answer, retry: self.retry }
    }
}

impl Default for Pace {
    /// As one sees it happen.
    fn default() -> Self {
        Self {
            sent: Duration::from_millis(400),
            delivered: Duration::from_millis(1_200),
            answer: Duration::from_millis(1_500),
            retry: Duration::from_millis(500),
        }
    }
}

/// What a simulator is started with.
#[derive(Clone, Default)]
pub struct Options {
    /// Logs Halyard in, and signs webhooks.
    pub token: String,
    /// Where texts of phones go before a text of their business number has said it.
    pub webhook: Option<String>,
    /// How fast it is.
    pub pace: Pace,
    /// Phones that are there from the start.
    pub phones: Vec<PhoneNumber>,
}

/// A simulated carrier.
pub struct Simulator {
    env: Env,
    options: Options,
    client: reqwest::Client,
    book: Mutex<Book>,
    /// Where it listens.
    address: OnceLock<SocketAddr>,
    /// Counts the changes of the book.
    version: watch::Sender<u64>,
    /// What is under way after the answer to whoever began it: fetching, reporting, answering.
    under_way: watch::Sender<usize>,
    stop: CancellationToken,
}

/// Something under way.
struct UnderWay(Arc<Simulator>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.send_modify(|count| *count -= 1);
    }
}

/// In an answer's extensions: nothing of the answer leaves, the connection ends instead.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the answer is lost")]
struct LostAnswer;

impl Simulator {
    /// A simulator that works until `stop`.
    ///
    /// # Errors
    /// When requests can't be made on this machine.
    pub fn new(env: Env, options: Options, stop: CancellationToken) -> Result<Arc<Self>, reqwest::Error> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("halyard-carrier-simulator/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let mut book = Book::default();
        for phone in &options.phones {
            book.add_phone(*phone);
        }
        let (book, address) = (Mutex::new(book), OnceLock::new());
        let (version, under_way) = (watch::Sender::new(1), watch::Sender::new(0));
        Ok(Arc::new(Self { env, options, client, book, address, version, under_way, stop }))
    }

    /// Looks at the book.
    fn read<T>(&self, look: impl FnOnce(&Book) -> T) -> T {
        look(&self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the book, and tells whoever watches it.
    fn change<T>(&self, change: impl FnOnce(&mut Book) -> T) -> T {
        let changed = change(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner));
        self.version.send_modify(|version| *version += 1);
        changed
    }

    /// Lets something go on by itself, until it ends or the simulator stops.
    fn follow(self: &Arc<Self>, going_on: impl Future<Output = ()> + Send + 'static) {
        self.under_way.send_modify(|count| *count += 1);
        let guard = UnderWay(Arc::clone(self));
        tokio::spawn(async move {
            let _ = guard.0.stop.run_until_cancelled(going_on).await;
            drop(guard);
        });
    }

    /// Waits until nothing is under way: all that was begun is reported, or held.
    pub async fn quiet(&self) {
        // The sender is ours: the channel does not close.
        let _ = self.under_way.subscribe().wait_for(|count| *count == 0).await;
    }

    /// How a phone behaves.
    #[must_use]
    pub fn behavior(&self, phone: PhoneNumber) -> Behavior {
        self.read(|book| book.behavior(phone))
    }
}

/// Everything that a simulator answers.
pub fn routes(simulator: &Arc<Simulator>) -> Router {
    page::routes().merge(carrier::routes(simulator)).merge(control::routes(simulator)).with_state(Arc::clone(simulator))
}

/// Serves until the simulator stops; then waits a while for the requests under way.
pub async fn serve(simulator: &Arc<Simulator>, listener: TcpListener) {
    if let Ok(address) = listener.local_addr() {
        let _ = simulator.address.set(address);
    }
    let (router, connections) = (routes(simulator), TaskTracker::new());
    loop {
        let accepted = tokio::select! {
            () = simulator.stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let _ = stream.set_nodelay(true);
                connections.spawn(one(stream, router.clone(), simulator.stop.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.close();
    let _ = tokio::time::timeout(FAREWELL, connections.wait()).await;
    simulator.quiet().await;
}

/// Serves a connection to its end.
async fn one(stream: TcpStream, router: Router, stop: CancellationToken) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let Ok(answer): Result<Response, _> = router.oneshot(request.map(Body::new)).await;
            let is_lost = answer.extensions().get::<LostAnswer>().is_some();
            if is_lost { Err(LostAnswer) } else { Ok(answer) }
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service));
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended");
    }
}
