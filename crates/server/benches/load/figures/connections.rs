//! Sockets that wait, and sockets that come back.

use std::time::{Duration, Instant};

use halyard_protocol::Change;
use halyard_protocol::socket::CLOSE_SIGNED_OUT;
use halyard_server::env::Env;
use halyard_server::store::{self, Store};
use tokio::task::JoinSet;

use super::{Site, many, site};
use crate::client::{Client, Socket, SocketEnd};
use crate::database::{Database, Kind};
use crate::people::{self, Business, Person};
use crate::report::{Measured, Samples};
use crate::server::Server;

/// Files that the bench and the server need for other things.
const SPARE: u64 = 200;

/// As many idle sockets as the limit of open files allows, 20,000 at most.
pub(super) async fn idle(kind: Kind) -> Vec<Measured> {
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let count = usize::try_from(files.saturating_sub(SPARE)).unwrap().min(20_000);
    let Site { server, businesses, _database } = site(kind, count.div_ceil(100), 100).await;
    let people: Vec<&Person> = businesses.iter().flat_map(|business| &business.people).take(count).collect();
    let (mut sockets, start) = (JoinSet::new(), Instant::now());
    for some in people.chunks(50) {
        let mut opening = JoinSet::new();
        for person in some {
            let (address, person) = (server.address, (*person).clone());
            opening.spawn(async move {
                let mut socket = Socket::open(address, &person, 0).await.unwrap();
                socket.welcome().await.unwrap();
                socket
            });
        }
        for mut socket in opening.join_all().await {
            sockets.spawn(async move { while socket.frame().await.is_ok() {} });
        }
    }
    let opened = many(count) / start.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let (busy, start) = (server.busy(), Instant::now());
    tokio::time::sleep(Duration::from_secs(50)).await;
    let share = (server.busy() - busy).as_secs_f64() / start.elapsed().as_secs_f64() * 100.0;
    let megabytes = server.megabytes();
    let scale = 20_000.0 / many(count);
    let ended = sockets.try_join_next().is_some();
    server.stop();
    assert!(!ended, "a socket ended");
    let method = format!(
        "{count} sockets (the limit is that of open files), tenants of 100, opened at {opened:.0} a second; memory of the process after a \
         minute, scaled to 20,000."
    );
    let rest = "The same sockets: the server's processor time in 50 s, two heartbeats of each socket among it, scaled to 20,000.";
    vec![
        Measured::at_most("Memory of 20,000 idle sockets", megabytes * scale, 600.0, "MB", &method),
        Measured::at_most("20,000 idle sockets", share * scale, 5.0, "% of a processor", rest),
    ]
}

/// A server restarts under 10,000 apps, in tenants of 100.
pub(super) async fn reconnect(kind: Kind) -> Vec<Measured> {
    restart(kind, 100).await
}

/// The same where all are of one tenant.
pub(super) async fn reconnect_one(kind: Kind) -> Vec<Measured> {
    restart(kind, 1).await
}

/// An app after a restart: it comes back after a random part of 10 s, and again after one second more where that fails.
async fn come_back(
    server: std::net::SocketAddr,
    person: Person,
    after: Duration,
    start: Instant,
) -> (Duration, usize, u16) {
    tokio::time::sleep(after).await;
    let (mut failures, mut code) = (0, 0);
    loop {
        let tried = async {
            let mut socket = Socket::open(server, &person, 0).await?;
            socket.welcome().await?;
            // The one event that it missed.
            socket.frame_within(Duration::from_secs(30)).await.unwrap_or(Err(SocketEnd::Broken))?;
            Ok::<_, SocketEnd>(socket)
        };
        match tried.await {
            Ok(socket) => {
                let took = start.elapsed();
                // It stays connected, as apps do.
                tokio::spawn(hold(socket));
                return (took, failures, code);
            }
            Err(end) => {
                if let SocketEnd::Closed(said) = end {
                    code = said;
                }
                failures += 1;
                assert!(failures < 60, "an app does not come back");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn hold(mut socket: Socket) {
    while socket.frame().await.is_ok() {}
}

async fn restart(kind: Kind, tenants: usize) -> Vec<Measured> {
    const APPS: usize = 10_000;
    let files = usize::try_from(rlimit::increase_nofile_limit(u64::MAX).unwrap()).unwrap();
    assert!(files > APPS + 500, "the limit of open files is too low");
    let database = Database::new(kind);
    let store = people::open(&database).await;
    let businesses = people::seed(&store, tenants, APPS / tenants, false).await;
    give_each_an_event(&store, &businesses).await;
    store.close().await;
    let server = Server::start(&database, None);
    // It has answered once.
    Client::connect(server.address, &businesses[0].people[0]).await.get("/session").await;
    let env = Env::system();
    let (busy, start) = (server.busy(), Instant::now());
    let mut apps = JoinSet::new();
    for person in businesses.iter().flat_map(|business| &business.people) {
        let after = Duration::from_millis(u64::from(u16::from_be_bytes(env.bytes())) * 10_000 / 65_536);
        apps.spawn(come_back(server.address, person.clone(), after, start));
    }
    let (mut samples, mut failed, mut signed_out) = (Samples::default(), 0, 0);
    while let Some(app) = apps.join_next().await {
        let (took, failures, code) = app.unwrap();
        samples.add(took);
        failed += failures;
        signed_out += usize::from(code == CLOSE_SIGNED_OUT);
    }
    let used = (server.busy() - busy).as_secs_f64();
    server.stop();
    let method = format!(
        "10,000 apps of {tenants} tenants come back to a server that has just started, each at a random moment of 10 s, and read the one event \
         that they missed; the time until the last one has it. The server had {used:.1} s of the processors."
    );
    vec![
        Measured::at_most(
            &format!("10,000 apps of {tenants} tenants back and caught up"),
            samples.quantile(1.0) / 1_000.0,
            12.0,
            "s",
            &method,
        ),
        Measured::at_most(
            "Attempts that failed",
            many(failed),
            0.0,
            "in all",
            &format!("{signed_out} of them were told that they are signed out."),
        ),
    ]
}

/// One event in each log.
async fn give_each_an_event(store: &Store, businesses: &[Business]) {
    let now = Env::system().now();
    for business in businesses {
        let mut tx = store.write(business.id).await.unwrap();
        for person in &business.people {
            store::events::log(&mut tx, person.id, now, &Change::ContactsReplaced).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}
