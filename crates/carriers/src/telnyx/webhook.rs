//! What Telnyx brings: texts that come in, and how far each recipient of those that went out has them.
//!
//! Always holds: nothing is read before the signature is right and not older than five minutes. It is over the time and the body; the
//! address is not in it, so what stands there (our reference) only helps to find a text, which the body's reference names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halyard_protocol::PhoneNumber;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::Deserialize;

use super::{Data, Problem};
use crate::answer;
use crate::event::{Address, Event, Inbound, Receipt, Reported};
use crate::http::{REFERENCE, TOLERANCE, Webhook};
use crate::json;
use crate::moment;
use crate::provider::WebhookError;
use crate::refusal::{Refusal, Why};

/// An event, without what is of its kind.
#[derive(Deserialize)]
struct Kind {
    event_type: String,
}

/// An event about a message.
#[derive(Deserialize)]
struct About {
    payload: Message,
}

/// A message, in either direction.
#[derive(Deserialize)]
struct Message {
    id: String,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    from: Option<Party>,
    #[serde(default)]
    to: Vec<Party>,
    #[serde(default)]
    cc: Option<Vec<Party>>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    media: Option<Vec<File>>,
    #[serde(default)]
    received_at: Option<String>,
    #[serde(default)]
    errors: Option<Vec<Problem>>,
}

/// Somebody at either end.
#[derive(Deserialize)]
struct Party {
    #[serde(default)]
    phone_number: Option<String>,
    #[serde(default)]
    status: Option<String>,
}

impl Party {
    fn number(&self) -> Option<PhoneNumber> {
        PhoneNumber::from_carrier(self.phone_number.as_deref()?).ok()
    }
}

/// A file of a message.
#[derive(Deserialize)]
struct File {
    url: String,
}

/// Checks a webhook and reads it.
pub(super) fn read(public_key: &[u8], webhook: &Webhook<'_>) -> Result<Vec<Event>, WebhookError> {
    let given = webhook.header("telnyx-signature-ed25519").ok_or(WebhookError::NoSignature)?;
    let time = webhook.header("telnyx-timestamp").ok_or(WebhookError::NoSignature)?;
    let given = STANDARD.decode(given.trim()).map_err(|_| WebhookError::BadSignature)?;
    let signed = [time.as_bytes(), b"|", webhook.body].concat();
    UnparsedPublicKey::new(&ED25519, public_key).verify(&signed, &given).map_err(|_| WebhookError::BadSignature)?;
    let seconds: i64 = time.trim().parse().map_err(|_| WebhookError::BadSignature)?;
    if webhook.now.0.saturating_sub(seconds.saturating_mul(1000)).saturating_abs() > TOLERANCE {
        return Err(WebhookError::Stale);
    }
    let malformed = |_| WebhookError::Malformed("it is no event of Telnyx");
    let kind: Data<Kind> = json::read(webhook.body).map_err(malformed)?;
    let is_inbound = match kind.data.event_type.as_str() {
        "message.received" => true,
        "message.sent" | "message.finalized" => false,
        _ => return Ok(Vec::new()),
    };
    let event: Data<About> = json::read(webhook.body).map_err(malformed)?;
    let message = event.data.payload;
    let reference = answer::reference(message.id.clone()).ok_or(WebhookError::Malformed("it names no message"))?;
    if is_inbound {
        return Ok(inbound(message, reference).into_iter().collect());
    }
    Ok(receipts(&message, &reference, webhook.query(REFERENCE).as_deref()))
}

fn inbound(message: Message, reference: String) -> Option<Event> {
    let from = message.from.as_ref().and_then(|from| from.phone_number.as_deref()).and_then(Address::read)?;
    // In a group, the recipient that this webhook is for is the one that it is delivered to.
    let is_own = |party: &&Party| party.status.as_deref() == Some("webhook_delivered");
    let to = message.to.iter().find(is_own).or(message.to.first()).and_then(Party::number)?;
    let all = message.to.iter().chain(message.cc.iter().flatten()).filter_map(Party::number);
    let mut others: Vec<_> = all.filter(|number| *number != to && from != Address::Number(*number)).collect();
    others.sort_unstable();
    others.dedup();
    let media = message.media.unwrap_or_default().into_iter().map(|file| file.url).collect();
    let at = message.received_at.as_deref().and_then(moment::from_iso);
    Some(Event::Inbound(Inbound { reference, from, to, others, body: message.text.unwrap_or_default(), media, at }))
}

fn receipts(message: &Message, reference: &str, ours: Option<&str>) -> Vec<Event> {
    let mut receipts = Vec::with_capacity(message.to.len());
    for (place, party) in message.to.iter().enumerate() {
        let (Some(to), Some(status)) = (party.number(), party.status.as_deref()) else { continue };
        let reported = match status {
            "sent" | "delivery_unconfirmed" => Reported::Sent,
            // Of an MMS this says that the recipient's network has it.
            "delivered" if message.kind.as_deref() == Some("MMS") => Reported::Sent,
            "delivered" => Reported::Delivered,
            "sending_failed" | "delivery_failed" | "gw_reject" | "expired" => Reported::Failed(refusal(message, place)),
            _ => continue,
        };
        let (reference, ours) = (reference.to_owned(), ours.map(str::to_owned));
        receipts.push(Event::Receipt(Receipt { reference, ours, to: Some(to), reported }));
    }
    receipts
}

/// Why the recipient at this place does not get it: a reason that points there, or else the first that points nowhere.
fn refusal(message: &Message, place: usize) -> Refusal {
    let errors = message.errors.as_deref().unwrap_or_default();
    let pointer =
        |problem: &Problem| problem.source.as_ref().and_then(|source| source.pointer.clone()).unwrap_or_default();
    let own = format!("/to/{place}");
    let is_own = |problem: &&Problem| {
        let pointer = pointer(problem);
        pointer == own || pointer.starts_with(&format!("{own}/"))
    };
    let is_of_all = |problem: &&Problem| !pointer(problem).starts_with("/to/");
    let problem = errors.iter().find(is_own).or_else(|| errors.iter().find(is_of_all));
    problem.map_or_else(|| Refusal::new(Why::Other, "", ""), Problem::refusal)
}
