//! What Twilio brings: texts that come in, and the status of those that went out.
//!
//! Always holds: nothing is read before the signature is right. Twilio signs no time, so a webhook can be sent again by whoever has seen
//! it; that is harmless, as a text that came in is known again by its reference, and a report that comes again changes nothing.

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halyard_protocol::PhoneNumber;
use ring::hmac;

use crate::answer;
use crate::event::{Address, Event, Inbound, Receipt};
use crate::http::{REFERENCE, Webhook};
use crate::provider::WebhookError;

/// More files than a text can have at Twilio.
const MOST_FILES: usize = 50;

/// A form's parameters.
type Form<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// Checks a webhook and reads it.
pub(super) fn read(auth_token: &str, webhook: &Webhook<'_>) -> Result<Vec<Event>, WebhookError> {
    let given = webhook.header("x-twilio-signature").ok_or(WebhookError::NoSignature)?;
    let given = STANDARD.decode(given.trim()).map_err(|_| WebhookError::BadSignature)?;
    let form: Form<'_> = form_urlencoded::parse(webhook.body).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.as_bytes());
    let parameters = signed(&form);
    let is_signed = |url: &String| hmac::verify(&key, format!("{url}{parameters}").as_bytes(), &given).is_ok();
    if !addresses(webhook.url).iter().any(is_signed) {
        return Err(WebhookError::BadSignature);
    }
    if one(&form, "MessageStatus")?.is_some() {
        return Ok(receipt(webhook, &form)?.into_iter().collect());
    }
    if one(&form, "SmsStatus")?.is_some_and(|status| status != "received" && status != "receiving") {
        return Ok(Vec::new());
    }
    Ok(inbound(&form)?.into_iter().collect())
}

/// The parameters as they are signed: names and values in the order of names, without any sign between; what is there twice counts once.
fn signed(form: &Form<'_>) -> String {
    let pairs: BTreeSet<(&str, &str)> = form.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    pairs.into_iter().flat_map(|(name, value)| [name, value]).collect()
}

/// The address as it may have been signed: with its port or without, whichever it was called by.
fn addresses(url: &str) -> Vec<String> {
    let mut addresses = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return addresses };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let port = authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    addresses.push(match port {
        Some((host, _)) => format!("{scheme}://{host}{path}"),
        None => format!("{scheme}://{authority}:{}{path}", if scheme == "https" { 443 } else { 80 }),
    });
    addresses
}

/// The value of a parameter. It must not have two.
fn one<'a>(form: &'a Form<'_>, name: &str) -> Result<Option<&'a str>, WebhookError> {
    let mut values = form.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_ref());
    let first = values.next();
    if values.any(|value| Some(value) != first) {
        return Err(WebhookError::Malformed("a parameter has two values"));
    }
    Ok(first.filter(|value| !value.is_empty()))
}

/// The reference of the text that it is about.
fn reference(form: &Form<'_>) -> Result<String, WebhookError> {
    let sid = one(form, "MessageSid")?.or(one(form, "SmsSid")?);
    sid.map(str::to_owned).and_then(answer::reference).ok_or(WebhookError::Malformed("it names no message"))
}

fn receipt(webhook: &Webhook<'_>, form: &Form<'_>) -> Result<Option<Event>, WebhookError> {
    let reference = reference(form)?;
    let code = one(form, "ErrorCode")?.unwrap_or_default();
    let words = one(form, "ErrorMessage")?.unwrap_or_default();
    let Some(reported) = super::reported(one(form, "MessageStatus")?.unwrap_or_default(), code, words) else {
        return Ok(None);
    };
    let to = one(form, "To")?.and_then(|to| PhoneNumber::from_carrier(to).ok());
    Ok(Some(Event::Receipt(Receipt { reference, ours: webhook.query(REFERENCE), to, reported })))
}

fn inbound(form: &Form<'_>) -> Result<Option<Event>, WebhookError> {
    let reference = reference(form)?;
    let from = one(form, "From")?.and_then(Address::read);
    let to = one(form, "To")?.and_then(|to| PhoneNumber::from_carrier(to).ok());
    // Texts of another channel, and those to a short code, are none of ours.
    let (Some(from), Some(to)) = (from, to) else { return Ok(None) };
    let files = match one(form, "NumMedia")? {
        Some(number) => number.parse().map_err(|_| WebhookError::Malformed("NumMedia is no number"))?,
        None => 0,
    };
    if files > MOST_FILES {
        return Err(WebhookError::Malformed("NumMedia is too large"));
    }
    let mut media = Vec::with_capacity(files);
    for place in 0..files {
        let url = one(form, &format!("MediaUrl{place}"))?;
        media.push(url.ok_or(WebhookError::Malformed("a file is missing"))?.to_owned());
    }
    let body = one(form, "Body")?.unwrap_or_default().to_owned();
    Ok(Some(Event::Inbound(Inbound { reference, from, to, others: Vec::new(), body, media, at: None })))
}
