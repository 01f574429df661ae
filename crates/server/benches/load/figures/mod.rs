//! The figures, with their goals and methods.

mod carriers;
mod connections;
mod crowd;
mod neighbor;
mod queue;
mod reading;
mod sending;

use std::future::Future;
use std::pin::Pin;

use halyard_protocol::{Destination, Peer, UserId};

use crate::database::{Database, Kind};
use crate::people::{self, Business};
use crate::report::Measured;
use crate::server::Server;

/// A figure, or several that are taken at once.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) on: &'static [Kind],
    pub(crate) take: fn(Kind) -> Taking,
}

type Taking = Pin<Box<dyn Future<Output = Vec<Measured>>>>;

const BOTH: &[Kind] = &[Kind::Sqlite, Kind::Postgres];

/// All of them, in the order in which they are taken.
pub(crate) const ALL: [Figure; 14] = [
    Figure { name: "sends", on: BOTH, take: |kind| Box::pin(sending::sends(kind)) },
    Figure { name: "texts", on: BOTH, take: |kind| Box::pin(sending::texts(kind)) },
    Figure { name: "neighbor", on: BOTH, take: |kind| Box::pin(neighbor::busy(kind)) },
    Figure { name: "import", on: BOTH, take: |kind| Box::pin(neighbor::import(kind)) },
    Figure { name: "carried", on: BOTH, take: |kind| Box::pin(carriers::carried(kind)) },
    Figure { name: "paced", on: BOTH, take: |kind| Box::pin(carriers::paced(kind)) },
    Figure { name: "queue", on: BOTH, take: |kind| Box::pin(queue::next_due(kind)) },
    Figure { name: "pages", on: BOTH, take: |kind| Box::pin(reading::pages(kind)) },
    Figure { name: "start", on: BOTH, take: |kind| Box::pin(reading::start(kind)) },
    // What follows is about sockets, which wait for the database but rarely.
    Figure { name: "fanout", on: BOTH, take: |kind| Box::pin(crowd::fanout(kind)) },
    Figure { name: "status", on: BOTH, take: |kind| Box::pin(crowd::status(kind)) },
    Figure { name: "idle", on: &[Kind::Sqlite], take: |kind| Box::pin(connections::idle(kind)) },
    Figure { name: "reconnect", on: BOTH, take: |kind| Box::pin(connections::reconnect(kind)) },
    Figure { name: "reconnectOne", on: BOTH, take: |kind| Box::pin(connections::reconnect_one(kind)) },
];

/// A server with people, and its database, which goes last.
struct Site {
    server: Server,
    businesses: Vec<Business>,
    _database: Database,
}

/// Starts a server for tenants of so many people each.
async fn site(kind: Kind, tenants: usize, people: usize) -> Site {
    let database = Database::new(kind);
    let store = people::open(&database).await;
    let businesses = people::seed(&store, tenants, people, false).await;
    store.close().await;
    Site { server: Server::start(&database, None), businesses, _database: database }
}

/// A chat with colleagues.
fn chat(peers: impl IntoIterator<Item = UserId>) -> Destination {
    Destination::new(None, peers.into_iter().map(Peer::User).collect())
}

/// A count as a number to calculate with.
#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
fn many(count: usize) -> f64 {
    count as f64
}
