//! A carrier and the phones outside: the simulator, a process of its own that nobody kills, and what it says it took and brought.
//!
//! Always holds: what it has said is kept here, as it keeps the newest texts only.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::people::People;

/// What the simulator says when it listens.
const READY: &str = "carrier simulator listening on ";
/// Logs in at it.
const TOKEN: &str = "faults-token";
/// How many times as fast as usual texts reach phones.
const SPEED: &str = "8";

/// A running simulator.
pub(crate) struct Outside {
    child: Child,
    address: String,
    client: reqwest::Client,
    /// All that it has ever taken from us, in its order: reference, text, phones.
    pub(crate) taken: Vec<Taken>,
    /// The texts that phones have written: how far each is.
    pub(crate) brought: HashMap<String, Told>,
    seen: BTreeSet<String>,
    /// The phones of which nobody hears whether they have a text.
    silent: BTreeSet<String>,
}

/// A text that the simulator took.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) reference: String,
    pub(crate) body: String,
}

/// What became of the webhooks about a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// One is on its way.
    Sending,
    /// One at least was answered with 2xx.
    Taken,
    /// None was, and none is sent any more.
    Refused,
}

impl Outside {
    /// Starts it, and lets it carry everybody's numbers.
    pub(crate) async fn start(database: &str, people: &People, folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_halyard-server"));
        command.args(["carrier-simulator", "--listen", "127.0.0.1:0", "--token", TOKEN, "--speed", SPEED]);
        let log = if std::env::var_os("HALYARD_TEST_LOG").is_some() { Stdio::inherit() } else { Stdio::null() };
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix(READY).expect("the simulator starts").to_owned();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let outside = Self {
            child,
            address: address.clone(),
            client,
            taken: Vec::new(),
            brought: HashMap::new(),
            seen: BTreeSet::new(),
            silent: BTreeSet::new(),
        };
        let token = folder.join("token");
        std::fs::write(&token, TOKEN).unwrap();
        let add = format!(
            "carrier add simulator --tenant harbor --name Outside --set api={address} --set segments_a_second=1000 \
             --secret token=file:{}",
            token.display()
        );
        let added = run(database, &add);
        let account = added.split(' ').next().unwrap();
        let numbers: BTreeSet<String> = people.senders.iter().map(|person| person.number.to_string()).collect();
        for number in numbers {
            run(database, &format!("number assign-carrier {number} --account {account}"));
        }
        outside
    }

    async fn ask(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let mut request = self.client.request(method, format!("{}{path}", self.address)).bearer_auth(TOKEN);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Sets how a phone behaves.
    pub(crate) async fn set(&mut self, phone: &str, behavior: &str) {
        if behavior == "never_confirms" {
            self.silent.insert(phone.to_owned());
        }
        self.ask(reqwest::Method::PUT, &format!("/control/phones/{phone}"), Some(json!({ "behavior": behavior })))
            .await;
    }

    /// Lets a phone write: the text's id at the simulator.
    pub(crate) async fn write(&self, from: &str, to: &str, body: &str, with_picture: bool) -> String {
        let text = json!({ "from": from, "to": to, "body": body, "sample": with_picture });
        let begun = self.ask(reqwest::Method::POST, "/control/texts", Some(text)).await;
        begun["id"].as_str().unwrap().to_owned()
    }

    /// Brings a phone's text once more.
    pub(crate) async fn again(&self, id: &str) {
        self.ask(reqwest::Method::POST, &format!("/control/texts/{id}/again"), None).await;
    }

    /// Looks at it, and lets it say again what nobody took. Says whether anything is under way there.
    pub(crate) async fn look(&mut self) -> bool {
        let state = self.ask(reqwest::Method::GET, "/control/state", None).await;
        let mut under_way = false;
        for text in state["texts"].as_array().unwrap() {
            let id = text["id"].as_str().unwrap();
            let reports = text["reports"].as_array().unwrap();
            let told = |report: &Value| match &report["told"] {
                Value::String(word) if word == "taken" => Told::Taken,
                Value::String(word) if word == "sending" || word == "held" => Told::Sending,
                _ => Told::Refused,
            };
            let is_sending = reports.iter().any(|report| told(report) == Told::Sending);
            under_way |= is_sending;
            if text["of_phone"] == true {
                let is_taken = reports.iter().any(|report| told(report) == Told::Taken);
                let so_far = match (is_taken, is_sending || reports.is_empty()) {
                    (true, _) => Told::Taken,
                    (false, true) => Told::Sending,
                    (false, false) => Told::Refused,
                };
                self.brought.insert(id.to_owned(), so_far);
                if so_far == Told::Refused {
                    under_way = true;
                    self.again(id).await;
                }
                continue;
            }
            if self.seen.insert(id.to_owned()) {
                let of = |name: &str| text[name].as_str().unwrap().to_owned();
                self.taken.push(Taken { reference: of("reference"), body: of("body") });
            }
            // Its last report on each phone has to arrive, whatever became of those before.
            let mut last: BTreeMap<String, &Value> = BTreeMap::new();
            for report in reports {
                last.insert(report["receipt"]["to"].to_string(), report);
            }
            for report in last.values().filter(|report| told(report) == Told::Refused) {
                under_way = true;
                let receipt = json!({ "to": report["receipt"]["to"], "state": report["receipt"]["state"] });
                self.ask(reqwest::Method::POST, &format!("/control/texts/{id}/receipts"), Some(receipt)).await;
            }
            let is_silent = |state: &Value| self.silent.contains(state["to"].as_str().unwrap());
            let is_open = |state: &Value| state["state"] == "queued" || (state["state"] == "sent" && !is_silent(state));
            under_way |= text["states"].as_array().unwrap().iter().any(is_open);
        }
        under_way
    }

    /// How often each reference was taken, as the simulator counts.
    pub(crate) async fn references(&self) -> Vec<(String, u64)> {
        let counts = self.ask(reqwest::Method::GET, "/control/references", None).await;
        let counts = counts.as_object().unwrap().iter();
        counts.map(|(reference, count)| (reference.clone(), count["taken"].as_u64().unwrap())).collect()
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command of an operator; what it prints.
fn run(database: &str, arguments: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_halyard-server"));
    let output = command.env("DATABASE_URL", database).args(arguments.split(' ')).output().unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
