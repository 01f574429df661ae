//! The control interface: what the page and tests see of the simulator, and do with it.
//!
//! - `GET /control/state?after=7`: all of it; with `after` as soon as there is another version, or after a while.
//! - `POST /control/texts`: writes as a phone ([`NewText`]). `POST /control/texts/{id}/again` brings it once more, or sends the last report on a
//!   text of Halyard's once more.
//! - `POST /control/texts/{id}/receipts`: reports on a text of Halyard's, whatever was reported before ([`NewReceipt`]).
//! - `PUT /control/phones/{number}`: adds a phone, or sets how it behaves ([`Settings`]).
//! - `PUT /control/hold`: holds reports, or sends those that were held ([`Hold`]).
//! - `GET /control/references`: how often each reference of Halyard's was handed over, and taken.
//! - `GET /media/{id}`: a file of a text, also for Halyard.
//!
//! Always holds: what is asked for is done after the answer ([`Simulator::quiet`] waits for it).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router, middleware};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use halyard_carriers::simulator::wire::{self, Receipt};
use halyard_carriers::{Address, Why};
use halyard_protocol::PhoneNumber;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::behavior::Behavior;
use super::book::{Book, File};
use super::webhooks::{self, Written};
use super::{Simulator, guard, script};

/// Bytes of a request, at most: some files in base 64.
const REQUEST: usize = 24 * 1024 * 1024;
/// How long one waits for the next version.
const WATCH: Duration = Duration::from_secs(20);
/// The picture of [`NewText::sample`].
const SAMPLE: &[u8] = include_bytes!("../demo/sunset.jpg");

pub(super) fn routes(simulator: &Arc<Simulator>) -> Router<Arc<Simulator>> {
    Router::new()
        .route("/control/state", get(state))
        .route("/control/texts", post(write))
        .route("/control/texts/{id}/again", post(again))
        .route("/control/texts/{id}/receipts", post(receipt))
        .route("/control/phones/{number}", put(set))
        .route("/control/hold", put(hold))
        .route("/control/references", get(references))
        .route("/media/{id}", get(file))
        .layer(DefaultBodyLimit::max(REQUEST))
        .route_layer(middleware::from_fn_with_state(Arc::clone(simulator), guard::token_or_page))
}

#[derive(Deserialize)]
struct Watch {
    after: Option<u64>,
}

async fn state(State(simulator): State<Arc<Simulator>>, Query(watch): Query<Watch>) -> Response {
    let mut versions = simulator.version.subscribe();
    if let Some(after) = watch.after {
        let another = versions.wait_for(|version| *version != after);
        tokio::select! {
            () = simulator.stop.cancelled() => {}
            _ = tokio::time::timeout(WATCH, another) => {}
        }
    }
    let version = *versions.borrow();
    let shown = simulator.read(|book| shown(book, version));
    ([(header::CACHE_CONTROL, "no-store")], Json(shown)).into_response()
}

/// All of the book, as the page shows it.
fn shown(book: &Book, version: u64) -> Value {
    let lines: Vec<Value> =
        book.lines().iter().map(|(number, line)| json!({ "number": number, "webhook": line.webhook })).collect();
    let phone = |(number, set): (&PhoneNumber, &Option<Behavior>)| {
        let behavior = set.unwrap_or_else(|| Behavior::of(*number));
        json!({ "number": number, "behavior": behavior, "set": set.is_some() })
    };
    let phones: Vec<Value> = book.phones().iter().map(phone).collect();
    let behavior =
        |behavior: &Behavior| json!({ "name": behavior, "about": behavior.about(), "ending": behavior.ending() });
    let behaviors: Vec<Value> = Behavior::ALL.iter().map(behavior).collect();
    let reasons: Vec<&str> = Why::ALL.iter().map(|why| why.name()).collect();
    json!({
        "version": version,
        "lines": lines,
        "phones": phones,
        "texts": book.texts(),
        "hold": book.hold,
        "held": book.held().len(),
        "behaviors": behaviors,
        "reasons": reasons,
    })
}

/// A text that a phone writes.
#[derive(Deserialize)]
struct NewText {
    /// The phone; or a short code's digits, or the word that a business texts under.
    from: String,
    /// The business number.
    to: PhoneNumber,
    /// Of a group, the other phones.
    #[serde(default)]
    others: Vec<PhoneNumber>,
    #[serde(default)]
    body: String,
    /// Files, in base 64.
    #[serde(default)]
    files: Vec<String>,
    /// With a picture that the simulator has.
    #[serde(default)]
    sample: bool,
}

#[derive(Serialize)]
struct Begun {
    id: String,
}

