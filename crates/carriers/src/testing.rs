//! What the tests of all providers begin with: settings, texts, answers, webhooks; and what has to hold at every provider.

use core::time::Duration;

use halyard_protocol::{MediaKind, PhoneNumber, UnixMs};
use serde::Deserialize;

use crate::account::{Field, Secret, Settings, SettingsError};
use crate::event::Event;
use crate::http::{Method, Request, Response, Webhook};
use crate::outbound::{Attachment, Outbound};
use crate::outcome::{LookedUp, Outcome, Tested};
use crate::provider::{Provider, WebhookError};
use crate::refusal::{Refusal, Why};

/// A number of an example.
pub(crate) fn number(text: &str) -> PhoneNumber {
    PhoneNumber::from_e164(text).unwrap()
}

/// Settings with these values, each where the fields have it.
pub(crate) fn settings(fields: &[Field], values: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    for (name, value) in values {
        if fields.iter().any(|field| field.name == *name && field.secret) {
            settings.secrets.insert((*name).to_owned(), Secret((*value).to_owned()));
        } else {
            settings.plain.insert((*name).to_owned(), (*value).to_owned());
        }
    }
    settings
}

/// What is wrong with a setting when it has another value.
pub(crate) fn refused<T>(
    fields: &[Field],
    values: &[(&str, &str)],
    (name, value): (&str, &str),
    new: impl Fn(&Settings) -> Result<T, SettingsError>,
) -> Option<String> {
    let mut settings = settings(fields, values);
    settings.plain.remove(name);
    settings.secrets.remove(name);
    let other = self::settings(fields, &[(name, value)]);
    settings.plain.extend(other.plain);
    settings.secrets.extend(other.secrets);
    new(&settings).err().map(|error| error.to_string())
}

/// A text to one number.
pub(crate) fn text() -> Outbound {
    Outbound {
        reference: "01JD.7".to_owned(),
        from: number("+12025550199"),
        to: vec![number("+12025550143")],
        body: "Grüße & 100% + 👍".to_owned(),
        media: Vec::new(),
        report_to: Some("https://halyard.example/hooks/7?reference=01JD.7".to_owned()),
    }
}

/// A text with files and no words to a group.
pub(crate) fn group() -> Outbound {
    let file = |url: &str, kind| Attachment { url: url.to_owned(), kind, size: 10 };
    Outbound {
        to: vec![number("+12025550110"), number("+12025550120")],
        body: String::new(),
        media: vec![
            file("https://halyard.example/media/1?a=b&c", MediaKind::Jpeg),
            file("https://halyard.example/media/2", MediaKind::Png),
        ],
        report_to: None,
        ..text()
    }
}

/// An answer.
pub(crate) fn answer(status: u16, body: impl AsRef<[u8]>) -> Response {
    Response { status, headers: Vec::new(), body: body.as_ref().to_vec() }
}

/// A request's headers and body, as a test reads them.
pub(crate) fn parts(request: &Request) -> (Method, &str, Vec<(&str, &str)>, &str) {
    let headers = request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    (request.method, &request.url, headers, core::str::from_utf8(&request.body).unwrap())
}

/// A refusal.
pub(crate) fn refusal(why: Why, code: &str, words: &str) -> Refusal {
    Refusal { why, code: code.to_owned(), words: words.to_owned() }
}

/// A webhook brought now.
pub(crate) fn bring(
    provider: &dyn Provider,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    now: i64,
) -> Result<Vec<Event>, WebhookError> {
    let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    provider.webhook(&Webhook { url, headers: &headers, body, now: UnixMs(now) })
}

/// A webhook that the provider's own library signed.
#[derive(Deserialize)]
pub(crate) struct Signed {
    /// What it shows.
    pub(crate) name: String,
    /// The address.
    #[serde(default)]
    pub(crate) url: String,
    /// When it was signed.
    #[serde(default)]
    pub(crate) timestamp: String,
    /// The body.
    pub(crate) body: String,
    /// The signature.
    pub(crate) signature: String,
}

