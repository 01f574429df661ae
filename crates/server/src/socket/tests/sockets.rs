//! Real sockets against a real listener: what they bring.

use std::sync::Arc;
use std::time::Duration;

use halyard_protocol::{ClientFrame, ServerFrame, UserState};

use super::socket::{Socket, bodies, quick};
use crate::app::Tempo;
use crate::operations::Actor;
use crate::operations::messaging::receive::{InboundText, receive};
use crate::store::Store;
use crate::testing;
use crate::testing::bench::{Bench, number};

#[tokio::test]
async fn brings_what_was_missed_and_then_what_happens() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let cursor = devon.bootstrap().await.cursor;
    maya.chat(&["1002"], "Missed").await;
    let mut socket = Socket::resumed(&listening, &devon, cursor).await;
    let missed = socket.events(2).await;
    assert_eq!(bodies(&missed), ["Missed"]);
    for n in 0..5 {
        maya.chat(&["1002"], &format!("Live {n}")).await;
    }
    let live = socket.events(5).await;
    assert_eq!(bodies(&live), ["Live 0", "Live 1", "Live 2", "Live 3", "Live 4"]);
    let cursors: Vec<u64> = missed.iter().chain(&live).map(|event| event.cursor).collect();
    assert_eq!(cursors, (cursor + 1..=cursor + 7).collect::<Vec<_>>());
}

#[tokio::test]
async fn says_reset_to_a_cursor_that_it_cannot_serve_and_goes_on_after_the_next_resume() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let cursor = maya.bootstrap().await.cursor;
    let mut socket = Socket::resumed(&listening, &maya, cursor + 100).await;
    assert_eq!(socket.receive().await, ServerFrame::Reset);
    maya.chat(&["1002"], "Hello").await;
    socket.say(&ClientFrame::Resume { cursor, states: None }).await;
    assert!(matches!(socket.receive().await, ServerFrame::Welcome { .. }));
    assert_eq!(bodies(&socket.events(2).await), ["Hello"]);
}

#[tokio::test]
async fn presence_and_typing_reach_colleagues_and_nobody_else() {
    let tempo = Tempo { grace: Duration::from_millis(1), states: Duration::from_millis(1), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let (id, user) = (maya.chat(&["1002"], "Hello").await.conversation, devon.bootstrap().await.me.user.id);
    let mut hers = Socket::started(&listening, &maya, &maya.bootstrap().await).await;
    let (_, users) = hers.users().await;
    assert!(matches!(&users[..], [own] if own.connected && own.user != user), "{users:?}");
    let rosa = bench.sign_in("1001@atlas").await;
    let mut strangers = Socket::started(&listening, &rosa, &rosa.bootstrap().await).await;
    let mut his = Socket::started(&listening, &devon, &devon.bootstrap().await).await;
    let state = |(_, users): (_, Vec<UserState>)| users.iter().map(|it| (it.user, it.connected)).collect::<Vec<_>>();
    assert_eq!(state(hers.users().await), [(user, true)]);
    his.say(&ClientFrame::Typing { conversation: id }).await;
    assert_eq!(hers.receive().await, ServerFrame::Typing { conversation: id, user });
    drop(his);
    assert_eq!(state(hers.users().await), [(user, false)]);
    // Nothing of it has gone to the other tenant: what it hears is its own.
    assert_eq!(state(strangers.users().await), [(rosa.bootstrap().await.me.user.id, true)]);
    rosa.chat(&["1002"], "Ours").await;
    assert_eq!(bodies(&strangers.events(2).await).last(), Some(&"Ours"));
}

/// Another process works on the same database and this hub does not hear of it: its sockets find what is new with their heartbeat.
#[tokio::test]
async fn what_another_process_writes_reaches_a_socket_that_is_open() {
    let tempo = Tempo { heartbeat: Duration::from_millis(30), ..Tempo::default() };
    let (address, _folder) = testing::sqlite();
    let bench = Bench::on(&address, quick(tempo)).await;
    let listening = bench.listen().await;
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let me = maya.bootstrap().await.me;
    let mut socket = Socket::resumed(&listening, &devon, devon.bootstrap().await.cursor).await;
    let elsewhere = Store::open(&address, Arc::new(|_| {})).await.unwrap();
    for n in 0..3 {
        let text = InboundText {
            carrier: "test".to_owned(),
            reference: n.to_string(),
            from: halyard_carriers::Address::Number(number(142)),
            to: number(101),
            others: Vec::new(),
            body: format!("From elsewhere {n}"),
            media: Vec::new(),
            files: Vec::new(),
            missing: 0,
        };
        let mut tx = elsewhere.write(me.tenant.id).await.unwrap();
        let actor = Actor::system(me.tenant.id, bench.app.env.now());
        receive(&mut tx, &actor, &bench.app.env, text).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        // The first one makes the conversation, too.
        let heard = socket.events(if n == 0 { 2 } else { 1 }).await;
        assert_eq!(bodies(&heard), [format!("From elsewhere {n}")]);
    }
}
