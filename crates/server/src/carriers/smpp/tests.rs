//! Accounts at an SMSC of this machine, from the queue to the wire and back.

mod inbound;
mod outbound;
mod smsc;

use std::collections::BTreeMap;
use std::sync::Arc;

use halyard_carriers::Kind;
use halyard_protocol::{CarrierAccountId, Delivery, Message};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::smsc::{BIND_RECEIVER, BIND_TRANSCEIVER, BIND_TRANSMITTER, Smsc};
use crate::carriers::Carriers;
use crate::jobs::Workers;
use crate::metrics::{Metrics, Now};
use crate::store::carrier_accounts::{self, AccountRecord, SecretPlace};
use crate::testing::bench::{Bench, Browser, around, number, workers_of};

/// A server with an account at an SMSC, which carries the number ...0101.
struct Line {
    bench: Bench,
    smsc: Smsc,
    carriers: Carriers,
    workers: Workers,
    metrics: Arc<Metrics>,
    account: AccountRecord,
    stop: CancellationToken,
    running: JoinHandle<()>,
    secrets: TempDir,
}

impl Line {
    async fn new(settings: &[(&str, &str)]) -> Self {
        Self::at(Smsc::start().await, settings).await
    }

    async fn at(smsc: Smsc, settings: &[(&str, &str)]) -> Self {
        let bench = Bench::new().await;
        let secrets = crate::testing::folder("halyard-smpp-");
        let id = CarrierAccountId(bench.app.env.ulid());
        let account = record(id, &smsc, settings, &secrets, "fairwind");
        let mut tx = bench.app.store.write_system().await.unwrap();
        carrier_accounts::add(&mut tx, &account, bench.app.env.now()).await.unwrap();
        carrier_accounts::assign(&mut tx, number(101), Some(id)).await.unwrap();
        tx.commit().await.unwrap();
        let carriers = Carriers::new(around(&bench));
        let workers = workers_of(&bench, carriers.clone());
        let (metrics, stop) = (Arc::new(Metrics::default()), CancellationToken::new());
        let running = tokio::spawn(carriers.clone().keep_connected(Arc::clone(&metrics), stop.clone()));
        Self { bench, smsc, carriers, workers, metrics, account, stop, running, secrets }
    }

    /// The account with other settings, and another id.
    async fn replace(&mut self, settings: &[(&str, &str)], password: &str) {
        let id = CarrierAccountId(self.bench.app.env.ulid());
        let account = record(id, &self.smsc, settings, &self.secrets, password);
        let mut tx = self.bench.app.store.write_system().await.unwrap();
        let now = self.bench.app.env.now();
        carrier_accounts::add(&mut tx, &account, now).await.unwrap();
        carrier_accounts::assign(&mut tx, number(101), Some(id)).await.unwrap();
        carrier_accounts::remove(&mut tx, self.account.id, now).await.unwrap();
        tx.commit().await.unwrap();
        self.carriers.accounts_changed();
        self.account = account;
    }

    async fn run(&self) -> usize {
        self.workers.run_due().await.unwrap()
    }

