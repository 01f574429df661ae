//! What the simulator tells Halyard: reports on texts, and texts that phones write.
//!
//! Always holds: each try is signed anew, and counted in the book. While reports are held none leaves; texts of phones do.

use std::sync::Arc;

use halyard_carriers::Address;
use halyard_carriers::simulator::wire::{Event, Events, Inbound, Receipt};
use halyard_carriers::simulator::{SIGNATURE, sign};
use halyard_protocol::PhoneNumber;

use super::Simulator;
use super::book::{File, Place, Report, Text, Told};

/// How often a webhook is sent that Halyard does not take.
const TRIES: u32 = 5;

/// A text of a phone.
pub(super) struct Written {
    pub(super) from: Address,
    /// The business number.
    pub(super) to: PhoneNumber,
    /// Of a group, the other phones.
    pub(super) others: Vec<PhoneNumber>,
    pub(super) body: String,
    pub(super) files: Vec<File>,
}

/// Reports on a text of Halyard's, or keeps the report where reports are held.
pub(super) async fn report(simulator: &Arc<Simulator>, id: &str, receipt: Receipt) {
    report_unless(simulator, id, receipt, true).await;
}

/// Reports, also where reports are held.
pub(super) async fn report_now(simulator: &Arc<Simulator>, id: &str, receipt: Receipt) {
    report_unless(simulator, id, receipt, false).await;
}

async fn report_unless(simulator: &Arc<Simulator>, id: &str, receipt: Receipt, may_wait: bool) {
    let at = simulator.env.now();
    let place = simulator.change(|book| {
        let told = if book.hold && may_wait { Told::Held } else { Told::Sending };
        let report = Report { at, receipt: Some(receipt), told, tries: 0 };
        book.report(id, report).filter(|_| told == Told::Sending)
    });
    if let Some(place) = place {
        tell(simulator, &place).await;
    }
}

/// Keeps a text that a phone has written; its id.
pub(super) fn write(simulator: &Simulator, written: Written) -> String {
    let Written { from, to, others, body, files } = written;
    let id = format!("sim-{}", simulator.env.ulid());
    let text = Text {
        id: id.clone(),
        at: simulator.env.now(),
        of_phone: true,
        from,
        to: std::iter::once(to).chain(others).collect(),
        body,
        files,
        missing: 0,
        reference: None,
        report_to: None,
        states: Vec::new(),
        reports: Vec::new(),
    };
    simulator.change(|book| {
        if let Address::Number(phone) = text.from {
            book.add_phone(phone);
        }
        for phone in &text.to[1..] {
            book.add_phone(*phone);
        }
        book.keep(text);
    });
    id
}

/// Brings Halyard a text that a phone has written; each time that this is called.
pub(super) async fn bring(simulator: &Arc<Simulator>, id: &str) {
    let at = simulator.env.now();
    let report = Report { at, receipt: None, told: Told::Sending, tries: 0 };
    if let Some(place) = simulator.change(|book| book.report(id, report)) {
        tell(simulator, &place).await;
    }
}

/// Sends what was held, in its order.
pub(super) async fn release(simulator: Arc<Simulator>, held: Vec<Place>) {
    for place in held {
        tell(&simulator, &place).await;
    }
}

/// Sends one webhook of the book until Halyard takes it, or often enough.
async fn tell(simulator: &Arc<Simulator>, place: &Place) {
    let Some((url, event)) = event(simulator, place) else {
        return set(simulator, place, |report| report.told = Told::Nowhere);
    };
    let body = serde_json::to_vec(&Events { events: vec![event] }).unwrap_or_default();
    let mut wait = simulator.options.pace.retry;
    for attempt in 1..=TRIES {
        set(simulator, place, |report| (report.told, report.tries) = (Told::Sending, report.tries + 1));
        let signature = sign(&simulator.options.token, simulator.env.now(), &body);
        let request =
            simulator.client.post(&url).header(SIGNATURE, signature).header("content-type", "application/json");
        let status = match request.body(body.clone()).send().await {
            Ok(answer) if answer.status().is_success() => {
                return set(simulator, place, |report| report.told = Told::Taken);
            }
            Ok(answer) => answer.status().as_u16(),
            Err(_) => 0,
        };
        if attempt == TRIES {
            tracing::warn!(status, "a webhook was not taken");
            return set(simulator, place, |report| report.told = Told::Refused(status));
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
}

fn set(simulator: &Simulator, place: &Place, change: impl FnOnce(&mut Report)) {
    simulator.change(|book| book.report_at(place).map(change));
}

/// What a webhook of the book says, and where.
fn event(simulator: &Simulator, place: &Place) -> Option<(String, Event)> {
    let own = simulator.address.get().map(|address| format!("http://{address}"));
    simulator.change(|book| {
        let receipt = book.report_at(place)?.receipt.clone();
        let text = book.text(&place.text)?;
        if let Some(receipt) = receipt {
            return Some((text.report_to.clone()?, Event::Receipt(receipt)));
        }
        let (to, others) = text.to.split_first()?;
        let line = book.line(*to);
        let learned = line.and_then(|line| line.webhook.clone());
        let url = book
            .lines()
            .get(to)
            .and_then(|line| line.webhook.clone())
            .or(simulator.options.webhook.clone())
            .or(learned)?;
        let base = line.and_then(|line| line.base.clone()).or(own)?;
        let inbound = Inbound {
            id: text.id.clone(),
            from: text.from.to_string(),
            to: *to,
            others: others.to_vec(),
            body: text.body.clone(),
            media: text.files.iter().map(|file| format!("{base}/media/{}", file.id)).collect(),
        };
        Some((url, Event::Inbound(inbound)))
    })
}
