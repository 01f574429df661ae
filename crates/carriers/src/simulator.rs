//! The carrier simulator of development: Halyard's own, so that all that a carrier does can be tried without one.
//!
//! Owns both ends' types (`wire`), what its webhooks are signed by ([`sign`]), and this end's requests with what its answers mean.
//!
//! - `POST /v1/messages` with a [`wire::Submission`] is answered 202 with [`wire::Accepted`], or 422 with a [`wire::Problem`] whose code is the
//!   name of a [`Why`].
//! - `GET /v1/messages?reference=…` is answered with [`wire::Messages`]: all that was taken under that reference of ours.
//! - `GET /v1/account` is answered with [`wire::Account`].
//! - It posts [`wire::Events`], signed by the header [`SIGNATURE`].
//!
//! Always holds: a look-up is exact, as the simulator keeps our reference.

#[cfg(test)]
mod tests;
pub mod wire;

use form_urlencoded::Serializer;
use halyard_protocol::{MediaKind, UnixMs};
use ring::hmac;

use crate::account::{Field, Kind, Settings, SettingsError};
use crate::answer;
use crate::base::{self, Base};
use crate::event::{Address, Event, Inbound, Receipt, Reported};
use crate::http::{Request, Response, TOLERANCE, Webhook};
use crate::json;
use crate::outbound::{Capabilities, Outbound};
use crate::outcome::{Found, LookedUp, Outcome, Tested};
use crate::provider::{Provider, WebhookError};
use crate::refusal::{Refusal, Why};

/// The header of a webhook's signature.
pub const SIGNATURE: &str = "halyard-signature";

const TOKEN: Field = Field {
    name: "token",
    about: "The token that the simulator was started with. It logs in, and the simulator signs its webhooks with it.",
    required: true,
    secret: true,
};

/// What an account at the simulator needs and takes.
pub const FIELDS: &[Field] = &[
    Field { about: "Where the simulator is: http on this machine, or https.", required: true, ..base::API },
    TOKEN,
    base::SEGMENTS_A_SECOND,
    base::SEGMENTS_OF_A_NUMBER,
];

/// It takes everything.
const MEDIA: &[MediaKind] = &[
    MediaKind::Jpeg,
    MediaKind::Png,
    MediaKind::Gif,
    MediaKind::Webp,
    MediaKind::Mp4,
    MediaKind::Mp3,
    MediaKind::Amr,
    MediaKind::Vcard,
    MediaKind::Pdf,
];

/// What stands in [`SIGNATURE`] of a webhook with this body that leaves now.
#[must_use]
pub fn sign(token: &str, now: UnixMs, body: &[u8]) -> String {
    let tag = hmac::sign(&key(token), &signed(&now.0.to_string(), body));
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={},v1={hex}", now.0)
}

fn key(token: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes())
}

/// What is signed: the time and the body.
fn signed(time: &str, body: &[u8]) -> Vec<u8> {
    [time.as_bytes(), b".", body].concat()
}

/// An account at the simulator.
pub struct Simulator {
    base: Base,
    token: String,
    segments_a_second: u32,
}

impl Simulator {
    /// The account of these settings.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check(FIELDS)?;
        let token = base::printable(settings, &TOKEN)?;
        Ok(Self {
            base: Base::new(settings, "", base::bearer(token))?,
            token: token.to_owned(),
            segments_a_second: base::segments_a_second(settings, 1000)?,
        })
    }
}

/// How far a text is by its state; none while it waits there.
fn reported(state: wire::State, code: &str, words: &str) -> Option<Reported> {
    match state {
        wire::State::Sent => Some(Reported::Sent),
        wire::State::Delivered => Some(Reported::Delivered),
        wire::State::Failed => Some(Reported::Failed(refusal(code, words))),
        wire::State::Queued | wire::State::Unknown => None,
    }
}

fn refusal(code: &str, words: &str) -> Refusal {
    Refusal::new(Why::named(code).unwrap_or(Why::Other), code, words)
}

