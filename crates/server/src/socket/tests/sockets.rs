//! Real sockets against a real listener: what they bring.

use std::time::Duration;

use halyard_protocol::{ClientFrame, Presence, ServerFrame};
use serde_json::json;

use super::socket::{Socket, bodies, quick};
use crate::app::Tempo;
use crate::testing::bench::Bench;

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
    socket.say(&ClientFrame::Resume { cursor }).await;
    match socket.receive().await {
        ServerFrame::Welcome { presence, .. } => assert_eq!(presence.len(), 1, "she herself is here"),
        other => panic!("not a welcome: {other:?}"),
    }
    assert_eq!(bodies(&socket.events(2).await), ["Hello"]);
}

#[tokio::test]
async fn presence_and_typing_reach_colleagues_and_nobody_else() {
    let tempo = Tempo { grace: Duration::from_millis(1), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let (id, user) = (maya.chat(&["1002"], "Hello").await.conversation, devon.bootstrap().await.me.user.id);
    let cursor = maya.bootstrap().await.cursor;
    let mut hers = Socket::resumed(&listening, &maya, cursor).await;
    let mut strangers = Socket::resumed(&listening, &bench.sign_in("1001@atlas").await, 0).await;
    let mut his = Socket::resumed(&listening, &devon, devon.bootstrap().await.cursor).await;
    let presence = async |socket: &mut Socket| match socket.receive().await {
        ServerFrame::Presence { users } => users.iter().map(|entry| (entry.user, entry.presence)).collect::<Vec<_>>(),
        other => panic!("not presence: {other:?}"),
    };
    assert_eq!(presence(&mut hers).await, [(user, Presence::Available)]);
    his.say(&ClientFrame::Typing { conversation: id }).await;
    assert_eq!(hers.receive().await, ServerFrame::Typing { conversation: id, user });
    drop(his);
    assert_eq!(presence(&mut hers).await, [(user, Presence::Offline)]);
    // Nothing of it has gone to the other tenant: what it hears next is its own.
    let rosa = bench.sign_in("1001@atlas").await;
    rosa.chat(&["1002"], "Ours").await;
    assert_eq!(bodies(&strangers.events(2).await).last(), Some(&"Ours"));
}

#[tokio::test]
async fn presences_that_change_often_are_told_together() {
    let tempo = Tempo { presence: Duration::from_secs(2), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let mut hers = Socket::resumed(&listening, &maya, maya.bootstrap().await.cursor).await;
    let _his = Socket::resumed(&listening, &devon, devon.bootstrap().await.cursor).await;
    for turn in 0..40 {
        let availability = if turn % 2 == 0 { "busy" } else { "available" };
        assert_eq!(devon.patch("/me", &json!({ "availability": availability })).await.status, 200);
    }
    assert_eq!(devon.patch("/me", &json!({ "availability": "away" })).await.status, 200);
    let mut frames = 0;
    loop {
        if let ServerFrame::Presence { users } = hers.receive().await {
            frames += 1;
            if users.iter().any(|entry| entry.presence == Presence::Away) {
                break;
            }
        }
    }
    assert!(frames < 20, "{frames} frames for 41 changes");
}
