//! Several servers of one database, as their sockets see them: who is connected, and what is told of it. These run on both databases.

use std::sync::Arc;
use std::time::Duration;

use halyard_protocol::rest::Me;
use halyard_protocol::{Availability, DeviceId};
use tokio_util::sync::CancellationToken;

use super::socket::Socket;
use super::states::{Known, set_status, version};
use crate::feed::Place;
use crate::hub::{Connection, Hub};
use crate::presence::Presence;
use crate::store::{self, sql::args};
use crate::teller::Teller;
use crate::testing::bench::{Bench, Browser};

pub(crate) async fn a_restart_is_no_news_to_those_who_come_back(bench: &Bench) {
    let listening = bench.listen_alone().await;
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let sockets = [
        Socket::started(&listening, &maya, &maya.bootstrap().await).await,
        Socket::started(&listening, &devon, &devon.bootstrap().await).await,
    ];
    bench.app.teller.tell().await.unwrap();
    let before = devon.bootstrap().await;
    assert_eq!(before.users.iter().filter(|user| user.connected).count(), 2);
    // Another server takes its place; he comes back, she does not.
    let other = Other::beside(bench);
    let (tenant, user) = (before.me.tenant.id, before.me.user.id);
    let back = other.hub.connect(tenant, user, before.me.device).unwrap();
    other.presence.look().await.unwrap();
    other.teller.tell().await.unwrap();
    assert_eq!(version(&devon).await, before.state_version);
    other.presence.look().await.unwrap();
    let states = devon.states(before.state_version).await;
    assert!(matches!(&states[..], [gone] if gone.user != user && !gone.connected), "{states:?}");
    other.hub.depart(&other.hub.disconnect(&back).unwrap());
    other.teller.tell().await.unwrap();
    let states = devon.states(before.state_version + 1).await;
    assert!(matches!(&states[..], [gone] if gone.user == user && !gone.connected), "{states:?}");
    drop(sockets);
}

/// Another server on the same database, for which no time has to pass until one that says nothing counts as gone.
struct Other {
    hub: Arc<Hub>,
    presence: Presence,
    teller: Teller,
}

impl Other {
    fn beside(bench: &Bench) -> Self {
        let (store, hub) = (&bench.app.store, Arc::new(Hub::default()));
        let times = [Duration::from_secs(20), Duration::ZERO];
        let presence = Presence::new(store.clone(), Arc::clone(&hub), bench.app.env.ulid(), times);
        let teller = Teller::new(store.clone(), Arc::clone(&hub), presence.clone(), Duration::ZERO);
        Self { hub, presence, teller }
    }

    /// A user is connected to it.
    async fn has(&self, me: &Me) -> Connection {
        let connection = self.hub.connect(me.tenant.id, me.user.id, me.device).unwrap();
        self.teller.tell().await.unwrap();
        connection
    }
}

/// Who of a tenant shows as connected, by extension.
async fn shown(browser: &Browser<'_>) -> Vec<String> {
    let users = browser.bootstrap().await.users;
    users.into_iter().filter(|user| user.connected).map(|user| user.extension).collect()
}

/// One of two servers is taken away: the other one notices, and tells its own sockets who is away now.
pub(crate) async fn users_of_a_server_that_is_gone_are_away(bench: &Bench) {
    let listening = bench.listen_alone().await;
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let (hers, his) = (maya.bootstrap().await, devon.bootstrap().await);
    let mut socket = Socket::started(&listening, &maya, &hers).await;
    let (here, dead) = (Other::beside(bench), Other::beside(bench));
    let (_both, _he) = (dead.has(&hers.me).await, dead.has(&his.me).await);
    let mut known = Known::default();
    known.hear(bench, &mut socket, version(&maya).await).await;
    let _she = here.has(&hers.me).await;
    assert_eq!(shown(&maya).await, ["1001", "1002"]);
    // A look that fails is made again.
    change(bench, "ALTER TABLE servers RENAME TO elsewhere").await;
    assert!(here.presence.look().await.is_err());
    change(bench, "ALTER TABLE elsewhere RENAME TO servers").await;
    here.presence.look().await.unwrap();
    assert_eq!(shown(&maya).await, ["1001", "1002"], "it has only been seen once");
    here.presence.look().await.unwrap();
    // She is connected to both.
    assert_eq!(shown(&maya).await, ["1001"]);
    bench.app.hub.set_stale(hers.me.tenant.id);
    known.hear(bench, &mut socket, version(&maya).await).await;
    assert_eq!(known.users.get(&his.me.user.id).map(|state| state.connected), Some(false));
}

async fn change(bench: &Bench, sql: &'static str) {
    let mut tx = bench.app.store.write_system().await.unwrap();
    tx.run(sql, args![]).await.unwrap();
    tx.commit().await.unwrap();
}