impl Provider for Simulator {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            sms: true,
            mms: true,
            group_recipients: 10,
            media_bytes: 5_000_000,
            media: MEDIA,
            text_length: Kind::Simulator.text_length(),
            short_codes: true,
            segments_a_second: self.segments_a_second,
            look_up: true,
        }
    }

    fn submit(&self, text: &Outbound) -> Request {
        let submission = wire::Submission {
            reference: text.reference.clone(),
            from: text.from,
            to: text.to.clone(),
            body: text.body.clone(),
            media: text.media.iter().map(|file| file.url.clone()).collect(),
            report_to: text.report_to.clone(),
        };
        self.base.post_json("/v1/messages", &submission)
    }

    fn outcome(&self, _: &Outbound, answer: &Response) -> Outcome {
        if answer::is_success(answer) {
            return answer::taken(answer::json::<wire::Accepted>(answer).map(|accepted| accepted.id));
        }
        match answer::json::<wire::Problem>(answer) {
            Some(problem) => answer::by_reason(answer, refusal(&problem.code, &problem.message)),
            None => answer::by_status(answer),
        }
    }

    fn look_up(&self, text: &Outbound, _: UnixMs) -> Option<Request> {
        let query = Serializer::new(String::new()).append_pair("reference", &text.reference).finish();
        Some(self.base.get(&format!("/v1/messages?{query}")))
    }

    fn looked_up(&self, text: &Outbound, _: UnixMs, answer: &Response) -> LookedUp {
        let messages = Some(answer).filter(|answer| answer.status == 200).and_then(answer::json::<wire::Messages>);
        let Some(wire::Messages { messages }) = messages else { return LookedUp::Unknown };
        let mut found = Vec::with_capacity(messages.len());
        for message in messages {
            let Some(reference) = answer::reference(message.id) else { return LookedUp::Unknown };
            let receipt = |state: wire::StateOf| {
                let reported = reported(state.state, &state.code, &state.message)?;
                let ours = Some(text.reference.clone());
                Some(Receipt { reference: reference.clone(), ours, to: Some(state.to), reported })
            };
            let receipts = message.states.into_iter().filter_map(receipt).collect();
            found.push(Found { reference, receipts });
        }
        LookedUp::Has(found)
    }

    fn test(&self) -> Request {
        self.base.get("/v1/account")
    }

    fn tested(&self, answer: &Response) -> Tested {
        let fails = |words: &str| Tested::Fails(words.to_owned());
        match (answer.status, answer::json::<wire::Account>(answer)) {
            (200, Some(account)) => {
                Tested::Works(format!("The simulator \u{201c}{}\u{201d} answers.", answer::words(&account.name)))
            }
            (401 | 403, _) => fails("The simulator refuses the token. Set the one that it was started with as token."),
            (404, _) => fails("There is no simulator at this address. Check api."),
            _ => fails("What answers there does not answer as the simulator does. Check api."),
        }
    }

    fn webhook(&self, webhook: &Webhook<'_>) -> Result<Vec<Event>, WebhookError> {
        let header = webhook.header(SIGNATURE).ok_or(WebhookError::NoSignature)?;
        let parts = header.trim().strip_prefix("t=").and_then(|rest| rest.split_once(",v1="));
        let (time, given) = parts.ok_or(WebhookError::BadSignature)?;
        let given = hex(given).ok_or(WebhookError::BadSignature)?;
        hmac::verify(&key(&self.token), &signed(time, webhook.body), &given).map_err(|_| WebhookError::BadSignature)?;
        let time: i64 = time.parse().map_err(|_| WebhookError::BadSignature)?;
        if webhook.now.0.saturating_sub(time).saturating_abs() > TOLERANCE {
            return Err(WebhookError::Stale);
        }
        let events: wire::Events = json::read(webhook.body)
            .map_err(|_| WebhookError::Malformed("it is no list of events of the simulator"))?;
        let mut read = Vec::with_capacity(events.events.len());
        for event in events.events {
            read.extend(self::event(event)?);
        }
        Ok(read)
    }

    fn fetch(&self, url: &str) -> Request {
        self.base.fetch(url)
    }
}

fn event(event: wire::Event) -> Result<Option<Event>, WebhookError> {
    let named = |id| answer::reference(id).ok_or(WebhookError::Malformed("it names no message"));
    Ok(match event {
        wire::Event::Inbound(wire::Inbound { id, from, to, others, body, media }) => {
            let from = Address::read(&from).ok_or(WebhookError::Malformed("it has no sender"))?;
            Some(Event::Inbound(Inbound { reference: named(id)?, from, to, others, body, media, at: None }))
        }
        wire::Event::Receipt(wire::Receipt { id, reference, to, state, code, message }) => {
            let ours = reference.filter(|reference| !reference.is_empty());
            let receipt = |reference, reported| Event::Receipt(Receipt { reference, ours, to, reported });
            let reference = named(id)?;
            reported(state, &code, &message).map(|reported| receipt(reference, reported))
        }
        wire::Event::Unknown => None,
    })
}

/// The bytes of hexadecimal digits.
fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}
