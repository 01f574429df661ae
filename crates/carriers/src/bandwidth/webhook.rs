//! What Bandwidth brings: texts that come in, and how far each recipient of those that went out has them.
//!
//! Always holds: nothing is read before user and password are right (HTTP Basic). Bandwidth asks first without them and expects the
//! answer 401 with a challenge, which is what [`WebhookError::NoSignature`] calls for. It signs nothing and may bring everything again; that is
//! harmless, as a text is known by its reference, and a report that comes again changes nothing.

use halyard_protocol::PhoneNumber;
use serde::Deserialize;

use crate::answer;
use crate::base;
use crate::event::{Address, Event, Inbound, Receipt, Reported};
use crate::http::Webhook;
use crate::json;
use crate::moment;
use crate::provider::WebhookError;

/// One event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    error_code: Option<i64>,
    #[serde(default)]
    message: Option<Message>,
}

/// The message that it is about.
#[derive(Deserialize)]
struct Message {
    id: String,
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    owner: Option<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Vec<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    media: Option<Vec<String>>,
    #[serde(default)]
    tag: Option<String>,
}

/// Checks a webhook and reads it.
pub(super) fn read(login: &str, webhook: &Webhook<'_>) -> Result<Vec<Event>, WebhookError> {
    let given = webhook.header("authorization").ok_or(WebhookError::NoSignature)?;
    if !base::is_same_secret(given.trim().as_bytes(), login.as_bytes()) {
        return Err(WebhookError::BadSignature);
    }
    // Its documentation's pages have a list, of one; the OpenAPI description has the event alone.
    let items = if webhook.body.trim_ascii_start().starts_with(b"{") {
        json::read(webhook.body).map(|item| vec![item])
    } else {
        json::read::<Vec<Item>>(webhook.body)
    };
    let items = items.map_err(|_| WebhookError::Malformed("it is no list of events of Bandwidth"))?;
    let mut events = Vec::with_capacity(items.len());
    for item in items {
        events.extend(event(item)?);
    }
    Ok(events)
}

fn event(item: Item) -> Result<Option<Event>, WebhookError> {
    let code = item.error_code.map(|code| code.to_string()).unwrap_or_default();
    let words = item.description.as_deref().unwrap_or_default();
    let reported = match item.kind.as_str() {
        "message-received" => return inbound(item),
        "message-sent" => Reported::Sent,
        // In places this says that the recipient's network has it.
        "message-delivered" if words.to_ascii_lowercase().contains("to carrier") => Reported::Sent,
        "message-delivered" | "message-read" => Reported::Delivered,
        "message-failed" => super::failed(&code, words),
        _ => return Ok(None),
    };
    let (message, reference) = message(item.message)?;
    let to = item.to.as_deref().and_then(|to| PhoneNumber::from_carrier(to).ok());
    // Without a recipient it is of all of them: where there are several that may be wrong.
    if to.is_none() && message.to.len() > 1 {
        return Ok(None);
    }
    let ours = message.tag.filter(|tag| !tag.is_empty());
    Ok(Some(Event::Receipt(Receipt { reference, ours, to, reported })))
}

fn inbound(item: Item) -> Result<Option<Event>, WebhookError> {
    let (message, reference) = message(item.message)?;
    let number = |text: &String| PhoneNumber::from_e164(text).ok();
    let from = message.from.as_deref().and_then(Address::read);
    let to = message.owner.as_ref().or(item.to.as_ref()).and_then(number);
    let (Some(from), Some(to)) = (from, to) else { return Ok(None) };
    let is_other = |number: &PhoneNumber| *number != to && from != Address::Number(*number);
    let mut others: Vec<_> = message.to.iter().filter_map(number).filter(is_other).collect();
    others.sort_unstable();
    others.dedup();
    Ok(Some(Event::Inbound(Inbound {
        reference,
        from,
        to,
        others,
        body: message.text.unwrap_or_default(),
        media: message.media.unwrap_or_default(),
        at: message.time.as_deref().and_then(moment::from_iso),
    })))
}

/// The message, with its reference.
fn message(message: Option<Message>) -> Result<(Message, String), WebhookError> {
    let malformed = WebhookError::Malformed("it names no message");
    let message = message.ok_or(malformed)?;
    let reference = answer::reference(message.id.clone()).ok_or(malformed)?;
    Ok((message, reference))
}
