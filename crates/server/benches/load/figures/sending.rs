//! How many messages the server takes, and carries on.

use std::time::{Duration, Instant};

use halyard_protocol::{Destination, Peer};
use halyard_server::store::{self, Store};

use super::{Site, chat, many, site};
use crate::client::Client;
use crate::database::{Database, Kind};
use crate::people::{self, Business, Person};
use crate::report::{Measured, Samples};
use crate::server::Server;

const SENDERS: usize = 128;
/// What is not counted: chats come into being, the database warms up.
const WARM_UP: Duration = Duration::from_secs(2);

/// Each sender sends the next message when the one before is acknowledged. How long each took, after the warm-up.
pub(super) async fn closed_loop(server: &Server, senders: Vec<(Person, Destination)>, time: Duration) -> Samples {
    let start = Instant::now() + WARM_UP;
    let mut tasks = Vec::new();
    for (person, to) in senders {
        let address = server.address;
        tasks.push(tokio::spawn(async move {
            let mut client = Client::connect(address, &person).await;
            let mut samples = Samples::default();
            while start.elapsed() < time {
                let sent = Instant::now();
                client.send(&to, "See you at the pier at nine, with the keys.").await;
                if sent >= start {
                    samples.add(sent.elapsed());
                }
            }
            samples
        }));
    }
    let mut all = Samples::default();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    all
}

/// Pairs of colleagues: each sender writes to somebody of their own.
pub(super) fn pairs(business: &Business, senders: usize) -> Vec<(Person, Destination)> {
    let people = business.people.chunks_exact(2).take(senders);
    people.map(|pair| (pair[0].clone(), chat([pair[1].id]))).collect()
}

/// Durable sends, in one tenant and over 64.
pub(super) async fn sends(kind: Kind) -> Vec<Measured> {
    let time = Duration::from_secs(10);
    let mut figures = Vec::new();
    for tenants in [1, 64] {
        let Site { server, businesses, _database } = site(kind, tenants, SENDERS * 2 / tenants).await;
        let senders = businesses.iter().flat_map(|business| pairs(business, SENDERS)).collect();
        let samples = closed_loop(&server, senders, time).await;
        let rate = many(samples.count()) / time.as_secs_f64();
        let goal = match (kind, tenants) {
            (Kind::Sqlite, _) => 3_000.0,
            (Kind::Postgres, 1) => 1_500.0,
            (Kind::Postgres, _) => 2_500.0,
        };
        let name = format!("Chat messages acknowledged, 128 senders in {tenants} tenants");
        let method = "Each of 128 senders, on a connection of their own, sends the next message to a colleague when the one before is \
                      acknowledged, for 10 s after 2 s of warming up. Acknowledged is what is committed and synced to the disk.";
        figures.push(Measured::at_least(&name, rate, goal, "a second", method));
        figures.push(Measured::quantile("Time to an acknowledgement", &samples, 0.99, 50.0, "The same messages."));
        server.stop();
    }
    figures
}

/// Texts between two tenants of this system: accepted, and brought.
pub(super) async fn texts(kind: Kind) -> Vec<Measured> {
    let time = Duration::from_secs(38);
    let database = Database::new(kind);
    let store = people::open(&database).await;
    let businesses = people::seed(&store, 2, SENDERS, true).await;
    let server = Server::start(&database, None);
    let both = businesses[0].people.iter().zip(&businesses[1].people);
    let senders = both.map(|(from, to)| {
        let peers = vec![Peer::Number(to.number.unwrap())];
        (from.clone(), Destination::new(from.number, peers))
    });
    let samples = closed_loop(&server, senders.collect(), time).await;
    let backlog = jobs(&store).await;
    let end = Instant::now();
    while jobs(&store).await > 0 && end.elapsed() < Duration::from_secs(60) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let drained = end.elapsed().as_secs_f64();
    let left = jobs(&store).await;
    server.stop();
    let method = format!(
        "128 senders text numbers of another tenant of this system for 40 s, each the next one when the one before is acknowledged: \
         {:.0} a second were accepted. Then {backlog} jobs waited, and the time counts until none does ({left} were left after it).",
        many(samples.count()) / time.as_secs_f64()
    );
    vec![
        Measured::at_most("Backlog of accepted texts gone after", drained, 10.0, "s", &method),
        Measured::quantile("Time to an acknowledgement of a text", &samples, 0.99, 100.0, "The same texts."),
    ]
}

async fn jobs(store: &Store) -> u64 {
    let mut tx = store.read().await.unwrap();
    store::jobs::count(&mut tx).await.unwrap()
}
