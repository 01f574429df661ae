//! Webhooks of every kind that are not as they should be: what is refused, how, and that nothing else is lost.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halyard_carriers::{Kind, simulator};
use halyard_protocol::rest::EntriesPage;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::app::App;
use crate::operations::carriers;
use crate::store::carrier_accounts::AccountRecord;
use crate::testing::bench::{Bench, Browser, number};

const SECRET: &str = "a-secret-that-nobody-guesses";
/// What stands in texts, and in no line of the log.
const WORDS: &str = "Ahoy";
const KINDS: [Kind; 4] = [Kind::Simulator, Kind::Twilio, Kind::Telnyx, Kind::Bandwidth];

/// The lines of the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An account whose carrier brings texts to number 101.
struct Carrier<'a> {
    bench: &'a Bench,
    record: AccountRecord,
    key: Ed25519KeyPair,
    /// Who writes.
    from: u16,
}

impl<'a> Carrier<'a> {
    async fn add(bench: &'a Bench, maya: &Browser<'_>, kind: Kind, from: u16) -> Self {
        let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let (settings, secrets) = match kind {
            Kind::Simulator => (json!({ "api": "http://127.0.0.1:9" }), json!({ "token": SECRET })),
            Kind::Twilio => {
                (json!({ "account_sid": format!("AC{}", "0".repeat(32)) }), json!({ "auth_token": SECRET }))
            }
            Kind::Telnyx => {
                let public_key = STANDARD.encode(key.public_key().as_ref());
                (json!({ "public_key": public_key }), json!({ "api_key": SECRET }))
            }
            Kind::Bandwidth => (
                json!({ "account_id": "7", "application_id": "7", "user": "u", "callback_user": "halyard" }),
                json!({ "password": SECRET, "callback_password": SECRET }),
            ),
            Kind::Smpp => panic!("it has no webhooks"),
        };
        let new = json!({ "kind": kind.name(), "name": kind.name(), "settings": settings, "secrets": secrets });
        let tenant = maya.bootstrap().await.me.tenant.id;
        let mut tx = bench.app.store.write(tenant).await.unwrap();
        let App { env, sealing, .. } = &*bench.app;
        let new = serde_json::from_value(new).unwrap();
        let record = carriers::add(&mut tx, &bench.operator(tenant), env, sealing, new).await.unwrap();
        tx.commit().await.unwrap();
        Self { bench, record, key, from }
    }

    /// A text as this carrier writes it; `body` is escaped already, as its format wants it.
    fn text(&self, id: &str, body: &[u8], others: usize) -> Vec<u8> {
        let (from, to) = (number(self.from), number(101));
        let others: Vec<String> = (0..others).map(|other| format!("+1646{other:07}")).collect();
        let whole = |value: Value| {
            let text = value.to_string();
            let (before, after) = text.split_once("$BODY").unwrap();
            [before.as_bytes(), body, after.as_bytes()].concat()
        };
        match self.record.kind {
            Kind::Simulator => {
                let text =
                    json!({ "type": "inbound", "id": id, "from": from, "to": to, "others": others, "body": "$BODY" });
                whole(json!({ "events": [text] }))
            }
            Kind::Twilio => {
                let plus = |text: String| text.replace('+', "%2B");
                let form = format!("MessageSid={id}&From={from}&To={to}&NumMedia=0&Body=");
                [plus(form).as_bytes(), body].concat()
            }
            Kind::Telnyx => {
                let cc: Vec<Value> = others.iter().map(|other| json!({ "phone_number": other })).collect();
                let to = json!([{ "phone_number": to, "status": "webhook_delivered" }]);
                let from = json!({ "phone_number": from });
                let payload = json!({ "id": id, "type": "MMS", "from": from, "to": to, "cc": cc, "text": "$BODY" });
                whole(json!({ "data": { "event_type": "message.received", "payload": payload } }))
            }
            Kind::Bandwidth => {
                let all: Vec<String> = others.into_iter().chain([to.to_string()]).collect();
                let message = json!({ "id": id, "owner": to, "from": from, "to": all, "text": "$BODY" });
                whole(json!([{ "type": "message-received", "to": to, "message": message }]))
            }
            Kind::Smpp => panic!("it has no webhooks"),
        }
    }

