//! Many sockets at once, one of which does not read.

use std::time::{Duration, Instant};

use halyard_protocol::socket::CLOSE_TOO_SLOW;
use halyard_protocol::{Destination, Peer, ServerFrame, limits};
use serde_json::json;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use super::socket::{Socket, bodies, quick};
use crate::app::Tempo;
use crate::testing::bench::{Bench, PASSWORD};

/// Who is in the group, one of them its author.
const GROUP: usize = 50;
/// How long the server lets a socket take a frame.
const WRITE_TIMEOUT: Duration = Duration::from_secs(3);

/// A group is flooded. One of its fifty does not read: it is cut off, and nobody else waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_who_does_not_read_is_cut_off_and_nobody_waits_for_it() {
    let tempo = Tempo { write_timeout: WRITE_TIMEOUT, heartbeat: Duration::from_secs(60), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let mut logins = Vec::new();
    for n in 0..GROUP - 1 {
        let extension = (2_000 + n).to_string();
        let new = json!({ "extension": extension, "name": "New", "role": "basic", "password": PASSWORD });
        assert_eq!(maya.post("/users", &new).await.status, 201);
        logins.push(format!("{extension}@harbor"));
    }
    let mut browsers = Vec::new();
    let mut peers = Vec::new();
    for login in &logins {
        browsers.push(bench.sign_in(login).await);
        peers.push(Peer::User(bench.user(login).await));
    }
    let group = Destination::new(None, peers);
    assert_eq!(maya.send(bench.message_id(), group.clone(), "Hello").await.status, 202);
    let start = browsers[0].bootstrap().await.cursor;
    let mut slow = Socket::resumed(&listening, &browsers[0], start).await;
    let mut fast = Vec::new();
    for browser in &browsers[1..] {
        fast.push(Socket::resumed(&listening, browser, browser.bootstrap().await.cursor).await);
    }

    // More than the machine's buffers of one connection hold, then until the slow one is gone.
    let text = "x".repeat(limits::CHAT_TEXT_LENGTH - 10);
    let (mut sent, mut longest) = (0, Duration::ZERO);
    let everybody = bench.app.sockets.len();
    while bench.app.sockets.len() == everybody {
        let body = format!("{sent:05} {text}");
        let began = Instant::now();
        assert_eq!(maya.send(bench.message_id(), group.clone(), &body).await.status, 202);
        let mut hear = JoinSet::new();
        for mut socket in fast.drain(..) {
            let body = body.clone();
            hear.spawn(async move {
                assert_eq!(bodies(&socket.events(1).await), [body]);
                socket
            });
        }
        fast = hear.join_all().await;
        longest = longest.max(began.elapsed());
        sent += 1;
        assert!(sent < 5_000, "the one that does not read is still there");
        bench.test.pass(1_000);
    }
    assert_eq!(fast.len(), GROUP - 2, "everybody else is still there");
    assert!(longest < WRITE_TIMEOUT, "a message took {longest:?}: others wait for the one that does not read");

    // What it has been sent has no gap, and after that come the reason, or the end of the line, and all the rest.
    let mut cursor = start;
    loop {
        match slow.next().await {
            Some(Ok(Message::Text(frame))) => {
                if let Ok(ServerFrame::Events { events }) = serde_json::from_str(&frame) {
                    for event in events {
                        cursor += 1;
                        assert_eq!(event.cursor, cursor);
                    }
                }
            }
            Some(Ok(Message::Close(reason))) => {
                assert_eq!(reason.map(|reason| reason.code.into()), Some(CLOSE_TOO_SLOW));
                break;
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => break,
        }
    }
    let newest = browsers[0].bootstrap().await.cursor;
    assert_eq!(newest, start + sent, "one event for each message");
    assert!(cursor < newest, "it was cut off before it had everything");
    let mut again = Socket::resumed(&listening, &browsers[0], cursor).await;
    let missed = again.events(usize::try_from(newest - cursor).unwrap()).await;
    let numbers: Vec<u64> = bodies(&missed).iter().map(|body| body[..5].parse().unwrap()).collect();
    assert_eq!(numbers, (cursor - start..sent).collect::<Vec<_>>(), "nothing is missing or doubled");
}