async fn write(State(simulator): State<Arc<Simulator>>, Json(new): Json<NewText>) -> Response {
    let NewText { from, to, others, body, files, sample } = new;
    let mut contents = Vec::new();
    for file in files {
        let Ok(content) = BASE64.decode(file) else { return refused("a file is not in base 64") };
        contents.push(content);
    }
    if sample {
        contents.push(SAMPLE.to_vec());
    }
    if body.is_empty() && contents.is_empty() {
        return refused("a text has something in it");
    }
    let Some(from) = Address::read(&from) else { return refused("a text has a sender") };
    let is_in = |number: &PhoneNumber| Address::Number(*number) == from;
    if is_in(&to) || others.iter().any(is_in) || others.contains(&to) {
        return refused("nobody is in a conversation twice");
    }
    let file = |content: Vec<u8>| File::new(simulator.env.ulid().to_string(), content.into());
    let files = contents.into_iter().map(file).collect();
    let id = webhooks::write(&simulator, Written { from, to, others, body, files });
    let (bringing, text) = (Arc::clone(&simulator), id.clone());
    simulator.follow(async move { webhooks::bring(&bringing, &text).await });
    (StatusCode::ACCEPTED, Json(Begun { id })).into_response()
}

async fn again(State(simulator): State<Arc<Simulator>>, Path(id): Path<String>) -> Response {
    let found = simulator.read(|book| book.text(&id).map(|text| (text.of_phone, text.reports.last().cloned())));
    let (saying, last) = match found {
        None => return StatusCode::NOT_FOUND.into_response(),
        Some((true, _)) => (Arc::clone(&simulator), None),
        Some((false, Some(last))) if last.receipt.is_some() => (Arc::clone(&simulator), last.receipt),
        Some((false, _)) => return refused("nothing was reported of this text yet"),
    };
    simulator.follow(async move {
        match last {
            Some(receipt) => webhooks::report_now(&saying, &id, receipt).await,
            None => webhooks::bring(&saying, &id).await,
        }
    });
    StatusCode::ACCEPTED.into_response()
}

/// A report to send.
#[derive(Deserialize)]
struct NewReceipt {
    /// The phone; none for all.
    #[serde(default)]
    to: Option<PhoneNumber>,
    state: wire::State,
    /// Of a failure: why.
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

async fn receipt(
    State(simulator): State<Arc<Simulator>>,
    Path(id): Path<String>,
    Json(new): Json<NewReceipt>,
) -> Response {
    match simulator.read(|book| book.text(&id).map(|text| text.of_phone)) {
        None => return StatusCode::NOT_FOUND.into_response(),
        Some(true) => return refused("Halyard hears of its own texts only"),
        Some(false) => {}
    }
    let NewReceipt { to, state, code, message } = new;
    let receipt = Receipt { code, message, ..script::receipt(&simulator, &id, to, state) };
    let saying = Arc::clone(&simulator);
    simulator.follow(async move { webhooks::report_now(&saying, &id, receipt).await });
    StatusCode::ACCEPTED.into_response()
}

/// How a phone behaves; none as its number says.
#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    behavior: Option<Behavior>,
}

async fn set(
    State(simulator): State<Arc<Simulator>>,
    Path(number): Path<PhoneNumber>,
    Json(settings): Json<Settings>,
) -> Response {
    if simulator.read(|book| book.lines().contains_key(&number)) {
        return refused("this is a business number of Halyard's");
    }
    simulator.change(|book| book.set_behavior(number, settings.behavior));
    StatusCode::NO_CONTENT.into_response()
}

/// Whether reports are held.
#[derive(Deserialize)]
struct Hold {
    hold: bool,
}

async fn hold(State(simulator): State<Arc<Simulator>>, Json(hold): Json<Hold>) -> StatusCode {
    let held = simulator.change(|book| {
        book.hold = hold.hold;
        if hold.hold { Vec::new() } else { book.release() }
    });
    simulator.follow(webhooks::release(Arc::clone(&simulator), held));
    StatusCode::NO_CONTENT
}

async fn references(State(simulator): State<Arc<Simulator>>) -> Json<Value> {
    Json(simulator.read(|book| json!(book.references())))
}

async fn file(State(simulator): State<Arc<Simulator>>, Path(id): Path<String>) -> Response {
    let Some(file) = simulator.read(|book| book.file(&id).cloned()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (kind, policy) = match file.kind {
        Some(kind) => (kind.mime(), kind.policy()),
        None => ("application/octet-stream", "default-src 'none'; sandbox"),
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, max-age=3600, immutable"),
    ];
    (headers, file.content).into_response()
}

fn refused(words: &'static str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, words).into_response()
}