    /// The headers with which the carrier brings a body.
    fn headers(&self, body: &[u8]) -> Vec<(&'static str, String)> {
        let now = self.bench.app.env.now();
        match self.record.kind {
            Kind::Simulator => vec![(simulator::SIGNATURE, simulator::sign(SECRET, now, body))],
            Kind::Twilio => {
                let url = self.bench.app.carriers.links().webhook(&self.record).unwrap_or_default();
                let pairs: std::collections::BTreeSet<_> = form_urlencoded::parse(body).into_owned().collect();
                let signed = pairs.iter().fold(url, |signed, (name, value)| signed + name + value);
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, SECRET.as_bytes());
                vec![("x-twilio-signature", STANDARD.encode(ring::hmac::sign(&key, signed.as_bytes())))]
            }
            Kind::Telnyx => {
                let time = (now.0 / 1_000).to_string();
                let signed = [time.as_bytes(), b"|", body].concat();
                let signature = STANDARD.encode(self.key.sign(&signed).as_ref());
                vec![("telnyx-signature-ed25519", signature), ("telnyx-timestamp", time)]
            }
            Kind::Bandwidth => {
                vec![("authorization", format!("Basic {}", STANDARD.encode(format!("halyard:{SECRET}"))))]
            }
            Kind::Smpp => panic!("it has no webhooks"),
        }
    }

    /// Brings a body with the signature of another one; the status of the answer.
    async fn bring_signed(&self, body: &[u8], signed: &[u8]) -> u16 {
        let AccountRecord { id, kind, webhook, .. } = &self.record;
        let mut request = Request::post(format!("/webhooks/{}/{id}/{webhook}", kind.name()));
        for (name, value) in self.headers(signed) {
            request = request.header(name, value);
        }
        self.bench.raw(request.body(Body::from(body.to_vec())).unwrap()).await.status.as_u16()
    }

    async fn bring(&self, body: &[u8]) -> u16 {
        self.bring_signed(body, body).await
    }

    fn is_form(&self) -> bool {
        self.record.kind == Kind::Twilio
    }
}

/// What was written from a number, sorted.
async fn texts(bench: &Bench, maya: &Browser<'_>, from: u16) -> Vec<String> {
    while bench.work().await > 0 {}
    let mut texts = Vec::new();
    for conversation in maya.bootstrap().await.conversations {
        let page: EntriesPage = maya.get(&format!("/conversations/{}/entries", conversation.id)).await.json();
        for message in page.entries.iter().filter_map(|entry| entry.message()) {
            if message.author == halyard_protocol::Author::Number(number(from)) {
                texts.push(message.body.clone());
            }
        }
    }
    texts.sort();
    texts
}

fn gzipped(body: &[u8]) -> Vec<u8> {
    // One stored block is all that a reader of this has to know (RFC 1951, 3.2.4; RFC 1952); its check sum is never looked at.
    let length = u16::try_from(body.len()).unwrap();
    let block = [&[1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), body].concat();
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255][..], &block, &[0; 8]].concat()
}