    /// Runs jobs until there is something to see.
    async fn until<T>(&self, look: impl AsyncFn() -> Option<T>) -> T {
        for _ in 0..500 {
            self.run().await;
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("there is nothing to see after five seconds");
    }

    fn is_up(&self) -> bool {
        let text = self.metrics.text(Now::default()).unwrap();
        text.contains(&format!("halyard_carrier_links{{account=\"{}\"}} 1", self.account.id))
    }

    async fn end(self) -> Smsc {
        self.stop.cancel();
        self.running.await.unwrap();
        self.smsc
    }
}

fn record(
    id: CarrierAccountId,
    smsc: &Smsc,
    settings: &[(&str, &str)],
    secrets: &TempDir,
    password: &str,
) -> AccountRecord {
    let file = secrets.path().join(password);
    std::fs::write(&file, password).unwrap();
    let port = smsc.port.to_string();
    let usual = [("host", "127.0.0.1"), ("port", &port), ("tls", "no"), ("system_id", "halyard")];
    let settings = usual.iter().chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let place = SecretPlace::File(file.display().to_string());
    AccountRecord {
        id,
        tenant: None,
        kind: Kind::Smpp,
        name: "SMSC".to_owned(),
        settings: settings.collect(),
        secrets: BTreeMap::from([("password".to_owned(), place)]),
        webhook: "word".to_owned(),
    }
}

/// How far the newest text is.
async fn delivery(maya: &Browser<'_>, of: &Message) -> Delivery {
    let page = maya.get(&format!("/conversations/{}/entries", of.conversation)).await.value();
    let entries = page["entries"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["id"] == serde_json::json!(of.id)).unwrap();
    serde_json::from_value(entry["deliveries"][0].clone()).unwrap()
}

#[tokio::test]
async fn an_account_is_connected_while_it_is_there_and_leaves_in_order() {
    let mut line = Line::new(&[]).await;
    line.smsc.bound(1).await;
    assert_eq!(
        line.smsc.known.lock().unwrap().binds,
        [(BIND_TRANSCEIVER, "halyard".to_owned(), "fairwind".to_owned())]
    );
    line.smsc.until(|_| line.is_up()).await;
    line.replace(&[("bind", "separate")], "gale").await;
    line.smsc.bound(3).await;
    line.smsc.until(|known| known.unbinds == 1 && known.open == 2).await;
    let kinds: Vec<(u32, String)> = line.smsc.known.lock().unwrap().binds[1..]
        .iter()
        .map(|(kind, _, password)| (*kind, password.clone()))
        .collect();
    for kind in [BIND_TRANSMITTER, BIND_RECEIVER] {
        assert!(kinds.contains(&(kind, "gale".to_owned())), "{kinds:?}");
    }
    line.smsc.until(|_| line.is_up()).await;
    let metrics = line.metrics.text(Now::default()).unwrap();
    assert_eq!(metrics.matches("halyard_carrier_links{").count(), 1, "the account that is gone is in no metrics");
    let smsc = line.end().await;
    smsc.until(|known| known.unbinds == 3 && known.open == 0).await;
}

#[tokio::test]
async fn a_connection_that_is_lost_is_opened_again() {
    let line = Line::new(&[]).await;
    line.smsc.bound(1).await;
    line.smsc.until(|_| line.is_up()).await;
    line.smsc.hang_up();
    line.smsc.bound(2).await;
    line.smsc.until(|_| line.is_up()).await;
    line.end().await;
}

#[tokio::test]
async fn a_test_says_what_is_wrong() {
    let smsc = Smsc::start().await;
    let bench = Bench::new().await;
    let secrets = crate::testing::folder("halyard-smpp-");
    let carriers = Carriers::new(around(&bench));
    let says = async |smsc: &Smsc, settings: &[(&str, &str)]| {
        let id = CarrierAccountId(bench.app.env.ulid());
        carriers.test(&record(id, smsc, settings, &secrets, "fairwind")).await
    };
    let works = says(&smsc, &[]).await;
    assert!(works.works && works.words == "The carrier takes the login, as transceiver.", "{works:?}");
    let works = says(&smsc, &[("bind", "separate")]).await;
    assert!(works.works && works.words.ends_with("as transmitter and receiver."), "{works:?}");
    assert_eq!(smsc.known.lock().unwrap().unbinds, 3);
    for (status, words) in [(0x0e, "The password is wrong."), (0x05, "bound already"), (0x0d, "address of this server")]
    {
        smsc.known.lock().unwrap().bind_status = status;
        let fails = says(&smsc, &[]).await;
        assert!(!fails.works && fails.words.contains(words), "{fails:?}");
    }
    let fails = says(&smsc, &[("tls", "yes")]).await;
    assert!(!fails.works && fails.words.contains("TLS"), "{fails:?}");
    let fails = says(&smsc, &[("host", "smsc.invalid")]).await;
    assert!(!fails.works && fails.words.contains("no address for the name smsc.invalid"), "{fails:?}");
    let nobody = Smsc { port: 1, ..smsc };
    let fails = says(&nobody, &[]).await;
    assert!(!fails.works && fails.words.contains("refuses connections"), "{fails:?}");
}

#[tokio::test]
async fn tls_is_spoken_with_whom_the_certificates_vouch_for() {
    let (smsc, certificate) = Smsc::start_with_tls().await;
    let file = crate::testing::folder("halyard-ca-");
    let ca_file = file.path().join("ca.pem");
    std::fs::write(&ca_file, certificate).unwrap();
    let ca_file = ca_file.display().to_string();
    let tls = [("tls", "yes"), ("host", "localhost")];
    let line = Line::at(smsc, &[tls[0], tls[1], ("ca_file", &ca_file)]).await;
    line.smsc.until(|_| line.is_up()).await;
    let maya = line.bench.sign_in("1001@harbor").await;
    let text = maya.text(101, &[142], "Hello").await;
    line.run().await;
    assert_eq!(delivery(&maya, &text).await.state, halyard_protocol::DeliveryState::Sent);
    for (settings, words) in [
        (&tls[..], "is not trusted"),
        (&[tls[0], ("ca_file", &ca_file)][..], "is not trusted"),
        (&[tls[0], tls[1], ("ca_file", "/nowhere.pem")], "ca_file can't be used"),
    ] {
        let id = CarrierAccountId(line.bench.app.env.ulid());
        let fails = line.carriers.test(&record(id, &line.smsc, settings, &line.secrets, "fairwind")).await;
        assert!(!fails.works && fails.words.contains(words), "{fails:?}");
    }
    let smsc = line.end().await;
    assert_eq!(smsc.known.lock().unwrap().unbinds, 1);
}
