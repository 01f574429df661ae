//! What the targets of webhooks have in common: an account of a kind, and a webhook that reaches it now.

use halyard_carriers::http::{Response, Webhook};
use halyard_carriers::{Kind, Outbound, Provider, Secret, Settings, provider};
use halyard_protocol::{PhoneNumber, UnixMs};

/// Now.
pub const NOW: i64 = 1_794_819_600_000;
/// Where the provider reports.
pub const URL: &str =
    "https://phone.example.com/webhooks/kind/account/word?reference=01J9ZK4T6Q8Y2M0C5R7W3X1B9D.1.16195550142";

/// An account of a kind.
pub fn account(kind: Kind, plain: &[(&str, &str)], secrets: &[(&str, &str)]) -> Box<dyn Provider> {
    let settings = Settings {
        plain: plain.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        secrets: secrets.iter().map(|(name, value)| ((*name).to_owned(), Secret((*value).to_owned()))).collect(),
    };
    provider(kind, &settings).expect("the settings are right").expect("it is spoken to by HTTP")
}

/// Brings a webhook, and the same bytes as answers to everything that is asked.
pub fn bring(provider: &dyn Provider, headers: &[(&str, String)], body: &[u8]) {
    let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let _ = provider.webhook(&Webhook { url: URL, headers: &headers, body, now: UnixMs(NOW) });
    let number = |text: &str| PhoneNumber::from_e164(text).expect("a number");
    let text = Outbound {
        reference: "01J9ZK4T6Q8Y2M0C5R7W3X1B9D.1.16195550142".to_owned(),
        from: number("+16195550101"),
        to: vec![number("+16195550142")],
        body: "Hello".to_owned(),
        media: Vec::new(),
        report_to: Some(URL.to_owned()),
    };
    for status in [200, 202, 400, 401, 429, 503] {
        let answer = Response { status, headers: Vec::new(), body: body.to_vec() };
        let _ = provider.outcome(&text, &answer);
        let _ = provider.looked_up(&text, UnixMs(NOW - 60_000), &answer);
        let _ = provider.tested(&answer);
    }
}
