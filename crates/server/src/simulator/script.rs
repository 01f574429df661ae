//! What happens to a text after it was taken, and what phones do by themselves.
//!
//! Always holds: a text's files are fetched before anything is reported of it, and it fails if one can't be had. Of one phone's reports each is
//! taken, given up or held before the next one leaves.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::future::join_all;
use halyard_carriers::simulator::wire::{Receipt, State};
use halyard_carriers::{Address, Why};
use halyard_protocol::PhoneNumber;

use super::Simulator;
use super::behavior::Behavior;
use super::book::File;
use super::webhooks::{self, Written};

/// Bytes of a file, at most.
const FILE: usize = 16 * 1024 * 1024;

/// Lets a text that was taken reach its phones, as they behave.
pub(super) async fn deliver(simulator: Arc<Simulator>, id: String, links: Vec<String>) {
    if !links.is_empty() {
        let mut files = Vec::new();
        for link in &links {
            if let Some(content) = fetch(&simulator, link).await {
                files.push(File::new(simulator.env.ulid().to_string(), content));
            }
        }
        let missing = links.len() - files.len();
        simulator.change(|book| book.set_files(&id, files, missing));
        if missing > 0 {
            let words = "Simulated: a file could not be fetched.";
            return fail(&simulator, &id, None, Why::UnsupportedMedia, words).await;
        }
    }
    let phones = simulator.read(|book| book.text(&id).map(|text| text.to.clone())).unwrap_or_default();
    join_all(phones.into_iter().map(|phone| reach(&simulator, &id, phone))).await;
}

/// Lets a text reach one phone.
async fn reach(simulator: &Arc<Simulator>, id: &str, phone: PhoneNumber) {
    let (behavior, pace) = (simulator.behavior(phone), simulator.options.pace);
    pause(pace.sent).await;
    report(simulator, id, Some(phone), State::Sent).await;
    if behavior == Behavior::NeverConfirms {
        return;
    }
    pause(pace.delivered).await;
    if let Some((why, words)) = behavior.fails() {
        return fail(simulator, id, Some(phone), why, words).await;
    }
    report(simulator, id, Some(phone), State::Delivered).await;
    if behavior == Behavior::Echoes {
        pause(pace.answer).await;
        echo(simulator, id, phone).await;
    }
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

async fn report(simulator: &Arc<Simulator>, id: &str, to: Option<PhoneNumber>, state: State) {
    webhooks::report(simulator, id, receipt(simulator, id, to, state)).await;
}

async fn fail(simulator: &Arc<Simulator>, id: &str, to: Option<PhoneNumber>, why: Why, words: &str) {
    let receipt = receipt(simulator, id, to, State::Failed);
    let receipt = Receipt { code: why.name().to_owned(), message: words.to_owned(), ..receipt };
    webhooks::report(simulator, id, receipt).await;
}

/// A report on a text.
pub(super) fn receipt(simulator: &Simulator, id: &str, to: Option<PhoneNumber>, state: State) -> Receipt {
    let reference = simulator.read(|book| book.text(id).and_then(|text| text.reference.clone()));
    Receipt { id: id.to_owned(), reference, to, state, code: String::new(), message: String::new() }
}

/// A phone answers to all who are in the conversation.
async fn echo(simulator: &Arc<Simulator>, id: &str, phone: PhoneNumber) {
    let Some(text) = simulator.read(|book| book.text(id).cloned()) else { return };
    let Address::Number(own) = text.from else { return };
    let body = match (text.body.as_str(), text.files.len()) {
        ("", 1) => "Nice picture!".to_owned(),
        ("", _) => "Nice pictures!".to_owned(),
        (said, _) => format!("You said: {said}"),
    };
    let others = text.to.into_iter().filter(|other| *other != phone).collect();
    let written = Written { from: Address::Number(phone), to: own, others, body, files: Vec::new() };
    let id = webhooks::write(simulator, written);
    webhooks::bring(simulator, &id).await;
}

/// Fetches a file of Halyard's.
async fn fetch(simulator: &Simulator, link: &str) -> Option<Bytes> {
    let mut answer = simulator.client.get(link).send().await.ok().filter(|answer| answer.status() == 200)?;
    let mut content = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if content.len() + chunk.len() > FILE {
            return None;
        }
        content.extend_from_slice(&chunk);
    }
    Some(content.into())
}
