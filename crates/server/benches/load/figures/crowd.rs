//! Many who hear of one: a group, and a tenant.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hyper::{Method, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;

use super::{Site, chat, many, site};
use crate::client::{Client, Socket};
use crate::database::Kind;
use crate::people::Person;
use crate::report::{Measured, Samples};
use crate::server::Server;

/// Sockets that count what they hear, until dropped.
struct Audience {
    heard: Arc<AtomicU64>,
    bytes: Arc<AtomicU64>,
    _listeners: JoinSet<()>,
}

impl Audience {
    /// Opens a socket for each, some at a time; `word` is what a frame that counts begins with, each `each` in it counts one.
    async fn gather(server: &Server, people: &[Person], word: &'static str, each: &'static str) -> Self {
        let (heard, bytes) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let mut listeners = JoinSet::new();
        for some in people.chunks(100) {
            let mut opening = JoinSet::new();
            for person in some {
                let (address, person) = (server.address, person.clone());
                opening.spawn(async move {
                    let mut socket = Socket::open(address, &person, 0).await.unwrap();
                    socket.welcome().await.unwrap();
                    socket
                });
            }
            while let Some(socket) = opening.join_next().await {
                let mut socket = socket.unwrap();
                let (heard, bytes) = (Arc::clone(&heard), Arc::clone(&bytes));
                listeners.spawn(async move {
                    while let Ok(frame) = socket.frame().await {
                        if frame.starts_with(word) {
                            let count = if each.is_empty() { 1 } else { frame.matches(each).count() as u64 };
                            bytes.fetch_add(frame.len() as u64, Ordering::Relaxed);
                            heard.fetch_add(count, Ordering::Relaxed);
                        }
                    }
                });
            }
        }
        Self { heard, bytes, _listeners: listeners }
    }

    fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }

    async fn has_heard(&self, count: u64) {
        while self.heard() < count {
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
    }

    /// Waits until nobody has heard anything for a second.
    async fn settle(&self) {
        let mut before = u64::MAX;
        while before != self.heard() {
            before = self.heard();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// A group chat of 50, all connected.
pub(super) async fn fanout(kind: Kind) -> Vec<Measured> {
    const PEOPLE: usize = 50;
    const SENDERS: usize = 16;
    const EACH: usize = 60;
    let Site { server, businesses, _database } = site(kind, 1, PEOPLE).await;
    let people = businesses[0].people.clone();
    let audience = Audience::gather(&server, &people, r#"{"type":"events""#, r#""type":"entry_added""#).await;
    let group = |from: usize| chat(people.iter().enumerate().filter(|(n, _)| *n != from).map(|(_, person)| person.id));
    let mut first = Client::connect(server.address, &people[0]).await;
    first.send(&group(0), "The first").await;
    audience.settle().await;

    // One message after the other: how long until the last of them has it.
    let mut samples = Samples::default();
    for _ in 0..200 {
        let before = audience.heard();
        let start = Instant::now();
        first.send(&group(0), "Everybody to the pier, please.").await;
        audience.has_heard(before + many_people(PEOPLE)).await;
        samples.add(start.elapsed());
    }

    let (before, start) = (audience.heard(), Instant::now());
    let mut senders = JoinSet::new();
    for (n, person) in people.iter().enumerate().take(SENDERS) {
        let mut client = Client::connect(server.address, person).await;
        let to = group(n);
        senders.spawn(async move {
            for _ in 0..EACH {
                client.send(&to, "Everybody to the pier, please.").await;
            }
        });
    }
    senders.join_all().await;
    let expected = SENDERS * EACH * PEOPLE;
    audience.has_heard(before + many_people(expected)).await;
    let rate = many(expected) / start.elapsed().as_secs_f64();
    server.stop();
    let method = "A group chat of 50, all connected. 16 of them send 60 messages each, the next one when the one before is acknowledged; the \
                  time counts until everybody has them all.";
    let one = "The same group; 200 messages, each when everybody has the one before: the time from sending to the last of the 50.";
    vec![
        Measured::at_least("Deliveries in a group of 50", rate, 20_000.0, "a second", method),
        Measured::quantile("A message to a group of 50", &samples, 0.95, 28.0, one),
    ]
}

fn many_people(count: usize) -> u64 {
    count as u64
}

/// A tenant of 5,000, all connected, whose users change their status.
pub(super) async fn status(kind: Kind) -> Vec<Measured> {
    const PEOPLE: usize = 5_000;
    const SECONDS: u64 = 10;
    const EACH_SECOND: u64 = 100;
    let Site { server, businesses, _database } = site(kind, 1, PEOPLE).await;
    let people = &businesses[0].people;
    let audience = Audience::gather(&server, people, "{", "").await;
    audience.settle().await;

    let (heard, bytes) = (audience.heard(), audience.bytes.load(Ordering::Relaxed));
    let mut client = Client::connect(server.address, &people[0]).await;
    set_status(&mut client, "busy").await;
    audience.settle().await;
    let frames = many(usize::try_from(audience.heard() - heard).unwrap()) / many(PEOPLE);
    let bytes = audience.bytes.load(Ordering::Relaxed) - bytes;

    let heard = audience.heard();
    let busy = server.busy();
    let start = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(1_000 / EACH_SECOND));
    let mut changing = Vec::new();
    for person in &people[..20] {
        changing.push(Client::connect(server.address, person).await);
    }
    for n in 0..SECONDS * EACH_SECOND {
        ticks.tick().await;
        let place = usize::try_from(n).unwrap() % changing.len();
        set_status(&mut changing[place], if n % 40 < 20 { "away" } else { "busy" }).await;
    }
    let took = start.elapsed();
    let share = (server.busy() - busy).as_secs_f64() / took.as_secs_f64() * 100.0;
    let told = many(usize::try_from(audience.heard() - heard).unwrap()) / many(PEOPLE) / took.as_secs_f64();
    server.stop();
    let one = format!(
        "5,000 users of one tenant are connected; one changes their availability: frames for each socket, {} bytes each.",
        bytes / many_people(PEOPLE)
    );
    let method = format!(
        "The same tenant, 100 changes a second by 20 users for 10 s ({:.1} s were needed): the server's processor time as a share of one \
         processor. Each socket got {told:.1} frames a second.",
        took.as_secs_f64()
    );
    vec![
        Measured::at_most("Frames for a change of status", frames, 1.0, "for each socket", &one),
        Measured::at_most("100 changes of status a second to 5,000", share, 50.0, "% of a processor", &method),
    ]
}

async fn set_status(client: &mut Client, availability: &str) {
    let body = json!({ "availability": availability }).to_string();
    let (status, answer) = client.ask(Method::PATCH, "/me", Some(body)).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer));
}
