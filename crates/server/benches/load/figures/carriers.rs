//! Texts that leave by a carrier: accepted, reported on, come in, and wait for their account's pace. The carrier is the simulator, a process of its own on
//! the same machine.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use halyard_carriers::{Kind as CarrierKind, simulator};
use halyard_protocol::{CarrierAccountId, Destination, Peer, PhoneNumber};
use halyard_server::env::Env;
use halyard_server::store::carrier_accounts::{AccountRecord, SecretPlace};
use halyard_server::store::{self, Store};

use super::many;
use super::sending::{closed_loop, pairs};
use crate::client::Client;
use crate::database::{Database, Kind};
use crate::people::{self, Business, Person};
use crate::report::{Measured, Samples};
use crate::server::Server;

const SENDERS: usize = 128;
const TOKEN: &str = "a-token-for-the-bench";
/// What the simulator says when it listens.
const READY: &str = "carrier simulator listening on http://";

/// A carrier on this machine.
struct Simulator {
    child: Child,
    address: String,
}

impl Simulator {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_halyard-server"));
        command.args(["carrier-simulator", "--listen", "127.0.0.1:0", "--token", TOKEN]).env("RUST_LOG", "warn");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix(READY).unwrap_or_else(|| panic!("no simulator: {line}"));
        Self { child, address: format!("http://{address}") }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server whose one business has all its numbers carried by the simulator.
struct Site {
    server: Server,
    store: Store,
    business: Business,
    account: AccountRecord,
    _simulator: Simulator,
    _database: Database,
}

async fn site(kind: Kind, segments_a_second: u32) -> Site {
    let simulator = Simulator::start();
    let database = Database::new(kind);
    let store = people::open(&database).await;
    let business = people::seed(&store, 1, SENDERS, true).await.remove(0);
    let env = Env::system();
    let token = database.media().join("token");
    std::fs::create_dir_all(database.media()).unwrap();
    std::fs::write(&token, TOKEN).unwrap();
    let settings = [("api", simulator.address.clone()), ("segments_a_second", segments_a_second.to_string())];
    let account = AccountRecord {
        id: CarrierAccountId(env.ulid()),
        tenant: Some(business.id),
        kind: CarrierKind::Simulator,
        name: "Simulated carrier".to_owned(),
        settings: settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        secrets: [("token".to_owned(), SecretPlace::File(token.display().to_string()))].into_iter().collect(),
        webhook: "word".to_owned(),
    };
    let mut tx = store.write(business.id).await.unwrap();
    store::carrier_accounts::add(&mut tx, &account, env.now()).await.unwrap();
    for person in &business.people {
        store::carrier_accounts::assign(&mut tx, person.number.unwrap(), Some(account.id)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let server = Server::start(&database, None);
    Site { server, store, business, account, _simulator: simulator, _database: database }
}

/// A phone outside that never reports that it has a text.
fn phone(n: usize) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+1618{:05}02", 20_000 + n)).unwrap()
}

/// Each sender with a phone outside of their own.
fn to_phones(business: &Business) -> Vec<(Person, Destination)> {
    let to =
        |(n, person): (usize, &Person)| (person.clone(), Destination::new(person.number, vec![Peer::Number(phone(n))]));
    business.people.iter().enumerate().map(to).collect()
}

async fn waiting(store: &Store) -> u64 {
    let mut tx = store.read().await.unwrap();
    store::jobs::count(&mut tx).await.unwrap()
}

/// How many texts wait for the account's carrier.
async fn texts(site: &Site) -> u64 {
    let mut tx = site.store.read().await.unwrap();
    let waiting = store::jobs::count_by_account(&mut tx).await.unwrap();
    waiting.get(&site.account.id.to_string()).copied().unwrap_or_default()
}

async fn until_idle(store: &Store, most: Duration) {
    let start = Instant::now();
    while waiting(store).await > 0 && start.elapsed() < most {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Connections of the carrier bring webhooks, each the next one when the one before is answered. `body` makes one; none ends it.
async fn bring(
    site: &Site,
    time: Duration,
    body: impl Fn(usize) -> Option<String> + Send + Sync + 'static,
) -> (Samples, Duration) {
    const CONNECTIONS: usize = 64;
    let path = format!("/webhooks/simulator/{}/{}", site.account.id, site.account.webhook);
    let (next, body) = (Arc::new(AtomicUsize::new(0)), Arc::new(body));
    let start = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..CONNECTIONS {
        let (address, path, person) = (site.server.address, path.clone(), site.business.people[0].clone());
        let (next, body) = (Arc::clone(&next), Arc::clone(&body));
        tasks.push(tokio::spawn(async move {
            let mut client = Client::connect(address, &person).await;
            let (env, mut samples) = (Env::system(), Samples::default());
            while start.elapsed() < time {
                let Some(body) = body(next.fetch_add(1, Ordering::Relaxed)) else { break };
                let signature = simulator::sign(TOKEN, env.now(), body.as_bytes());
                let sent = Instant::now();
                client.webhook(&path, (simulator::SIGNATURE, &signature), body).await;
                samples.add(sent.elapsed());
            }
            samples
        }));
    }
    let mut all = Samples::default();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    (all, start.elapsed())
}

/// Texts accepted with a carrier behind, reports on them, and texts that come in.
pub(super) async fn carried(kind: Kind) -> Vec<Measured> {
    let time = Duration::from_secs(10);
    let site = site(kind, 1_000).await;
    let samples = closed_loop(&site.server, to_phones(&site.business), time).await;
    let rate = many(samples.count()) / time.as_secs_f64();
    let method = "Each of 128 senders texts a phone outside, the next text when the one before is acknowledged, for 10 s after 2 s of \
                  warming up, while an account brings them to the simulator at 1,000 segments a second.";
    let mut figures = vec![
        Measured::at_least("Texts to phones outside acknowledged", rate, 1_000.0, "a second", method),
        Measured::quantile("Time to an acknowledgement of a text outside", &samples, 0.99, 100.0, "The same texts."),
    ];
    until_idle(&site.store, Duration::from_secs(120)).await;

    let references = references(&site).await;
    let count = references.len();
    let receipt = move |n: usize| {
        let id = references.get(n)?;
        Some(format!(r#"{{"events":[{{"type":"receipt","id":"{id}","state":"delivered"}}]}}"#))
    };
    let (samples, took) = bring(&site, Duration::from_secs(60), receipt).await;
    until_idle(&site.store, Duration::from_secs(120)).await;
    let all = took.as_secs_f64();
    let method =
        format!("{count} reports that a phone has its text, each in a webhook, over 64 connections of the carrier.");
    figures.push(Measured::at_least("Reports taken in", many(samples.count()) / all, 1_000.0, "a second", &method));
    figures.push(Measured::quantile("Time to the answer to a report", &samples, 0.99, 100.0, "The same reports."));

    let numbers: Vec<PhoneNumber> = site.business.people.iter().filter_map(|person| person.number).collect();
    let inbound = move |n: usize| {
        let (from, to) = (phone(n % SENDERS), numbers[n % numbers.len()]);
        Some(format!(
            r#"{{"events":[{{"type":"inbound","id":"in-{n}","from":"{from}","to":"{to}","body":"Is the slip free on Friday?"}}]}}"#
        ))
    };
    let (samples, took) = bring(&site, time, inbound).await;
    let behind = Instant::now();
    until_idle(&site.store, Duration::from_secs(120)).await;
    let method = format!(
        "Texts of 128 phones to 128 numbers, each in a webhook, over 64 connections for 10 s. All had arrived {:.1} s later.",
        behind.elapsed().as_secs_f64()
    );
    let rate = many(samples.count()) / took.as_secs_f64();
    figures.push(Measured::at_least("Texts taken in", rate, 1_000.0, "a second", &method));
    figures.push(Measured::quantile("Time to the answer to a text that comes in", &samples, 0.99, 100.0, "The same."));
    site.server.stop();
    figures
}

/// The carrier's references of all texts that it has taken.
async fn references(site: &Site) -> Vec<String> {
    let mut tx = site.store.read().await.unwrap();
    store::carrier_references::all(&mut tx, site.account.id).await.unwrap()
}

/// 100,000 texts wait for their account's pace, and colleagues chat.
pub(super) async fn paced(kind: Kind) -> Vec<Measured> {
    const QUEUED: usize = 100_000;
    const PACE: u32 = 100;
    let site = site(kind, PACE).await;
    while texts(&site).await < QUEUED as u64 {
        closed_loop(&site.server, to_phones(&site.business), Duration::from_secs(5)).await;
    }
    // Reports on what has left meanwhile are no part of this.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (before, start) = (texts(&site).await, Instant::now());
    let samples = closed_loop(&site.server, pairs(&site.business, SENDERS / 2), Duration::from_secs(20)).await;
    let took = start.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
    let left = before.saturating_sub(texts(&site).await) as f64 / took;
    site.server.stop();
    let method = format!(
        "{before} texts wait for an account that takes {PACE} segments a second; 64 senders chat for 20 s meanwhile."
    );
    let pace = f64::from(PACE);
    vec![
        Measured::quantile("Chat beside 100,000 texts that wait", &samples, 0.99, 50.0, &method),
        Measured::at_least(
            "Texts that left meanwhile",
            left,
            pace * 0.95,
            "a second",
            "As many as the account takes, to 5 %.",
        ),
        Measured::at_most(
            "Texts that left meanwhile, at most",
            left,
            pace * 1.1,
            "a second",
            "No more than the account takes.",
        ),
    ]
}
