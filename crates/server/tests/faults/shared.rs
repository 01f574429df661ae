//! Two servers on one PostgreSQL share its jobs; one of them, then the other, is killed at random.

use std::time::Duration;

use crate::crowd::Crowd;
use crate::dice::{Dice, rounds};
use crate::people::People;
use crate::site::{Database, Kind, Live, Server};
use crate::truth::Truth;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_that_are_killed_by_turns_send_no_text_twice() {
    let mut dice = Dice::new("two servers");
    let database = Database::new(Kind::Postgres);
    let people = People::seed(&database.address).await;
    let live = Live::default();
    let mut servers = vec![Server::start(&database.address, &live), Server::start(&database.address, &live)];
    let mut crowd = Crowd::start(&people, &live, &mut dice);
    for _ in 0..rounds(100) {
        crowd.acknowledged(1 + dice.below(20)).await;
        tokio::time::sleep(Duration::from_micros(dice.below(10_000))).await;
        servers.swap_remove(usize::try_from(dice.below(2)).unwrap()).kill();
        servers.push(Server::start(&database.address, &live));
    }
    let sent = crowd.finish().await;
    Truth::settled(&database.address).await.check(&people, &sent).await;
    assert!(servers.into_iter().all(Server::stop));
}