/// Bodies that are no answer of any provider.
pub(crate) fn strange() -> Vec<Vec<u8>> {
    vec![
        Vec::new(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"{\"data\":{\"id\":".to_vec(),
        b"{\"sid\":7,\"id\":7,\"data\":7}".to_vec(),
        b"{\"sid\":\"\",\"id\":\"\",\"data\":{\"id\":\"\"}}".to_vec(),
        b"{\"sid\":\"a b\\u0000\",\"id\":\"a b\\u0000\",\"data\":{\"id\":\"a b\\u0000\"}}".to_vec(),
        b"<html><body>502 Bad Gateway</body></html>".to_vec(),
        b"\xff\xfe{\0\"\0".to_vec(),
        b"{\"sid\":\"\xff\",\"id\":\"\xff\",\"data\":{\"id\":\"\xff\"}}".to_vec(),
        b"[".repeat(200_000),
        b"{\"data\":".repeat(200_000),
        [b"{\"sid\":\"".as_slice(), &b"x".repeat(1_000_000), b"\"}"].concat(),
    ]
}

/// What has to hold at every provider: what can't be read is unknown, and what the status alone says is said.
pub(crate) fn holds_at_every_provider(provider: &dyn Provider) {
    let text = text();
    for body in strange() {
        for status in [200, 201, 202, 204, 400, 408, 409, 413, 422, 500, 502, 503, 504, 0, 999] {
            assert_eq!(provider.outcome(&text, &answer(status, &body)), Outcome::Unknown, "{status} {:?}", head(&body));
        }
        for status in [301, 302, 307, 401, 402, 403, 404, 405] {
            let outcome = provider.outcome(&text, &answer(status, &body));
            let is_later = matches!(&outcome, Outcome::Later(refusal) if refusal.why == Why::AccountProblem);
            assert!(is_later, "{status} {outcome:?}");
        }
        let mut throttled = answer(429, &body);
        assert_eq!(provider.outcome(&text, &throttled), Outcome::Throttled { wait: None });
        throttled.headers.push(("retry-after".to_owned(), "30".to_owned()));
        let wait = Some(Duration::from_secs(30));
        assert_eq!(provider.outcome(&text, &throttled), Outcome::Throttled { wait });
        for status in [200, 404, 500] {
            let looked_up = provider.looked_up(&text, UnixMs(0), &answer(status, &body));
            assert_eq!(looked_up, LookedUp::Unknown, "{status} {:?}", head(&body));
        }
        for status in [200, 301, 400, 401, 403, 404, 429, 500] {
            let tested = provider.tested(&answer(status, &body));
            assert!(matches!(tested, Tested::Fails(_)), "{status} {tested:?} {:?}", head(&body));
        }
    }
}

fn head(body: &[u8]) -> String {
    String::from_utf8_lossy(body.get(..40).unwrap_or(body)).into_owned()
}

/// Whatever comes is answered for.
pub(crate) fn survives(provider: &dyn Provider, status: u16, body: &[u8], header: &str) {
    let text = text();
    let answer = Response {
        status,
        headers: vec![("retry-after".to_owned(), header.to_owned()), ("date".to_owned(), header.to_owned())],
        body: body.to_vec(),
    };
    let _ = provider.outcome(&text, &answer);
    let _ = provider.looked_up(&text, UnixMs(i64::MIN), &answer);
    let _ = provider.tested(&answer);
    let _ = provider.fetch(header);
    let names =
        ["x-twilio-signature", "telnyx-signature-ed25519", "telnyx-timestamp", "authorization", "halyard-signature"];
    let headers: Vec<_> = names.iter().map(|name| (*name, header)).collect();
    assert!(bring(provider, header, &headers, body, i64::MAX).is_err());
}
