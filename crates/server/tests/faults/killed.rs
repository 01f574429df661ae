//! The server is killed a hundred times at random moments, under several who send.

use std::time::Duration;

use crate::crowd::Crowd;
use crate::dice::{Dice, rounds};
use crate::people::People;
use crate::site::{Database, Kind, Live, Server};
use crate::truth::Truth;

async fn killed(kind: Kind) {
    let mut dice = Dice::new(&format!("killed on {kind:?}"));
    let database = Database::new(kind);
    let people = People::seed(&database.address).await;
    let live = Live::default();
    let mut crowd = Crowd::start(&people, &live, &mut dice);
    for _ in 0..rounds(100) {
        let server = Server::start(&database.address, &live);
        // It has begun to work, and dies at some moment of some send.
        crowd.acknowledged(1 + dice.below(20)).await;
        tokio::time::sleep(Duration::from_micros(dice.below(10_000))).await;
        server.kill();
    }
    let server = Server::start(&database.address, &live);
    let sent = crowd.finish().await;
    let truth = Truth::settled(&database.address).await;
    truth.check(&people, &sent).await;
    assert!(server.stop(), "a server that is asked to stop ends well");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_kills_lose_double_and_shuffle_nothing_on_sqlite() {
    killed(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_kills_lose_double_and_shuffle_nothing_on_postgres() {
    killed(Kind::Postgres).await;
}
