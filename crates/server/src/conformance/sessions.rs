//! Sessions, and the networks that they were begun from.

use super::*;

pub(super) async fn a_session_is_only_for_the_password_that_was_checked(bench: &Bench) {
    let mut tx = bench.app.store.read().await.unwrap();
    let found = store::credentials::find(&mut tx, "1001", "harbor", "").await.unwrap().unwrap();
    drop(tx);
    let sign_in = async |token: &str| {
        let mut tx = bench.app.store.write(found.tenant).await.unwrap();
        let device = DeviceId(bench.app.env.ulid());
        let added = store::sessions::add(&mut tx, token, device, &found, "", bench.app.env.now()).await.unwrap();
        tx.commit().await.unwrap();
        added
    };
    assert!(sign_in("before").await);
    let mut tx = bench.app.store.write(found.tenant).await.unwrap();
    store::users::set_password(&mut tx, found.user, "another hash", None).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!sign_in("after").await, "it was changed while the old one was checked");
    let mut tx = bench.app.store.write(found.tenant).await.unwrap();
    store::users::set_password(&mut tx, found.user, &found.password_hash, None).await.unwrap();
    store::users::disable(&mut tx, found.user, bench.app.env.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!sign_in("disabled").await);
}

/// A sign-in that has checked the old password, but not committed, is waited for.
pub(super) async fn a_new_password_misses_no_session_that_is_being_made(bench: &Bench) {
    let mut tx = bench.app.store.read().await.unwrap();
    let found = store::credentials::find(&mut tx, "1001", "harbor", "").await.unwrap().unwrap();
    drop(tx);
    let (device, now) = (DeviceId(bench.app.env.ulid()), bench.app.env.now());
    let mut signing_in = bench.app.store.write(found.tenant).await.unwrap();
    assert!(store::sessions::add(&mut signing_in, "token", device, &found, "", now).await.unwrap());
    let change = async {
        let mut tx = bench.app.store.write(found.tenant).await.unwrap();
        store::users::set_password(&mut tx, found.user, "another hash", None).await.unwrap();
        tx.commit().await.unwrap();
    };
    let (committed, ()) = tokio::join!(signing_in.commit(), change);
    committed.unwrap();
    let mut tx = bench.app.store.read().await.unwrap();
    let state = store::sessions::state(&mut tx, device, now, bench.app.settings.lifetimes).await.unwrap();
    assert!(state.is_none());
}

pub(super) async fn networks_are_known_for_a_while(bench: &Bench) {
    let user = bench.sign_in("1001@harbor").await.bootstrap().await.me.user.id;
    let mut tx = bench.app.store.write_system().await.unwrap();
    let now = bench.app.env.now();
    let is_known = async |tx: &mut Tx| {
        let found = store::credentials::find(tx, "1001", "harbor", "a").await.unwrap();
        found.unwrap().is_known_network
    };
    assert!(!is_known(&mut tx).await);
    for at in [now, now.plus(1)] {
        store::networks::note(&mut tx, user, "a", at).await.unwrap();
    }
    assert!(is_known(&mut tx).await);
    store::networks::forget(&mut tx, now.plus(1)).await.unwrap();
    assert!(is_known(&mut tx).await);
    store::networks::forget(&mut tx, now.plus(2)).await.unwrap();
    assert!(!is_known(&mut tx).await);
}

pub(super) async fn sessions_end_when_they_are_old(bench: &Bench) {
    let lifetimes = bench.app.settings.lifetimes;
    let idle = bench.sign_in("1001@harbor").await;
    let busy = bench.sign_in("1001@harbor").await;
    for _ in 0..6 {
        bench.test.pass(lifetimes.idle - 1_000);
        assert_eq!(busy.get("/session").await.status, 200);
        bench.app.seen.write(&bench.app.store).await.unwrap();
    }
    assert_eq!(idle.get("/session").await.code(), ErrorCode::SignedOut);
    bench.test.pass(10_000);
    assert_eq!(busy.get("/session").await.code(), ErrorCode::SignedOut, "at the latest after the absolute time");
    crate::upkeep::tidy(&bench.app).await.unwrap();
}
