//! `POST /webhooks/{kind}/{account}/{word}`: reports of an account's carrier, and texts that come in.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use halyard_carriers::http::Webhook;
use halyard_carriers::{Kind, WebhookError};
use halyard_protocol::{CarrierAccountId, ErrorCode};
use ring::digest::{SHA256, digest};

use crate::app::App;
use crate::operations::messaging::brought;
use crate::problem::Problem;
use crate::store;
use crate::store::carrier_accounts::AccountRecord;

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
    let mut tx = app.store.read_once().await?;
    let record = store::carrier_accounts::by_id(&mut tx, id).await?;
    drop(tx);
    // Compared as digests: how long that takes says nothing of the word.
    let is_word = |record: &AccountRecord| {
        digest(&SHA256, record.webhook.as_bytes()).as_ref() == digest(&SHA256, word.as_bytes()).as_ref()
    };
    let record =
        record.filter(|record| record.kind.name() == kind && is_word(record)).ok_or_else(Problem::not_found)?;
    // One that can't be used for now is asked to come again.
    let opened = app.carriers.open_known(&record).ok_or_else(|| {
        Problem::new(ErrorCode::Unavailable, "This account can't be used at the moment.").retry_after(60)
    })?;
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
        brought::bring(&app.store, &app.env, &record, event).await?;
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
