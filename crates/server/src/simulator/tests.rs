//! Halyard and the simulator, by real HTTP: what becomes of texts to phones outside and from there.

mod control;
mod inbound;
mod outbound;

use std::collections::BTreeMap;
use std::time::Duration;

use halyard_carriers::Kind;
use halyard_protocol::admin::NewCarrierAccount;
use halyard_protocol::{ConversationKey, Delivery, DeliveryState, Message};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::app::Settings;
use crate::operations::carriers::{self, NewSecret};
use crate::store::{self, carrier_accounts::AccountRecord};
use crate::testing::bench::{Bench, Listening, number};
use crate::testing::folder;

const TOKEN: &str = "a-token-of-tests";

/// As fast as it goes.
const AT_ONCE: Pace =
    Pace { sent: Duration::ZERO, delivered: Duration::ZERO, answer: Duration::ZERO, retry: Duration::ZERO };

/// A bench whose harbor has the number ...0101 carried by a simulator. Numbers of ...02xx are phones outside.
struct Outside {
    bench: Bench,
    simulator: Arc<Simulator>,
    api: String,
    account: AccountRecord,
    _listening: Listening,
    _key: TempDir,
}

impl Outside {
    async fn new() -> Self {
        let key = folder("halyard-key-");
        let settings = Settings { secret_key: Some(key.path().join("halyard.key")), ..Settings::default() };
        let bench = Bench::with(settings).await;
        let listening = bench.listen().await;
        bench.app.carriers.links().listens_at(listening.address);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = format!("http://{}", listener.local_addr().unwrap());
        let account = carried(&bench, &api).await;
        let webhook = bench.app.carriers.links().webhook(&account);
        let options = Options { token: TOKEN.to_owned(), webhook, pace: AT_ONCE, phones: Vec::new() };
        let simulator = Simulator::new(bench.app.env.clone(), options, CancellationToken::new()).unwrap();
        let serving = Arc::clone(&simulator);
        tokio::spawn(async move { serve(&serving, listener).await });
        Self { bench, simulator, api, account, _listening: listening, _key: key }
    }

    /// Lets everything go on until nothing is left to do now.
    async fn settle(&self) {
        loop {
            let done = self.bench.work().await;
            self.simulator.quiet().await;
            if done == 0 && self.bench.work().await == 0 {
                return;
            }
        }
    }

    /// Asks the control interface.
    async fn ask(&self, method: reqwest::Method, path: &str, body: Value) -> (u16, Vec<u8>) {
        let request = self.simulator.client.request(method, format!("{}{path}", self.api));
        let request = request.bearer_auth(TOKEN).header("content-type", "application/json").body(body.to_string());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
    }

    /// Asks for something that is then done.
    async fn order(&self, method: reqwest::Method, path: &str, body: Value) {
        let (status, body) = self.ask(method, path, body).await;
        assert!(status < 300, "{status} {}", String::from_utf8_lossy(&body));
    }

    async fn state(&self) -> Value {
        serde_json::from_slice(&self.ask(reqwest::Method::GET, "/control/state", Value::Null).await.1).unwrap()
    }

    /// How often the reference of a text to one phone was handed over, and taken.
    async fn counts(&self, message: &Message, phone: u16) -> (u64, u64) {
        let (_, body) = self.ask(reqwest::Method::GET, "/control/references", Value::Null).await;
        let all: Value = serde_json::from_slice(&body).unwrap();
        let Message { conversation, seq, .. } = message;
        let count = &all[format!("{conversation}.{seq}.{}", number(phone).value())];
        (count["submitted"].as_u64().unwrap_or_default(), count["taken"].as_u64().unwrap_or_default())
    }

    /// How far a message is now.
    async fn deliveries(&self, message: &Message) -> Vec<Delivery> {
        let mut tx = self.bench.app.store.read().await.unwrap();
        store::messages::at(&mut tx, message.conversation, message.seq).await.unwrap().unwrap().deliveries
    }

    /// How far a message to one phone is now.
    async fn delivery(&self, message: &Message) -> Delivery {
        self.deliveries(message).await.remove(0)
    }

    /// The states that members were told of, in their order.
    async fn told(&self, message: &Message) -> Vec<DeliveryState> {
        let maya = self.bench.sign_in("1001@harbor").await;
        let events = maya.events(0).await;
        let changed = |event: &halyard_protocol::LoggedEvent| match &event.change {
            halyard_protocol::Change::DeliveryChanged { message: of, delivery, .. } if *of == message.id => {
                Some(delivery.state)
            }
            _ => None,
        };
        events.iter().filter_map(changed).collect()
    }

    /// What harbor has of a conversation of ...0101 with phones.
    async fn messages(&self, phones: &[u16]) -> Vec<Message> {
        let mut tx = self.bench.app.store.read().await.unwrap();
        let tenant = store::tenants::by_domain(&mut tx, "harbor").await.unwrap().unwrap().id;
        let key = ConversationKey::text(number(101), phones.iter().map(|phone| number(*phone)));
        let (entries, _) = store::messages::page(&mut tx, key.id(tenant), None, 0, 100).await.unwrap();
        entries.iter().filter_map(|entry| entry.message().cloned()).collect()
    }
}

/// Lets a simulator carry ...0101.
async fn carried(bench: &Bench, api: &str) -> AccountRecord {
    let mut tx = bench.app.store.write_system().await.unwrap();
    let tenant = store::tenants::by_domain(&mut tx, "harbor").await.unwrap().unwrap().id;
    let actor = bench.operator(tenant);
    let new = NewCarrierAccount {
        kind: Kind::Simulator.name().to_owned(),
        name: "Simulated".to_owned(),
        settings: BTreeMap::from([("api".to_owned(), api.to_owned())]),
        secrets: BTreeMap::new(),
        shared: false,
    };
    let secrets = BTreeMap::from([("token".to_owned(), NewSecret::Value(TOKEN.to_owned()))]);
    let (env, sealing) = (&bench.app.env, &bench.app.sealing);
    let record = carriers::add_with(&mut tx, &actor, env, sealing, new, secrets).await.unwrap();
    let takes = bench.app.carriers.capabilities(&record).unwrap();
    carriers::assign(&mut tx, &actor, number(101), Some((record.id, takes))).await.unwrap();
    tx.commit().await.unwrap();
    record
}
