//! `POST /webhooks/{kind}/{account}/{word}`: reports of an account's carrier, and texts that come in.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use halyard_carriers::http::Webhook;
use halyard_carriers::{Event, Kind, WebhookError};
use halyard_protocol::{CarrierAccountId, ErrorCode};
use ring::digest::{SHA256, digest};

use crate::app::App;
use crate::jobs::inbound::{Brought, INBOUND};
use crate::jobs::receipt::{RECEIPT, Reported};
use crate::operations::messaging::reference;
use crate::problem::Problem;
use crate::store::carrier_accounts::AccountRecord;
use crate::store::jobs::{NewJob, Queue};
use crate::store::{self, StoreError, Tx};

/// Takes in what a carrier brings.
///
/// # Errors
/// `not_found` for an address that is not an account's, `forbidden` for a wrong signature, `malformed_request` for what can't be read.
pub async fn receive(
    State(app): State<Arc<App>>,
    Path((kind, account, word)): Path<(String, String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let id: CarrierAccountId = account.parse().map_err(|_| Problem::not_found())?;
    let opened = app.carriers.open(id).await?;
    // Compared as digests: how long that takes says nothing of the word.
    let is_word = |record: &AccountRecord| {
        digest(&SHA256, record.webhook.as_bytes()).as_ref() == digest(&SHA256, word.as_bytes()).as_ref()
    };
    let (record, opened) =
        opened.filter(|(record, _)| record.kind.name() == kind && is_word(record)).ok_or_else(Problem::not_found)?;
    let provider = opened.provider.ok_or_else(Problem::not_found)?;
    let address = app.carriers.links().webhook(&record).unwrap_or_default();
    let url = match uri.query() {
        Some(query) => format!("{address}?{query}"),
        None => address,
    };
    let headers: Vec<(String, String)> = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let webhook = Webhook { url: &url, headers: &headers, body: &body, now: app.env.now() };
    let events = match provider.webhook(&webhook) {
        Ok(events) => events,
        Err(error) => {
            tracing::warn!(account = %id, %error, bytes = body.len(), "a webhook is refused");
            app.metrics.webhook(record.kind.name(), false);
            return Ok(refusal(&record, error));
        }
    };
    app.metrics.webhook(record.kind.name(), true);
    for event in events {
        enqueue(&app, &record, event).await?;
    }
    let answer = provider.webhook_answer();
    Ok(if answer.body.is_empty() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        ([(header::CONTENT_TYPE, answer.content_type)], answer.body).into_response()
    })
}

fn refusal(account: &AccountRecord, error: WebhookError) -> Response {
    let problem = match error {
        WebhookError::NoSignature | WebhookError::BadSignature | WebhookError::Stale => {
            Problem::new(ErrorCode::Forbidden, "The signature is missing, wrong or too old.")
        }
        WebhookError::Malformed(what) => Problem::new(ErrorCode::MalformedRequest, what),
    };
    let mut answer = problem.into_response();
    if account.kind == Kind::Bandwidth && error == WebhookError::NoSignature {
        // It asks without a log-in first, and with one when it hears that it has to (RFC 7617).
        *answer.status_mut() = StatusCode::UNAUTHORIZED;
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"webhooks\""));
    }
    answer
}

/// Puts an event into the queue.
async fn enqueue(app: &App, account: &AccountRecord, event: Event) -> Result<(), StoreError> {
    let (id, now) = (account.id, app.env.now());
    let mut tx = app.store.read().await?;
    // In the turns of the business that it concerns.
    let tenant = match (&event, account.tenant) {
        (_, Some(tenant)) => Some(tenant),
        (Event::Inbound(text), None) => store::numbers::by_number(&mut tx, text.to).await?.map(|(tenant, _)| tenant),
        (Event::Receipt(receipt), None) => match receipt.ours.as_deref().and_then(reference::read) {
            Some((conversation, ..)) => {
                store::conversations::by_id(&mut tx, conversation).await?.map(|record| record.tenant)
            }
            None => None,
        },
    };
    drop(tx);
    let mut tx = match tenant {
        Some(tenant) => app.store.write(tenant).await?,
        None => app.store.write_system().await?,
    };
    let queue = tenant.map_or(Queue::Account(id), Queue::Tenant);
    match event {
        Event::Inbound(text) => {
            // Texts of one sender to one number arrive in the order in which they were brought. A lane is locked by its tenant's lock.
            let lane = match (tenant, &text.from) {
                (Some(_), from) => format!("{INBOUND} {id} {from} {}", text.to),
                (None, _) => format!("{INBOUND} {id} {}", app.env.ulid()),
            };
            let payload = store::sql::json(&Brought { account: id, text })?;
            add(&mut tx, queue, &lane, INBOUND, &payload, now).await?;
        }
        Event::Receipt(receipt) => {
            let lane = format!("{RECEIPT} {}", app.env.ulid());
            let payload = store::sql::json(&Reported { account: id, receipt })?;
            add(&mut tx, queue, &lane, RECEIPT, &payload, now).await?;
        }
    }
    tx.commit().await
}

async fn add(
    tx: &mut Tx,
    queue: Queue,
    lane: &str,
    kind: &str,
    payload: &str,
    now: halyard_protocol::UnixMs,
) -> Result<(), StoreError> {
    store::jobs::add_last(tx, NewJob { queue, lane, position: 0, kind, payload, run_at: now }, now).await
}
