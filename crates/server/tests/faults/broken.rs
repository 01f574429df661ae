//! PostgreSQL goes away in the middle: a hundred connections break, and its processes are killed.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::dice::{Dice, rounds};
use crate::people::People;
use crate::postgres::Cluster;
use crate::proxy::Proxy;
use crate::site::{Database, Kind, Live, Server};
use crate::truth::Truth;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_connections_that_break_lose_double_and_shuffle_nothing() {
    let mut dice = Dice::new("connections that break");
    let database = Database::new(Kind::Postgres);
    let people = People::seed(&database.address).await;
    let live = Live::default();
    let cluster = database.cluster.as_ref().unwrap();
    let mut proxy = Proxy::start(cluster.folder.path().join(".s.PGSQL.5432"), &mut dice).await;
    let through = format!("postgres://halyard@{}/test?sslmode=disable", proxy.address);
    // The way may break while the server starts: then it says so, and a service manager starts it again.
    let server = (0..100).find_map(|_| Server::try_start(&through, &live)).expect("the server starts");
    let mut crowd = Crowd::start(&people, &live, &mut dice);
    let broken = rounds(100);
    tokio::time::timeout(Duration::from_secs(120) * u32::try_from(rounds(1)).unwrap(), proxy.broken(broken))
        .await
        .expect("connections are made again");
    proxy.hold();
    // It has found its way back.
    crowd.acknowledged(50).await;
    let sent = crowd.finish().await;
    Truth::settled(&database.address).await.check(&people, &sent).await;
    assert!(server.stop());
}

/// What PostgreSQL had in memory only is gone then: nobody may have been told of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_is_killed_takes_nothing_with_it_that_was_acknowledged() {
    let mut dice = Dice::new("PostgreSQL is killed");
    let database = Database::new(Kind::Postgres);
    let people = People::seed(&database.address).await;
    let live = Live::default();
    let server = Server::start(&database.address, &live);
    let mut crowd = Crowd::start(&people, &live, &mut dice);
    let cluster = database.cluster.as_ref().unwrap();
    for round in 0..rounds(100) {
        crowd.acknowledged(1 + dice.below(40)).await;
        tokio::time::sleep(Duration::from_micros(dice.below(10_000))).await;
        // Mostly one of its processes dies, by which it loses all that was in memory and begins anew by itself; sometimes all die.
        if round % 4 == 3 { kill_all(cluster) } else { kill_one(cluster, &mut dice) }
    }
    crowd.acknowledged(50).await;
    let sent = crowd.finish().await;
    Truth::settled(&database.address).await.check(&people, &sent).await;
    assert!(server.stop());
}

/// The first process of a cluster, which has started all others.
fn postmaster(cluster: &Cluster) -> String {
    let file = std::fs::read_to_string(cluster.data().join("postmaster.pid")).unwrap();
    file.lines().next().unwrap().to_owned()
}

/// The processes of a cluster but for the first.
fn children(postmaster: &str) -> Vec<String> {
    let children =
        std::fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children")).unwrap_or_default();
    children.split_whitespace().map(str::to_owned).collect()
}

fn kill(process: &str) {
    // It may have ended by itself.
    let _ = Command::new("kill").args(["-KILL", process]).output().unwrap();
}

/// Kills one of PostgreSQL's processes; it ends all others, and starts anew from what is on the disk.
fn kill_one(cluster: &Cluster, dice: &mut Dice) {
    let children = children(&postmaster(cluster));
    let place = dice.below(children.len().max(1) as u64);
    if let Some(child) = children.get(usize::try_from(place).unwrap()) {
        kill(child);
    }
}

/// Whether a process is more than what is left of one that has ended (a zombie; proc_pid_stat(5)).
fn is_running(process: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
}

/// Kills all of PostgreSQL, and starts it again.
fn kill_all(cluster: &Cluster) {
    let first = postmaster(cluster);
    let children = children(&first);
    kill(&first);
    children.iter().for_each(|child| kill(child));
    let end = Instant::now() + Duration::from_secs(10);
    while children.iter().chain([&first]).any(|process| is_running(process)) {
        assert!(Instant::now() < end, "a process that was killed still runs");
        std::thread::yield_now();
    }
    // What is left of them may wait for seconds until the system's first process takes leave of it. PostgreSQL would count that as running.
    for lock in [cluster.data().join("postmaster.pid"), cluster.folder.path().join(".s.PGSQL.5432.lock")] {
        // The second one is not there yet where it was killed while it began.
        let _ = std::fs::remove_file(lock);
    }
    let output = cluster.launch();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
