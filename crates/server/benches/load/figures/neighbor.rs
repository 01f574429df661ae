//! What one tenant feels of another.

use std::time::{Duration, Instant};

use halyard_protocol::rest::{ImportContacts, ImportedContact};
use halyard_protocol::{ContactDraft, ContactId, ContactScope};
use halyard_server::env::Env;
use hyper::{Method, StatusCode};

use super::sending::{closed_loop, pairs};
use super::{Site, chat, many, site};
use crate::client::Client;
use crate::database::Kind;
use crate::report::{Measured, Samples};

/// A tenant sends as fast as it can; another one reads and sends meanwhile.
pub(super) async fn busy(kind: Kind) -> Vec<Measured> {
    const READERS_AND_SENDERS: usize = 8;
    let time = Duration::from_secs(10);
    let Site { server, businesses, _database } = site(kind, 2, 256).await;
    let busy = closed_loop(&server, pairs(&businesses[0], 128), time);
    let quiet = closed_loop(&server, pairs(&businesses[1], READERS_AND_SENDERS), time);
    let reader = businesses[1].people[0].clone();
    let address = server.address;
    let reads = async move {
        let mut client = Client::connect(address, &reader).await;
        let (start, mut samples) = (Instant::now(), Samples::default());
        while start.elapsed() < time {
            let asked = Instant::now();
            client.get("/conversations").await;
            samples.add(asked.elapsed());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        samples
    };
    let (busy, quiet, reads) = tokio::join!(busy, quiet, reads);
    server.stop();
    let rate = many(quiet.count()) / time.as_secs_f64();
    let method = format!(
        "128 senders of one tenant send without a pause ({:.0} a second were acknowledged); in another tenant 8 do, and one more \
         connection asks for the list of conversations, with 5 ms between.",
        many(busy.count()) / time.as_secs_f64()
    );
    vec![
        Measured::at_least("A neighbor's sends beside a busy tenant", rate, 200.0, "a second", &method),
        Measured::quantile("A neighbor's GET beside a busy tenant", &reads, 0.95, 20.0, &method),
    ]
}

/// A tenant imports 50,000 contacts; another one sends meanwhile.
pub(super) async fn import(kind: Kind) -> Vec<Measured> {
    const REQUESTS: usize = 50_000 / EACH;
    const EACH: usize = halyard_protocol::limits::IMPORT_AT_ONCE;
    let Site { server, businesses, _database } = site(kind, 2, 2).await;
    let env = Env::system();
    let contact = |n: usize| ImportedContact {
        id: ContactId(env.ulid()),
        contact: ContactDraft {
            scope: ContactScope::Personal,
            given: format!("Given {n}"),
            family: format!("Family {n}"),
            company: format!("Company {}", n % 500),
            ..ContactDraft::default()
        },
    };
    let bodies: Vec<String> = (0..REQUESTS)
        .map(|request| {
            let contacts = (0..EACH).map(|n| contact(request * EACH + n)).collect();
            serde_json::to_string(&ImportContacts { contacts }).unwrap()
        })
        .collect();
    let mut importer = Client::connect(server.address, &businesses[0].people[0]).await;
    let importing = tokio::spawn(async move {
        let start = Instant::now();
        for body in bodies {
            let (status, answer) = importer.ask(Method::POST, "/contacts/import", Some(body)).await;
            assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer));
        }
        start.elapsed()
    });
    let people = &businesses[1].people;
    let mut sender = Client::connect(server.address, &people[0]).await;
    let mut samples = Samples::default();
    while !importing.is_finished() {
        let sent = Instant::now();
        sender.send(&chat([people[1].id]), "Hello").await;
        samples.add(sent.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let took = importing.await.unwrap();
    server.stop();
    let method = format!(
        "50,000 contacts in {REQUESTS} requests, as the app sends them, which took {:.1} s in all; in another tenant somebody sends a message each 10 ms.",
        took.as_secs_f64()
    );
    vec![Measured::quantile("A neighbor's send beside an import, the longest", &samples, 1.0, 50.0, &method)]
}