/// A server that says that it lives keeps its users; one that was counted as gone and lives after all has them again.
pub(crate) async fn a_server_that_lives_keeps_its_users(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let (hers, his) = (maya.bootstrap().await, devon.bootstrap().await);
    let (here, other) = (Other::beside(bench), Other::beside(bench));
    let (_she, he) = (here.has(&hers.me).await, other.has(&his.me).await);
    let before = version(&maya).await;
    for _ in 0..5 {
        other.presence.look().await.unwrap();
        here.presence.look().await.unwrap();
    }
    assert_eq!((shown(&maya).await, version(&maya).await), (vec!["1001".to_owned(), "1002".to_owned()], before));
    // It can't say so for a while.
    here.presence.look().await.unwrap();
    assert_eq!(shown(&maya).await, ["1001"]);
    other.presence.look().await.unwrap();
    other.teller.tell().await.unwrap();
    assert_eq!(shown(&maya).await, ["1001", "1002"]);
    // Who leaves one server, and is connected to another, does not show as away.
    let too = here.has(&his.me).await;
    other.hub.depart(&other.hub.disconnect(&he).unwrap());
    other.teller.tell().await.unwrap();
    assert_eq!(shown(&maya).await, ["1001", "1002"]);
    here.hub.depart(&here.hub.disconnect(&too).unwrap());
    here.teller.tell().await.unwrap();
    assert_eq!(shown(&maya).await, ["1001"]);
}

/// A server of an earlier release has written down that somebody is connected, and is gone: once in a while that is looked for.
pub(crate) async fn who_shows_as_connected_and_is_not_is_away_after_a_while(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let hers = maya.bootstrap().await;
    let server = Other::beside(bench);
    let _she = server.has(&hers.me).await;
    change(bench, "UPDATE users SET connected = TRUE WHERE extension = '1002'").await;
    server.presence.look().await.unwrap();
    assert!(shown(&maya).await.contains(&"1002".to_owned()));
    for _ in 1..crate::presence::STRAYS {
        server.presence.look().await.unwrap();
    }
    assert_eq!(shown(&maya).await, ["1001"]);
}

/// One tenant can't be written down for a while: the others are, again and again.
pub(crate) async fn a_slow_tenant_keeps_nobody_waiting(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let (hers, others) = (maya.bootstrap().await.me, rosa.bootstrap().await.me);
    let held = bench.app.store.write(hers.tenant.id).await.unwrap();
    let other = Other::beside(bench);
    let stop = CancellationToken::new();
    let telling = tokio::spawn(other.teller.clone().run(stop.clone()));
    let _waits = other.hub.connect(hers.tenant.id, hers.user.id, hers.device).unwrap();
    let come = || other.hub.connect(others.tenant.id, others.user.id, others.device).unwrap();
    let is_shown = async |expected: bool| {
        let soon = async {
            while shown(&rosa).await.is_empty() == expected {
                tokio::task::yield_now().await;
            }
        };
        // For less long than harbor waits.
        tokio::time::timeout(Duration::from_secs(5), soon).await.expect("atlas waits for harbor");
    };
    let here = come();
    is_shown(true).await;
    other.hub.depart(&other.hub.disconnect(&here).unwrap());
    is_shown(false).await;
    let _again = come();
    is_shown(true).await;
    assert_eq!(shown(&maya).await, Vec::<String>::new());
    held.commit().await.unwrap();
    stop.cancel();
    telling.await.unwrap();
}

/// A command works on the database in another process: the heartbeat finds what it changed.
pub(crate) async fn what_another_process_changes_is_told_too(bench: &Bench) {
    let Other { hub, teller, .. } = Other::beside(bench);
    let devon = bench.sign_in("1002@harbor").await;
    let start = devon.bootstrap().await;
    let (tenant, device) = (start.me.tenant.id, DeviceId(bench.app.env.ulid()));
    let connection = hub.connect(tenant, start.me.user.id, device).unwrap();
    teller.tell().await.unwrap();
    assert_eq!(connection.feed.begin(version(&devon).await), Place::First);
    // This hub does not hear of it.
    set_status(&devon, "On the crane").await;
    teller.tell().await.unwrap();
    let newest = version(&devon).await;
    assert!(connection.feed.version() < Some(newest));
    hub.set_stale(tenant);
    teller.tell().await.unwrap();
    assert_eq!(connection.feed.version(), Some(newest));
    let mut tx = bench.app.store.read().await.unwrap();
    let users = store::states::users_after(&mut tx, tenant, start.state_version).await.unwrap().1;
    assert!(matches!(&users[..], [one] if one.availability == Availability::Available && one.connected));
}
