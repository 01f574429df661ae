//! What a socket does not take: frames and time.

use std::time::Duration;

use futures_util::SinkExt as _;
use halyard_protocol::socket::CLOSE_POLICY;
use halyard_protocol::{ClientFrame, LoggedEvent, ServerFrame, UnixMs, limits};
use tokio_tungstenite::tungstenite::Message;

use super::super::{Allowance, BURST};
use super::socket::{SOON, Socket, bodies, quick};
use crate::app::Tempo;
use crate::testing::bench::Bench;

#[tokio::test]
async fn malformed_large_and_binary_frames_close_the_socket() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    for message in [
        Message::text("{"),
        Message::text("{\"type\":\"resume\"}"),
        Message::binary(vec![1, 2, 3]),
        Message::text(" ".repeat(limits::CLIENT_FRAME_BYTES + 1)),
    ] {
        let mut socket = Socket::resumed(&listening, &maya, maya.bootstrap().await.cursor).await;
        socket.raw(message).await;
        assert_eq!(socket.closed().await, Some(CLOSE_POLICY));
    }
    for first in [Message::text("{\"type\":\"pong\"}"), Message::text("hello"), Message::binary(vec![])] {
        let mut socket = Socket::open(&listening, &maya).await;
        socket.raw(first).await;
        assert_eq!(socket.closed().await, Some(CLOSE_POLICY), "resume has to come first");
    }
    let mut socket = Socket::resumed(&listening, &maya, maya.bootstrap().await.cursor).await;
    socket.raw(Message::text("{\"type\":\"of the future\"}")).await;
    maya.chat(&["1002"], "Still here").await;
    assert_eq!(bodies(&socket.events(2).await), ["Still here"], "what is unknown is ignored");
}

#[tokio::test]
async fn a_burst_of_frames_is_taken_and_one_more_closes_the_socket() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let mut socket = Socket::resumed(&listening, &maya, maya.bootstrap().await.cursor).await;
    // The clock stands still, so nothing is added meanwhile.
    for _ in 0..BURST {
        socket.say(&ClientFrame::Pong).await;
    }
    maya.chat(&["1002"], "Still here").await;
    assert_eq!(bodies(&socket.events(2).await), ["Still here"]);
    socket.say(&ClientFrame::Pong).await;
    assert_eq!(socket.closed().await, Some(CLOSE_POLICY));
}

#[tokio::test]
async fn resuming_again_and_again_closes_the_socket() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let mut socket = Socket::resumed(&listening, &maya, 0).await;
    for _ in 0..10 {
        // The server may have closed by now.
        let _ = socket.0.send(Message::text("{\"type\":\"resume\",\"cursor\":0}")).await;
    }
    let mut welcomes = 0;
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => welcomes += usize::from(text.contains("welcome")),
            Some(Ok(Message::Close(frame))) => {
                assert_eq!(frame.map(|frame| u16::from(frame.code)), Some(CLOSE_POLICY));
                break;
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => break,
        }
    }
    assert_eq!(welcomes, 4);
}

#[tokio::test]
async fn silence_ends_a_socket_and_pongs_keep_it() {
    let tempo = Tempo { heartbeat: Duration::from_millis(30), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let cursor = maya.bootstrap().await.cursor;
    let mut silent = Socket::resumed(&listening, &maya, cursor).await;
    let mut pings = 0;
    while let Some(Ok(message)) = silent.next().await {
        pings += usize::from(message.is_text());
    }
    assert_eq!(pings, 2, "two heartbeats without an answer");
    let mut lively = Socket::resumed(&listening, &maya, cursor).await;
    for _ in 0..6 {
        assert_eq!(lively.receive().await, ServerFrame::Ping);
        lively.say(&ClientFrame::Pong).await;
    }
}

#[tokio::test]
async fn an_app_that_took_long_to_catch_up_has_time_to_answer() {
    const HEARTBEAT: Duration = Duration::from_secs(1);
    let tempo = Tempo { heartbeat: HEARTBEAT, ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let start = devon.bootstrap().await.cursor;
    // More than the machine's buffers of one connection hold.
    let body = "x".repeat(limits::CHAT_TEXT_LENGTH);
    for _ in 0..800 {
        maya.chat(&["1002"], &body).await;
    }
    let newest = devon.bootstrap().await.cursor;
    let mut socket = Socket::resumed(&listening, &devon, newest).await;
    socket.say(&ClientFrame::Resume { cursor: start, states: None }).await;
    while !matches!(socket.receive().await, ServerFrame::Welcome { .. }) {}
    // The app does not read for the time of several heartbeats, and the server can't send.
    tokio::time::sleep(HEARTBEAT * 4).await;
    let all = usize::try_from(newest - start).unwrap();
    assert_eq!(socket.events(all).await.len(), all);
    maya.chat(&["1002"], "Still there").await;
    assert_eq!(bodies(&socket.events(1).await), ["Still there"]);
}

#[tokio::test]
async fn who_reads_too_slowly_is_closed_and_loses_nothing() {
    let tempo = Tempo { write_timeout: Duration::from_millis(100), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let start = devon.bootstrap().await.cursor;
    let mut slow = Socket::resumed(&listening, &devon, start).await;
    // More than the machine's buffers of one connection hold.
    let body = "x".repeat(limits::CHAT_TEXT_LENGTH);
    let count: usize = 1_500;
    for _ in 0..count {
        maya.chat(&["1002"], &body).await;
        if bench.app.sockets.is_empty() {
            break;
        }
    }
    tokio::time::timeout(SOON, async {
        bench.app.sockets.close();
        bench.app.sockets.wait().await;
    })
    .await
    .expect("closed, as nobody reads");
    bench.app.sockets.reopen();
    let mut cursor = start;
    let mut count = |event: &LoggedEvent| {
        assert_eq!(event.cursor, cursor + 1);
        cursor = event.cursor;
    };
    while let Some(Ok(Message::Text(text))) = slow.next().await {
        if let Ok(ServerFrame::Events { events }) = serde_json::from_str(&text) {
            events.iter().for_each(&mut count);
        }
    }
    let newest = devon.bootstrap().await.cursor;
    assert!(cursor < newest, "it was closed before it had everything");
    let mut again = Socket::resumed(&listening, &devon, cursor).await;
    let rest = usize::try_from(newest - cursor).unwrap();
    let mut next = cursor;
    for event in again.events(rest).await {
        next += 1;
        assert_eq!(event.cursor, next);
    }
    assert_eq!(next, newest);
}

#[test]
fn a_burst_is_fine_a_flood_is_not() {
    let mut frames = Allowance::new();
    assert!((0..BURST).all(|_| frames.take(1, UnixMs(1_000_000))));
    assert!(!frames.take(1, UnixMs(1_000_000)));
    assert!(frames.take(1, UnixMs(1_001_000)));
}