#[tokio::test]
async fn what_is_not_as_it_should_be_is_refused_and_nothing_else_is_lost() {
    let bench = Bench::new().await;
    let maya = bench.sign_in("1001@harbor").await;
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::DEBUG);
    let _logging = tracing::subscriber::set_default(lines.with_writer(move || writer.clone()).finish());
    for (place, kind) in KINDS.into_iter().enumerate() {
        let carrier = Carrier::add(&bench, &maya, kind, 150 + u16::try_from(place).unwrap()).await;
        // Twilio wants a document for an answer.
        let taken = if carrier.is_form() { 200 } else { 204 };
        let text = carrier.text("m1", WORDS.as_bytes(), 0);
        // Brought twice.
        for _ in 0..2 {
            assert_eq!(carrier.bring(&text).await, taken, "{kind:?}");
        }
        // Cut off on its way, and cut off before it was signed.
        let half = &carrier.text("m2", WORDS.as_bytes(), 0);
        let cut = &half[..half.len() - WORDS.len() - 6];
        let wrong = if kind == Kind::Bandwidth { 400 } else { 403 };
        assert_eq!(carrier.bring_signed(cut, half).await, wrong, "{kind:?}: cut off");
        if !carrier.is_form() {
            assert_eq!(carrier.bring(cut).await, 400, "{kind:?}: cut off and signed");
        }
        // Twice in one body.
        let separator = if carrier.is_form() { &b"&"[..] } else { b"" };
        let double = [&text, separator, &text].concat();
        assert_eq!(carrier.bring(&double).await, if carrier.is_form() { taken } else { 400 }, "{kind:?}: double");
        // In another coding than it says.
        assert_eq!(carrier.bring(&gzipped(&text)).await, 400, "{kind:?}: gzip");
        let utf16: Vec<u8> = String::from_utf8_lossy(&text).encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(carrier.bring(&utf16).await, 400, "{kind:?}: UTF-16");
        let latin = carrier.text("m3", if carrier.is_form() { b"caf%E9" } else { b"caf\xe9" }, 0);
        assert_eq!(carrier.bring(&latin).await, if carrier.is_form() { taken } else { 400 }, "{kind:?}: Latin 1");
        // Larger than anything that a carrier brings.
        let huge = carrier.text("m4", &b"a".repeat(super::WEBHOOK_BYTES), 0);
        assert_eq!(carrier.bring(&huge).await, 413, "{kind:?}: huge");
        assert_eq!(carrier.bring(&b"[".repeat(500_000)).await, 400, "{kind:?}: deep");
        assert_eq!(carrier.bring(b"").await, 400, "{kind:?}: empty");
        let mut expected = vec![WORDS.to_owned()];
        if carrier.is_form() {
            expected.push("caf\u{fffd}".to_owned());
        }
        // Half a character, as whoever cuts texts by their length makes it.
        let emoji = carrier.text("m5", if carrier.is_form() { b"5%F0%9F%98" } else { br"5\ud83d" }, 0);
        assert_eq!(carrier.bring(&emoji).await, taken, "{kind:?}: half a character");
        expected.push("5\u{fffd}".to_owned());
        // Long, and to many.
        let long = "a".repeat(1_000_000);
        assert_eq!(carrier.bring(&carrier.text("m6", long.as_bytes(), 0)).await, taken, "{kind:?}: a million");
        expected.push(long);
        if !carrier.is_form() {
            let many = carrier.text("m7", WORDS.as_bytes(), 10_000);
            assert_eq!(carrier.bring(&many).await, taken, "{kind:?}: ten thousand people");
            expected.push(WORDS.to_owned());
        }
        expected.sort();
        let texts = texts(&bench, &maya, carrier.from).await;
        let short = |texts: &[String]| -> Vec<(usize, String)> {
            texts.iter().map(|text| (text.len(), text.chars().take(10).collect())).collect()
        };
        assert_eq!(short(&texts), short(&expected), "{kind:?}");
    }
    let log = String::from_utf8(std::mem::take(&mut *log.0.lock().unwrap())).unwrap();
    let refused = log.lines().filter(|line| line.contains("a webhook is refused")).count();
    // Of each kind: cut off twice, double, gzip, UTF-16, Latin 1, deep, empty; Twilio's form is cut off once, may be double, and has no coding.
    assert_eq!(refused, 3 * 8 + 5, "each leaves one line: {log}");
    for secret in [WORDS, "caf", "aaaaaaaa", SECRET, "+1619555015"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}
