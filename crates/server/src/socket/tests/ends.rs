//! Sockets that end with their session, and those that nobody gets.

use std::sync::Arc;
use std::time::Duration;

use halyard_protocol::socket::{CLOSE_RESTART, CLOSE_SIGNED_OUT};
use halyard_protocol::{ClientFrame, ServerFrame};
use tokio_tungstenite::tungstenite::Error;

use super::socket::{Socket, quick};
use crate::app::{Settings, Tempo};
use crate::store::Store;
use crate::testing::bench::Bench;
use crate::{store, testing};

#[tokio::test]
async fn a_device_that_was_signed_out_hears_it() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let here = bench.sign_in("1001@harbor").await;
    let there = bench.sign_in("1001@harbor").await;
    let mut mine = Socket::resumed(&listening, &here, 0).await;
    let mut other = Socket::resumed(&listening, &there, 0).await;
    let device = there.bootstrap().await.me.device;
    assert_eq!(here.delete(&format!("/devices/{device}")).await.status, 204);
    assert_eq!(other.closed().await, Some(CLOSE_SIGNED_OUT));
    assert_eq!(here.delete("/session").await.status, 204);
    assert_eq!(mine.closed().await, Some(CLOSE_SIGNED_OUT));
}

/// Another process works on the same database, a command say: this server's hub does not hear of it.
#[tokio::test]
async fn after_a_password_was_changed_elsewhere_nothing_more_is_told() {
    let (address, _folder) = testing::sqlite();
    let bench = Bench::on(&address, Settings::default()).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let start = devon.bootstrap().await;
    let mut socket = Socket::resumed(&listening, &devon, start.cursor).await;
    let elsewhere = Store::open(&address, Arc::new(|_| {})).await.unwrap();
    let mut tx = elsewhere.write(start.me.tenant.id).await.unwrap();
    store::users::set_password(&mut tx, start.me.user.id, "another hash", None).await.unwrap();
    tx.commit().await.unwrap();
    maya.chat(&["1002"], "Not for who knows the old password").await;
    assert_eq!(socket.next_frame().await, Err(Some(CLOSE_SIGNED_OUT)));
    let mut late = Socket::open(&listening, &maya).await;
    let mut tx = elsewhere.write(start.me.tenant.id).await.unwrap();
    store::users::disable(&mut tx, maya.bootstrap().await.me.user.id, bench.app.env.now()).await.unwrap();
    tx.commit().await.unwrap();
    late.say(&ClientFrame::Resume { cursor: 0, states: None }).await;
    assert_eq!(late.closed().await, Some(CLOSE_SIGNED_OUT), "nor with the first frame");
}

#[tokio::test]
async fn a_session_that_ends_ends_its_socket_also_after_a_reset() {
    let tempo = Tempo { heartbeat: Duration::from_millis(30), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let mut socket = Socket::resumed(&listening, &maya, 1_000_000).await;
    assert_eq!(socket.next_frame().await, Ok(ServerFrame::Reset));
    bench.test.pass(bench.app.settings.lifetimes.absolute + 1);
    loop {
        match socket.next_frame().await {
            Ok(ServerFrame::Ping) => socket.say(&ClientFrame::Pong).await,
            Ok(other) => panic!("not a heartbeat: {other:?}"),
            Err(code) => {
                assert_eq!(code, Some(CLOSE_SIGNED_OUT));
                return;
            }
        }
    }
}

#[tokio::test]
async fn a_new_password_ends_all_sockets_at_once() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let devon = bench.sign_in("1002@harbor").await;
    let me = devon.bootstrap().await.me;
    let mut one = Socket::resumed(&listening, &devon, 0).await;
    let mut other = Socket::resumed(&listening, &bench.sign_in("1002@harbor").await, 0).await;
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    store::users::set_password(&mut tx, me.user.id, "another hash", None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(one.closed().await, Some(CLOSE_SIGNED_OUT));
    assert_eq!(other.closed().await, Some(CLOSE_SIGNED_OUT));
}

#[tokio::test]
async fn a_session_that_ends_by_itself_ends_its_socket() {
    let tempo = Tempo { heartbeat: Duration::from_millis(30), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let mut socket = Socket::resumed(&listening, &maya, 0).await;
    bench.test.pass(bench.app.settings.lifetimes.absolute + 1);
    assert_eq!(socket.closed().await, Some(CLOSE_SIGNED_OUT));
}

#[tokio::test]
async fn a_stopping_server_says_come_back() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let mut socket = Socket::resumed(&listening, &maya, maya.bootstrap().await.cursor).await;
    bench.app.stop.cancel();
    assert_eq!(socket.closed().await, Some(CLOSE_RESTART));
}

#[tokio::test]
async fn strangers_and_other_sites_get_no_socket() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    for (browser, origin, status) in
        [(&bench.stranger(), None, 401), (&maya, Some("https://evil.example"), 403), (&maya, Some("null"), 403)]
    {
        match Socket::try_open(&listening, browser, origin).await {
            Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), status),
            other => panic!("not refused: {:?}", other.map(|_| ())),
        }
    }
    let own = format!("http://{}", listening.address);
    assert!(Socket::try_open(&listening, &maya, Some(&own)).await.is_ok());
}
