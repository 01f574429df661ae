//! The carrier's interface: what Halyard asks a simulator ([`halyard_carriers::simulator`]).
//!
//! Always holds: a text that is taken is in the book before the answer leaves. A reference may be taken more than once: it is counted, and the
//! look-up lists each.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use halyard_carriers::simulator::wire::{self, Accepted, Account, Messages, StateOf, Submission};
use halyard_carriers::{Address, Why};
use serde::Deserialize;
use tokio::sync::oneshot;

use super::behavior::Behavior;
use super::book::{Text, Verdict};
use super::guard::{self, problem};
use super::{LostAnswer, Simulator, script};

/// Bytes of a request, at most.
const REQUEST: usize = 1024 * 1024;
/// Recipients of a text, at most.
const RECIPIENTS: usize = 50;
/// Files of a text, at most.
const FILES: usize = 10;

pub(super) fn routes(simulator: &Arc<Simulator>) -> Router<Arc<Simulator>> {
    Router::new()
        .route("/v1/messages", post(take).get(list))
        .route("/v1/account", get(account))
        .layer(DefaultBodyLimit::max(REQUEST))
        .route_layer(middleware::from_fn_with_state(Arc::clone(simulator), guard::token))
}

/// Takes a text over, or says why not.
async fn take(State(simulator): State<Arc<Simulator>>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(submission) = serde_json::from_slice::<Submission>(&body) else {
        return problem(StatusCode::BAD_REQUEST, Why::Other.name(), "Simulated: this is no text.");
    };
    let Submission { to, body, media, .. } = &submission;
    if to.is_empty() || to.len() > RECIPIENTS || media.len() > FILES || (body.is_empty() && media.is_empty()) {
        let words = "Simulated: a text has recipients, and something in it.";
        return problem(StatusCode::UNPROCESSABLE_ENTITY, Why::Other.name(), words);
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let base = host.map(|host| format!("http://{host}"));
    let (verdict, behaviors) = simulator.change(|book| {
        book.learn(&submission, base);
        let behaviors: Vec<Behavior> = submission.to.iter().map(|phone| book.behavior(*phone)).collect();
        (book.judge(&submission), behaviors)
    });
    match verdict {
        Verdict::Refuse(code, words) => problem(StatusCode::UNPROCESSABLE_ENTITY, code, words),
        Verdict::Throttle => {
            let mut answer = problem(StatusCode::TOO_MANY_REQUESTS, Why::Other.name(), "Simulated: too often.");
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            answer
        }
        Verdict::Take => taken(&simulator, submission, &behaviors).await,
    }
}

async fn taken(simulator: &Arc<Simulator>, submission: Submission, behaviors: &[Behavior]) -> Response {
    let Submission { reference, from, to, body, media, report_to } = submission;
    let id = format!("sim-{}", simulator.env.ulid());
    let state = |to| StateOf { to, state: wire::State::Queued, code: String::new(), message: String::new() };
    let text = Text {
        id: id.clone(),
        at: simulator.env.now(),
        of_phone: false,
        from: Address::Number(from),
        states: to.iter().copied().map(state).collect(),
        to,
        body,
        files: Vec::new(),
        missing: 0,
        reference: Some(reference.clone()),
        report_to,
        reports: Vec::new(),
    };
    simulator.change(|book| book.keep(text));
    let going_on = script::deliver(Arc::clone(simulator), id.clone(), media);
    // It goes on whether or not whoever handed it over is still there.
    let (reached, has_reached) = oneshot::channel();
    simulator.follow(async move {
        going_on.await;
        let _ = reached.send(());
    });
    if behaviors.contains(&Behavior::ReportsFirst) {
        let _ = has_reached.await;
    }
    let mut answer = (StatusCode::ACCEPTED, Json(Accepted { id })).into_response();
    let times = simulator.read(|book| book.references().get(&reference).map_or(0, |count| count.taken));
    if behaviors.contains(&Behavior::LosesAnswer) && times <= 1 {
        answer.extensions_mut().insert(LostAnswer);
    }
    answer
}

#[derive(Deserialize)]
struct Sought {
    reference: String,
}

/// What was taken under a reference.
async fn list(State(simulator): State<Arc<Simulator>>, Query(sought): Query<Sought>) -> Json<Messages> {
    Json(Messages { messages: simulator.read(|book| book.listed(&sought.reference)) })
}

/// Answers a test of the account.
async fn account() -> Json<Account> {
    Json(Account { name: "Simulated carrier".to_owned() })
}
