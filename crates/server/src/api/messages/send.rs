//! `POST /messages`: write to somebody.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use halyard_protocol::rest::{IDEMPOTENCY_KEY, SendMessage};
use halyard_protocol::{ErrorBody, ErrorCode, Message, MessageId};

use crate::api::extract::{Body, Signed};
use crate::api::problem::Problem;
use crate::app::App;
use crate::messaging::accept::{Refusal, accept};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        let (code, field) = match refusal {
            Refusal::Store(error) => return error.into(),
            Refusal::IdempotencyConflict => (ErrorCode::IdempotencyConflict, None),
            Refusal::IdTaken => (ErrorCode::Conflict, None),
            Refusal::NotYourNumber => (ErrorCode::NotYourNumber, Some("to.from")),
            Refusal::NumberInChat => (ErrorCode::InvalidRecipients, Some("to.from")),
            Refusal::UnknownUser | Refusal::Recipients(_) => (ErrorCode::InvalidRecipients, Some("to.peers")),
            Refusal::Text(_) => (ErrorCode::InvalidText, Some("body")),
        };
        let problem = Self::new(code, sentence);
        field.into_iter().fold(problem, Self::at)
    }
}

/// Write to colleagues, or from an own number to numbers outside.
///
/// The header `Idempotency-Key` is the message's id. The same id with the same body gets the first answer again,
/// with another body a conflict. The answer comes after the message is safe on disk.
#[utoipa::path(
    post, path = "/messages", tag = "conversations", request_body = SendMessage,
    params(("Idempotency-Key" = MessageId, Header, description = "The message's id, chosen by the device")),
    responses(
        (status = 202, description = "Accepted, and on its way", body = Message),
        (status = 409, description = "`idempotency_conflict`, or `conflict`: the id is another message's",
         body = ErrorBody),
        (status = 422, description = "`invalid_recipients`, `invalid_text`, `not_your_number` or `invalid`",
         body = ErrorBody),
    )
)]
pub async fn send(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    headers: HeaderMap,
    Body(request): Body<SendMessage>,
) -> Result<(StatusCode, Json<Message>), Problem> {
    let id = idempotency_key(&headers)?;
    let mut tx = app.store.write(session.tenant).await?;
    let message = accept(&mut tx, session.tenant, session.user, id, request, app.env.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(message)))
}

/// The message's id: bare, or in the quotes that a structured header has.
fn idempotency_key(headers: &HeaderMap) -> Result<MessageId, Problem> {
    let text = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
    let text = text.map(|text| text.trim().trim_matches('"'));
    text.and_then(|text| text.parse().ok()).ok_or_else(|| {
        let message = "The header Idempotency-Key has to carry the message's id: 26 characters.";
        Problem::new(ErrorCode::MalformedRequest, message).at(IDEMPOTENCY_KEY)
    })
}
